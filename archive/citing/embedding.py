"""A record as its web page tells it to reference managers: COinS, and the `citation_*` meta tags.

Zotero, Mendeley and Google Scholar look for both. docs/citing.md has the table.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urlencode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive.citing.works import Work

_BOOK: Final = "info:ofi/fmt:kev:mtx:book"
_PAGE: Final = "info:ofi/fmt:kev:mtx:dc"

#: What OpenURL calls the kinds that CSL has.
_GENRES: Final = {"report": "report", "book": "book"}


def coins_of(work: Work) -> str:
    """Return a work as the `title` of a COinS span (OpenURL 1.0, Z39.88-2004), not yet escaped."""
    is_page = work.form.csl not in _GENRES
    pairs = [("ctx_ver", "Z39.88-2004"), ("rft_val_fmt", _PAGE if is_page else _BOOK)]
    pairs += list(_as_page(work) if is_page else _as_book(work))
    return urlencode([("rft_id", work.url), *((name, value) for name, value in pairs if value)])


def meta_tags_of(work: Work, *, pdf_url: str = "") -> list[tuple[str, str]]:
    """Return names and contents of the meta tags; *pdf_url* is where the PDF can be had."""
    institution = (
        "citation_technical_report_institution"
        if work.form.csl == "report"
        else "citation_publisher"
    )
    tags = [
        ("citation_title", work.cited_title),
        *(("citation_author", name.inverted) for name in work.authors),
        ("citation_publication_date", str(work.year_start or "")),
        (institution, work.publisher),
        ("citation_language", work.language),
        ("citation_keywords", "; ".join(work.keywords)),
        ("citation_public_url", work.url),
        ("citation_abstract_html_url", work.url),
        ("citation_pdf_url", pdf_url),
    ]
    return [(name, content) for name, content in tags if content]


def _as_book(work: Work) -> Iterator[tuple[str, str]]:
    yield "rft.genre", _GENRES[work.form.csl]
    yield "rft.btitle", work.cited_title
    yield "rft.title", work.cited_title
    for name in work.authors:
        yield "rft.au", name.inverted
    yield "rft.date", str(work.year_start or "")
    yield "rft.pub", work.publisher
    yield "rft.tpages", str(work.pages or "")
    yield "rft.language", work.language


def _as_page(work: Work) -> Iterator[tuple[str, str]]:
    yield "rft.type", "webpage"
    yield "rft.title", work.cited_title
    for name in work.authors:
        yield "rft.creator", name.inverted
    yield "rft.date", str(work.year_start or "")
    yield "rft.publisher", work.publisher
    yield "rft.identifier", work.url
    yield "rft.language", work.language
