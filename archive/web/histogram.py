"""Years as a histogram: a picture that needs no script, each bar with the years it means."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

#: Bars at most; where there are more years, a bar stands for several.
_MOST: Final = 60
_SPANS: Final = (1, 2, 5, 10, 20, 50, 100, 200, 500, 1000)
#: The picture's own units: it is stretched to the room there is.
_BAR: Final = 10.0
_HEIGHT: Final = 60.0
_LEAST: Final = 2.0


@dataclass(frozen=True, slots=True, kw_only=True)
class Bar:
    """The records of some years, and where their bar stands in the picture."""

    first: int
    last: int
    count: int
    x: float
    y: float
    height: float
    is_asked: bool

    @property
    def label(self) -> str:
        """The year, or the first and the last."""
        return str(self.first) if self.first == self.last else f"{self.first}–{self.last}"


@dataclass(frozen=True, slots=True)
class Histogram:
    """Bars side by side, one for each year from the first to the last, or for several."""

    bars: tuple[Bar, ...]

    @property
    def width(self) -> float:
        """Of the picture, in its own units."""
        return _BAR * len(self.bars)

    @property
    def height(self) -> float:
        """Of the picture, in its own units."""
        return _HEIGHT

    @property
    def bar_width(self) -> float:
        """Of a bar; a gap stands beside it."""
        return _BAR - 2


def histogram_of(
    counts: Mapping[int, int], first: int | None = None, last: int | None = None
) -> Histogram:
    """Return the histogram of records by year; *first* and *last* are the years asked for.

    >>> [bar.label for bar in histogram_of({2010: 1, 2012: 4}).bars]
    ['2010', '2011', '2012']
    """
    if not counts:
        return Histogram(())
    earliest, latest = min(counts), max(counts)
    span = next((each for each in _SPANS if (latest - earliest) // each < _MOST), _SPANS[-1])
    start = earliest - earliest % span
    years = range(start, latest + 1, span)
    sums = [_sum(counts, range(year, year + span)) for year in years]
    highest = max(sums)
    bars = []
    for number, (year, count) in enumerate(zip(years, sums, strict=True)):
        height = max(_HEIGHT * count / highest, _LEAST) if count else 0.0
        end = year + span - 1
        bars.append(
            Bar(
                first=year,
                last=end,
                count=count,
                x=_BAR * number + 1,
                y=round(_HEIGHT - height, 1),
                height=round(height, 1),
                is_asked=(first is None or end >= first) and (last is None or year <= last),
            )
        )
    return Histogram(tuple(bars))


def _sum(counts: Mapping[int, int], years: Iterable[int]) -> int:
    return sum(counts.get(year, 0) for year in years)
