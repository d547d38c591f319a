"""How the archive grew: what was kept for the first time, by month and by run."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from archive.models import ArchivedFile, Blob, Snapshot

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Subquery


@dataclass(frozen=True, slots=True, kw_only=True)
class Growth:
    """What came into the archive; *bytes* as they are kept, pages compressed.

    *when* is a month (`2026-11`) or the number of a run.
    """

    when: str
    bodies: int
    bytes: int


def growth_by_month(connection: Connection, *, limit: int | None = None) -> list[Growth]:
    """Return what each month brought, the latest first."""
    kept = _kept()
    return _growth(connection, func.strftime("%Y-%m", kept.c.created_at), kept, limit)


def growth_by_run(connection: Connection, *, limit: int | None = None) -> list[Growth]:
    """Return what each run was the first to bring, the latest first; nothing for one without."""
    kept = _kept()
    return _growth(connection, kept.c.run_id, kept, limit)


def _kept() -> Subquery:
    """Return each body: when it came, in which run it was first met, what it takes."""
    first = (
        select(Snapshot.sha256, func.min(Snapshot.run_id).label("run_id"))
        .where(Snapshot.sha256.is_not(None))
        .group_by(Snapshot.sha256)
        .subquery()
    )
    # SQLite tells the length of a value without reading it.
    size = func.coalesce(ArchivedFile.sz, func.length(Blob.data), 0)
    return (
        select(Blob.created_at, first.c.run_id, size.label("size"))
        .select_from(Blob)
        .join(first, first.c.sha256 == Blob.sha256)
        .outerjoin(ArchivedFile, ArchivedFile.sha256 == Blob.sha256)
        .subquery()
    )


def _growth(
    connection: Connection, key: ColumnElement[object], kept: Subquery, limit: int | None
) -> list[Growth]:
    query = (
        select(key, func.count(), func.sum(kept.c.size))
        .group_by(key)
        .order_by(key.desc())
        .limit(limit)
    )
    return [
        Growth(when=str(row[0]), bodies=row[1], bytes=row[2]) for row in connection.execute(query)
    ]
