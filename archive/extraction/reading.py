"""Reading one file, from opening to second opinions. Runs inside the contained worker.

What is done is told at once, event by event, so that whatever ends the worker costs only what it
had not told yet:

- ``opened``: page count and facts; ``page``: a page's text, and again where a better one is found
- ``repaired``: the file had to be mended, and how; ``phase``: what follows can only improve
- ``failed``: why there is nothing to read; ``cut``: a limit left pages out; ``note``: something
  a person should know
- ``warm``: an engine that the next file's worker should find imported
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from time import monotonic
from typing import TYPE_CHECKING, Any

from archive.extraction.composing import better, compose, with_place_of
from archive.extraction.engines import EngineName, PageUnreadableError
from archive.extraction.engines import pdfium as pdfium_engine
from archive.extraction.facts import read_facts
from archive.extraction.lost_letters import name_letters, put_letters
from archive.extraction.repairing import NotRepairableError, PasswordNeededError, repair
from archive.extraction.results import ExtractionStatus, PageStatus, PageText, page_to_json
from archive.extraction.sniffing import what_is_it

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from archive.extraction.composing import ComposedPage
    from archive.extraction.engines import RawPage
    from archive.extraction.engines.pdfium import PdfiumDocument
    from archive.extraction.engines.plumber import PlumberDocument
    from archive.extraction.limits import ExtractionLimits

_EVIDENCE_PAGES = 60
_LOSSES_IN_A_ROW = 6
"""So many second opinions that were no better, and the file's other pages are not asked about."""


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingRequest:
    """What is to be read.

    *pages* are numbers from 1, empty for all; *start* skips those before it, when a worker goes
    on where another died. *repaired* asks for mending before opening.
    """

    path: Path
    scratch: Path
    limits: ExtractionLimits
    engine: EngineName = EngineName.AUTO
    pages: tuple[int, ...] = ()
    start: int = 1
    repaired: bool = False


def read_file(request: ReadingRequest, emit: Callable[[dict[str, Any]], None]) -> None:
    """Read the file and tell *emit* everything as it becomes known."""
    refusal = _refusal(request)
    if refusal is not None:
        emit(refusal)
        return
    try:
        with _open(request, emit) as document:
            _FileReader(request, document, emit).read()
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
        other = what_is_it(file.read(4096), size)
    return _failed(ExtractionStatus.NOT_A_PDF, other) if other else None


def _failed(status: ExtractionStatus, detail: str) -> dict[str, Any]:
    return {"event": "failed", "status": status, "detail": detail}


def _open(request: ReadingRequest, emit: Callable[[dict[str, Any]], None]) -> PdfiumDocument:
    """Return the document, mended first if need be. Raises :class:`NotRepairableError`."""
    if not request.repaired:
        try:
            document = pdfium_engine.PdfiumDocument(str(request.path))
        except pdfium_engine.PdfiumError as error:
            if error.wants_password:
                raise PasswordNeededError(str(error)) from error
        else:
            if len(document):
                return document
            document.close()
    mended, how = repair(request.path, request.scratch)
    try:
        document = pdfium_engine.PdfiumDocument(str(mended))
    except pdfium_engine.PdfiumError as error:
        raise NotRepairableError(str(error)) from error
    emit({"event": "repaired", "repair": how})
    return document


