"""The records: in a line each, and whole."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy import func, select

from archive.identities.joining import joined_to
from archive.models import (
    Alias,
    Blob,
    CatalogueRecord,
    Extraction,
    HeldFile,
    RecordFile,
    RecordTerm,
    RecordVersion,
    Resource,
    Snapshot,
    Term,
)
from archive.queries.filtering import EVERYTHING, RecordFilter, conditions, current_records

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Connection

_Key = TypeVar("_Key")
_Value = TypeVar("_Value")

#: Every field of a record, in the order in which every export and every ``--json`` names them.
RECORD_FIELDS: Final = (
    "id",
    "url",
    "aliases",
    "kind",
    "title",
    "body_text",
    "document_type",
    "declared_pages",
    "declared_pages_raw",
    "year_start",
    "year_end",
    "year_raw",
    "updated_on",
    "updated_raw",
    "parks",
    "themes",
    "tags",
    "authors",
    "authors_raw",
    "contributors",
    "contributors_raw",
    "related_documents",
    "related_experiences",
    "links",
    "files",
    "extra",
    "language",
    "first_seen",
    "last_seen",
    "withdrawn_at",
    "layout",
    "reader_version",
    "snapshot_sha256",
)
#: Every field of a file of a record.
FILE_FIELDS: Final = (
    "label",
    "url",
    "filename",
    "media_type",
    "size",
    "sha256",
    "page_count",
    "text_status",
)

#: Records that are read at a time: few queries, little memory.
_BATCH: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordLine:
    """A record in a line of a list."""

    id: str
    url: str
    kind: str
    title: str
    document_type: str
    year_start: int | None
    year_end: int | None
    parks: tuple[str, ...]
    themes: tuple[str, ...]
    tags: tuple[str, ...]
    files: int
    withdrawn_at: datetime | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Provenance:
    """Where a record's current reading comes from."""

    version: int
    versions: int
    run_id: int
    snapshot_id: int
    asked_url: str
    fetched_at: datetime
    status: int | None
    sha256: str
    reader_version: str
    layout: str


def list_records(
    connection: Connection, wanted: RecordFilter = EVERYTHING, *, limit: int | None = None
) -> list[RecordLine]:
    """Return the records that are meant, the newest first, then by title."""
    files = (
        select(func.count())
        .where(RecordFile.record_id == CatalogueRecord.id)
        .scalar_subquery()
        .label("files")
    )
    query = (
        current_records(
            CatalogueRecord.id,
            CatalogueRecord.url,
            CatalogueRecord.kind,
            CatalogueRecord.title,
            CatalogueRecord.document_type,
            CatalogueRecord.year_start,
            CatalogueRecord.year_end,
            CatalogueRecord.withdrawn_at,
            files,
        )
        .where(*conditions(connection, wanted))
        .order_by(
            CatalogueRecord.year_start.desc().nulls_last(),
            CatalogueRecord.title,
            CatalogueRecord.id,
        )
        .limit(limit)
    )
    rows = connection.execute(query).mappings().all()
    terms: dict[str, dict[str, tuple[str, ...]]] = {}
    for batch in _batches([row["id"] for row in rows]):
        terms |= _terms_of(connection, batch)
    none: dict[str, Any] = {"parks": (), "themes": (), "tags": ()}
    return [RecordLine(**(none | dict(row) | terms.get(row["id"], {}))) for row in rows]


def count_records(connection: Connection, wanted: RecordFilter = EVERYTHING) -> int:
    """Return how many records are meant."""
    query = current_records(func.count()).where(*conditions(connection, wanted))
    return int(connection.execute(query.select_from(CatalogueRecord)).scalar_one())


def find_record(connection: Connection, names: Sequence[str]) -> str | None:
    """Return the record that goes by one of these names: an id, or any address it was met under."""
    by_id = current_records(CatalogueRecord.id).where(CatalogueRecord.id.in_(names))
    by_address = (
        current_records(CatalogueRecord.id)
        .join(Alias, Alias.resource_id == CatalogueRecord.resource_id)
        .where(Alias.url.in_(names))
    )
    found: str | None = connection.scalar(by_id.limit(1))
    return found or connection.scalar(by_address.limit(1))


def records_at(connection: Connection, urls: Sequence[str]) -> dict[str, str]:
    """Return the ids of the records that go by these addresses; others are left out."""
    query = (
        current_records(Alias.url, CatalogueRecord.id)
        .join(Alias, Alias.resource_id == CatalogueRecord.resource_id)
        .where(Alias.url.in_(urls))
    )
    return {row.url: row.id for row in connection.execute(query)}


def known_hosts(connection: Connection) -> list[str]:
    """Return scheme and host of the addresses of records, the most frequent first."""
    after = func.instr(func.substr(Resource.url, 9), "/") + 7
    origin = func.substr(Resource.url, 1, after)
    query = (
        select(origin)
        .where(Resource.kind == "record")
        .group_by(origin)
        .order_by(func.count().desc())
    )
    return list(connection.scalars(query))


def whole_records(
    connection: Connection,
    wanted: RecordFilter = EVERYTHING,
    *,
    after: str = "",
    batch: int = _BATCH,
) -> Iterator[dict[str, Any]]:
    """Yield the records that are meant, whole and in the order of their ids, *after* one of them.

    Each is plain JSON values under `RECORD_FIELDS`; memory does not grow with their number, for
    only a *batch* of them is read at a time.
    """
    query = current_records(CatalogueRecord.id).where(*conditions(connection, wanted))
    last = after
    while True:
        following = query.where(CatalogueRecord.id > last).order_by(CatalogueRecord.id)
        ids = list(connection.scalars(following.limit(batch)))
        if not ids:
            return
        yield from records_by_id(connection, ids)
        last = ids[-1]


