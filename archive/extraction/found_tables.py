"""What comes of the search for tables, and a worker's events made into it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from archive.extraction.results import ExtractionStatus

if TYPE_CHECKING:
    from collections.abc import Mapping


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


def _table_from_json(data: Mapping[str, Any]) -> PageTable:
    left, top, right, bottom = data["box"]
    return PageTable(
        page=data["page"],
        number=data["number"],
        rows=tuple(tuple(row) for row in data["rows"]),
        box=(left, top, right, bottom),
    )
