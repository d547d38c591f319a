"""What a first reading leaves open, looked at again. Runs inside the contained worker.

Everything here can only improve what has been told: whatever ends the worker now costs nothing.
Only where pdfplumber is forced its pages are told here for the first time.
"""

from __future__ import annotations

from contextlib import suppress
from dataclasses import replace
from functools import reduce
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING

from archive.extraction.composing import better, compose, with_place_of
from archive.extraction.contents import faults_of_contents
from archive.extraction.engines import EngineName, PageUnreadableError, RawPage
from archive.extraction.engines.pdfium import PdfiumDocument, PdfiumError
from archive.extraction.lost_letters import name_letters, put_letters
from archive.extraction.repairing import NotRepairableError, repair
from archive.extraction.telling import composed_page

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archive.extraction.composing import ComposedPage
    from archive.extraction.engines.plumber import PlumberDocument
    from archive.extraction.telling import ReadingRequest, Teller

_EVIDENCE_PAGES = 60
_PLACED_CHARS = 20_000
_ORDERS = ("by place", "as drawn")
"""The orders in which pdfplumber gives a page's lines."""

_LOSSES_IN_A_ROW = 6
"""So many second opinions that were no better, and the file's other pages are not asked about."""


class SecondLooks:
    """The pages of one file that want another look, by what is wrong with them."""

    def __init__(self, request: ReadingRequest, document: PdfiumDocument, tell: Teller) -> None:
        self._request = request
        self._limits = request.limits
        self._document = document
        self._tell = tell
        self.is_mended = document.path != str(request.path)
        self.read: list[int] = []
        self.damaged: list[int] = []
        self.blank: list[int] = []
        self.unnamed: dict[int, tuple[RawPage, ComposedPage]] = {}
        self.doubtful: dict[int, ComposedPage] = {}

    def take(self, deadline: float) -> None:
        """Look again at what asks for it; second opinions end at *deadline* (monotonic)."""
        if self._request.engine != EngineName.PDFPLUMBER:
            self._tell.event("phase", phase="second looks")
        if self.damaged:
            self._mend()
        if len(self._document) <= self._limits.max_pages:
            self._check_contents(deadline)
        if self.unnamed:
            self._name_letters()
        if self._request.engine == EngineName.AUTO:
            self._read_by_place()
        if self.doubtful:
            self._ask_pdfplumber(deadline)

    def _mend(self) -> None:
        """Read pages that could not be loaded from a copy mended by qpdf."""
        if self.is_mended:
            return
        try:
            mended, how = repair(self._request.path, self._request.scratch)
            document = PdfiumDocument(str(mended))
        except (NotRepairableError, PdfiumError):
            return
        with document:
            recovered = list(self._recover(document))
        if recovered:
            self._tell.event("repaired", repair=how)

    def _recover(self, document: PdfiumDocument) -> Iterator[int]:
        for number in self.damaged:
            with suppress(PageUnreadableError):
                raw = document.read_page(number - 1, self._limits.max_chars_per_page)
                self._tell.page(composed_page(raw, number))
                yield number

    def _check_contents(self, deadline: float) -> None:
        """Tell the pages that only seem whole, or blank: what they draw is corrupt, or lost."""
        faults = faults_of_contents(
            Path(self._document.path),
            self.read,
            blank=frozenset(self.blank),
            is_mended=self.is_mended,
            deadline=deadline,
        )
        for fault in faults:
            if fault.is_lost:
                self.doubtful.pop(fault.page, None)
                self._tell.damaged(fault.page, fault.why)
            else:
                self._tell.cut(fault.page, fault.why)

    def _name_letters(self) -> None:
        """Read pages with unnamed glyphs again, now that all of the file can tell their letters."""
        names = name_letters([*self._neighbours(), *(raw.text for raw, _ in self.unnamed.values())])
        wholes: dict[str, str] = {}
        for number, (raw, first) in self.unnamed.items():
            text = put_letters(raw.text, names, wholes)
            if text == raw.text:
                continue
            named = composed_page(replace(raw, text=text), number, flag="letters-named")
            if self._request.engine != EngineName.PDFPLUMBER:
                self._tell.judged(first, named, kept=named)
                self._tell.page(named)
                if not named.score.is_doubtful:
                    self.doubtful.pop(number, None)
            if number in self.doubtful:
                self.doubtful[number] = named

    def _read_by_place(self) -> None:
        """Read doubtful pages by the places of their glyphs; what that settles needs no other."""
        for number, first in list(self.doubtful.items()):
            most = min(_PLACED_CHARS, self._limits.max_chars_per_page)
            with suppress(PageUnreadableError):
                text = self._document.read_page_by_place(number - 1, most)
                second = with_place_of(
                    composed_page(RawPage(text=text), number, flag="read-by-place"), first
                )
                kept = better(first, second) if text else first
                self._tell.judged(first, second, kept=kept)
                if kept is second:
                    self._tell.page(second)
                    self.doubtful[number] = second
                    if not second.score.is_doubtful:
                        del self.doubtful[number]

    def _neighbours(self) -> Iterator[str]:
        """Yield other pages' text to learn from, where only some pages were asked for."""
        if self._request.pages:
            count = len(self._document)
            for index in range(0, count, max(1, count // _EVIDENCE_PAGES)):
                with suppress(PageUnreadableError):
                    yield self._document.read_page(index, self._limits.max_chars_per_page).text

    def _ask_pdfplumber(self, deadline: float) -> None:
        """Get second opinions on doubtful pages, or the only ones where pdfplumber is forced."""
        self._tell.event("warm", engine="pdfplumber")
        forced = self._request.engine == EngineName.PDFPLUMBER
        losses = 0
        for first, opinions in self._second_opinions():
            kept = self._judge(first, opinions, forced=forced)
            losses = 0 if kept is not first else losses + 1
            if not forced and (losses >= _LOSSES_IN_A_ROW or monotonic() > deadline):
                return

    def _judge(
        self, first: ComposedPage, opinions: Sequence[ComposedPage], *, forced: bool
    ) -> ComposedPage:
        """Tell which reading of a page is kept, and return it."""
        if not opinions:
            self._tell.unread(first, "pdfplumber", kept=not forced)
            if forced:
                self._tell.damaged(first.page.number, "pdfplumber cannot read it")
            return first
        best = reduce(better, opinions)
        kept = best if forced else better(first, best)
        self._tell.judged(first, *opinions, kept=kept)
        if kept is not first:
            self._tell.page(kept)
        return kept

    def _second_opinions(self) -> Iterator[tuple[ComposedPage, list[ComposedPage]]]:
        from archive.extraction.engines import plumber  # noqa: PLC0415 - slow to import, rarely used

        try:
            document = plumber.PlumberDocument(self._document.path)
        except PageUnreadableError as error:
            self._tell.note(str(error))
            return
        with document:
            for first in self.doubtful.values():
                self._tell.busy(first.page.number)
                yield first, self._opinions(document, first, plumber.VERSION)

    def _opinions(
        self, document: PlumberDocument, first: ComposedPage, version: str
    ) -> list[ComposedPage]:
        """Return the page as pdfplumber reads it, in each of its orders; nothing if it cannot."""
        number = first.page.number
        try:
            readings = document.read_page(number - 1, self._limits.max_chars_per_page)
        except PageUnreadableError:
            return []
        return [
            with_place_of(
                replace(compose(raw, number=number, engine="pdfplumber", version=version), how=how),
                first,
            )
            for how, raw in zip(_ORDERS, readings, strict=True)
        ]
