"""JSON Lines: a record a line, every field of it, in UTF-8."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive.models import to_json
from archive.queries.filtering import EVERYTHING, RecordFilter
from archive.queries.records import whole_records

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection


def jsonl_lines(connection: Connection, wanted: RecordFilter = EVERYTHING) -> Iterator[str]:
    """Yield a line per record that is meant, with its line end.

    The fields are `archive.queries.records.RECORD_FIELDS`, in that order: absent text is ``""``,
    an absent number or date ``null``.
    """
    for record in whole_records(connection, wanted):
        yield f"{to_json(record)}\n"
