"""What the region of a page holds: labels with their values, and the places of its text."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Final

from spiders.pages.addresses import record_kind_of
from spiders.pages.body import containers_in
from spiders.pages.extents import with_values
from spiders.pages.labels import MOST_LABELS, FoundLabel, labels_in, without_inner
from spiders.pages.links import anchors_in, href_of
from spiders.pages.unmarked import mark_lines, settle_by_company, unshown_labels
from spiders.vocabulary import IGNORE, LABEL_WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from bs4.element import Tag

    from spiders.pages.lexicon import Lexicon

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
    labels = with_values(_outside(found, inner), region)
    if mark_lines(region, lexicon, inner, labels):
        found = labels_in(region, lexicon)
        labels = with_values(_outside(found, inner), region)
    if len(found) > len(labels) and inner:
        labels = _with_typed_by_hand(labels, found, inner, region)
    rows = _repeating_rows(labels, region)
    labels = without_inner(labels, set(rows))
    if not rows:
        labels += unshown_labels(labels, region, lexicon)
        settle_by_company(labels)
    is_cut = len(found) == MOST_LABELS
    return Content(region, labels, containers, list(rows.values()), is_cut)


def _outside(found: list[FoundLabel], inner: Collection[int]) -> list[FoundLabel]:
    """Return the labels that are no part of running text: of those inside only the text's own."""
    outside = without_inner(found, inner)
    return outside + [
        label
        for label in found
        if label.is_marked and label.field == "body_text" and id(label.node.parent) in inner
    ]


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


def _repeating_rows(labels: list[FoundLabel], region: Tag) -> dict[int, Tag]:
    """Return the like-shaped neighbours in which labels return: rows of a list, by ``id()``."""
    rows: dict[int, Tag] = {}
    for name in {label.field for label in labels if label.field}:
        same = [label for label in labels if label.field == name]
        for one, other in pairwise(same):
            rows.update((id(row), row) for row in _rows_around(one.node, other.node, region))
    return rows


def _rows_around(one: Tag, other: Tag, region: Tag) -> list[Tag]:
    """Return the two siblings that hold the labels, if each is about something else."""
    above = {id(tag): tag for tag in _lineage(other, region)}
    below: Tag | None = None
    for tag in _lineage(one, region):
        if id(tag) in above:
            twin = next((t for t in above.values() if t.parent is tag), None)
            if below is None or twin is None or below.name != twin.name:
                return []
            return [below, twin] if _are_rows(below, twin) else []
        below = tag
    return []


def _are_rows(one: Tag, other: Tag) -> bool:
    """Tell whether each of two neighbours opens with a link, or leads to a record of its own."""
    if _opens_with_link(one) and _opens_with_link(other):
        return True
    leads = [
        next(filter(record_kind_of, map(href_of, anchors_in([row]))), "") for row in (one, other)
    ]
    return all(leads) and leads[0] != leads[1]


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
