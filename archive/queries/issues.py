"""What a person should look at."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select, tuple_

from archive.errors import UnanswerableError
from archive.models import ArchiveIssue, CatalogueRecord

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection, Select


class NoSuchIssueError(UnanswerableError):
    """Raised when what follows an issue is asked for that the archive does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class IssueLine:
    """An open issue; *record_id* is empty where the address is no record's."""

    id: int
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
    query = _open(code).order_by(ArchiveIssue.code, ArchiveIssue.url, ArchiveIssue.id)
    if urls:
        query = query.where(ArchiveIssue.url.in_(urls))
    return [IssueLine(**row) for row in connection.execute(query).mappings()]


def open_issues_after(
    connection: Connection, *, code: str = "", after: int = 0, limit: int
) -> list[IssueLine]:
    """Return at most *limit* open issues, by address: those that follow the one of an id.

    :raises NoSuchIssueError: there is no such issue.
    """
    query = _open(code).order_by(ArchiveIssue.url, ArchiveIssue.id).limit(limit)
    if after:
        last = select(ArchiveIssue.url).where(ArchiveIssue.id == after)
        url = connection.execute(last).scalar_one_or_none()
        if url is None:
            raise NoSuchIssueError(f"There is no issue {after}; its address may be forgotten.")
        query = query.where(tuple_(ArchiveIssue.url, ArchiveIssue.id) > tuple_(url, after))
    return [IssueLine(**row) for row in connection.execute(query).mappings()]


def _open(code: str) -> Select[*tuple[Any, ...]]:
    query = (
        select(
            ArchiveIssue.id,
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
    )
    return query.where(ArchiveIssue.code == code) if code else query


def count_issues(connection: Connection) -> dict[str, int]:
    """Return the number of open issues by code, the most frequent first."""
    query = (
        select(ArchiveIssue.code, func.count())
        .where(ArchiveIssue.closed_run.is_(None))
        .group_by(ArchiveIssue.code)
        .order_by(func.count().desc(), ArchiveIssue.code)
    )
    return {row[0]: row[1] for row in connection.execute(query)}