class _FileReader:
    """One open file being read: what was read so far, and what to look at again."""

    def __init__(
        self,
        request: ReadingRequest,
        document: PdfiumDocument,
        emit: Callable[[dict[str, Any]], None],
    ) -> None:
        self._request = request
        self._limits = request.limits
        self._document = document
        self._emit = emit
        self._doubtful: list[ComposedPage] = []
        self._unnamed: dict[int, RawPage] = {}
        self._chars = 0

    def read(self) -> None:
        """Tell the facts, then each page, then whatever second opinions improve."""
        facts = read_facts(self._document, self._request.path)
        numbers = self._numbers()
        self._emit({"event": "opened", "pages": len(numbers), "facts": asdict(facts)})
        started = monotonic()
        self._read_pages(numbers)
        if self._unnamed:
            self._name_letters()
        if self._doubtful:
            share = self._limits.judging_share
            deadline = started + share * self._limits.wall_seconds(len(numbers))
            self._ask_pdfplumber(deadline)

    def _numbers(self) -> Sequence[int]:
        count = len(self._document)
        start = self._request.start
        if self._request.pages:
            return [n for n in self._request.pages if start <= n <= count][: self._limits.max_pages]
        if count > self._limits.max_pages:
            self._cut(f"only the first {self._limits.max_pages} of {count} pages were read")
        return range(start, min(count, self._limits.max_pages) + 1)

    def _read_pages(self, numbers: Sequence[int]) -> None:
        forced = self._request.engine == EngineName.PDFPLUMBER
        for number in numbers:
            try:
                composed = self._read_page(number)
            except PageUnreadableError as error:
                self._emit_damaged(number, str(error))
                continue
            if forced or (composed.score.is_doubtful and self._request.engine == EngineName.AUTO):
                self._doubtful.append(composed)
            if not forced:
                self._emit_page(composed)
            if self._chars > self._limits.max_chars:
                self._cut(
                    f"more than {self._limits.max_chars} characters: stopped at page {number}"
                )
                return

    def _read_page(self, number: int) -> ComposedPage:
        raw = self._document.read_page(number - 1, self._limits.max_chars_per_page)
        composed = _composed(raw, number)
        self._chars += len(composed.page.text)
        if composed.score.foreign:
            self._unnamed[number] = raw
        return composed

    def _name_letters(self) -> None:
        """Read pages with unnamed glyphs again, now that all of the file can tell their letters."""
        self._emit({"event": "phase", "phase": "naming letters"})
        names = name_letters([*self._neighbours(), *(raw.text for raw in self._unnamed.values())])
        for number, raw in self._unnamed.items():
            text = put_letters(raw.text, names)
            if text == raw.text:
                continue
            named = _composed(replace(raw, text=text), number, flag="letters-named")
            self._emit_page(named)
            self._doubtful = [
                named if each.page.number == number else each for each in self._doubtful
            ]
        self._doubtful = [each for each in self._doubtful if each.score.is_doubtful]

    def _neighbours(self) -> Iterator[str]:
        """Other pages' text to learn from, where only some pages were asked for."""
        if self._request.pages:
            count = len(self._document)
            for index in range(0, count, max(1, count // _EVIDENCE_PAGES)):
                with suppress(PageUnreadableError):
                    yield self._document.read_page(index, self._limits.max_chars_per_page).text

    def _ask_pdfplumber(self, deadline: float) -> None:
        """Second opinions on doubtful pages, or the only ones where pdfplumber is forced."""
        self._emit({"event": "phase", "phase": "judging"})
        self._emit({"event": "warm", "engine": "pdfplumber"})
        forced = self._request.engine == EngineName.PDFPLUMBER
        losses = 0
        for first, second in self._second_opinions():
            if forced:
                self._emit_page(second) if second else self._emit_damaged(first.page.number, "")
            elif second is not None and better(first, second) is second:
                self._emit_page(second)
                losses = 0
            else:
                losses += 1
            if losses >= _LOSSES_IN_A_ROW or (monotonic() > deadline and not forced):
                return

    def _second_opinions(self) -> Iterator[tuple[ComposedPage, ComposedPage | None]]:
        from archive.extraction.engines import plumber  # noqa: PLC0415 - see the module's docstring

        try:
            document = plumber.PlumberDocument(self._document.path)
        except PageUnreadableError as error:
            self._note(str(error))
            return
        with document:
            for first in self._doubtful:
                yield first, self._second_opinion(document, first, plumber.VERSION)

    def _second_opinion(
        self, document: PlumberDocument, first: ComposedPage, version: str
    ) -> ComposedPage | None:
        number = first.page.number
        try:
            readings = document.read_page(number - 1, self._limits.max_chars_per_page)
        except PageUnreadableError:
            return None
        composed = [
            compose(raw, number=number, engine="pdfplumber", version=version) for raw in readings
        ]
        best = composed[0]
        for other in composed[1:]:
            best = better(best, other)
        return with_place_of(best, first)

    def _emit_page(self, composed: ComposedPage) -> None:
        edges = composed.edges
        self._emit(
            {
                "event": "page",
                "page": page_to_json(composed.page),
                "top": edges.top,
                "bottom": edges.bottom,
            }
        )

    def _emit_damaged(self, number: int, detail: str) -> None:
        page = PageText(number=number, status=PageStatus.DAMAGED)
        self._emit({"event": "page", "page": page_to_json(page), "top": (), "bottom": ()})
        if detail:
            self._note(f"page {number}: {detail}")

    def _cut(self, detail: str) -> None:
        self._emit({"event": "cut", "detail": detail})

    def _note(self, detail: str) -> None:
        self._emit({"event": "note", "detail": detail})


def _composed(raw: RawPage, number: int, flag: str = "") -> ComposedPage:
    composed = compose(raw, number=number, engine="pdfium", version=pdfium_engine.VERSION)
    if not flag:
        return composed
    return replace(composed, page=replace(composed.page, flags=(*composed.page.flags, flag)))
