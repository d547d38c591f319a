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
) -> StoredReading:
    """Keep a reading once, with the version of the record it holds; return its rows."""
    # What each label said is for `pnr inspect`; it can be read again from the page.
    reading = replace(reading, labels=())
    document = _READING.dump_json(reading)
    sha256 = hashlib.sha256(document).hexdigest()
    row = connection.execute(
        _SAME_READING, {"resource": resource_id, "reader": reader_version, "digest": sha256}
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
    versions = {row[0]: row for row in connection.execute(_VERSIONS, {"record": record_id})}
    if sha256 in versions:
        return int(versions[sha256].id)
    row = {
        "record_id": record_id,
        "number": max((version.number for version in versions.values()), default=0) + 1,
        "run_id": run_id,
        "snapshot_id": recorded.snapshot_id,
        "reader_version": reader_version,
        "layout": reading.layout,
        "fingerprint": reading.fingerprint,
        "sha256": sha256,
        "data": data,
        "created_at": now(),
    }
    return int(connection.execute(_ENTER_VERSION, row).scalar_one())


_VERSIONS: Final = select(RecordVersion.sha256, RecordVersion.id, RecordVersion.number).where(
    RecordVersion.record_id == bindparam("record")
)
_ENTER_VERSION: Final = insert(RecordVersion).returning(RecordVersion.id)


def _record_of(connection: Connection, resource_id: int, record: Record) -> str:
    """Return the record of a resource; the name it was first given it keeps for good."""
    known = connection.scalar(_RECORD_OF_RESOURCE, {"resource": resource_id})
    if known is not None:
        return known
    taken = connection.scalar(_RECORD_NAMED, {"name": record.id})
    record_id = record.id if taken is None else f"{record.id}-{resource_id}"
    moment = now()
    connection.execute(
        _ENTER_RECORD,
        {
            "id": record_id,
            "resource_id": resource_id,
            "first_seen": moment,
            "last_seen": moment,
        },
    )
    return record_id


_RECORD_OF_RESOURCE: Final = select(CatalogueRecord.id).where(
    CatalogueRecord.resource_id == bindparam("resource")
)
_RECORD_NAMED: Final = select(CatalogueRecord.id).where(CatalogueRecord.id == bindparam("name"))
_ENTER_RECORD: Final = insert(CatalogueRecord)


def record_of_version(connection: Connection, version_id: int) -> str:
    """Return which record a version is one of."""
    return connection.execute(_RECORD_OF_VERSION, {"version": version_id}).scalar_one()


_RECORD_OF_VERSION: Final = select(RecordVersion.record_id).where(
    RecordVersion.id == bindparam("version")
)


def current_version_id(connection: Connection, record_id: str) -> int | None:
    """Return the number of the version of the record that is current, if one is."""
    return connection.scalar(_CURRENT_ID, {"record": record_id})


_CURRENT_ID: Final = select(CatalogueRecord.version_id).where(
    CatalogueRecord.id == bindparam("record")
)


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
        _NOTE_VERSION,
        row,
    )


_NOTING: Final = upsert(RunRecord)
_NOTE_VERSION: Final = _NOTING.on_conflict_do_update(
    index_elements=["run_id", "record_id"],
    set_={
        "version_id": _NOTING.excluded.version_id,
        "snapshot_id": _NOTING.excluded.snapshot_id,
    },
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
    open_rows = connection.execute(_OPEN_ISSUES, {"address": url, "finder": source}).all()
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


_OPEN_ISSUES: Final = select(ArchiveIssue.id, ArchiveIssue.code, ArchiveIssue.detail).where(
    ArchiveIssue.url == bindparam("address"),
    ArchiveIssue.closed_run.is_(None),
    ArchiveIssue.source == bindparam("finder"),
)
