"""Tables with ruling lines, found by pdfplumber. Runs inside the contained worker, in its own pass.

Looking for a table costs fifty times what reading the page does; so pdfium counts the drawn paths
first, and only pages with four or more are looked at.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

import pypdfium2.raw as pdfium

from archive.extraction.cleaning import clean
from archive.extraction.engines import PageUnreadableError
from archive.extraction.found_tables import PageTable
from archive.extraction.joining import join_lines

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive.extraction.engines.pdfium import PdfiumDocument
    from archive.extraction.telling import ReadingRequest, Teller

_FEWEST_PATHS = 4
_MOST_PATHS = 5000
"""A drawing, not a table; pdfplumber would take minutes."""


def read_tables(request: ReadingRequest, document: PdfiumDocument, tell: Teller) -> None:
    """Tell every table of the document, page by page."""
    count = len(document)
    wanted = request.pages or range(1, min(count, request.limits.max_pages) + 1)
    numbers = [number for number in wanted if 1 <= number <= count]
    tell.event("opened", pages=len(numbers), facts={})
    ruled = [number for number in numbers if _is_ruled(document, number, tell)]
    if ruled:
        tell.event("warm", engine="pdfplumber")
        _read_ruled_pages(document.path, ruled, tell)


def _is_ruled(document: PdfiumDocument, number: int, tell: Teller) -> bool:
    tell.busy(number)
    page = pdfium.FPDF_LoadPage(document.handle, number - 1)
    if not page:
        return False
    try:
        count = pdfium.FPDFPage_CountObjects(page)
        paths = sum(
            1
            for index in range(count)
            if pdfium.FPDFPageObj_GetType(pdfium.FPDFPage_GetObject(page, index))
            == pdfium.FPDF_PAGEOBJ_PATH
        )
    finally:
        pdfium.FPDF_ClosePage(page)
    if paths > _MOST_PATHS:
        tell.note(f"page {number}: not searched for tables, it has {paths} lines and shapes")
    return _FEWEST_PATHS <= paths <= _MOST_PATHS


def _read_ruled_pages(path: str, numbers: list[int], tell: Teller) -> None:
    from archive.extraction.engines.plumber import PlumberDocument  # noqa: PLC0415 - slow to import

    with PlumberDocument(path, with_paths=True) as document:
        for number in numbers:
            tell.busy(number)
            try:
                for table in _tables_of(document, number):
                    tell.event("table", table=asdict(table))
            except PageUnreadableError as error:
                tell.note(f"page {number}: {error}")
            tell.event("looked", number=number)


def _tables_of(document: Any, number: int) -> Iterator[PageTable]:
    found = 0
    for rows, box in document.find_tables(number - 1):
        cells = _without_empty([[_cell(cell) for cell in row] for row in rows])
        if len(cells) > 1 and len(cells[0]) > 1:
            found += 1
            yield PageTable(page=number, number=found, rows=cells, box=box)


def _without_empty(rows: list[list[str]]) -> tuple[tuple[str, ...], ...]:
    """Return the rows and columns that have any text."""
    filled = [row for row in rows if any(row)]
    columns = [column for column in zip(*filled, strict=True) if any(column)]
    return tuple(zip(*columns, strict=True))


def _cell(text: str | None) -> str:
    return join_lines(clean(text or "").strip())[0]
