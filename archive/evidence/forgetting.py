"""Take something out of the archive for good: takedowns, and personal data that must go.

The one exception to "only ever added to", and it leaves a tombstone: what, when and why. The
ledger keeps its rows, which say that an address was asked and nothing of what it answered.
"""

from __future__ import annotations

from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

import zstandard
from sqlalchemy import delete, exists, insert, null, or_, select, update

from archive.evidence.blobs import read_blob
from archive.models import (
    Agent,
    Alias,
    ArchivedFile,
    ArchiveIssue,
    Blob,
    CatalogueRecord,
    Change,
    Extraction,
    FilePage,
    FileTable,
    HeldFile,
    Reading,
    RecordAgent,
    RecordFile,
    RecordLink,
    RecordTerm,
    RecordVersion,
    Resource,
    RunRecord,
    SameAs,
    Snapshot,
    Term,
    Tombstone,
    Visit,
)
from archive.runs.ledger import Outcome, now
from archive.searching import indexing
from archive.spot_checks.keeping import forget_items

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

#: What is said in the ledger of an address that is not to be asked again.
RULE: Final = "forgotten"


@dataclass(frozen=True, slots=True, kw_only=True)
class Target:
    """What is to be forgotten: a resource with all its addresses, or one file by its digest."""

    kind: str
    addresses: tuple[str, ...]
    digests: tuple[str, ...]
    resources: tuple[int, ...]
    records: tuple[str, ...]
    titles: tuple[str, ...]


def find_target(connection: Connection, names: Sequence[str]) -> Target | None:
    """Return what one of these names stands for: an address, a record's id, a file's SHA-256."""
    by_digest = connection.scalar(select(ArchivedFile.sha256).where(ArchivedFile.sha256.in_(names)))
    if by_digest is not None:
        return _file(connection, by_digest)
    resource = connection.scalar(
        select(Resource.id)
        .outerjoin(Alias, Alias.resource_id == Resource.id)
        .outerjoin(CatalogueRecord, CatalogueRecord.resource_id == Resource.id)
        .where(or_(Alias.url.in_(names), CatalogueRecord.id.in_(names)))
        .limit(1)
    )
    return None if resource is None else _resource(connection, resource)


def files_that_stay(connection: Connection, target: Target) -> dict[str, str]:
    """Return the archived files that the target's records offer, by digest with their names."""
    query = (
        select(ArchivedFile.sha256, ArchivedFile.name)
        .join(HeldFile, HeldFile.sha256 == ArchivedFile.sha256)
        .join(RecordFile, RecordFile.url == HeldFile.url)
        .where(RecordFile.record_id.in_(target.records))
        .order_by(RecordFile.record_id, RecordFile.position)
    )
    return {row.sha256: row.name for row in connection.execute(query)}


def forget(connection: Connection, target: Target, *, subject: str, reason: str) -> None:
    """Take it out, whole or not at all, and set the tombstone; in the caller's transaction.

    What SQLite would leave of it in unused room is overwritten. The words of the search index go
    when it is next rebuilt.
    """
    connection.exec_driver_sql("PRAGMA secure_delete = ON")
    for record_id in target.records:
        _forget_record(connection, record_id)
    for resource_id in target.resources:
        _forget_readings(connection, resource_id)
    _forget_answers(connection, target)
    _forget_held(connection, target)
    _forget_bytes(connection, target.digests)
    connection.execute(delete(ArchiveIssue).where(ArchiveIssue.url.in_(target.addresses)))
    _forget_unused_names(connection)
    _settle_pending(connection, target.addresses)
    connection.execute(
        insert(Tombstone),
        {
            "subject": subject,
            "kind": target.kind,
            "reason": reason,
            "addresses": list(target.addresses),
            "digests": list(target.digests),
            "software": version("pnr-archive"),
            "forgotten_at": now(),
        },
    )


def forgotten_addresses(connection: Connection) -> frozenset[str]:
    """Return the addresses that are not to be asked again."""
    return frozenset(
        url for addresses in connection.scalars(select(Tombstone.addresses)) for url in addresses
    )


def tombstones(connection: Connection) -> list[dict[str, Any]]:
    """Return what was forgotten, when and why, the latest first."""
    query = select(Tombstone.__table__).order_by(Tombstone.id.desc())
    return [dict(row) for row in connection.execute(query).mappings()]


def earlier_tombstone(
    connection: Connection, names: Sequence[str], target: Target | None
) -> dict[str, Any] | None:
    """Return the tombstone of what was forgotten before, if nothing is left of it to forget.

    *target* is what one of the *names* stands for in the archive now.
    """
    if target is not None and (target.digests or target.records):
        return None
    wanted = set(target.addresses if target is not None else names)
    for stone in tombstones(connection):
        known = {stone["subject"], *stone["addresses"], *stone["digests"]}
        if wanted <= known or (target is None and wanted & known):
            return stone
    return None


def _file(connection: Connection, sha256: str) -> Target:
    answered = select(Snapshot.url).where(Snapshot.sha256 == sha256)
    held = select(HeldFile.url).where(HeldFile.sha256 == sha256)
    names = select(ArchivedFile.name).where(ArchivedFile.sha256 == sha256)
    return Target(
        kind="file",
        addresses=tuple(sorted(connection.scalars(answered.union(held)))),
        digests=(sha256,),
        resources=(),
        records=(),
        titles=tuple(connection.scalars(names)),
    )


