"""What a person should look at: opened when it is found, closed when it is found no longer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, insert, select, update

from archive.models import ArchiveIssue
from archive.runs.ledger import now

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from archive.records import Issue


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
