"""Facets: how many of the records found there are of each type, year, park, theme, tag, author."""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from archive.searching.shelf import Bits, Shelf

#: Values of each facet that are named, where no other number is asked for.
MOST: Final = 50


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value and how many of the records found have it."""

    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet and its values, the most frequent first; years, the latest first."""

    name: str
    values: tuple[FacetValue, ...]

    @property
    def asked(self) -> tuple[str, ...]:
        """Each value as a question narrows to it: ``park:"Haut-Jura"``."""
        quote = "" if self.name == "year" else '"'
        return tuple(f"{self.name}:{quote}{value.label}{quote}" for value in self.values)


def count_facets(shelf: Shelf, found: Bits, *, most: int = MOST) -> tuple[Facet, ...]:
    """Count the values among the records found.

    At most so many values of each are named, the most frequent; of years, all. Parks and authors
    are counted by the names that the authority file prefers.
    """
    return tuple(
        Facet(name, _sorted(name, _counts(values, found), most))
        for name, values in shelf.facets.items()
    )


def count_pairs(shelf: Shelf, found: Bits, one: str, other: str) -> dict[str, dict[str, int]]:
    """Count the records found by a value of one facet and, within it, of another.

    Under ``""`` stand those of a value that have none of the other facet.
    """
    values = shelf.facets[other]
    labelled = reduce(or_, (bits for _, bits in values), 0)
    pairs: dict[str, dict[str, int]] = {}
    for label, bits in shelf.facets[one]:
        if own := bits & found:
            counts = dict(_counts(values, own))
            none = (own & ~labelled).bit_count()
            pairs[label] = counts | ({"": none} if none else {})
    return pairs


def _counts(values: tuple[tuple[str, Bits], ...], found: Bits) -> list[tuple[str, int]]:
    return [(label, both.bit_count()) for label, bits in values if (both := bits & found)]


def _sorted(name: str, values: list[tuple[str, int]], most: int) -> tuple[FacetValue, ...]:
    if name == "year":
        ordered = sorted(values, reverse=True)
    else:
        # Of thousands of tags only the most frequent are put in order.
        least = sorted((count for _, count in values), reverse=True)[:most][-1:] or [0]
        frequent = [value for value in values if value[1] >= least[0]]
        ordered = sorted(frequent, key=lambda value: (-value[1], value[0]))[:most]
    return tuple(FacetValue(label, count) for label, count in ordered)