def _resource(connection: Connection, resource_id: int) -> Target:
    urls = list(
        connection.scalars(
            select(Alias.url)
            .where(Alias.resource_id == resource_id)
            .union(select(Resource.url).where(Resource.id == resource_id))
        )
    )
    answers = or_(Snapshot.resource_id == resource_id, Snapshot.url.in_(urls))
    digests = connection.scalars(
        select(Snapshot.sha256).where(answers, Snapshot.sha256.is_not(None)).distinct()
    )
    records = connection.execute(
        select(CatalogueRecord.id, CatalogueRecord.title).where(
            CatalogueRecord.resource_id == resource_id
        )
    ).all()
    kind = connection.execute(select(Resource.kind).where(Resource.id == resource_id)).scalar_one()
    return Target(
        kind=kind if kind in {"record", "file"} else "page",
        addresses=tuple(sorted(urls)),
        digests=tuple(sha256 for sha256 in digests if sha256),
        resources=(resource_id,),
        records=tuple(row.id for row in records),
        titles=tuple(row.title for row in records if row.title),
    )


def _forget_record(connection: Connection, record_id: str) -> None:
    indexing.forget_record(connection, record_id)
    forget_items(connection, record_id)
    connection.execute(
        update(CatalogueRecord).where(CatalogueRecord.id == record_id).values(version_id=null())
    )
    for table in (RecordTerm, RecordAgent, RecordLink, RecordFile, RunRecord, Change):
        connection.execute(delete(table).where(table.record_id == record_id))
    versions = select(RecordVersion.id).where(RecordVersion.record_id == record_id)
    connection.execute(
        update(Reading).where(Reading.version_id.in_(versions)).values(version_id=null())
    )
    joined = or_(SameAs.earlier_id == record_id, SameAs.later_id == record_id)
    connection.execute(delete(SameAs).where(joined))
    connection.execute(delete(RecordVersion).where(RecordVersion.record_id == record_id))
    connection.execute(delete(CatalogueRecord).where(CatalogueRecord.id == record_id))


def _forget_readings(connection: Connection, resource_id: int) -> None:
    readings = select(Reading.id).where(Reading.resource_id == resource_id)
    connection.execute(
        update(Snapshot).where(Snapshot.reading_id.in_(readings)).values(reading_id=null())
    )
    connection.execute(delete(Reading).where(Reading.resource_id == resource_id))


def _forget_answers(connection: Connection, target: Target) -> None:
    """Keep that something was answered, and when; not what."""
    of_target = or_(Snapshot.url.in_(target.addresses), Snapshot.resource_id.in_(target.resources))
    connection.execute(
        update(Snapshot)
        .where(of_target, Snapshot.sha256.in_(target.digests))
        .values(sha256=null(), content_sha256="", etag="", last_modified="", headers=[])
    )


def _forget_held(connection: Connection, target: Target) -> None:
    held = connection.execute(
        delete(HeldFile)
        .where(HeldFile.url.in_(target.addresses), HeldFile.sha256.in_(target.digests))
        .returning(HeldFile.url, HeldFile.sha256)
    ).all()
    for row in held:
        indexing.index_offering(connection, row.url, row.sha256)


def _forget_bytes(connection: Connection, digests: Iterable[str]) -> None:
    for sha256 in digests:
        # Another address may answer the same bytes, such as a page that says "not found".
        if connection.scalar(select(exists().where(Snapshot.sha256 == sha256))):
            continue
        connection.execute(delete(FilePage).where(FilePage.sha256 == sha256))
        connection.execute(delete(FileTable).where(FileTable.sha256 == sha256))
        connection.execute(delete(Extraction).where(Extraction.sha256 == sha256))
        indexing.forget_file(connection, sha256)
        connection.execute(delete(ArchivedFile).where(ArchivedFile.sha256 == sha256))
        _stand_alone(connection, sha256)
        connection.execute(delete(Blob).where(Blob.sha256 == sha256))


def _stand_alone(connection: Connection, base: str) -> None:
    """Compress anew what is compressed against bytes that go."""
    for sha256 in connection.scalars(select(Blob.sha256).where(Blob.base_sha256 == base)).all():
        data = zstandard.ZstdCompressor().compress(read_blob(connection, sha256))
        connection.execute(
            update(Blob).where(Blob.sha256 == sha256).values(data=data, base_sha256=null())
        )


def _forget_unused_names(connection: Connection) -> None:
    for table, link, key in (
        (Agent, RecordAgent, RecordAgent.agent_id),
        (Term, RecordTerm, RecordTerm.term_id),
    ):
        used = exists(select(key).select_from(link).where(key == table.id))
        connection.execute(delete(table).where(~used))


def _settle_pending(connection: Connection, addresses: Sequence[str]) -> None:
    connection.execute(
        update(Visit)
        .where(Visit.url.in_(addresses), Visit.outcome == Outcome.PENDING)
        .values(outcome=Outcome.EXCLUDED, reason=RULE, settled_at=now())
    )
