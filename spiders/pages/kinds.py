"""What a page is: a record, a list of records, or something else."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from archive.records import LinkKind, PageKind, RecordKind
from spiders.folding import plain
from spiders.pages.addresses import is_home, is_term, media_type_of, record_kind_of, segments_of
from spiders.pages.listing import listed_links, other_links
from spiders.pages.text import classes_of, lines_of, tags_in
from spiders.wording import CATALOGUE_WORDS, KIND_WORDS, NEWS_WORDS

if TYPE_CHECKING:
    from bs4 import Tag

    from archive.records import FoundLink
    from spiders.pages.content import Content
    from spiders.pages.html import Head

_BUNDLE: Final = re.compile(
    r"(?:page-node-type|node-type|media-type|node--type|media--type|node|media)-{1,2}([a-z][a-z0-9_-]{2,40})"
)
_NO_BUNDLE: Final = re.compile(
    r"full|teaser|default|promoted|sticky|unpublished|view-mode.*|type-.*|inner|content|wrapper|title"
    r"|readmore|links?|meta|submitted|by-viewer|preview"
)
_VIEW: Final = frozenset({"view", "view-content", "view-empty"})
_TERM_CLASS: Final = re.compile(
    r"(?:page|path|html)-taxonomy(?:-term)?|page-vocabulary|vocabulary-"
)
#: From this weight of labels on, even an article or a page without an address for records is one.
_ENOUGH, _ENOUGH_FOR_NEWS = 3, 6
#: So many links make a list.
_MANY: Final = 3
#: A line of this length is text and no button.
_SENTENCE = 40


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """What speaks for and against a page being a record."""

    url: str
    bundle: str
    """The type of content by Drupal's own classes, ``""`` if none says so."""
    is_front: bool
    is_term: bool
    has_text: bool
    """Whether there is running text or a file, without any label."""
    rows: int
    """How many other pages it announces."""
    has_pager: bool
    is_view: bool
    title: str


def evidence_of(
    head: Head, url: str, content: Content, *, rows: int, has_pager: bool, title: str
) -> Evidence:
    """Gather what the page's markup and address say."""
    tags = list(tags_in(content.region))
    return Evidence(
        url=url,
        bundle=_bundle(head, tags),
        is_front=bool(head.body_classes & {"front", "path-frontpage"}) or is_home(url),
        is_term=is_term(url) or any(map(_TERM_CLASS.match, head.body_classes)),
        has_text=bool(content.containers) or _says_something(content.region, tags),
        rows=rows,
        has_pager=has_pager,
        is_view=any(_VIEW.intersection(classes_of(tag)) for tag in tags),
        title=title,
    )


def _says_something(region: Tag, tags: list[Tag]) -> bool:
    """Tell whether there is a file or a sentence, though nothing marks it."""
    if any("file" in classes_of(t) or media_type_of(str(t.get("href") or "")) for t in tags):
        return True
    return any(len(line) >= _SENTENCE for line in lines_of([region]))


def _bundle(head: Head, tags: list[Tag]) -> str:
    entities = [tag for tag in tags if tag.name in {"article", "div"}]
    outermost = next((e for e in entities if any(map(_BUNDLE.fullmatch, classes_of(e)))), None)
    own = classes_of(outermost) if outermost is not None else []
    for name in (*sorted(head.body_classes), *own):
        found = _BUNDLE.fullmatch(name)
        if found and not _NO_BUNDLE.fullmatch(found[1]) and not found[1].isdigit():
            return found[1].replace("_", "-")
    return ""


def is_record(evidence: Evidence, content: Content) -> bool:
    """Tell whether a page is a record of the resource centre.

    By its address or type, with as little as one label or text of its own; without those, only by
    labels that news, events and other pages do not bear.
    """
    if evidence.is_front or evidence.is_term:
        return False
    if evidence.rows >= _MANY and content.weight < _ENOUGH:
        return False
    if not evidence.bundle and evidence.has_pager and content.weight < _ENOUGH:
        return False
    if _is_promised(evidence):
        if content.fields:
            return True
        return bool(evidence.title and evidence.has_text) and not _lists_what_is_below(
            evidence, content
        )
    enough = _ENOUGH_FOR_NEWS if _is_something_else(evidence) else _ENOUGH
    return content.weight >= enough and content.is_decisive


def _lists_what_is_below(evidence: Evidence, content: Content) -> bool:
    """Tell whether a page lists addresses below its own, as a catalogue does."""
    links = listed_links(content.region, evidence.url)
    below = evidence.url.partition("?")[0] + "/"
    return sum(link.url.startswith(below) for link in links) >= _MANY


def _is_promised(evidence: Evidence) -> bool:
    if evidence.bundle and evidence.bundle in NEWS_WORDS:
        return False
    return evidence.bundle in KIND_WORDS or record_kind_of(evidence.url) is not None


def _is_something_else(evidence: Evidence) -> bool:
    segments = segments_of(evidence.url)
    return evidence.bundle in NEWS_WORDS or bool(segments and segments[0] in NEWS_WORDS)


def record_kind(evidence: Evidence, content: Content) -> RecordKind:
    """Return the kind of a record: by its address, else its type, else its labels."""
    if kind := record_kind_of(evidence.url):
        return kind
    if word := KIND_WORDS.get(evidence.bundle):
        return RecordKind(word)
    if content.fields & {"document_type", "declared_pages", "year_start"}:
        return RecordKind.DOCUMENT
    return RecordKind.RESOURCE


def kind_of(evidence: Evidence, content: Content) -> PageKind:
    """Return what the page is, when it is neither a refusal nor a sitemap."""
    if is_record(evidence, content):
        return PageKind.RECORD
    if evidence.is_front and (evidence.title or evidence.rows):
        return PageKind.OTHER
    if not evidence.title and not content.fields:
        return PageKind.UNRECOGNISED
    return PageKind.TERM if evidence.is_term else _list_or_other(evidence, content)


def _is_catalogue(evidence: Evidence, content: Content) -> bool:
    """Tell a page that leads to records, or a list on a page that by its name is a catalogue."""
    if _is_something_else(evidence):
        return False
    if record_kind_of(evidence.url) is not None:
        return _lists_what_is_below(evidence, content)
    everything = other_links(content.region, evidence.url)
    if sum(link.kind is LinkKind.RECORD for link in everything) >= _MANY:
        return True
    listed = listed_links(content.region, evidence.url)
    named = CATALOGUE_WORDS.search(plain(f"{evidence.title} {evidence.url.rpartition('/')[2]}"))
    return len(listed) >= _MANY and (named is not None or _are_terms(listed))


def _are_terms(links: tuple[FoundLink, ...]) -> bool:
    return sum(link.kind is LinkKind.TERM for link in links) >= _MANY


def _list_or_other(evidence: Evidence, content: Content) -> PageKind:
    if evidence.rows >= 2 or evidence.has_pager or evidence.is_view or content.rows:
        return PageKind.LISTING
    if _is_catalogue(evidence, content):
        return PageKind.LISTING
    # Where a record should stand there is nothing we know: perhaps the site was redesigned.
    is_lost = record_kind_of(evidence.url) is not None and not content.fields
    return PageKind.UNRECOGNISED if is_lost else PageKind.OTHER
