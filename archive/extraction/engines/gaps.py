"""Gaps in the lines of a page, measured by pdfium: the sign of columns drawn across."""

from __future__ import annotations

import ctypes
from typing import TYPE_CHECKING

import pypdfium2.raw as pdfium

from archive.extraction.engines.columns import Piece, in_reading_order

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


_SAMPLE = 6
_LONG = 24
_GAP = 8.0
"""Points between two glyphs of a line, at least, for a gap; and more for large letters."""


def in_columns(
    text_page: pdfium.FPDF_TEXTPAGE, lines: Sequence[tuple[int, str, float]]
) -> list[tuple[str, float]] | None:
    """Return text and height of each piece in reading order; None if it is right as it is.

    A line is its first glyph's number, its text and its height. Six lines tell whether a closer
    look, which takes as long as reading the page, is worth its time.
    """
    long = [line for line in lines if len(line[1]) >= _LONG]
    sample = long[:: max(1, len(long) // _SAMPLE)][:_SAMPLE]
    parted = sum(1 for start, text, _ in sample if _has_gap(text_page, start, len(text)))
    if len(sample) < _SAMPLE or parted < _SAMPLE / 2:
        return None
    pieces = [
        list(_pieces(text_page, number, start, text))
        for number, (start, text, _) in enumerate(lines)
    ]
    order = in_reading_order(pieces)
    if order is None:
        return None
    return [(piece.text, lines[piece.line][2]) for piece in order]


def _has_gap(text_page: pdfium.FPDF_TEXTPAGE, start: int, length: int) -> bool:
    """Whether two runs of glyphs in the line stand apart."""
    count = pdfium.FPDFText_CountRects(text_page, start, length)
    if count < 2:
        return False
    left, top, right, bottom = (ctypes.c_double() for _ in range(4))
    previous = None
    for index in range(min(count, 12)):
        pdfium.FPDFText_GetRect(text_page, index, left, top, right, bottom)
        if previous is not None and left.value - previous > _GAP:
            return True
        previous = right.value
    return False


def _pieces(text_page: pdfium.FPDF_TEXTPAGE, number: int, start: int, text: str) -> Iterator[Piece]:
    """Cut the line at its gaps."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    first, first_left, edge = 0, 0.0, None
    for offset, char in enumerate(text):
        if char.isspace():
            continue
        pdfium.FPDFText_GetCharBox(text_page, start + offset, left, right, bottom, top)
        gap = max(_GAP, 0.8 * (top.value - bottom.value))
        if edge is None:
            first, first_left = offset, left.value
        elif left.value - edge > gap:
            yield Piece(text[first:offset].rstrip(), first_left, edge, number)
            first, first_left = offset, left.value
        edge = right.value
    if edge is not None:
        yield Piece(text[first:], first_left, edge, number)
