"""Changes as a table for people: a row a field, values in words. JSON Lines have them exactly."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archive.comparing.telling import told, value_in_words
from archive.exporting.csvs import csv_rows

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archive.queries.changes import ChangeLine

NAMES: Final = (
    "at",
    "run",
    "record_id",
    "record_url",
    "title",
    "document_type",
    "parks",
    "kind",
    "field",
    "cause",
    "words",
    "before",
    "after",
)


def changes_csv(found: Iterable[ChangeLine], *, excel: bool = False) -> Iterator[str]:
    """Yield changes as rows of CSV, their names first; *words* say each in a line."""
    return csv_rows(NAMES, map(_row, found), excel=excel)


def _row(change: ChangeLine) -> tuple[str | int, ...]:
    return (
        change.at.isoformat(),
        change.run,
        change.record_id,
        change.record_url,
        change.title,
        change.document_type,
        "; ".join(change.parks),
        change.kind,
        change.field,
        change.cause,
        told(change.kind, change.field, change.before, change.after),
        value_in_words(change.before),
        value_in_words(change.after),
    )
