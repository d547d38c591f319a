"""A worker's events -> one :class:`Extraction`. Pure: the same events make the same result."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from archive.extraction.results import (
    Extraction,
    ExtractionStatus,
    PageStatus,
    PageText,
    PdfFacts,
    Reading,
    facts_from_json,
    page_from_json,
)
from archive.extraction.running_heads import Edges, find_running_heads

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_MOST_NOTES = 6
_LOST = {PageStatus.DAMAGED, PageStatus.TIMED_OUT, PageStatus.OUT_OF_MEMORY}


class Assembly:
    """Takes the events of one file in the order they come, and makes the whole of them."""

    def __init__(self) -> None:
        self._pages: dict[int, PageText] = {}
        self._edges: dict[int, Edges] = {}
        self._readings: dict[int, dict[tuple[str, str], Reading]] = {}
        self._facts = PdfFacts()
        self._expected = 0
        self._repair = ""
        self._is_cut = False
        self._cut_pages: set[int] = set()
        self._notes: list[str] = []
        self._failure: ExtractionStatus | None = None
        self._ended: Mapping[str, Any] = {}

    def take(self, event: Mapping[str, Any]) -> bool:
        """Take one event; whether it was the last."""
        match event["event"]:
            case "page":
                page = page_from_json(event["page"])
                self._pages[page.number] = page
                self._edges[page.number] = Edges(
                    top=tuple(event["top"]), bottom=tuple(event["bottom"])
                )
            case "opened":
                # A child that goes on behind a crash opens the file again, for the rest of it.
                self._expected = self._expected or event["pages"]
                self._facts = facts_from_json(event["facts"])
            case "judged":
                self._take_readings(event["readings"])
            case "repaired":
                self._repair = event["repair"]
            case "note":
                self._notes.append(event["detail"])
            case "cut":
                self._is_cut = True
                self._cut_pages.add(event.get("page", 0))
                self._notes.append(event["detail"])
            case "failed":
                self._failure = ExtractionStatus(event["status"])
                self._notes.append(event["detail"])
            case "ended":
                self._ended = event
                return True
        return False

    def _take_readings(self, readings: Iterable[Mapping[str, Any]]) -> None:
        """Add readings of a page to those known; the last judgement says which is kept."""
        for data in readings:
            reading = Reading(**data)
            of_page = self._readings.setdefault(reading.page, {})
            if reading.kept:
                of_page.update({key: replace(one, kept=False) for key, one in of_page.items()})
            of_page[reading.engine, reading.how] = reading

    def finish(self, seconds: float, *, how: str = "", detail: str = "") -> Extraction:
        """Return the result; *how* and *detail* tell what befell a worker that never ``ended``."""
        how = how or self._ended.get("how", "done")
        detail = detail or self._ended.get("detail", "")
        pages = tuple(map(self._with_cut, self._with_running_heads()))
        notes = [*self._notes]
        if how != "done":
            notes.append(f"stopped at page {self._stopped_at()}: {detail}" if pages else detail)
        return Extraction(
            status=self._status(pages, how),
            pages=pages,
            facts=self._facts,
            engines=dict(Counter(page.engine for page in pages if page.text)),
            readings=tuple(
                one for _, readings in sorted(self._readings.items()) for one in readings.values()
            ),
            repair=self._repair,
            detail=_sentence(notes),
            seconds=round(seconds, 3),
            cpu_seconds=self._ended.get("cpu_seconds", 0.0),
            peak_memory_mb=self._ended.get("peak_memory_mb", 0.0),
        )

    def _stopped_at(self) -> int:
        return max(self._pages, default=0) + 1

    def _with_running_heads(self) -> tuple[PageText, ...]:
        heads = find_running_heads(self._edges)
        return tuple(
            replace(page, running_header=heads[n].top, running_footer=heads[n].bottom)
            if heads[n].top or heads[n].bottom
            else page
            for n, page in sorted(self._pages.items())
        )

    def _with_cut(self, page: PageText) -> PageText:
        """*page* with the flag that says that its text is not all of it."""
        if page.number not in self._cut_pages or "cut" in page.flags:
            return page
        return replace(page, flags=(*page.flags, "cut"))

    def _status(self, pages: tuple[PageText, ...], how: str) -> ExtractionStatus:
        if self._failure is not None:
            return self._failure
        if not any(page.text for page in pages):
            return self._status_without_text(pages, how)
        unread = any(page.wants_ocr or page.status in _LOST for page in pages)
        short = len(pages) < self._expected or self._is_cut
        return (
            ExtractionStatus.PARTIAL if unread or short or self._repair else ExtractionStatus.READ
        )

    def _status_without_text(self, pages: tuple[PageText, ...], how: str) -> ExtractionStatus:
        if how != "done":
            return ExtractionStatus(how)
        lost = Counter(page.status for page in pages if page.status in _LOST)
        if lost and not any(page.wants_ocr for page in pages):
            return ExtractionStatus(lost.most_common(1)[0][0].value)
        return ExtractionStatus.EMPTY if pages else ExtractionStatus.DAMAGED


def _sentence(notes: list[str]) -> str:
    said = [note for note in notes if note]
    if len(said) > _MOST_NOTES:
        said[_MOST_NOTES - 1 : -1] = [f"and {len(said) - _MOST_NOTES} more such notes"]
    return "; ".join(said)
