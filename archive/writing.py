"""Readings -> rows: file what a page was read as, in the transaction of its visit.

Functions take a connection that is in a transaction and never commit.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import zstandard
from pydantic import TypeAdapter
from sqlalchemy import func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.orm import aliased

from archive.ledger import Outcome, now
from archive.models import (
    Alias,
    ArchiveIssue,
    CatalogueRecord,
    Change,
    Reading,
    RecordVersion,
    RunRecord,
    Snapshot,
    Visit,
    to_json,
)
from archive.records import PageReading, Record

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

    from archive.comparing import FieldChange
    from archive.recording import Recorded
    from archive.records import Issue

_READING = TypeAdapter(PageReading)
_RECORD = TypeAdapter(Record)


@dataclass(frozen=True, slots=True, kw_only=True)
class StoredReading:
    """A reading that is in the archive: what the page was read as, and under which rows."""

    id: int
    resource_id: int
    version_id: int | None
    reading: PageReading


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentVersion:
    """The version of a record that is current: its fields, and how they came about."""

    id: int
    data: dict[str, Any]
    reader_version: str
    fingerprint: str
    snapshot_id: int


def record_data(record: Record) -> dict[str, Any]:
    """Return the record as plain JSON values, one key per field, in the fields' order."""
    data: dict[str, Any] = _RECORD.dump_python(record, mode="json")
    return data


def find_reading(
    connection: Connection, url: str, content_sha256: str, reader_version: str
) -> StoredReading | None:
    """Return how this very page was read by this very reader, if it ever was."""
    row = connection.execute(
        select(Reading.id, Reading.resource_id, Reading.version_id, Reading.data)
        .join(Alias, Alias.resource_id == Reading.resource_id)
        .where(
            Alias.url == url,
            Reading.content_sha256 == content_sha256,
            Reading.reader_version == reader_version,
        )
        .limit(1)
    ).first()
    if row is None:
        return None
    return StoredReading(
        id=row.id,
        resource_id=row.resource_id,
        version_id=row.version_id,
        reading=unpack_reading(row.data),
    )


