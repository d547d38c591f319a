"""Which lines of a page are its running header and footer? Pure functions.

Lines that stand at the top or bottom of the page and come back on other pages, figures aside
("PAGE 2/25"), on the page before or after it or the one beyond (odd and even pages differ).
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

TOP, BOTTOM = 0.88, 0.12
"""Only lines above, or below, these heights (0 to 1) can be running heads."""

_WIDER = 0.08
"""Where none is: the outermost line alone may stand so much further in, on a small sheet's page."""

LINES = 4
"""How many lines, at most, a running head is looked for in."""

_MIN_PAGES = 3
_FIGURES = re.compile(r"\d+|\b[ivxlcIVXLC]+\b")


@dataclass(frozen=True, slots=True, kw_only=True)
class Edges:
    """The lines nearest to the top and the bottom of a page, as its text spells them."""

    top: tuple[str, ...] = ()
    bottom: tuple[str, ...] = ()


def edges_of(lines: Sequence[str], heights: Sequence[float]) -> Edges:
    """Return the edge lines of a page whose *lines* stand at *heights*."""
    placed = [(height, line) for height, line in zip(heights, lines, strict=False) if line]
    if not placed:
        return Edges()
    top = sorted((each for each in placed if each[0] > TOP), reverse=True)[:LINES]
    bottom = sorted(each for each in placed if each[0] < BOTTOM)[:LINES]
    if not top and (highest := max(placed))[0] > TOP - _WIDER:
        top = [highest]
    if not bottom and (lowest := min(placed))[0] < BOTTOM + _WIDER:
        bottom = [lowest]
    return Edges(top=tuple(line for _, line in top), bottom=tuple(line for _, line in bottom))


def find_running_heads(pages: Mapping[int, Edges]) -> dict[int, Edges]:
    """For each page number the lines among its edges that are running heads.

    A line counts that is found, figures aside, on at least three pages, one of which is at most
    two pages away.
    """
    tops = _find({number: edges.top for number, edges in pages.items()})
    bottoms = _find({number: edges.bottom for number, edges in pages.items()})
    return {number: Edges(top=tops[number], bottom=bottoms[number]) for number in pages}


def _find(pages: Mapping[int, tuple[str, ...]]) -> dict[int, tuple[str, ...]]:
    shapes = {number: frozenset(map(_shape, lines)) for number, lines in pages.items()}
    counts = Counter(shape for each in shapes.values() for shape in each)
    nothing: frozenset[str] = frozenset()

    def returns(shape: str, number: int) -> bool:
        near = (shapes.get(number + step, nothing) for step in (-2, -1, 1, 2))
        return counts[shape] >= _MIN_PAGES and any(shape in each for each in near)

    return {
        number: tuple(line for line in lines if returns(_shape(line), number))
        for number, lines in pages.items()
    }


def _shape(line: str) -> str:
    return _FIGURES.sub("#", line).casefold()
