"""Tables with ruling lines, found by pdfplumber. Runs inside the contained worker, in its own pass.

Looking for a table costs fifty times what reading the page does; so pdfium counts the drawn paths
first, and only pages with four or more are looked at.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

import pypdfium2.raw as pdfium

from archive.extraction.cleaning import clean
from archive.extraction.engines import PageUnreadableError
from archive.extraction.joining import join_lines
from archive.extraction.results import ExtractionStatus

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from archive.extraction.engines.pdfium import PdfiumDocument
    from archive.extraction.telling import ReadingRequest, Teller

_FEWEST_PATHS = 4
_MOST_PATHS = 5000
"""A drawing, not a table; pdfplumber would take minutes."""


@dataclass(frozen=True, slots=True, kw_only=True)
class PageTable:
    """One table: its page, its number there (both from 1), its rows of cells as text.

    *box* is left, top, right, bottom in points from the page's top left corner.
    """

    page: int
    number: int
    rows: tuple[tuple[str, ...], ...]
    box: tuple[float, float, float, float]


@dataclass(frozen=True, slots=True, kw_only=True)
class TableExtraction:
    """All tables of one file. *status* is about the search for tables, not about the text."""

    status: ExtractionStatus
    tables: tuple[PageTable, ...] = ()
    detail: str = ""
    seconds: float = 0.0


@dataclass(slots=True)
class TableAssembly:
    """Takes a worker's events, and makes the file's tables of them."""

    tables: list[PageTable] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    failure: ExtractionStatus | None = None
    how: str = "done"

    def take(self, event: Mapping[str, Any]) -> bool:
        """Take one event; whether it was the last."""
        match event["event"]:
            case "table":
                self.tables.append(_table_from_json(event["table"]))
            case "note" | "cut":
                self.notes.append(event["detail"])
            case "failed":
                self.failure = ExtractionStatus(event["status"])
                self.notes.append(event["detail"])
            case "ended":
                self.how = event["how"]
                self.notes += [event["detail"]] if event["how"] != "done" else []
                return True
        return False

    def finish(self, seconds: float, *, how: str = "", detail: str = "") -> TableExtraction:
        """Return the result; *how* and *detail* tell what befell a worker that never ``ended``."""
        notes = [note for note in (*self.notes, detail) if note]
        stopped = (how or self.how) != "done"
        status = ExtractionStatus.PARTIAL if notes or stopped else ExtractionStatus.READ
        return TableExtraction(
            status=self.failure or status,
            tables=tuple(self.tables),
            detail="; ".join(notes[:6]),
            seconds=round(seconds, 3),
        )


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


def _table_from_json(data: Mapping[str, Any]) -> PageTable:
    left, top, right, bottom = data["box"]
    return PageTable(
        page=data["page"],
        number=data["number"],
        rows=tuple(tuple(row) for row in data["rows"]),
        box=(left, top, right, bottom),
    )
