"""Where the value of a label begins and ends.

Inside a field's own wrapper everything after the label is its value. Elsewhere the value is the
first piece that follows, and more pieces only as long as they look like values of that field: the
text of a page often begins right after the last related document, with nothing in between.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bs4.element import NavigableString, Tag

from spiders.folding import fold
from spiders.pages.labels import FoundLabel, holders_of, value_below
from spiders.pages.links import anchors_in
from spiders.pages.text import BLOCKS, HEADINGS, classes_of, has_link, is_blank, tags_in, text_of
from spiders.vocabulary import LABELS_IN_COMPANY

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable

    from bs4.element import PageElement

#: Fields whose values are links, as many as there are.
LINK_FIELDS: Final = frozenset(
    {"files", "links", "related_documents", "related_experiences", "tags", "themes"}
)
_MANY_SHORT: Final = frozenset({"parks", "tags", "themes"})
_SHORT_FIELDS: Final = frozenset({"declared_pages", "document_type", "updated_on", "year_start"})
_CELLS: Final = frozenset({"td", "th"})
#: Longer texts are no value of the field but prose that happens to follow.
_LONGEST_SHORT, _LONGEST_NAMES, _LONGEST_ITEM, _LONGEST_UNKNOWN = 90, 700, 80, 300
_NO_LIMIT: Final = 10_000_000


def with_values(labels: list[FoundLabel], region: Tag) -> list[FoundLabel]:
    """Give each label its value, and drop what proves to be no label or has no value."""
    kept = _without_strangers(labels, region)
    kept = _without_nested(kept)
    holders = holders_of(kept, region)
    own = {id(label.node) for label in kept}
    for label in kept:
        label.value = _value_of(label, {*own, *holders}, region)
    return [label for label in kept if _is_sound(label) or _is_empty_field(label)]


def _without_strangers(labels: list[FoundLabel], region: Tag) -> list[FoundLabel]:
    """Drop unknown words that nothing but their place makes look like labels."""
    known = [label for label in labels if label.field]
    holders = holders_of(known, region)
    return [label for label in labels if label.field or _is_in_company(label, known, holders)]


def _is_in_company(label: FoundLabel, known: list[FoundLabel], holders: dict[int, int]) -> bool:
    if label.is_marked:
        return True
    if label.place in {"definition-list", "table"}:
        around = label.node.find_parent(["dl", "table"])
        return around is not None and id(around) in holders
    alike = [other for other in known if other.place == label.place]
    if label.place == "headings":
        same = [other for other in alike if other.node.name == label.node.name]
        return len(same) >= 2 and label.node.get_text().rstrip(" \xa0\u202f").endswith(":")
    block = _block_of(label.node) if label.place == "leading-strong" else label.node.parent
    if block is None or not alike:
        return False
    if fold(label.text) in LABELS_IN_COMPANY and _stands_in_row(block, alike):
        return True
    near = (block, block.find_previous_sibling(name=True), block.find_next_sibling(name=True))
    return any(
        id(one) in holders for one in near if isinstance(one, Tag) and one.name == block.name
    )


def _stands_in_row(block: Tag, known: list[FoundLabel]) -> bool:
    """Tell whether the block around a label is one in a row with those of known labels."""
    blocks = [_block_of(other.node) for other in known]
    return any(other is not None and other.parent is block.parent for other in blocks)


def _block_of(node: Tag) -> Tag | None:
    return next((parent for parent in node.parents if parent.name in BLOCKS), None)


def _without_nested(labels: list[FoundLabel]) -> list[FoundLabel]:
    """Drop labels that stand inside a marked field's value: they are another item's."""
    inside: set[int] = set()
    kept: list[FoundLabel] = []
    for label in labels:
        if id(label.node) in inside:
            continue
        wrapper = label.node.parent
        if label.is_marked and label.field and wrapper is not None and is_field(wrapper):
            for sibling in label.node.next_siblings:
                if isinstance(sibling, Tag):
                    inside.update(map(id, (sibling, *tags_in(sibling))))
        kept.append(label)
    return kept


def is_field(tag: Tag) -> bool:
    """Tell whether an element is the wrapper that Drupal puts around one field."""
    return any(
        name in {"field", "views-field", "panel-pane"}
        or name.startswith(("field-name-", "field--name-"))
        for name in classes_of(tag)
    )


def _value_of(label: FoundLabel, stops: Collection[int], region: Tag) -> list[PageElement]:
    node = label.node
    if label.place == "definition-list":
        return _definitions(node)
    if node.name in _CELLS:
        below = value_below(node)
        return [below] if below else _until(node.find_next_siblings(["td", "th"]), stops)
    wrapper = node.parent
    if label.is_marked and wrapper is not None and is_field(wrapper):
        return [n for n in node.next_siblings if id(n) not in stops]
    while True:
        following = _until(node.next_siblings, stops)
        parent = node.parent
        if any(not is_blank(n) for n in following) or parent is None or parent is region:
            return _fitting(label, following)
        if parent.name in _CELLS or _has_more(node):
            return []
        node = parent


def _definitions(term: Tag) -> list[PageElement]:
    values: list[PageElement] = []
    holder = term if term.find_next_sibling() is not None else term.parent
    for sibling in holder.next_siblings if holder is not None else ():
        if isinstance(sibling, Tag):
            if sibling.name != "dd":
                break
            values.append(sibling)
    return values


def _until(nodes: Iterable[PageElement], stops: Collection[int]) -> list[PageElement]:
    following = []
    for node in nodes:
        if id(node) in stops:
            break
        following.append(node)
    return following


def _has_more(node: Tag) -> bool:
    return any(not is_blank(sibling) for sibling in node.next_siblings)


def _fitting(label: FoundLabel, following: list[PageElement]) -> list[PageElement]:
    if label.field == "body_text":
        return following
    run = _inline_run(label.field, following)
    if any(not is_blank(node) for node in run):
        return run
    blocks = [node for node in following[len(run) :] if not is_blank(node)]
    if not blocks or _is_heading(blocks[0]):
        return []
    return [blocks[0], *_more(label.field, blocks[0], blocks[1:])]


def _inline_run(field: str, nodes: list[PageElement]) -> list[PageElement]:
    run: list[PageElement] = []
    linked = False
    for node in nodes:
        if isinstance(node, Tag):
            if node.name in BLOCKS:
                break
            linked = linked or node.name == "a" or has_link(node)
        elif linked and field in LINK_FIELDS and len(str(node).strip()) > _LONGEST_ITEM:
            break
        run.append(node)
    return run


def _is_heading(node: PageElement) -> bool:
    return isinstance(node, Tag) and node.name in HEADINGS and not has_link(node)


def _more(field: str, first: PageElement, rest: list[PageElement]) -> list[PageElement]:
    if field in LINK_FIELDS and is_all_links(first):
        taken = []
        for node in rest:
            if not is_all_links(node) or (field != "files" and not _is_like(node, first)):
                break
            taken.append(node)
        return taken
    if field in _MANY_SHORT and rest and all(_is_item(node, first) for node in rest):
        return rest
    return []


def _is_like(node: PageElement, first: PageElement) -> bool:
    """Tell whether a list of links goes on: what is built otherwise is something else."""
    if not (isinstance(node, Tag) and isinstance(first, Tag)):
        return True
    return node.name == first.name and classes_of(node) == classes_of(first)


def is_all_links(node: PageElement) -> bool:
    """Tell whether a piece of the page is links and next to nothing else."""
    if isinstance(node, NavigableString):
        return len(str(node).strip()) <= 3
    if not isinstance(node, Tag):
        return False
    if node.name == "a":
        return True
    links = node.find_all("a", href=True)
    linked = sum(len(link.get_text().strip()) for link in links)
    # Beside its links a list may show commas, sizes and types of files.
    return bool(links) and len(node.get_text().strip()) - linked <= 24 * len(links)


def _is_item(node: PageElement, first: PageElement) -> bool:
    same = isinstance(node, Tag) and isinstance(first, Tag) and node.name == first.name
    text = text_of([node])
    return same and len(text) <= _LONGEST_ITEM and not text.endswith((".", "!", "?", ":", ";"))


def _is_empty_field(label: FoundLabel) -> bool:
    """Tell a field that was left empty, whose label is no part of the text, from mere words."""
    certain = label.is_marked or label.place in {"definition-list", "table"}
    return bool(label.field) and certain and not text_of(label.value)


def _is_sound(label: FoundLabel) -> bool:
    """Tell a label with its value from words that only look like one."""
    if label.is_marked and label.field:
        return any(not is_blank(node) for node in label.value)
    text = text_of(label.value)
    if not text and next(anchors_in(label.value), None) is None:
        return False
    return len(text) <= _longest(label) and not _is_prose(label, text)


def _longest(label: FoundLabel) -> int:
    """Return how long a value of the field can be: what is longer is prose that follows."""
    if label.field in {"body_text", "ignore"} or (label.is_marked and not label.field):
        return _NO_LIMIT
    if label.field in {"authors", "contributors"}:
        return _LONGEST_NAMES
    if label.field in LINK_FIELDS or label.field == "parks":
        return _NO_LIMIT if any(map(is_all_links, label.value)) else _LONGEST_SHORT * 2
    if label.field in _SHORT_FIELDS:
        return _LONGEST_SHORT
    return _LONGEST_UNKNOWN if label.field or label.place == "table" else _LONGEST_ITEM


def _is_prose(label: FoundLabel, text: str) -> bool:
    if not label.field and not label.is_marked and label.place != "table":
        return text.endswith((".", "!", "?"))
    # A heading of the text may read "Contributeurs" and be followed by sentences.
    names = label.field in {"authors", "contributors"} and label.place == "headings"
    return names and len(text) > _LONGEST_SHORT and text.endswith(".")
