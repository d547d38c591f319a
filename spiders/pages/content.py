"""What the region of a page holds: labels with their values, and the places of its text."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from bs4.element import NavigableString, Tag

from spiders.pages.body import containers_in
from spiders.pages.extents import with_values
from spiders.pages.labels import MOST_LABELS, FoundLabel, labels_in, without_inner
from spiders.pages.lexicon import LONGEST_LABEL
from spiders.pages.text import BLOCKS, classes_of, is_blank, tags_in
from spiders.vocabulary import IGNORE, LABEL_WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from bs4.element import PageElement

    from spiders.pages.lexicon import Lexicon

_NAME_PREFIXES: Final = ("field-name-", "field--name-", "views-field-")
#: Labels inside running text count as fields of the record from this weight of evidence on.
_ENOUGH_BY_HAND: Final = 4


@dataclass(slots=True)
class Content:
    """The labels of a region, and the elements whose markup says that they hold its text."""

    region: Tag
    labels: list[FoundLabel]
    containers: list[Tag]
    rows: list[Tag]
    """Like-shaped neighbours that each repeat the same labels: rows of a list."""
    is_cut: bool = False
    """Whether there are more labels than are read."""

    @property
    def fields(self) -> set[str]:
        """The fields of a record that some label fills."""
        return {label.field for label in self.labels if label.has_value} - {"", IGNORE}

    @property
    def weight(self) -> int:
        """How much the labels speak for a record of the resource centre."""
        return _weight(self.fields)

    @property
    def is_decisive(self) -> bool:
        """Whether some label is one that news and other pages do not bear."""
        return any(_weight([name]) >= 2 for name in self.fields)


def content_of(region: Tag, lexicon: Lexicon, body_selectors: Iterable[str]) -> Content:
    """Find the labels of a region, and where its running text stands."""
    containers = containers_in(region, body_selectors)
    inner = {id(tag) for tag in containers}
    found = labels_in(region, lexicon)
    labels = with_values(without_inner(found, inner), region)
    if len(found) > len(labels) and inner:
        labels = _with_typed_by_hand(labels, found, inner, region)
    if not _known(labels) and _mark_labels_in_text(region, lexicon, inner):
        labels = with_values(without_inner(labels_in(region, lexicon), inner), region)
    rows = _repeating_rows(labels, region)
    labels = without_inner(labels, set(rows))
    labels += _hidden(labels, region, lexicon) if not rows else []
    is_cut = len(found) == MOST_LABELS
    return Content(region, labels, containers, list(rows.values()), is_cut)


def _weight(fields: Iterable[str]) -> int:
    return sum(LABEL_WEIGHTS.get(name, 0) for name in fields)


def _known(labels: Iterable[FoundLabel]) -> list[FoundLabel]:
    return [label for label in labels if label.field not in {"", IGNORE}]


def _with_typed_by_hand(
    labels: list[FoundLabel], found: list[FoundLabel], inner: Collection[int], region: Tag
) -> list[FoundLabel]:
    """Add labels that someone typed into the running text, if together they are a record's.

    One "Année :" in bold inside prose is prose; a type, a year and a number of pages are not.
    """
    filled = {label.field for label in labels}
    outside = {id(label) for label in without_inner(found, inner)}
    typed = with_values([label for label in found if id(label) not in outside], region)
    fresh = [label for label in _known(typed) if label.field not in {*filled, "body_text", "links"}]
    fields = {label.field for label in fresh}
    if len(fields) < 2 or _weight(fields) < _ENOUGH_BY_HAND:
        return labels
    return [*labels, *fresh]


def _mark_labels_in_text(region: Tag, lexicon: Lexicon, inner: Collection[int]) -> bool:
    """Make labels of the words before a colon at the head of a line: the last resort.

    Only on pages where nothing else marks a label, and only when at least two lines begin so.
    """
    lines = [string for string in region.find_all(string=True) if _opens_a_line(string)]
    found = [
        (string, label, rest)
        for string in lines
        for label, colon, rest in [str(string).partition(":")]
        if colon
        and len(label.strip()) <= LONGEST_LABEL
        and lexicon.field_of(label.strip()) not in {"", IGNORE, "body_text", "links"}
        and not any(id(parent) in inner for parent in string.parents)
    ]
    if len({lexicon.field_of(label.strip()) for _, label, _ in found}) < 2:
        return False
    for string, label, rest in found:
        bold = Tag(name="b")
        bold.string = f"{label.strip()} :"
        string.insert_before(bold)
        string.replace_with(NavigableString(rest))
    return True


def _opens_a_line(string: NavigableString) -> bool:
    if not str(string).strip() or string.parent is None or string.parent.name == "a":
        return False
    before = next((n for n in string.previous_siblings if not is_blank(n) or _is_br(n)), None)
    if before is not None:
        return _is_br(before)
    return string.parent.name in BLOCKS or string.parent.name in {"td", "th"}


def _is_br(node: PageElement) -> bool:
    return isinstance(node, Tag) and node.name == "br"


def _repeating_rows(labels: list[FoundLabel], region: Tag) -> dict[int, Tag]:
    """Return the like-shaped neighbours in which labels return: rows of a list, by ``id()``."""
    rows: dict[int, Tag] = {}
    for name in {label.field for label in labels if label.field}:
        same = [label for label in labels if label.field == name]
        for one, other in pairwise(same):
            rows.update((id(row), row) for row in _rows_around(one.node, other.node, region))
    return rows


def _rows_around(one: Tag, other: Tag, region: Tag) -> list[Tag]:
    """Return the two siblings that hold the labels, if each opens with something else: a link."""
    above = {id(tag): tag for tag in _lineage(other, region)}
    below: Tag | None = None
    for tag in _lineage(one, region):
        if id(tag) in above:
            twin = next((t for t in above.values() if t.parent is tag), None)
            if below is None or twin is None or below.name != twin.name:
                return []
            return [below, twin] if _opens_with_link(below) and _opens_with_link(twin) else []
        below = tag
    return []


def _lineage(node: Tag, region: Tag) -> Iterator[Tag]:
    yield node
    for parent in node.parents:
        yield parent
        if parent is region:
            return


def _opens_with_link(tag: Tag) -> bool:
    for string in tag.find_all(string=True):
        if string.strip():
            return string.find_parent("a", href=True) is not None
    return False


def _hidden(labels: list[FoundLabel], region: Tag, lexicon: Lexicon) -> list[FoundLabel]:
    """Return fields whose label is not shown, known by the machine name in their class."""
    filled = {label.field for label in labels}
    found: list[FoundLabel] = []
    for tag in tags_in(region):
        name = _machine_name(tag)
        field_name = lexicon.field_of(name.replace("-", " ")) if name else ""
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
