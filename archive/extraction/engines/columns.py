"""Columns that a file draws line by line, across them, put back in reading order. Pure functions.

Most files draw one column after the other, and their order is right. Where a line of the page is
really one line of each column, with a gap at the same place in line after line, the pieces are
told column by column. A table looks alike; it is told from columns by its cells, which are short
or begin with capitals and figures, while the lines of a column run on from one to the next.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

_FEWEST_LINES = 6
_SHARE_OF_LINES = 0.3
_SAME_PLACE = 8.0
"""Points by which the left edge of a column may wander."""

_FEWEST_WORDS = 2.0
_RUNNING_ON = 0.4
"""The share of pieces that begin in lower case, from which they are lines of a running text."""


@dataclass(frozen=True, slots=True)
class Piece:
    """A part of a line of the page, with a gap on either side; edges in points."""

    text: str
    left: float
    right: float
    line: int


def in_reading_order(lines: Sequence[Sequence[Piece]]) -> list[Piece] | None:
    """Return the pieces column by column; None where the page has no columns drawn across."""
    starts = _column_starts(lines)
    if not starts:
        return None
    placed = [_columns_of(pieces, starts) for pieces in lines]
    if not _run_on(lines, placed, len(starts)):
        return None
    order: list[Piece] = []
    columns: list[list[Piece]] = [[] for _ in starts]
    for pieces, places in zip(lines, placed, strict=True):
        if places is None:
            # A line over all columns: what stands above it is read first.
            order += _emptied(columns)
            order += pieces
        else:
            for piece, place in zip(pieces, places, strict=True):
                columns[place].append(piece)
    return order + _emptied(columns)


def _emptied(columns: list[list[Piece]]) -> list[Piece]:
    pieces = [piece for column in columns for piece in column]
    for column in columns:
        column.clear()
    return pieces


def _column_starts(lines: Sequence[Sequence[Piece]]) -> list[float]:
    """Return the left edges of the columns, from left to right; none where there is but one."""
    parted = [pieces for pieces in lines if len(pieces) > 1]
    enough = max(_FEWEST_LINES, _SHARE_OF_LINES * len(parted))
    clusters: list[list[float]] = []
    for left in sorted(piece.left for pieces in parted for piece in pieces[1:]):
        if clusters and left - clusters[-1][0] <= _SAME_PLACE:
            clusters[-1].append(left)
        else:
            clusters.append([left])
    starts = [cluster[0] for cluster in clusters if len(cluster) >= enough]
    return [min(pieces[0].left for pieces in parted), *starts] if starts else []


def _columns_of(pieces: Sequence[Piece], starts: Sequence[float]) -> list[int] | None:
    """Return the column of each piece; None where one reaches over the edge of the next column."""
    places = []
    for piece in pieces:
        place = max((n for n, start in enumerate(starts) if piece.left >= start - 1), default=0)
        if place + 1 < len(starts) and piece.right > starts[place + 1]:
            return None
        places.append(place)
    return places


def _run_on(
    lines: Sequence[Sequence[Piece]], placed: Sequence[list[int] | None], count: int
) -> bool:
    """Whether each column reads as lines of a running text and not as cells of a table."""
    columns: list[list[str]] = [[] for _ in range(count)]
    for pieces, places in zip(lines, placed, strict=True):
        for piece, place in zip(pieces, places or (), strict=False):
            columns[place].append(piece.text)
    return all(map(_is_running_text, columns))


def _is_running_text(pieces: Sequence[str]) -> bool:
    if len(pieces) < _FEWEST_LINES:
        return False
    words = sum(len(piece.split()) for piece in pieces)
    running = sum(1 for piece in pieces if piece[:1].islower())
    return words >= _FEWEST_WORDS * len(pieces) and running >= _RUNNING_ON * len(pieces)
