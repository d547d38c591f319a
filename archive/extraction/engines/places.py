"""A page read by the places of its glyphs, where the order in which they are drawn is no help.

Some files draw each letter by itself, and pdfium makes a line of each. Here glyphs on one baseline
are a line, a narrow gap is a blank, a wide one parts columns.
"""

from __future__ import annotations

import ctypes
import itertools
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pypdfium2.raw as pdfium

from archive.extraction.engines.columns import Piece, in_reading_order

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

_BLANK = 0.22
"""A gap of so much of the letters' height is a blank: narrower than any, wider than kerning."""

_COLUMN = 1.2
_BASELINE = 0.3


@dataclass(frozen=True, slots=True)
class Glyph:
    """A character, its edges and its baseline in points."""

    char: str
    left: float
    right: float
    base: float
    height: float


def read_by_place(text_page: pdfium.FPDF_TEXTPAGE, text: str) -> str:
    """Return the page whose glyphs are *text*, one for each character, in lines by their places."""
    lines = [
        list(_pieces(number, line)) for number, line in enumerate(_lines(_glyphs(text_page, text)))
    ]
    order = in_reading_order(lines)
    if order is not None:
        return "\n".join(piece.text for piece in order)
    return "\n".join(" ".join(piece.text for piece in pieces) for pieces in lines)


def _glyphs(text_page: pdfium.FPDF_TEXTPAGE, text: str) -> Iterator[Glyph]:
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    x, y = ctypes.c_double(), ctypes.c_double()
    for index, char in enumerate(text):
        if char.isspace() or pdfium.FPDFText_IsGenerated(text_page, index) == 1:
            continue
        pdfium.FPDFText_GetCharBox(text_page, index, left, right, bottom, top)
        pdfium.FPDFText_GetCharOrigin(text_page, index, x, y)
        size = pdfium.FPDFText_GetFontSize(text_page, index)
        height = max(top.value - bottom.value, min(size, 3 * (top.value - bottom.value)), 1.0)
        yield Glyph(char, left.value, right.value, y.value, height)


def _lines(glyphs: Iterable[Glyph]) -> Iterator[list[Glyph]]:
    """Yield the glyphs of each baseline, from the top of the page, from left to right."""
    line: list[Glyph] = []
    for glyph in sorted(glyphs, key=lambda glyph: -glyph.base):
        if line and line[0].base - glyph.base > _BASELINE * line[0].height:
            yield sorted(line, key=lambda glyph: glyph.left)
            line = []
        line.append(glyph)
    if line:
        yield sorted(line, key=lambda glyph: glyph.left)


def _pieces(number: int, line: Sequence[Glyph]) -> Iterator[Piece]:
    """Cut the line at its wide gaps, and set blanks in its narrow ones."""
    text, start = line[0].char, line[0]
    for before, glyph in itertools.pairwise(line):
        gap = glyph.left - before.right
        if gap > _COLUMN * before.height:
            yield Piece(text, start.left, before.right, number)
            text, start = "", glyph
        elif gap > _BLANK * before.height and before.char not in "’'":
            text += " "
        text += glyph.char
    yield Piece(text, start.left, line[-1].right, number)
