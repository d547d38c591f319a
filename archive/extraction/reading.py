"""Reading one file, from opening to second opinions. Runs inside the contained worker.

What is done is told at once, event by event, so that whatever ends the worker costs only what it
had not told yet:

- ``opened``: page count and facts; ``page``: a page's text, and again where a better one is found
- ``repaired``: the file had to be mended, and how; ``phase``: what follows can only improve
- ``table``, ``looked``: a table, a page that was searched for them; ``picture``: a page as one
- ``busy``: the page that is worked on, where it is told later or not at all
- ``failed``: why there is nothing to read; ``cut``: a limit left pages out; ``note``: something
  a person should know
- ``warm``: an engine that the next file's worker should find imported
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict
from time import monotonic
from typing import TYPE_CHECKING, Any

from archive.extraction.engines import EngineName, PageUnreadableError
from archive.extraction.engines import pdfium as pdfium_engine
from archive.extraction.facts import read_facts
from archive.extraction.ocr import read_pictures
from archive.extraction.pictures import draw_page
from archive.extraction.repairing import (
    NotRepairableError,
    PasswordNeededError,
    leaves_pages_out,
    repair,
)
from archive.extraction.results import ExtractionStatus, PageStatus
from archive.extraction.second_looks import SecondLooks
from archive.extraction.sniffing import HEAD_BYTES, what_is_it
from archive.extraction.tables import read_tables
from archive.extraction.telling import ReadingRequest, Teller, composed_page

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from archive.extraction.composing import ComposedPage
    from archive.extraction.engines.pdfium import PdfiumDocument


def read_file(
    request: ReadingRequest, emit: Callable[[dict[str, Any]], None], task: str = "texts"
) -> None:
    """Do the *task*: texts, tables, ocr or picture; tell *emit* everything as it becomes known."""
    refusal = _refusal(request)
    if refusal is not None:
        emit(refusal)
        return
    try:
        with _open(request, emit) as document:
            _TASKS[task](request, document, Teller(emit))
    except PasswordNeededError as error:
        emit(_failed(ExtractionStatus.ENCRYPTED, str(error)))
    except NotRepairableError as error:
        emit(_failed(ExtractionStatus.DAMAGED, str(error)))


def _refusal(request: ReadingRequest) -> dict[str, Any] | None:
    size = request.path.stat().st_size
    if size > request.limits.max_file_mb * 1_000_000:
        detail = f"{size / 1e6:.0f} MB, and the limit is {request.limits.max_file_mb} MB"
        return _failed(ExtractionStatus.TOO_LARGE, detail)
    with request.path.open("rb") as file:
        other = what_is_it(file.read(HEAD_BYTES), size)
    return _failed(ExtractionStatus.NOT_A_PDF, other) if other else None


def _failed(status: ExtractionStatus, detail: str) -> dict[str, Any]:
    return {"event": "failed", "status": status, "detail": detail}


def _open(request: ReadingRequest, emit: Callable[[dict[str, Any]], None]) -> PdfiumDocument:
    """Return the document, mended first if need be. Raises :class:`NotRepairableError`."""
    if request.repaired:
        return _open_mended(request, emit)
    try:
        document = pdfium_engine.PdfiumDocument(str(request.path))
    except pdfium_engine.PdfiumError as error:
        if error.is_locked:
            raise PasswordNeededError(str(error)) from error
        return _open_mended(request, emit)
    count = len(document)
    if not count:
        document.close()
        return _open_mended(request, emit)
    if leaves_pages_out(request.path, count):
        # What pdfium has of it is better than nothing, should it not be mended.
        with suppress(NotRepairableError):
            whole = _open_mended(request, emit, f"it says that it has {count} pages")
            document.close()
            return whole
    return document


def _open_mended(
    request: ReadingRequest, emit: Callable[[dict[str, Any]], None], why: str = ""
) -> PdfiumDocument:
    mended, how = repair(request.path, request.scratch, why)
    try:
        document = pdfium_engine.PdfiumDocument(str(mended))
    except pdfium_engine.PdfiumError as error:
        raise NotRepairableError(str(error)) from error
    emit({"event": "repaired", "repair": how})
    return document


class _FileReader:
    """One open file being read for the first time, page by page."""

    def __init__(self, request: ReadingRequest, document: PdfiumDocument, tell: Teller) -> None:
        self._request = request
        self._limits = request.limits
        self._document = document
        self._tell = tell
        self._looks = SecondLooks(request, document, tell)
        self._chars = 0

    def read(self) -> None:
        """Tell the facts, then each page, then whatever second looks improve."""
        facts = read_facts(self._document, self._request.path)
        numbers = self._numbers()
        self._tell.event("opened", pages=len(numbers), facts=asdict(facts))
        if self._document.is_dynamic_form:
            self._tell.event("cut", detail="its form (XFA) is shown by Adobe's reader alone")
        share = self._limits.judging_share
        deadline = monotonic() + share * self._limits.wall_seconds(len(numbers))
        self._read_pages(numbers)
        self._looks.take(deadline)

    def _numbers(self) -> Sequence[int]:
        count = len(self._document)
        most = self._limits.max_pages
        if self._request.pages:
            return [number for number in self._request.pages if 1 <= number <= count][:most]
        if count > most:
            self._tell.event("cut", detail=f"only the first {most} of {count} pages were read")
        return range(1, min(count, most) + 1)

    def _read_pages(self, numbers: Sequence[int]) -> None:
        most = self._limits.max_chars
        # Where pdfplumber is forced, its text is the only one to be told.
        forced = self._request.engine == EngineName.PDFPLUMBER
        for number in numbers:
            if forced:
                self._tell.busy(number)
            try:
                composed = self._read_page(number)
            except PageUnreadableError as error:
                self._tell.damaged(number, str(error))
                self._looks.damaged.append(number)
                continue
            if not forced:
                self._tell.page(composed)
            self._chars += len(composed.page.text)
            if self._chars > most:
                detail = f"more than {most} characters: stopped at page {number}"
                self._tell.event("cut", detail=detail)
                return

    def _read_page(self, number: int) -> ComposedPage:
        raw = self._document.read_page(number - 1, self._limits.max_chars_per_page)
        composed = composed_page(raw, number)
        if self._looks.is_mended and not composed.page.text and raw.text.strip():
            # Elsewhere OCR may read what has shapes and no letters; here the shapes are lost too.
            raise PageUnreadableError("its letters are lost with their font")
        self._looks.read.append(number)
        if raw.is_cut:
            self._tell.cut(number, f"more than {self._limits.max_chars_per_page} characters")
        if composed.score.foreign:
            self._looks.unnamed[number] = (raw, composed)
        if composed.page.status is PageStatus.BLANK:
            self._looks.blank.append(number)
        if self._request.engine == EngineName.PDFPLUMBER or (
            self._request.engine == EngineName.AUTO and composed.score.is_doubtful
        ):
            self._looks.doubtful[number] = composed
        return composed


def _read_texts(request: ReadingRequest, document: PdfiumDocument, tell: Teller) -> None:
    _FileReader(request, document, tell).read()


_TASKS: dict[str, Callable[[ReadingRequest, PdfiumDocument, Teller], None]] = {
    "texts": _read_texts,
    "tables": read_tables,
    "ocr": read_pictures,
    "picture": draw_page,
}