def records_by_id(connection: Connection, ids: Sequence[str]) -> Iterator[dict[str, Any]]:
    """Yield the current records of these ids, whole, in the order of their ids.

    One that a person joined to others (`pnr same-as`) has these as ``same_as``, at the end: a link
    each, with the other's id as its label.
    """
    rows = connection.execute(
        select(
            CatalogueRecord.id,
            CatalogueRecord.resource_id,
            CatalogueRecord.first_seen,
            CatalogueRecord.last_seen,
            CatalogueRecord.withdrawn_at,
            CatalogueRecord.layout,
            CatalogueRecord.reader_version,
            CatalogueRecord.snapshot_sha256,
            RecordVersion.data,
        )
        .join(RecordVersion, RecordVersion.id == CatalogueRecord.version_id)
        .where(CatalogueRecord.id.in_(ids))
        .order_by(CatalogueRecord.id)
    ).all()
    aliases = _aliases_of(connection, [row.resource_id for row in rows])
    files = _files_of(connection, ids)
    joined = joined_to(connection, ids)
    for row in rows:
        own = row.data["url"]
        names = [url for url in aliases.get(row.resource_id, ()) if url != own]
        whole = row.data | {
            "id": row.id,
            "aliases": names,
            "files": files.get(row.id, []),
            "first_seen": row.first_seen.isoformat(),
            "last_seen": row.last_seen.isoformat(),
            "withdrawn_at": row.withdrawn_at.isoformat() if row.withdrawn_at else None,
            "layout": row.layout,
            "reader_version": row.reader_version,
            "snapshot_sha256": row.snapshot_sha256 or "",
        }
        others = [{"label": label, "url": url} for label, url in joined.get(row.id, ())]
        yield {name: whole[name] for name in RECORD_FIELDS} | (
            {"same_as": others} if others else {}
        )


def provenance_of(connection: Connection, record_id: str) -> Provenance:
    """Return from which answer, by which reader, in which run a record was read."""
    versions = (
        select(func.count())
        .select_from(RecordVersion)
        .where(RecordVersion.record_id == record_id)
        .scalar_subquery()
    )
    query = (
        select(
            RecordVersion.number.label("version"),
            versions.label("versions"),
            RecordVersion.run_id,
            RecordVersion.snapshot_id,
            Snapshot.url.label("asked_url"),
            Snapshot.fetched_at,
            Snapshot.status,
            func.coalesce(Snapshot.sha256, "").label("sha256"),
            RecordVersion.reader_version,
            RecordVersion.layout,
        )
        .join(CatalogueRecord, CatalogueRecord.version_id == RecordVersion.id)
        .join(Snapshot, Snapshot.id == RecordVersion.snapshot_id)
        .where(CatalogueRecord.id == record_id)
    )
    return Provenance(**connection.execute(query).mappings().one())


def parks_of(connection: Connection, ids: Sequence[str]) -> dict[str, tuple[str, ...]]:
    """Return the parks of current records, as the site spells them; none where it names none."""
    found: dict[str, tuple[str, ...]] = {}
    for batch in _batches(ids):
        terms = _terms_of(connection, batch)
        found |= {record_id: named.get("parks", ()) for record_id, named in terms.items()}
    return found


def _batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _BATCH):
        yield ids[start : start + _BATCH]


def _terms_of(connection: Connection, ids: Sequence[str]) -> dict[str, dict[str, tuple[str, ...]]]:
    rows = connection.execute(
        select(RecordTerm.record_id, Term.vocabulary, Term.label)
        .join(Term, Term.id == RecordTerm.term_id)
        .where(RecordTerm.record_id.in_(ids), Term.vocabulary != "type")
        .order_by(RecordTerm.record_id, RecordTerm.position)
    )
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for record_id, vocabulary, label in rows:
        of_record = found.setdefault(record_id, {})
        name = f"{vocabulary}s"
        of_record[name] = (*of_record.get(name, ()), label)
    return found


def _aliases_of(connection: Connection, resources: Sequence[int]) -> dict[int, list[str]]:
    rows = connection.execute(
        select(Alias.resource_id, Alias.url)
        .where(Alias.resource_id.in_(resources))
        .order_by(Alias.first_seen, Alias.url)
    )
    return _grouped((row.resource_id, row.url) for row in rows)


def _files_of(connection: Connection, ids: Sequence[str]) -> dict[str, list[dict[str, Any]]]:
    rows = connection.execute(
        select(
            RecordFile.record_id,
            RecordFile.label,
            RecordFile.url,
            RecordFile.filename,
            func.coalesce(Blob.media_type, RecordFile.media_type).label("media_type"),
            Blob.size,
            func.coalesce(HeldFile.sha256, "").label("sha256"),
            Extraction.page_count,
            func.coalesce(Extraction.status, "").label("text_status"),
        )
        .outerjoin(HeldFile, HeldFile.url == RecordFile.url)
        .outerjoin(Blob, Blob.sha256 == HeldFile.sha256)
        .outerjoin(Extraction, Extraction.sha256 == HeldFile.sha256)
        .where(RecordFile.record_id.in_(ids))
        .order_by(RecordFile.record_id, RecordFile.position)
    ).mappings()
    return _grouped((row["record_id"], {name: row[name] for name in FILE_FIELDS}) for row in rows)


def _grouped(pairs: Iterable[tuple[_Key, _Value]]) -> dict[_Key, list[_Value]]:
    found: dict[_Key, list[_Value]] = {}
    for key, value in pairs:
        found.setdefault(key, []).append(value)
    return found
