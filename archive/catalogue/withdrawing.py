"""Withdrawn is concluded, not assumed: what a run proves to be gone, and what came back.

Functions take a connection that is in a transaction and never commit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, insert, literal, or_, select, update
from sqlalchemy.orm import aliased

from archive.models import CatalogueRecord, Change, Reading, Run, RunRecord, Snapshot, Visit
from archive.runs.ledger import Outcome
from archive.runs.lifecycle import IS_CRAWL

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


def in_run(run_id: int) -> Any:
    """Return the query of the records that a run read."""
    return select(RunRecord.record_id).where(RunRecord.run_id == run_id)


def restore(connection: Connection, run_id: int, moment: datetime) -> int:
    """Bring back what was withdrawn and was read again; return how many records."""
    back = CatalogueRecord.id.in_(in_run(run_id)) & CatalogueRecord.withdrawn_at.is_not(None)
    return _note_whole(connection, run_id, back, "restored", moment, withdrawn_at=None)


def withdraw(connection: Connection, run_id: int, moment: datetime, absent_runs: int) -> int:
    """Withdraw what is gone (404, 410) at once, what is merely absent after *absent_runs* runs.

    A record that is blocked, failed or unreadable is neither.
    """
    if not _proves_absence(connection, run_id):
        return 0
    absent = or_(
        CatalogueRecord.resource_id.in_(_gone(run_id)),
        CatalogueRecord.resource_id.in_(_absent(connection, run_id, absent_runs)),
    )
    which = (
        absent
        & CatalogueRecord.withdrawn_at.is_(None)
        & CatalogueRecord.version_id.is_not(None)
        & CatalogueRecord.id.not_in(in_run(run_id))
    )
    return _note_whole(connection, run_id, which, "withdrawn", moment, withdrawn_at=moment)


def _proves_absence(connection: Connection, run_id: int) -> bool:
    """Tell whether a run saw enough of the site to say that something is not there.

    A limited run did not, nor one that could not read a start address which the last current run
    could: records may be missing because the list is.
    """
    run = connection.execute(select(Run.limited, Run.scope).where(Run.id == run_id)).one()
    if run.limited:
        return False
    last = connection.scalar(
        select(func.max(Run.id)).where(
            Run.id < run_id,
            IS_CRAWL,
            Run.promoted_at.is_not(None),
            Run.limited.is_(False),
            Run.scope == run.scope,
        )
    )
    now_read = set(connection.scalars(_start_addresses_read(run_id)))
    before = set(connection.scalars(_start_addresses_read(last))) if last is not None else set()
    return bool(now_read) and before <= now_read


def _start_addresses_read(run_id: int) -> Any:
    return select(Visit.url).where(
        Visit.run_id == run_id,
        Visit.found_in == "start",
        Visit.kind != "robots",
        Visit.outcome.in_(
            (
                Outcome.STORED,
                Outcome.NOT_MODIFIED,
                Outcome.SAME_READING,
                Outcome.NOT_A_RECORD,
                Outcome.REDIRECTED,
                Outcome.ALIAS,
            )
        ),
    )


def _gone(run_id: int) -> Any:
    return select(Visit.resource_id).where(
        Visit.run_id == run_id,
        Visit.outcome == Outcome.GONE,
        Visit.reason.in_(("404", "410")),
        Visit.resource_id.is_not(None),
    )


def _absent(connection: Connection, run_id: int, absent_runs: int) -> Any:
    """Return the resources that none of the last runs, this one included, found in its place."""
    earlier = connection.scalars(
        select(Run.id)
        .where(Run.id < run_id, IS_CRAWL, Run.promoted_at.is_not(None), Run.limited.is_(False))
        .order_by(Run.id.desc())
        .limit(absent_runs - 1)
    ).all()
    runs = [run_id, *earlier]
    if len(runs) < absent_runs:
        return select(literal(None))
    return (
        select(Visit.resource_id)
        .where(
            Visit.run_id.in_(runs),
            Visit.resource_id.is_not(None),
            Visit.outcome.in_((Outcome.GONE, Outcome.REDIRECTED, Outcome.NOT_A_RECORD)),
            ~_reads_as_it_did(),
        )
        .group_by(Visit.resource_id)
        .having(func.count(Visit.run_id.distinct()) == absent_runs)
    )


def _reads_as_it_did() -> Any:
    """Tell a visit to the very page that was once read as a record: it is our reader that errs."""
    here, there = aliased(Snapshot), aliased(Snapshot)
    return (
        select(literal(1))
        .select_from(here)
        .join(there, there.content_sha256 == here.content_sha256)
        .join(Reading, Reading.id == there.reading_id)
        .where(
            here.id == Visit.snapshot_id,
            there.resource_id == Visit.resource_id,
            Reading.version_id.is_not(None),
        )
        .exists()
    )


def _note_whole(
    connection: Connection,
    run_id: int,
    which: Any,
    kind: str,
    moment: datetime,
    *,
    withdrawn_at: datetime | None,
) -> int:
    columns = ("run_id", "record_id", "version_id", "kind", "field", "cause", "created_at")
    rows = select(
        literal(run_id),
        CatalogueRecord.id,
        CatalogueRecord.version_id,
        literal(kind),
        literal(""),
        literal("content"),
        literal(moment, type_=Change.__table__.c.created_at.type),
    ).where(which)
    connection.execute(insert(Change).from_select(columns, rows))
    return connection.execute(
        update(CatalogueRecord).where(which).values(withdrawn_at=withdrawn_at)
    ).rowcount
