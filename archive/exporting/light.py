"""A light copy: an archive of what is known, without page bodies and without the files' bytes.

It is an archive like any other, for `pnr`, for SQLite and for Datasette: every record with its
versions, its changes and the texts of its files, indexed for search. What is left out is the
evidence itself: bodies of pages, PDFs, the ledger of visits, readings in their stored form. So are
spot-checks: what they say of all records would be wrong of a part of them.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, insert, literal, null, or_, select

from archive.database import open_archive
from archive.evidence.blobs import LEFT_OUT
from archive.models import (
    Agent,
    Alias,
    ArchiveIssue,
    AuthorityFile,
    AuthorityName,
    Blob,
    CatalogueRecord,
    Change,
    Extraction,
    FilePage,
    FileTable,
    Finding,
    HeldFile,
    RecordAgent,
    RecordFile,
    RecordLink,
    RecordTerm,
    RecordVersion,
    Resource,
    Run,
    RunFigure,
    RunRecord,
    SameAs,
    Snapshot,
    Term,
)
from archive.queries.filtering import conditions
from archive.searching.rebuilding import rebuild

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import ColumnElement, Connection, Select

    from archive.queries.filtering import RecordFilter

_OF_RECORDS: Final[tuple[type[Any], ...]] = (
    RecordVersion,
    RunRecord,
    Change,
    RecordTerm,
    RecordAgent,
    RecordLink,
    RecordFile,
)

#: Rows read and written at a time.
_BATCH: Final = 1000


def write_light(path: Path, connection: Connection, wanted: RecordFilter) -> dict[str, int]:
    """Write a light copy of the records that are meant to *path*, a new file.

    Return how many rows each table has. The same state gives the same bytes.
    """
    counts: dict[str, int] = {}
    with open_archive(path, access="create") as copy:
        with copy.transaction() as target:
            # Records and their versions name each other; both are there when it is committed.
            target.exec_driver_sql("PRAGMA defer_foreign_keys = ON")
            for table, query in _parts(connection, wanted):
                counts[table.__tablename__] = _copy(connection, query, target, table)
        for _ in rebuild(copy):
            pass
    _close_up(path)
    return counts


def _copy(source: Connection, query: Select[Any], target: Connection, table: type[Any]) -> int:
    count = 0
    key = [getattr(table, column.key) for column in table.__table__.primary_key]
    rows = source.execute(query.order_by(*key).execution_options(yield_per=_BATCH)).mappings()
    for batch in rows.partitions(_BATCH):
        target.execute(insert(table), [dict(row) for row in batch])
        count += len(batch)
    return count


def _parts(connection: Connection, wanted: RecordFilter) -> Iterator[tuple[type[Any], Select[Any]]]:
    """Yield the tables of a light copy, each with the query for its rows."""
    meant = and_(CatalogueRecord.version_id.is_not(None), *conditions(connection, wanted))
    ids = select(CatalogueRecord.id).where(meant)
    urls = select(RecordFile.url).where(RecordFile.record_id.in_(ids))
    files = select(HeldFile.sha256).where(HeldFile.url.in_(urls))
    resources = _resources(meant, urls)
    snapshots = _snapshots(ids, urls)
    yield Run, _rows(Run)
    yield Resource, _rows(Resource).where(Resource.id.in_(resources))
    yield Alias, _rows(Alias).where(Alias.resource_id.in_(resources))
    yield Blob, _blobs(snapshots, files)
    yield Snapshot, _answers(snapshots, resources)
    yield CatalogueRecord, _rows(CatalogueRecord).where(meant)
    for table in _OF_RECORDS:
        yield table, _rows(table).where(table.record_id.in_(ids))
    agents = select(RecordAgent.agent_id).where(RecordAgent.record_id.in_(ids))
    terms = select(RecordTerm.term_id).where(RecordTerm.record_id.in_(ids))
    yield Agent, _rows(Agent).where(Agent.id.in_(agents))
    yield Term, _rows(Term).where(Term.id.in_(terms))
    yield HeldFile, _rows(HeldFile).where(HeldFile.url.in_(urls))
    for table in (Extraction, FilePage, FileTable):
        yield table, _rows(table).where(table.sha256.in_(files))
    yield ArchiveIssue, _issues(resources)
    yield SameAs, _rows(SameAs).where(SameAs.earlier_id.in_(ids), SameAs.later_id.in_(ids))
    for table in (RunFigure, Finding, AuthorityFile, AuthorityName):
        yield table, _rows(table)


def _resources(meant: ColumnElement[bool], urls: Select[str]) -> Select[int]:
    of_records = select(CatalogueRecord.resource_id).where(meant)
    of_files = select(Alias.resource_id).where(Alias.url.in_(urls))
    return select(Resource.id).where(or_(Resource.id.in_(of_records), Resource.id.in_(of_files)))


def _snapshots(ids: Select[str], urls: Select[str]) -> Select[int]:
    return select(Snapshot.id).where(
        or_(
            *(
                Snapshot.id.in_(select(table.snapshot_id).where(table.record_id.in_(ids)))
                for table in (RecordVersion, RunRecord)
            ),
            Snapshot.id.in_(select(HeldFile.snapshot_id).where(HeldFile.url.in_(urls))),
        )
    )


def _blobs(snapshots: Select[int], files: Select[str]) -> Select[Any]:
    answered = select(Snapshot.sha256).where(Snapshot.id.in_(snapshots))
    query = _rows(Blob, data=null(), base_sha256=null(), encoding=literal(LEFT_OUT))
    return query.where(or_(Blob.sha256.in_(answered), Blob.sha256.in_(files)))


def _answers(snapshots: Select[int], resources: Select[int]) -> Select[Any]:
    query = _rows(Snapshot, reading_id=null(), revisit_of=null())
    return query.where(Snapshot.id.in_(snapshots), Snapshot.resource_id.in_(resources))


def _issues(resources: Select[int]) -> Select[Any]:
    return _rows(ArchiveIssue).where(ArchiveIssue.resource_id.in_(resources))


def _rows(table: type[Any], **instead: Any) -> Select[Any]:
    """Return a query for whole rows; *instead* of some columns, other values."""
    columns = table.__table__.columns
    return select(
        *(
            instead[column.key].label(column.key) if column.key in instead else column
            for column in columns
        )
    )


def _close_up(path: Path) -> None:
    """Make it one file, without a log beside it and without unused room."""
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = DELETE")
        connection.execute("VACUUM")
