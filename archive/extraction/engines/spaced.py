"""Capitals that are set apart ("R A P P O R T   D U   P A R C") are the letters of words.

Whoever sets a heading so leaves more room between its words than between its letters: that tells
the words, and the French list whether they are any.
"""

from __future__ import annotations

import ctypes
import re
from statistics import median
from typing import TYPE_CHECKING

import pypdfium2.raw as pdfium

from archive.extraction.words import is_known_without_accents

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

JOINED = "\u2060"
"""The word joiner: it stands where a blank was, has no width, and goes with cleaning."""

_CAPITAL = "[A-ZÀ-ÖØ-Þ]"
_APART = re.compile(f" {_CAPITAL} {_CAPITAL} ")
"""A sign of a run on the page; one that begins with a blank is found in half the time."""

_RUN = re.compile(
    f"(?<![^\\W_]){_CAPITAL}{{1,5}}(?:(?: ?[’'-] ?| +)(?:{_CAPITAL}{{1,5}}|\\d))+(?![^\\W_])"
)
"""Pieces of at most five capitals, of which blanks make a run; figures may follow one by one."""

_PIECES = re.compile(r"[^ ’'-]+")
_FEWEST_LONE = 3
_LONE_SHARE = 1 / 3
_WIDER = 1.6
"""So many times the usual gap, and a gap parts words."""

_LONG_WORD = 5
_KNOWN_SHARE = 0.6


def close_up(text_page: pdfium.FPDF_TEXTPAGE, text: str) -> str:
    """Return *text*, whose characters are the page's glyphs one by one, with its words closed up.

    Blanks between the letters of a word become :data:`JOINED`, so that places stay as they are.
    """
    if not _APART.search(text):
        return text
    return _RUN.sub(lambda run: _closed_up(text_page, run), text)


def _closed_up(text_page: pdfium.FPDF_TEXTPAGE, run: re.Match[str]) -> str:
    pieces = _PIECES.findall(run[0])
    lone = sum(len(piece) == 1 for piece in pieces)
    if lone < max(_FEWEST_LONE, _LONE_SHARE * len(pieces)):
        return run[0]
    closed = join_at(run[0], list(_gaps(text_page, run)))
    return closed if are_words(closed) else run[0]


def _gaps(text_page: pdfium.FPDF_TEXTPAGE, run: re.Match[str]) -> Iterator[float]:
    """Yield, for each glyph of the run but the first, how far it stands behind the last one."""
    left, right, bottom, top = (ctypes.c_double() for _ in range(4))
    before: float | None = None
    for index in range(run.start(), run.end()):
        if run.string[index] == " ":
            continue
        pdfium.FPDFText_GetCharBox(text_page, index, left, right, bottom, top)
        if before is not None:
            yield left.value - before
        before = right.value


def join_at(run: str, gaps: Sequence[float]) -> str:
    """Return *run* with the blanks joined where its *gaps*, one between any two glyphs, are narrow.

    >>> join_at("D U P A R C", [1.0, 3.1, 1.1, 0.9, 1.0]).replace(JOINED, "")
    'DU PARC'
    """
    widest = _WIDER * max(median(gaps), 0.0)
    glyphs = 0
    closed = []
    for char in run:
        glyphs += char != " "
        is_joined = char == " " and gaps[glyphs - 1] <= widest
        closed.append(JOINED if is_joined else char)
    return "".join(closed)


def are_words(closed: str) -> bool:
    """Whether what was closed up is French by most of its letters, and a long word among it.

    >>> are_words("RAPPORT D’ACTIVITES 2015"), are_words("ABCDEF"), are_words("PARC")
    (True, False, False)
    """
    words = re.findall(r"[^\W\d_]+", closed.replace(JOINED, ""))
    known = [len(word) for word in words if is_known_without_accents(word)]
    letters = sum(map(len, words))
    return max(known, default=0) >= _LONG_WORD and sum(known) >= _KNOWN_SHARE * letters
