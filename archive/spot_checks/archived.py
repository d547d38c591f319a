"""The archive's side of a spot-check: a record as it stands, its page, and the files it holds."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from archive.models import (
    Blob,
    CatalogueRecord,
    HeldFile,
    RecordFile,
    RecordVersion,
    RunRecord,
    Snapshot,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedFile:
    """A file of a record whose bytes the archive holds, and what its server said of them."""

    url: str
    sha256: str
    size: int
    media_type: str
    etag: str
    last_modified: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedRecord:
    """A record as it is current, the answer it was last read from, and the files it offers."""

    id: str
    title: str
    url: str
    version_id: int
    snapshot_id: int
    data: dict[str, Any]
    reader_version: str
    layout: str
    fingerprint: str
    withdrawn: bool
    files: tuple[OfferedFile, ...]


def archived_record(connection: Connection, record_id: str) -> ArchivedRecord | None:
    """Return a record with what is needed to ask for it again, ``None`` if it is not there."""
    answer = aliased(Snapshot)
    answered = (
        select(answer.id)
        .join(RunRecord, RunRecord.snapshot_id == answer.id)
        .where(
            RunRecord.record_id == CatalogueRecord.id,
            RunRecord.version_id == CatalogueRecord.version_id,
        )
        .order_by(answer.fetched_at.desc(), answer.id.desc())
        .limit(1)
        .scalar_subquery()
    )
    snapshot = func.coalesce(answered, RecordVersion.snapshot_id)
    row = connection.execute(
        select(
            CatalogueRecord.title,
            CatalogueRecord.version_id,
            RecordVersion.data,
            RecordVersion.reader_version,
            RecordVersion.layout,
            RecordVersion.fingerprint,
            Snapshot.id.label("snapshot_id"),
            Snapshot.url,
            CatalogueRecord.withdrawn_at.is_not(None).label("withdrawn"),
        )
        .join(RecordVersion, RecordVersion.id == CatalogueRecord.version_id)
        .join(Snapshot, Snapshot.id == snapshot)
        .where(CatalogueRecord.id == record_id)
    ).first()
    if row is None:
        return None
    files = _files(connection, record_id)
    return ArchivedRecord(id=record_id, files=files, **row._mapping)  # noqa: SLF001  # the documented way to a row's names


def _files(connection: Connection, record_id: str) -> tuple[OfferedFile, ...]:
    """Return the files of a record that are held, with the validators of the last answer."""
    answer = aliased(Snapshot)
    last = (
        select(func.max(answer.id))
        .where(
            answer.url == HeldFile.url,
            answer.sha256 == HeldFile.sha256,
            answer.status.in_((200, 304)),
        )
        .scalar_subquery()
    )
    rows = connection.execute(
        select(
            HeldFile.url,
            HeldFile.sha256,
            Blob.size,
            Blob.media_type,
            func.coalesce(Snapshot.etag, "").label("etag"),
            func.coalesce(Snapshot.last_modified, "").label("last_modified"),
        )
        .join(RecordFile, RecordFile.url == HeldFile.url)
        .join(Blob, Blob.sha256 == HeldFile.sha256)
        .outerjoin(Snapshot, Snapshot.id == last)
        .where(RecordFile.record_id == record_id)
        .group_by(HeldFile.url)
        .order_by(func.min(RecordFile.position))
    ).mappings()
    return tuple(OfferedFile(**row) for row in rows)
