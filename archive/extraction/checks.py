"""What the catalogue says of a file against what the file says: pure cross-checks.

Each returns an :class:`~archive.records.Issue` with both values, or None where they agree or there
is nothing to compare. None of them is an error of ours: the site's owner may want to know.
"""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from archive.extraction.words import WORD
from archive.issue_words import detail
from archive.records import Issue

if TYPE_CHECKING:
    from archive.extraction.results import Extraction, PdfFacts

_PAGE_SLACK = 2
"""Covers are counted by some and not by others."""

_TITLE_PAGES = 3
_SHORT_WORD = 3
_MISSING_TITLE = 0.34
"""The share of a title's words found in the file, below which it is another document's."""

_SIZE_SLACK = 0.02
"""A size given in rounded megabytes is not wrong."""


def check_page_count(declared: int | None, facts: PdfFacts) -> Issue | None:
    """Compare the record's number of pages with the file's; two more or less are covers."""
    if not declared or not facts.page_count:
        return None
    if abs(declared - facts.page_count) <= _PAGE_SLACK:
        return None
    return Issue(
        code="page-count-differs",
        detail=detail("declared-pages", declared=declared, found=facts.page_count),
    )


def check_year(year_start: int | None, year_end: int | None, facts: PdfFacts) -> Issue | None:
    """Compare the record's year with the file's dates.

    A file cannot have been finished before the year of its content began; made much later it may
    be a scan, which is no contradiction.
    """
    year = year_end or year_start
    made = [int(date[:4]) for date in (facts.created, facts.modified) if date]
    if not year or not made or max(made) >= year:
        return None
    return Issue(
        code="year-after-file",
        detail=detail("declared-year", year=str(year), written=str(max(made))),
    )


def check_title(title: str, extraction: Extraction) -> Issue | None:
    """Look for the record's title in the first pages and the metadata; a wrong PDF lacks it."""
    wanted = {word for word in _words(title) if len(word) > _SHORT_WORD}
    text = " ".join(page.text for page in extraction.pages[:_TITLE_PAGES])
    if len(wanted) < 2 or len(text) < 200:
        return None
    stated = f"{extraction.facts.title} {extraction.facts.subject}"
    found = wanted & set(_words(f"{text} {stated}"))
    if len(found) >= _MISSING_TITLE * len(wanted):
        return None
    first_line = next((line for line in text.split("\n") if len(line) > 10), text[:80])
    return Issue(
        code="title-not-in-file",
        detail=detail("declared-title", title=title, text=first_line[:120]),
    )


def check_size(declared: int | None, size: int) -> Issue | None:
    """Compare the size in bytes that the page gives with the bytes that came."""
    if not declared or abs(declared - size) <= _SIZE_SLACK * max(declared, size):
        return None
    said = detail("declared-size", declared=declared, found=size)
    return Issue(code="size-differs", detail=said)


def _words(text: str) -> list[str]:
    """Return the words of *text* without accents and endings in ``s``, in lower case."""
    plain = unicodedata.normalize("NFD", text.lower().replace("œ", "oe"))
    plain = re.sub("[\u0300-\u036f]", "", plain)
    return [word.rstrip("sx") for word in WORD.findall(plain)]
