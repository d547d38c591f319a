"""The running text of a record: a line per paragraph, list item, heading or table row."""

from __future__ import annotations

from itertools import dropwhile
from typing import TYPE_CHECKING, Final

from bs4.element import NavigableString, Tag

from spiders.folding import plain
from spiders.pages.extents import is_all_links
from spiders.pages.links import anchors_in, href_of, is_file, says_download
from spiders.pages.teasers import TEASER
from spiders.pages.text import LABEL_HEADINGS, classes_of, has_link, lines_of, tags_in, text_of
from spiders.pages.values import without_contacts
from spiders.wording import (
    BODY_WORDS,
    PUBLISHED,
    SERVICE_LINES,
)

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from bs4.element import PageElement

_TEXT_TYPES: Final = ("text-with-summary", "text-long")
_TEXT_CLASSES: Final = frozenset({"text-formatted"})
_FIELD_PREFIXES: Final = ("field-name-", "field--name-", "field-type-", "field--type-")
_SENTENCE_END: Final = (".", "!", "?", "…", ":", ";", "»")
_LONGEST_STRAY: Final = 60
_HEADS: Final = LABEL_HEADINGS | {"caption", "legend"}


def containers_in(region: Tag, selectors: Iterable[str]) -> list[Tag]:
    """Return the elements whose markup says that they hold running text, outermost only."""
    chosen = [tag for selector in selectors for tag in region.select(selector)]
    if not chosen:
        chosen = [tag for tag in tags_in(region) if _is_container(tag)]
    ids = {id(tag) for tag in chosen}
    return [tag for tag in chosen if not any(id(parent) in ids for parent in tag.parents)]


def _is_container(tag: Tag) -> bool:
    if str(tag.get("property") or "") == "content:encoded":
        return True
    for name in classes_of(tag):
        if name in _TEXT_CLASSES:
            return True
        for prefix in _FIELD_PREFIXES:
            if name.startswith(prefix):
                rest = name.removeprefix(prefix).removeprefix("field-")
                if rest in _TEXT_TYPES or ("name" in prefix and BODY_WORDS.match(rest)):
                    return True
    return False


def lines_in_containers(containers: Iterable[Tag], consumed: Collection[int]) -> list[str]:
    """Return the lines of the containers that no label claimed."""
    free = [tag for tag in containers if not _is_claimed(tag, consumed)]
    return [line for line in lines_of(free, skipped=consumed) if not _is_service(line)]


def _is_claimed(tag: Tag, consumed: Collection[int]) -> bool:
    return id(tag) in consumed or any(id(parent) in consumed for parent in tag.parents)


def loose_lines(
    region: Tag, consumed: set[int], first_label: Tag | None, said: Collection[str]
) -> tuple[list[str], str]:
    """Return the lines of the region that no label claimed, and words left out at its head.

    Before the first label of a page without markup for its text stands, now and then, the name of
    a partner from its logo: that is no sentence, and no body begins with it. Nor does it begin
    with badges, which only repeat what is *said* under labels (as plain words).
    """
    skipped = consumed | {id(tag) for tag in tags_in(region) if _is_no_text(tag)}
    skipped |= {id(tag) for tag in tags_in(region) if _heads_no_text(tag, consumed)}
    stray = ""
    if first_label is not None:
        before = _texts(_before(first_label, region), skipped)
        if before and all(_is_stray(line) for line in before):
            stray = " / ".join(line for line in before if plain(line) not in said)
            skipped |= {id(node) for node in _before(first_label, region)}
    lines = _texts([region], skipped)
    return list(dropwhile(lambda line: plain(line) in said, lines)), stray


def _texts(nodes: Iterable[PageElement], skipped: Collection[int]) -> list[str]:
    return [line for line in lines_of(nodes, skipped=skipped) if not _is_service(line)]


def _is_no_text(tag: Tag) -> bool:
    names = classes_of(tag)
    if TEASER in names or "file" in names:
        return True
    if tag.name in {"p", "div", "span", "li", "ul"} and is_all_links(tag) and not _says_more(tag):
        return any(map(_offers_file, anchors_in([tag])))
    return tag.name == "a" and is_file(tag, href_of(tag))


def _offers_file(anchor: Tag) -> bool:
    return is_file(anchor, href_of(anchor)) or says_download(anchor)


def _heads_no_text(tag: Tag, consumed: Collection[int]) -> bool:
    """Tell a heading, "Informations" say, that stands over labels or teasers and no text."""
    if tag.name not in _HEADS or id(tag) in consumed:
        return False
    inside = set(map(id, tag.descendants))
    after = (node for node in tag.next_elements if id(node) not in inside)
    text = next((n for n in after if isinstance(n, NavigableString) and n.strip()), None)
    around = [] if text is None else [text, *text.parents]
    return any(
        id(node) in consumed or (isinstance(node, Tag) and TEASER in classes_of(node))
        for node in around
    )


def _says_more(tag: Tag) -> bool:
    """Tell whether sentences stand beside the links, in paragraphs of their own."""
    return any(
        inner.name == "p" and not has_link(inner) and text_of([inner]).endswith(_SENTENCE_END)
        for inner in tags_in(tag)
    )


def _before(label: Tag, region: Tag) -> list[PageElement]:
    nodes: list[PageElement] = []
    node = label
    while node is not region and node.parent is not None:
        nodes.extend(node.previous_siblings)
        node = node.parent
    return nodes[::-1]


def _is_stray(line: str) -> bool:
    return len(line) <= _LONGEST_STRAY and not line.endswith(_SENTENCE_END)


def _is_service(line: str) -> bool:
    if len(line) >= _LONGEST_STRAY:
        return False
    words = plain(line)
    return words in SERVICE_LINES or not words or PUBLISHED.fullmatch(words) is not None


def body_of(lines: Iterable[str]) -> str:
    """Join lines to a body, without addresses and numbers of people."""
    return "\n".join(filter(None, map(without_contacts, lines)))


def value_lines(nodes: Iterable[PageElement]) -> list[str]:
    """Return the separate values in the nodes: an item each, a line each, else the whole."""
    return [line for line in lines_of(nodes) if line.strip(" :,;")] or [
        text for text in [text_of(nodes)] if text
    ]
