"""The address a page claims as its own, and whether it is believed.

Functions take a connection that is in a transaction and never commit.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from archive.evidence.resources import resource_at
from archive.models import CatalogueRecord, RecordVersion, Resource, RunRecord
from archive.records import Issue

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from archive.records import PageReading


def believed(
    connection: Connection, run_id: int | None, asked: str, reading: PageReading
) -> PageReading:
    """Return the reading, without a claim to the address of another record.

    Some sites name one canonical address on every page. Whoever believed them would file all
    records as one, and lose all but the last without a word. *run_id* is the crawl under way, if
    one is: what it read before counts.
    """
    record = reading.record
    if record is None or reading.identity or reading.canonical_url == asked:
        return reading
    if not _belongs_to_another(
        connection, run_id, asked, reading.canonical_url, title=record.title
    ):
        return reading
    issue = Issue(code="canonical-of-another", detail=reading.canonical_url)
    return replace(
        reading,
        canonical_url=asked,
        record=replace(record, url=asked),
        issues=(*reading.issues, issue),
    )


def _belongs_to_another(
    connection: Connection, run_id: int | None, asked: str, claimed: str, *, title: str
) -> bool:
    """Tell whether an address that a page claims as its own is another record's.

    It is when both addresses are known as different resources, when a list or a file stands
    there, or when the run under way has read a record of another title there.
    """
    own, other = resource_at(connection, asked), resource_at(connection, claimed)
    if other is None or own == other:
        return False
    kind = connection.scalar(select(Resource.kind).where(Resource.id == other))
    if own is not None or kind not in {"record", "page"}:
        return True
    read_there = connection.scalar(
        select(func.json_extract(RecordVersion.data, "$.title"))
        .join(RunRecord, RunRecord.version_id == RecordVersion.id)
        .join(CatalogueRecord, CatalogueRecord.id == RunRecord.record_id)
        .where(RunRecord.run_id == run_id, CatalogueRecord.resource_id == other)
    )
    return read_there is not None and read_there != title
