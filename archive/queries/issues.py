"""What a person should look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from archive.models import ArchiveIssue, CatalogueRecord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueLine:
    """An open issue; *record_id* is empty where the address is no record's."""

    code: str
    url: str
    detail: str
    source: str
    record_id: str
    opened_run: int
    opened_at: datetime


def open_issues(
    connection: Connection, *, code: str = "", urls: Sequence[str] = ()
) -> list[IssueLine]:
    """Return the open issues, by code and address; only of one *code*, or of some *urls*."""
    query = (
        select(
            ArchiveIssue.code,
            ArchiveIssue.url,
            ArchiveIssue.detail,
            ArchiveIssue.source,
            func.coalesce(CatalogueRecord.id, "").label("record_id"),
            ArchiveIssue.opened_run,
            ArchiveIssue.opened_at,
        )
        .outerjoin(CatalogueRecord, CatalogueRecord.resource_id == ArchiveIssue.resource_id)
        .where(ArchiveIssue.closed_run.is_(None))
        .order_by(ArchiveIssue.code, ArchiveIssue.url, ArchiveIssue.id)
    )
    if code:
        query = query.where(ArchiveIssue.code == code)
    if urls:
        query = query.where(ArchiveIssue.url.in_(urls))
    return [IssueLine(**row) for row in connection.execute(query).mappings()]


def count_issues(connection: Connection) -> dict[str, int]:
    """Return the number of open issues by code, the most frequent first."""
    query = (
        select(ArchiveIssue.code, func.count())
        .where(ArchiveIssue.closed_run.is_(None))
        .group_by(ArchiveIssue.code)
        .order_by(func.count().desc(), ArchiveIssue.code)
    )
    return {row[0]: row[1] for row in connection.execute(query)}
