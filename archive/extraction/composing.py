"""A raw page -> the page's text, judged: cleaning, joining, scoring in one place."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from archive.extraction.cleaning import PDFIUM_HYPHEN, UNKNOWN, clean, count_foreign, undouble
from archive.extraction.joining import join_lines
from archive.extraction.results import PageStatus, PageText
from archive.extraction.running_heads import Edges, edges_of
from archive.extraction.scoring import Score, score_text
from archive.extraction.split_words import mend_split_words

if TYPE_CHECKING:
    from archive.extraction.engines import RawPage
    from archive.extraction.results import Join

THIN = 30
"""Fewer characters beside pictures are no success (a stamp, a folio on a scan)."""

_SPLIT = 0.03
"""The share of split words from which a page is mended; a few are chance."""

_PICTURED = 0.2


@dataclass(frozen=True, slots=True, kw_only=True)
class ComposedPage:
    """A page's text with the judge's score and the lines at its edges.

    *how* names the way in which it was read, where there are several.
    """

    page: PageText
    score: Score
    edges: Edges
    how: str = ""


def compose(raw: RawPage, *, number: int, engine: str, version: str) -> ComposedPage:
    """Make the page *number* of what *engine* read."""
    cleaned = clean(raw.text)
    foreign = count_foreign(raw.text) if cleaned != raw.text or UNKNOWN in cleaned else 0
    reading, mended = _best_reading(cleaned, foreign)
    text, score = reading.text, reading.score
    page = PageText(
        number=number,
        text=text,
        status=_status(raw, text),
        engine=engine,
        engine_version=version,
        score=score.value if text else 0.0,
        outside=join_lines(_without_blanks(clean(raw.outside)))[0],
        joins=reading.joins,
        flags=(*score.flags, *mended, *(("cut",) if raw.is_cut else ())),
        width=raw.width,
        height=raw.height,
        rotation=raw.rotation,
        picture_share=raw.picture_share,
    )
    return ComposedPage(page=page, score=score, edges=_edges(raw, reading.cleaned, text))


@dataclass(frozen=True, slots=True)
class _Reading:
    cleaned: str
    text: str
    joins: tuple[Join, ...]
    score: Score


def _best_reading(cleaned: str, foreign: int) -> tuple[_Reading, tuple[str, ...]]:
    """Return the reading, with doubled glyphs and split words mended where that is better."""
    reading = _reading(cleaned, foreign)
    if reading.score.is_doubled:
        reading = _reading(undouble(cleaned), foreign)
    if reading.score.split > _SPLIT:
        mended = _reading(mend_split_words(reading.cleaned), foreign)
        if mended.score.value > reading.score.value:
            return mended, ("words-mended",)
    return reading, ()


def _reading(cleaned: str, foreign: int) -> _Reading:
    text, joins = join_lines(_without_blanks(cleaned))
    return _Reading(cleaned, text, joins, score_text(text, foreign))


def better(first: ComposedPage, second: ComposedPage) -> ComposedPage:
    """Return the better reading of the same page; at a tie, or next to one, the *first*.

    A reading that lost letters does not win by what it left out.
    """
    most = max(first.score.letters, second.score.letters, 1)
    values = [
        each.score.value * min(1.0, each.score.letters / most / 0.9) for each in (first, second)
    ]
    return second if values[1] > values[0] + 0.02 else first


def with_place_of(page: ComposedPage, place: ComposedPage) -> ComposedPage:
    """*page* with the size and surroundings that the engine which read *place* measured."""
    measured = place.page
    return replace(
        page,
        page=replace(
            page.page,
            width=measured.width,
            height=measured.height,
            rotation=measured.rotation,
            picture_share=measured.picture_share,
            outside=measured.outside,
        ),
        edges=_kept(place.edges, page.page.text),
    )


def _without_blanks(text: str) -> str:
    """*Text* without blanks around its lines, and without blank lines."""
    return "\n".join([line for line in map(str.strip, text.split("\n")) if line])


def _status(raw: RawPage, text: str) -> PageStatus:
    if not text:
        return PageStatus.BLANK if raw.is_blank else PageStatus.EMPTY
    if len(text) < THIN and raw.picture_share > _PICTURED:
        return PageStatus.THIN
    return PageStatus.READ


def _edges(raw: RawPage, cleaned: str, text: str) -> Edges:
    if not raw.heights:
        return Edges()
    lines = [line.strip() for line in cleaned.replace(PDFIUM_HYPHEN, "\n").split("\n")]
    return _kept(edges_of(lines, raw.heights), text)


def _kept(edges: Edges, text: str) -> Edges:
    """Only those lines that the text has as lines."""
    if not edges.top and not edges.bottom:
        return edges
    lines = set(text.split("\n"))
    return Edges(
        top=tuple(line for line in edges.top if line in lines),
        bottom=tuple(line for line in edges.bottom if line in lines),
    )
