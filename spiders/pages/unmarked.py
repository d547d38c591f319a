"""Labels that no markup sets off: words in a line, machine names, words known by their company."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from bs4.element import NavigableString, Tag

from spiders.folding import fold, plain
from spiders.pages.labels import FoundLabel, leads
from spiders.pages.lexicon import LONGEST_LABEL, label_of_name
from spiders.pages.text import BLOCKS, classes_of, is_blank, tags_in, text_of
from spiders.pages.values import date_in, pages_in, years_in
from spiders.vocabulary import IGNORE, LABEL_WEIGHTS, LABELS_IN_COMPANY
from spiders.wording import FILE_KINDS, UPDATED

if TYPE_CHECKING:
    import re
    from collections.abc import Collection, Iterable, Iterator

    from bs4.element import PageElement

    from spiders.pages.lexicon import Lexicon

_NAME_PREFIXES: Final = ("field-name-", "field--name-", "views-field-")
_NO_FIELD: Final = frozenset({"", IGNORE, "body_text", "links"})
#: Lines of one page beyond these stay as they are: no record has so many fields.
_MOST_LINES: Final = 200
#: A line that ends with a date is no longer than this.
_LONGEST_LINE: Final = 160


@dataclass(frozen=True, slots=True)
class _Line:
    """Words at the head of a line, or of a date, that may be a label."""

    string: NavigableString
    before: str
    label: str
    rest: str
    field: str


def mark_lines(
    region: Tag, lexicon: Lexicon, inner: Collection[int], labels: Iterable[FoundLabel]
) -> bool:
    """Put labels in bold that are only words before a colon or a dash at the head of a line.

    Of fields that no other label fills, outside of running text (*inner*, by ``id()``) and of
    other values. Two such lines vouch for each other; one alone must say a date or a number.
    """
    filled, taken = set(), set(inner)
    for label in labels:
        filled.add(label.field)
        taken.update(map(id, (label.node, *label.value)))
    lines = [
        line
        for line in _lines(region, lexicon)
        if line.field not in filled and taken.isdisjoint(map(id, _lineage(line.string)))
    ]
    if len({line.field for line in lines}) < 2:
        lines = [line for line in lines if _says_what_it_should(line)]
    for line in lines[:_MOST_LINES]:
        bold = Tag(name="b")
        bold.string = f"{line.label} :"
        if line.before.strip():
            line.string.insert_before(
                NavigableString(line.before), Tag(name="br", can_be_empty_element=True)
            )
        line.string.insert_before(bold)
        line.string.replace_with(NavigableString(line.rest))
    return bool(lines)


def _lineage(node: PageElement) -> Iterator[PageElement]:
    yield node
    yield from node.parents


def _lines(region: Tag, lexicon: Lexicon) -> Iterator[_Line]:
    # Gathered first: marking a line changes the tree.
    for string in [node for node in region.descendants if type(node) is NavigableString]:
        before, sign, after = string.partition(":")
        if not sign:
            before, sign, after = string.partition(" – ")
        label = before.strip()
        if label.startswith("(") and after.rstrip().endswith(")"):
            label, after = label[1:], after.rstrip()[:-1]
        if sign and label and len(label) <= LONGEST_LABEL and not after.startswith("//"):
            field = lexicon.field_of(label)
            if field not in _NO_FIELD and _opens_a_line(string):
                yield _Line(string, "", label, after, field)
                continue
        if (found := UPDATED.search(string[:_LONGEST_LINE])) and _ends_with_a_date(string, found):
            rest = string[found.end() :]
            yield _Line(string, string[: found.start()], found[0].strip(" :"), rest, "updated_on")


def _opens_a_line(string: NavigableString) -> bool:
    parent = string.parent
    if parent is None or parent.name == "a":
        return False
    before = next((n for n in string.previous_siblings if not is_blank(n) or _is_br(n)), None)
    if before is not None:
        return _is_br(before)
    return parent.name in BLOCKS or parent.name in {"td", "th"} or leads(parent)


def _is_br(node: PageElement) -> bool:
    return isinstance(node, Tag) and node.name == "br"


def _ends_with_a_date(string: NavigableString, found: re.Match[str]) -> bool:
    line = string[: found.end()] + _rest_of_line(string, string[found.end() :])
    day = date_in(line[found.end() :].strip()[:20])
    return day is not None and len(line) <= _LONGEST_LINE


def _says_what_it_should(line: _Line) -> bool:
    value = _rest_of_line(line.string, line.rest).strip()[:_LONGEST_LINE]
    if line.field == "updated_on":
        return date_in(value) is not None
    if line.field == "declared_pages":
        return pages_in(value) is not None
    return line.field == "year_start" and years_in(value).start is not None and len(value) < 30


def _rest_of_line(string: NavigableString, rest: str) -> str:
    parts = [rest]
    for node in string.next_siblings:
        if isinstance(node, Tag) and (node.name == "br" or node.name in BLOCKS):
            break
        parts.append(text_of([node]))
        if sum(map(len, parts)) > _LONGEST_LINE:
            break
    return " ".join(parts)


def settle_by_company(labels: list[FoundLabel]) -> None:
    """Give words their field that are a record's label only beside its other labels: "Type"."""
    filled = {label.field for label in labels if label.has_value}
    weights = [LABEL_WEIGHTS.get(name, 0) for name in filled]
    if sum(weights) < 3 or max(weights, default=0) < 2:
        return
    for label in labels:
        field = "" if label.field else LABELS_IN_COMPANY.get(fold(label.text), "")
        if field and field not in filled and _looks_the_part(field, text_of(label.value)):
            label.field = field
            filled.add(field)


