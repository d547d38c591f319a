"""Plots as plain SVG: geometry only; colours are the style sheet's, words the template's.

A plot is for the eye and the pointer: each mark leads to the search it counts. The same numbers
stand in a table below it, with the same links, for everybody else.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from math import ceil, log10
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

#: Shades of a mark, from the faintest; the style sheet has a colour for each.
SHADES: Final = 6

_WIDTH: Final = 720.0
_LEFT: Final = 44.0
_TOP: Final = 10.0
_HEIGHT: Final = 190.0
_BELOW: Final = 26.0
_GAP: Final = 1.5
_WIDEST: Final = 64.0
_CELL: Final = 26.0
_DAY: Final = 13.0
_DAYS: Final = 365
#: Letters of a row's name that fit beside a heat map, and their width.
_NAME, _LETTER = 30, 6.4


@dataclass(frozen=True, slots=True, kw_only=True)
class Mark:
    """One mark: where it stands, how strong or of which series (*shade*), what it counts."""

    x: float
    y: float
    width: float
    height: float
    shade: int
    label: str
    href: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Tick:
    """Words at an axis; *side* is below, left, or slanted above a column."""

    x: float
    y: float
    text: str
    side: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """A plot: its size in its own units, its marks and the words around them."""

    width: float
    height: float
    marks: tuple[Mark, ...]
    ticks: tuple[Tick, ...]
    lines: tuple[float, ...] = ()
    """Heights of the lines behind the marks."""
    left: float = _LEFT


@dataclass(frozen=True, slots=True, kw_only=True)
class Piece:
    """A part of a bar: its number, its series, what it says and leads to."""

    value: float
    series: int
    label: str
    href: str


def bars(columns: Mapping[str, Sequence[Piece]], *, width: float = _WIDTH) -> Chart:
    """Return bars side by side, each of pieces on top of each other; keys name them below."""
    high = min(_HEIGHT, width / 3)
    highest = max((sum(piece.value for piece in column) for column in columns.values()), default=0)
    top = _round_number(highest)
    step = min((width - _LEFT) / max(len(columns), 1), _WIDEST)
    marks: list[Mark] = []
    for place, column in enumerate(columns.values()):
        base = _TOP + high
        for piece in column:
            height = high * piece.value / top
            base -= height
            marks.append(
                Mark(
                    x=round(_LEFT + place * step + _GAP / 2, 1),
                    y=round(base, 1),
                    width=round(max(step - _GAP, 0.8), 1),
                    height=round(height, 1),
                    shade=piece.series,
                    label=piece.label,
                    href=piece.href,
                )
            )
    return Chart(
        width=width,
        height=_TOP + high + _BELOW,
        marks=tuple(marks),
        ticks=(*_names_below(list(columns), step, high), *_numbers(top, high)),
        lines=tuple(_TOP + high * part for part in (0.0, 0.5, 1.0)),
    )


def heat_map(
    rows: Sequence[str], columns: Sequence[str], cells: Mapping[tuple[str, str], Piece]
) -> Chart:
    """Return a cell for each row and column that has one, the stronger the more it counts."""
    highest = max((cell.value for cell in cells.values()), default=1)
    left = _LETTER * min(max(map(len, rows), default=0), _NAME) + 14
    top = _LETTER * 0.75 * min(max(map(len, columns), default=0), _NAME) + 18
    marks = tuple(
        Mark(
            x=round(left + columns.index(column) * _CELL, 1),
            y=round(top + rows.index(row) * _CELL, 1),
            width=_CELL - 2,
            height=_CELL - 2,
            shade=max(ceil(SHADES * cell.value / highest), 1),
            label=cell.label,
            href=cell.href,
        )
        for (row, column), cell in cells.items()
    )
    ticks = [
        Tick(x=left - 6, y=top + number * _CELL + _CELL * 0.6, text=_short(row), side="left")
        for number, row in enumerate(rows)
    ]
    ticks += [
        Tick(x=left + number * _CELL + _CELL / 2, y=top - 6, text=_short(name), side="above")
        for number, name in enumerate(columns)
    ]
    overhang = _LETTER * 0.75 * _NAME
    return Chart(
        width=round(left + len(columns) * _CELL + overhang, 1),
        height=round(top + len(rows) * _CELL + 4, 1),
        marks=marks,
        ticks=tuple(ticks),
        left=left,
    )


def calendar(cells: Mapping[date, Piece], months: Sequence[str]) -> Chart | None:
    """Return the year that ends with the last cell's day: a column a week, a row a weekday."""
    if not cells:
        return None
    last = max(cells)
    first = last - timedelta(days=_DAYS - 1)
    monday = first - timedelta(days=first.weekday())
    shown = {day: cell for day, cell in cells.items() if day >= first}
    highest = max(cell.value for cell in shown.values())
    marks = []
    for number in range((last - monday).days + 1):
        day = monday + timedelta(days=number)
        cell = shown.get(day)
        marks.append(
            Mark(
                x=number // 7 * _DAY,
                y=_TOP + 8 + number % 7 * _DAY,
                width=_DAY - 2,
                height=_DAY - 2,
                shade=max(ceil(SHADES * cell.value / highest), 1) if cell else 0,
                label=cell.label if cell else "",
                href=cell.href if cell else "",
            )
        )
    weeks = (last - monday).days // 7 + 1
    ticks = [
        Tick(x=week * _DAY, y=_TOP, text=months[day.month - 1], side="start")
        for week in range(weeks)
        if (day := monday + timedelta(weeks=week)).day <= 7
    ]
    return Chart(
        width=weeks * _DAY,
        height=_TOP + 8 + 7 * _DAY,
        marks=tuple(marks),
        ticks=tuple(ticks),
    )


def _names_below(names: Sequence[str], step: float, high: float) -> list[Tick]:
    """Name as many bars as there is room for, the last one among them."""
    room = max(ceil(_LETTER * 1.4 * max(map(len, names), default=1) / step), 1)
    return [
        Tick(
            x=round(_LEFT + place * step + step / 2, 1),
            y=_TOP + high + 16,
            text=name,
            side="below",
        )
        for place, name in enumerate(names)
        if (len(names) - 1 - place) % room == 0
    ]


def _numbers(top: float, high: float) -> list[Tick]:
    return [
        Tick(x=_LEFT - 6, y=_TOP + high * (1 - part) + 4, text=f"{top * part:g}", side="left")
        for part in (0.0, 0.5, 1.0)
    ]


def _round_number(value: float) -> float:
    """Return the next number above that is easily read.

    >>> [_round_number(value) for value in (0, 0.3, 11, 80, 1133)]
    [1.0, 0.3, 12.0, 80.0, 1200.0]
    """
    if value <= 0:
        return 1.0
    size: float = 10.0 ** int(log10(value) // 1)
    return next(
        round(size * step, 9) for step in (1, 1.2, 1.6, 2, 3, 4, 6, 8, 10) if size * step >= value
    )


def _short(text: str) -> str:
    return text if len(text) <= _NAME else f"{text[: _NAME - 1]}…"
