"""Readings -> rows: file what a page was read as, in the transaction of its visit.

Functions take a connection that is in a transaction and never commit.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

import zstandard
from pydantic import TypeAdapter
from sqlalchemy import bindparam, insert, select, update
from sqlalchemy.orm import aliased

from archive.catalogue.versions import keep_version
from archive.models import (
    Alias,
    Reading,
    Snapshot,
    Visit,
)
from archive.records import PageReading
from archive.runs.ledger import Outcome

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from archive.evidence.recording import Recorded

_READING = TypeAdapter(PageReading)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReading:
    """A reading that is in the archive: what the page was read as, and under which rows."""

    id: int
    resource_id: int
    version_id: int | None
    reading: PageReading


def find_reading(
    connection: Connection, url: str, content_sha256: str, reader_version: str
) -> StoredReading | None:
    """Return how this very page was read by this very reader, if it ever was."""
    row = connection.execute(
        _READ_BEFORE, {"address": url, "content": content_sha256, "reader": reader_version}
    ).first()
    if row is None:
        return None
    return StoredReading(
        id=row.id,
        resource_id=row.resource_id,
        version_id=row.version_id,
        reading=unpack_reading(row.data),
    )


_READ_BEFORE: Final = (
    select(Reading.id, Reading.resource_id, Reading.version_id, Reading.data)
    .join(Alias, Alias.resource_id == Reading.resource_id)
    .where(
        Alias.url == bindparam("address"),
        Reading.content_sha256 == bindparam("content"),
        Reading.reader_version == bindparam("reader"),
    )
    .limit(1)
)


def reading_that_led_to(connection: Connection, visit_id: int) -> PageReading | None:
    """Return how the page was read that led to this visit, if one did in this run."""
    document = connection.scalar(_LED_TO, {"visit": visit_id})
    return None if document is None else unpack_reading(document)


_HERE, _THERE = aliased(Visit), aliased(Visit)
_LED_TO: Final = (
    select(Reading.data)
    .join(Snapshot, Snapshot.reading_id == Reading.id)
    .join(_THERE, _THERE.snapshot_id == Snapshot.id)
    .join(_HERE, _HERE.found_on == _THERE.id)
    .where(_HERE.id == bindparam("visit"))
)


def unpack_reading(document: bytes) -> PageReading:
    """Return the reading that a row of `readings` keeps."""
    return _READING.validate_json(zstandard.ZstdDecompressor().decompress(document))


def keep_reading(
    connection: Connection,
    run_id: int,
    resource_id: int,
    recorded: Recorded,
    reading: PageReading,
    *,
    reader_version: str,
    read_at: datetime | None = None,
) -> StoredReading:
    """Keep a reading once, with the version of the record it holds; return its rows.

    *read_at* is when the page was answered, if that was not just now.
    """
    # What each label said is for `pnr inspect`; it can be read again from the page.
    reading = replace(reading, labels=())
    document = _READING.dump_json(reading)
    sha256 = hashlib.sha256(document).hexdigest()
    row = connection.execute(
        _SAME_READING, {"resource": resource_id, "reader": reader_version, "digest": sha256}
    ).first()
    if row is None:
        version_id = keep_version(
            connection,
            run_id,
            resource_id,
            recorded,
            reading,
            reader_version=reader_version,
            read_at=read_at,
        )
        reading_id = _enter_reading(
            connection,
            {
                "resource_id": resource_id,
                "reader_version": reader_version,
                "sha256": sha256,
                "content_sha256": recorded.content_sha256,
                "kind": reading.kind,
                "layout": reading.layout,
                "fingerprint": reading.fingerprint,
                "version_id": version_id,
                "data": zstandard.ZstdCompressor().compress(document),
            },
        )
    else:
        reading_id, version_id = row.id, row.version_id
        if row.content_sha256 != recorded.content_sha256:
            _reads_alike(connection, reading_id, recorded.content_sha256)
    return StoredReading(
        id=reading_id, resource_id=resource_id, version_id=version_id, reading=reading
    )


_SAME_READING: Final = select(Reading.id, Reading.version_id, Reading.content_sha256).where(
    Reading.resource_id == bindparam("resource"),
    Reading.reader_version == bindparam("reader"),
    Reading.sha256 == bindparam("digest"),
)


def _enter_reading(connection: Connection, row: dict[str, Any]) -> int:
    return int(connection.execute(_ENTER_READING, row).scalar_one())


_ENTER_READING: Final = insert(Reading).returning(Reading.id)


def _reads_alike(connection: Connection, reading_id: int, content_sha256: str) -> None:
    connection.execute(
        update(Reading).where(Reading.id == reading_id).values(content_sha256=content_sha256)
    )


def tie_snapshot(
    connection: Connection, snapshot_id: int, resource_id: int, reading_id: int | None = None
) -> None:
    """Say of an answer which resource gave it and how it was read."""
    connection.execute(
        _TIE, {"snapshot": snapshot_id, "resource": resource_id, "reading": reading_id}
    )


_TIE: Final = (
    update(Snapshot)
    .where(Snapshot.id == bindparam("snapshot"))
    .values(resource_id=bindparam("resource"), reading_id=bindparam("reading"))
)


def visit_of_resource(
    connection: Connection, run_id: int, resource_id: int, *, besides: int
) -> str | None:
    """Return the address under which this run has the resource already, if it has."""
    return connection.scalar(
        _VISIT_OF_RESOURCE, {"of_run": run_id, "resource": resource_id, "besides": besides}
    )


_VISIT_OF_RESOURCE: Final = (
    select(Visit.url)
    .where(
        # Added to, so that SQLite looks under the resource, not through the whole run.
        Visit.run_id + 0 == bindparam("of_run"),
        Visit.resource_id == bindparam("resource"),
        Visit.id != bindparam("besides"),
        Visit.outcome.in_((Outcome.STORED, Outcome.NOT_MODIFIED, Outcome.SAME_READING)),
    )
    .limit(1)
)