def reading_that_led_to(connection: Connection, visit_id: int) -> PageReading | None:
    """Return how the page was read that led to this visit, if one did in this run."""
    here, there = aliased(Visit), aliased(Visit)
    document = connection.scalar(
        select(Reading.data)
        .join(Snapshot, Snapshot.reading_id == Reading.id)
        .join(there, there.snapshot_id == Snapshot.id)
        .join(here, here.found_on == there.id)
        .where(here.id == visit_id)
    )
    return None if document is None else unpack_reading(document)


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
) -> StoredReading:
    """Keep a reading once, with the version of the record it holds; return its rows."""
    # What each label said is for `pnr inspect`; it can be read again from the page.
    reading = replace(reading, labels=())
    document = _READING.dump_json(reading)
    sha256 = hashlib.sha256(document).hexdigest()
    row = connection.execute(
        select(Reading.id, Reading.version_id, Reading.content_sha256).where(
            Reading.resource_id == resource_id,
            Reading.reader_version == reader_version,
            Reading.sha256 == sha256,
        )
    ).first()
    if row is None:
        version_id = _keep_version(
            connection, run_id, resource_id, recorded, reading, reader_version=reader_version
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


def _enter_reading(connection: Connection, row: dict[str, Any]) -> int:
    statement = insert(Reading).returning(Reading.id)
    return int(connection.execute(statement, row).scalar_one())


def _reads_alike(connection: Connection, reading_id: int, content_sha256: str) -> None:
    connection.execute(
        update(Reading).where(Reading.id == reading_id).values(content_sha256=content_sha256)
    )


def _keep_version(
    connection: Connection,
    run_id: int,
    resource_id: int,
    recorded: Recorded,
    reading: PageReading,
    *,
    reader_version: str,
) -> int | None:
    if reading.record is None:
        return None
    record_id = _record_of(connection, resource_id, reading.record)
    data = record_data(reading.record)
    sha256 = hashlib.sha256(to_json(data).encode()).hexdigest()
    versions = RecordVersion.record_id == record_id
    earlier = connection.scalar(
        select(RecordVersion.id).where(versions, RecordVersion.sha256 == sha256)
    )
    if earlier is not None:
        return earlier
    last = connection.scalar(select(func.max(RecordVersion.number)).where(versions))
    statement = insert(RecordVersion).returning(RecordVersion.id)
    row = {
        "record_id": record_id,
        "number": (last or 0) + 1,
        "run_id": run_id,
        "snapshot_id": recorded.snapshot_id,
        "reader_version": reader_version,
        "layout": reading.layout,
        "fingerprint": reading.fingerprint,
        "sha256": sha256,
        "data": data,
        "created_at": now(),
    }
    return int(connection.execute(statement, row).scalar_one())


def _record_of(connection: Connection, resource_id: int, record: Record) -> str:
    """Return the record of a resource; the name it was first given it keeps for good."""
    known = connection.scalar(
        select(CatalogueRecord.id).where(CatalogueRecord.resource_id == resource_id)
    )
    if known is not None:
        return known
    taken = connection.scalar(select(CatalogueRecord.id).where(CatalogueRecord.id == record.id))
    record_id = record.id if taken is None else f"{record.id}-{resource_id}"
    moment = now()
    connection.execute(
        insert(CatalogueRecord),
        {
            "id": record_id,
            "resource_id": resource_id,
            "first_seen": moment,
            "last_seen": moment,
        },
    )
    return record_id


def record_of_version(connection: Connection, version_id: int) -> str:
    """Return which record a version is one of."""
    query = select(RecordVersion.record_id).where(RecordVersion.id == version_id)
    return connection.execute(query).scalar_one()


def current_version(connection: Connection, record_id: str) -> CurrentVersion | None:
    """Return the version of the record that is current, with the answer last read as such."""
    row = connection.execute(
        select(
            RecordVersion.id,
            RecordVersion.data,
            RecordVersion.reader_version,
            RecordVersion.fingerprint,
            RecordVersion.snapshot_id,
        )
        .join(CatalogueRecord, CatalogueRecord.version_id == RecordVersion.id)
        .where(CatalogueRecord.id == record_id)
    ).first()
    return None if row is None else CurrentVersion(**row._mapping)  # noqa: SLF001  # the documented way to a row's names


def note_version(
    connection: Connection, run_id: int, record_id: str, version_id: int, snapshot_id: int
) -> None:
    """Note which version of the record this run read, and from which answer."""
    row = {
        "run_id": run_id,
        "record_id": record_id,
        "version_id": version_id,
        "snapshot_id": snapshot_id,
    }
    connection.execute(
        upsert(RunRecord).on_conflict_do_update(
            index_elements=["run_id", "record_id"],
            set_={"version_id": version_id, "snapshot_id": snapshot_id},
        ),
        row,
    )


def note_changes(
    connection: Connection,
    run_id: int,
    record_id: str,
    version_id: int,
    changes: Sequence[FieldChange],
) -> None:
    """Note what this run found changed in a record."""
    if not changes:
        return
    moment = now()
    connection.execute(
        insert(Change),
        [
            {
                "run_id": run_id,
                "record_id": record_id,
                "version_id": version_id,
                "kind": "changed",
                "field": change.field,
                "before": change.before,
                "after": change.after,
                "cause": change.cause,
                "created_at": moment,
            }
            for change in changes
        ],
    )


def note_added(connection: Connection, run_id: int, record_id: str, version_id: int) -> None:
    """Note that this run met the record for the first time."""
    connection.execute(
        insert(Change),
        {
            "run_id": run_id,
            "record_id": record_id,
            "version_id": version_id,
            "kind": "added",
            "field": "",
            "before": None,
            "after": None,
            "cause": "content",
            "created_at": now(),
        },
    )


def tie_snapshot(
    connection: Connection, snapshot_id: int, resource_id: int, reading_id: int | None = None
) -> None:
    """Say of an answer which resource gave it and how it was read."""
    connection.execute(
        update(Snapshot)
        .where(Snapshot.id == snapshot_id)
        .values(resource_id=resource_id, reading_id=reading_id)
    )


def visit_of_resource(
    connection: Connection, run_id: int, resource_id: int, *, besides: int
) -> str | None:
    """Return the address under which this run has the resource already, if it has."""
    return connection.scalar(
        select(Visit.url)
        .where(
            Visit.run_id == run_id,
            Visit.resource_id == resource_id,
            Visit.id != besides,
            Visit.outcome.in_((Outcome.STORED, Outcome.NOT_MODIFIED, Outcome.SAME_READING)),
        )
        .limit(1)
    )


def reconcile_issues(
    connection: Connection,
    run_id: int,
    url: str,
    source: str,
    issues: Iterable[Issue],
    *,
    resource_id: int | None = None,
) -> None:
    """Open what is newly found at an address, close what is found there no longer."""
    found = {(issue.code, issue.detail) for issue in issues}
    open_rows = connection.execute(
        select(ArchiveIssue.id, ArchiveIssue.code, ArchiveIssue.detail).where(
            ArchiveIssue.url == url,
            ArchiveIssue.closed_run.is_(None),
            ArchiveIssue.source == source,
        )
    ).all()
    known = {(row.code, row.detail): row.id for row in open_rows}
    if closed := [number for issue, number in known.items() if issue not in found]:
        connection.execute(
            update(ArchiveIssue).where(ArchiveIssue.id.in_(closed)).values(closed_run=run_id)
        )
    moment = now()
    if new := sorted(found - known.keys()):
        connection.execute(
            insert(ArchiveIssue),
            [
                {
                    "url": url,
                    "code": code,
                    "detail": detail,
                    "source": source,
                    "resource_id": resource_id,
                    "opened_run": run_id,
                    "opened_at": moment,
                }
                for code, detail in new
            ],
        )
