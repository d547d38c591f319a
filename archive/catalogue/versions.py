"""The versions of a record: each way it was ever read, and what each run read.

Functions take a connection that is in a transaction and never commit.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from pydantic import TypeAdapter
from sqlalchemy import and_, bindparam, func, insert, or_, select
from sqlalchemy.dialects.sqlite import insert as upsert

from archive.comparing.fields import Cause
from archive.models import (
    CatalogueRecord,
    Change,
    Reading,
    RecordVersion,
    Run,
    RunRecord,
    Snapshot,
    to_json,
)
from archive.records import Record
from archive.runs.ledger import now

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from archive.comparing.fields import FieldChange
    from archive.evidence.recording import Recorded
    from archive.records import PageReading


_RECORD = TypeAdapter(Record)


@dataclass(frozen=True, slots=True, kw_only=True)
class CurrentVersion:
    """The version of a record that is current: its fields, and how they came about."""

    id: int
    record_id: str
    data: dict[str, Any]
    reader_version: str
    fingerprint: str
    snapshot_id: int


def record_data(record: Record) -> dict[str, Any]:
    """Return the record as plain JSON values, one key per field, in the fields' order."""
    data: dict[str, Any] = _RECORD.dump_python(record, mode="json")
    return data


def keep_version(
    connection: Connection,
    run_id: int,
    resource_id: int,
    recorded: Recorded,
    reading: PageReading,
    *,
    reader_version: str,
    read_at: datetime | None = None,
) -> int | None:
    """Keep the record a reading holds, once however often it reads so; return its version.

    *read_at* is when it was answered, if that was not just now.
    """
    if reading.record is None:
        return None
    read_at = read_at or now()
    record_id = _record_of(connection, resource_id, reading.record, read_at)
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
        "created_at": read_at,
    }
    return int(connection.execute(_ENTER_VERSION, row).scalar_one())


_VERSIONS: Final = select(RecordVersion.sha256, RecordVersion.id, RecordVersion.number).where(
    RecordVersion.record_id == bindparam("record")
)


_ENTER_VERSION: Final = insert(RecordVersion).returning(RecordVersion.id)


def _record_of(connection: Connection, resource_id: int, record: Record, seen_at: datetime) -> str:
    """Return the record of a resource; the name it was first given it keeps for good."""
    known = connection.scalar(_RECORD_OF_RESOURCE, {"resource": resource_id})
    if known is not None:
        return known
    taken = connection.scalar(_RECORD_NAMED, {"name": record.id})
    record_id = record.id if taken is None else f"{record.id}-{resource_id}"
    connection.execute(
        _ENTER_RECORD,
        {
            "id": record_id,
            "resource_id": resource_id,
            "first_seen": seen_at,
            "last_seen": seen_at,
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
    """Return the version of the record that is current, with the answer last read as such.

    A version may be read again from a page that is built differently, and says the same: what is
    then compared with the next is that page.
    """
    row = connection.execute(_CURRENT, {"record": record_id}).first()
    return None if row is None else CurrentVersion(**row._mapping)  # noqa: SLF001  # the documented way to a row's names


_LAST_READ: Final = (
    select(func.max(RunRecord.run_id))
    .join(Run, Run.id == RunRecord.run_id)
    .where(
        RunRecord.record_id == CatalogueRecord.id,
        RunRecord.version_id == CatalogueRecord.version_id,
        or_(Run.promoted_at.is_not(None), Run.fills),
    )
    .scalar_subquery()
)
_CURRENT: Final = (
    select(
        RecordVersion.id,
        RecordVersion.record_id,
        RecordVersion.data,
        func.coalesce(Reading.reader_version, RecordVersion.reader_version).label("reader_version"),
        func.coalesce(Reading.fingerprint, RecordVersion.fingerprint).label("fingerprint"),
        func.coalesce(RunRecord.snapshot_id, RecordVersion.snapshot_id).label("snapshot_id"),
    )
    .select_from(CatalogueRecord)
    .join(RecordVersion, RecordVersion.id == CatalogueRecord.version_id)
    .outerjoin(
        RunRecord,
        and_(RunRecord.record_id == CatalogueRecord.id, RunRecord.run_id == _LAST_READ),
    )
    .outerjoin(Snapshot, Snapshot.id == RunRecord.snapshot_id)
    .outerjoin(
        Reading, and_(Reading.id == Snapshot.reading_id, Reading.version_id == RecordVersion.id)
    )
    .where(CatalogueRecord.id == bindparam("record"))
)


@dataclass(frozen=True, slots=True, kw_only=True)
class EarlierReading:
    """What the page of a resource was last read as in an earlier run."""

    snapshot_id: int
    kind: str
    reader_version: str
    is_record: bool


def earlier_reading(connection: Connection, run_id: int, resource_id: int) -> EarlierReading | None:
    """Return what a resource's page was last read as before this run, if it ever was."""
    row = connection.execute(_EARLIER, {"run": run_id, "resource": resource_id}).first()
    if row is None:
        return None
    return EarlierReading(
        snapshot_id=row.id,
        kind=row.kind,
        reader_version=row.reader_version,
        is_record=row.version_id is not None,
    )


_EARLIER: Final = (
    select(Snapshot.id, Reading.kind, Reading.reader_version, Reading.version_id)
    .join(Reading, Reading.id == Snapshot.reading_id)
    .where(Snapshot.resource_id == bindparam("resource"), Snapshot.run_id < bindparam("run"))
    .order_by(Snapshot.id.desc())
    .limit(1)
)


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
    *,
    found_at: datetime | None = None,
) -> None:
    """Note what this run found changed in a record; *found_at* is when, if not just now."""
    if not changes:
        return
    moment = found_at or now()
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


def note_added(
    connection: Connection,
    run_id: int,
    record_id: str,
    version_id: int,
    *,
    cause: Cause = Cause.CONTENT,
) -> None:
    """Note that this run met the record for the first time, and why it did not before."""
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
            "cause": cause,
            "created_at": now(),
        },
    )
