"""Addresses to look at: three for each thing a gate found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import func, select

from archive.models import ArchiveIssue, RecordVersion, Run, RunRecord, Visit
from archive.runs.lifecycle import IS_CRAWL

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from archive.runs.ledger import Outcome


class Examples:
    """Finds examples in one run, three at most."""

    def __init__(self, connection: Connection, run_id: int) -> None:
        self.connection = connection
        self.run_id = run_id

    def visits(self, outcome: Outcome) -> tuple[str, ...]:
        """Return addresses of the run that came to this outcome."""
        query = select(Visit.url).where(Visit.run_id == self.run_id, Visit.outcome == outcome)
        return tuple(self.connection.scalars(query.limit(3)))

    def with_issue(self, code: str, label: str) -> tuple[str, ...]:
        """Return addresses where the run opened an issue about a label."""
        query = select(ArchiveIssue.url).where(
            ArchiveIssue.code == code,
            ArchiveIssue.opened_run == self.run_id,
            ArchiveIssue.detail.startswith(f"{label}: ", autoescape=True),
        )
        return tuple(self.connection.scalars(query.limit(3)))

    def unfilled(self, subject: str) -> tuple[str, ...]:
        """Return records in which ``kind.field`` is empty, of any kind for ``.field``."""
        kind, _, name = subject.partition(".")
        value = func.json_extract(RecordVersion.data, f"$.{name}")
        query = (
            select(func.json_extract(RecordVersion.data, "$.url"))
            .join(RunRecord, RunRecord.version_id == RecordVersion.id)
            .where(RunRecord.run_id == self.run_id, value.in_(("", "[]", "{}")) | value.is_(None))
        )
        if kind:
            query = query.where(func.json_extract(RecordVersion.data, "$.kind") == kind)
        return tuple(self.connection.scalars(query.limit(3)))

    def missing_records(self) -> tuple[str, ...]:
        """Return records of the last good run that this run did not read."""
        last = (
            select(func.max(Run.id))
            .where(Run.id < self.run_id, IS_CRAWL, Run.promoted_at.is_not(None))
            .scalar_subquery()
        )
        here = select(RunRecord.record_id).where(RunRecord.run_id == self.run_id)
        query = (
            select(func.json_extract(RecordVersion.data, "$.url"))
            .join(RunRecord, RunRecord.version_id == RecordVersion.id)
            .where(RunRecord.run_id == last, RunRecord.record_id.not_in(here))
        )
        return tuple(self.connection.scalars(query.limit(3)))