def _looks_the_part(field: str, value: str) -> bool:
    if field == "declared_pages":
        return pages_in(value) is not None
    return len(value) <= LONGEST_LABEL and FILE_KINDS.match(plain(value)) is None


def unshown_labels(labels: list[FoundLabel], region: Tag, lexicon: Lexicon) -> list[FoundLabel]:
    """Return fields whose label is not shown, known by the machine name in their class."""
    filled = {label.field for label in labels}
    found: list[FoundLabel] = []
    for tag in tags_in(region):
        name = _machine_name(tag)
        field_name = lexicon.field_of(label_of_name(name)) if name else ""
        if field_name in {"", IGNORE, "body_text", "title", "links", *filled}:
            continue
        if _is_in_rows(tag) or _holds_label(tag, labels) or _is_inside(tag, labels):
            continue
        found.append(FoundLabel(tag, name, field_name, "field-names", list(tag.children)))
        filled.add(field_name)
    return found


def _is_in_rows(tag: Tag) -> bool:
    """Tell whether an element is a cell of a table whose rows all have the like: a list's."""
    row = tag.parent if tag.name in {"td", "th"} else None
    if row is None:
        return False
    # The neighbours alone: a table may have thousands of rows.
    near = (row.find_previous_sibling("tr"), row.find_next_sibling("tr"))
    place = len(tag.find_previous_siblings(["td", "th"]))
    return any(_class_at(place, other) == classes_of(tag) for other in near if other is not None)


def _class_at(place: int, row: Tag) -> list[str]:
    cells = row.find_all(["td", "th"], recursive=False)
    return classes_of(cells[place]) if place < len(cells) else []


def _machine_name(tag: Tag) -> str:
    for name in classes_of(tag):
        for prefix in _NAME_PREFIXES:
            if name.startswith(prefix):
                return str(name.removeprefix(prefix).removeprefix("field-"))
    return ""


def _holds_label(tag: Tag, labels: Iterable[FoundLabel]) -> bool:
    return any(parent is tag for label in labels for parent in label.node.parents)


def _is_inside(tag: Tag, labels: Iterable[FoundLabel]) -> bool:
    values = {id(node) for label in labels for node in label.value}
    return any(id(parent) in values for parent in (tag, *tag.parents))
