"""The runs: begun, resumed, ended. What became of their addresses is in `archive.runs.ledger`.

Functions take a connection that is in a transaction and never commit.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import exists, false, func, insert, select, update

from archive.models import Run, RunRecord, Visit
from archive.runs.ledger import WITH_CONTENT, Outcome, now

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection


class RunKind(StrEnum):
    """What a run does: only a crawl says anything of what the site has today."""

    CRAWL = "crawl"
    REREAD = "reread"
    """Archived pages are read again; the site is asked nothing."""
    IMPORT = "import"
    """What others saved of the site is filed at its own date; see `archive.importing.imports`."""


class RunStatus(StrEnum):
    """How a run stands."""

    RUNNING = "running"
    COMPLETE = "complete"
    INTERRUPTED = "interrupted"
    BLOCKED = "blocked"
    UNREACHABLE = "unreachable"
    FAILED = "failed"


#: Runs that the same command takes up again.
RESUMABLE: Final = (
    RunStatus.RUNNING,
    RunStatus.INTERRUPTED,
    RunStatus.BLOCKED,
    RunStatus.UNREACHABLE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class StartAddress:
    """What became of an address that was to lead to all others."""

    url: str
    outcome: Outcome
    reason: str

    @property
    def is_there(self) -> bool:
        """Whether a page stood there, or at the address it redirects to, whatever it said."""
        return self.outcome in {*WITH_CONTENT, Outcome.ALIAS, Outcome.NOT_RECOGNISED}


#: Runs that asked the site: what is concluded of the site is concluded from them alone.
IS_CRAWL: Final = Run.kind == RunKind.CRAWL

_MOST_HOPS: Final = 20


def resumable_run(connection: Connection, scope: dict[str, Any]) -> int | None:
    """Return the newest crawl if it has this scope and was not finished.

    One that found the site unreachable with nothing left to ask (its start addresses are gone, or
    robots.txt closes them) has nothing to go on with: the next is a new run.
    """
    newest = unfinished_crawl(connection)
    return int(newest.id) if newest is not None and newest.scope == scope else None


def unfinished_crawl(connection: Connection) -> Any:
    """Return the row of the newest crawl if it has still something to do, else ``None``."""
    newest = connection.execute(
        select(Run.id, Run.scope, Run.status).where(IS_CRAWL).order_by(Run.id.desc()).limit(1)
    ).first()
    if newest is None or newest.status not in RESUMABLE:
        return None
    if newest.status == RunStatus.UNREACHABLE and not connection.scalar(
        select(exists().where(Visit.run_id == newest.id, _to_ask_again(RunStatus.UNREACHABLE)))
    ):
        return None
    return newest


def begin_run(
    connection: Connection,
    *,
    scope: dict[str, Any],
    limited: bool,
    software: str,
    reader_version: str,
    user_agent: str = "",
    kind: RunKind = RunKind.CRAWL,
) -> int:
    """Open a run in the ledger and return its number."""
    current = select(func.count()).where(IS_CRAWL, Run.promoted_at.is_not(None))
    fills = kind is RunKind.CRAWL and connection.scalar(current) == 0
    return int(
        connection.execute(
            insert(Run).returning(Run.id),
            {
                "kind": kind,
                "scope": scope,
                "status": RunStatus.RUNNING,
                "status_reason": "",
                "fills": fills,
                "limited": limited,
                "software": software,
                "reader_version": reader_version,
                "user_agent": user_agent,
                "started_at": now(),
            },
        ).scalar_one()
    )


def resume_run(connection: Connection, run_id: int, *, reader_version: str) -> None:
    """Mark a run as running again.

    What the site refused, or was not there to answer, when the run was stopped over it is asked
    again; after any other end only what is pending is.
    """
    status = connection.scalar(select(Run.status).where(Run.id == run_id))
    connection.execute(
        update(Visit)
        .where(Visit.run_id == run_id, _to_ask_again(str(status)))
        .values(outcome=Outcome.PENDING, reason="", snapshot_id=None, settled_at=None, attempts=0)
    )
    connection.execute(
        update(Run)
        .where(Run.id == run_id)
        .values(
            status=RunStatus.RUNNING,
            status_reason="",
            reader_version=reader_version,
            ended_at=None,
        )
    )


def _to_ask_again(status: str) -> ColumnElement[bool]:
    """Return which addresses a run that ended so asks when it is resumed, beside the pending."""
    if status == RunStatus.BLOCKED:
        return Visit.outcome == Outcome.BLOCKED
    if status == RunStatus.UNREACHABLE:
        # Without an answer that settled it: nothing came, or "not now" every time.
        vain = (Visit.outcome == Outcome.FAILED) & Visit.snapshot_id.is_(None)
        return vain | (Visit.outcome == Outcome.PENDING)
    return false()


def end_run(connection: Connection, run_id: int, status: RunStatus, reason: str = "") -> None:
    """Close a run in the ledger; what is pending stays so."""
    connection.execute(
        update(Run)
        .where(Run.id == run_id)
        .values(status=status, status_reason=reason, ended_at=now())
    )


def start_addresses(connection: Connection, run_id: int) -> list[StartAddress]:
    """Return what the run's start addresses came to, each where its redirects lead."""
    rows = connection.execute(
        select(Visit.id, Visit.url, Visit.outcome, Visit.reason)
        .where(Visit.run_id == run_id, Visit.found_in == "start", Visit.kind != "robots")
        .order_by(Visit.id)
    ).all()
    return [_followed(connection, run_id, row) for row in rows if row.outcome != Outcome.ALIAS]


def _followed(connection: Connection, run_id: int, start: Any) -> StartAddress:
    row, hops = start, 0
    while row.outcome == Outcome.REDIRECTED and hops < _MOST_HOPS:
        target = connection.execute(
            select(Visit.id, Visit.url, Visit.outcome, Visit.reason).where(
                Visit.run_id == run_id, Visit.url == row.reason.removeprefix("to ")
            )
        ).first()
        if target is None:
            break
        row, hops = target, hops + 1
    return StartAddress(url=start.url, outcome=Outcome(row.outcome), reason=row.reason)


def count_records(connection: Connection, run_id: int) -> int:
    """Return how many records the run has read so far."""
    query = select(func.count()).where(RunRecord.run_id == run_id)
    return int(connection.scalar(query) or 0)


def fills(connection: Connection, run_id: int) -> bool:
    """Tell whether the run fills an empty archive: what it reads is current at once."""
    return bool(connection.scalar(select(Run.fills).where(Run.id == run_id)))


def run_of(connection: Connection, run_id: int) -> Any:
    """Return the row of a run.

    :raises NoResultFound: there is none of this number.
    """
    return connection.execute(select(Run.__table__).where(Run.id == run_id)).one()


def newest_run(connection: Connection) -> Any:
    """Return the row of the newest run; what was imported is of long ago, and comes last.

    :raises NoResultFound: there is none.
    """
    query = select(Run.__table__).order_by(Run.kind == RunKind.IMPORT, Run.id.desc())
    return connection.execute(query.limit(1)).one()


def newest_crawl(connection: Connection) -> Any:
    """Return the row of the newest crawl.

    :raises NoResultFound: there is none.
    """
    query = select(Run.__table__).where(IS_CRAWL)
    return connection.execute(query.order_by(Run.id.desc()).limit(1)).one()
