"""The runs: how each went, and what became of its addresses."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select
from sqlalchemy.orm import aliased

from archive.errors import UnanswerableError
from archive.models import Change, Run, Visit
from archive.runs.failures import classify

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection, Select

    from archive.runs.lifecycle import RunKind


class NoSuchRunError(UnanswerableError):
    """Raised when a run is asked for that the archive does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunLine:
    """A run as the ledger has it; *outcomes* count its addresses, and sum up to all of them."""

    id: int
    kind: str
    status: str
    status_reason: str
    verdict: str
    limited: bool
    scope: dict[str, Any]
    software: str
    reader_version: str
    user_agent: str
    started_at: datetime
    ended_at: datetime | None
    promoted_at: datetime | None
    outcomes: dict[str, int]


@dataclass(frozen=True, slots=True, kw_only=True)
class VisitLine:
    """An address of a run: where it was discovered, and what became of it.

    One that failed has its *failure* (a class: a heading in docs/failures.md) and the *next_step*.
    """

    id: int
    url: str
    kind: str
    found_in: str
    found_on: str
    outcome: str
    reason: str
    attempts: int
    settled_at: datetime | None
    failure: str
    next_step: str


def list_runs(
    connection: Connection,
    *,
    limit: int | None = None,
    before: int | None = None,
    kind: RunKind | None = None,
) -> list[RunLine]:
    """Return the runs, the newest first; where given, those *before* one, or of one *kind*."""
    query = select(Run.__table__).order_by(Run.id.desc()).limit(limit)
    if kind is not None:
        query = query.where(Run.kind == kind)
    if before is not None:
        query = query.where(Run.id < before)
    return _lines(connection, query)


def find_run(connection: Connection, run_id: int) -> RunLine | None:
    """Return one run, if there is one of this number."""
    found = _lines(connection, select(Run.__table__).where(Run.id == run_id))
    return found[0] if found else None


def visits_of(
    connection: Connection,
    run_id: int,
    *,
    outcome: str = "",
    offset: int = 0,
    after: int = 0,
    limit: int | None = None,
) -> Iterator[VisitLine]:
    """Yield the addresses of a run in the order in which they were met, or a piece of that.

    The piece begins behind so many (*offset*), or without counting, *after* the one of an id.
    """
    before = aliased(Visit)
    query = (
        select(
            Visit.id,
            Visit.url,
            Visit.kind,
            Visit.found_in,
            func.coalesce(before.url, "").label("found_on"),
            Visit.outcome,
            Visit.reason,
            Visit.attempts,
            Visit.settled_at,
        )
        .outerjoin(before, before.id == Visit.found_on)
        .where(Visit.run_id == run_id, Visit.id > after)
        .order_by(Visit.id)
        .offset(offset)
        .limit(limit)
        .execution_options(yield_per=1000)
    )
    if outcome:
        query = query.where(Visit.outcome == outcome)
    for row in connection.execute(query).mappings():
        kind = classify(row["outcome"], row["reason"])
        yield VisitLine(
            **row,
            failure=kind.name if kind else "",
            next_step=kind.next_for(row["url"]) if kind else "",
        )


def start_addresses(connection: Connection, run_id: int) -> dict[str, tuple[str, str]]:
    """Return outcome and reason of each start address of a run."""
    query = select(Visit.url, Visit.outcome, Visit.reason).where(
        Visit.run_id == run_id, Visit.found_in == "start", Visit.kind != "robots"
    )
    return {row.url: (row.outcome, row.reason) for row in connection.execute(query)}


def count_changes(connection: Connection, run_id: int) -> dict[str, int]:
    """Return how many records a run found added, changed, withdrawn, restored or with a new file.

    The run that fills an empty archive notes none: there is nothing it could have changed.
    """
    query = (
        select(Change.kind, func.count(Change.record_id.distinct()))
        .where(Change.run_id == run_id)
        .group_by(Change.kind)
        .order_by(Change.kind)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def _lines(connection: Connection, query: Select[Any]) -> list[RunLine]:
    rows = connection.execute(query).mappings().all()
    counted = connection.execute(
        select(Visit.run_id, Visit.outcome, func.count())
        .where(Visit.run_id.in_([row["id"] for row in rows]))
        .group_by(Visit.run_id, Visit.outcome)
        .order_by(Visit.run_id, Visit.outcome)
    )
    outcomes: dict[int, dict[str, int]] = defaultdict(dict)
    for run_id, outcome, count in counted:
        outcomes[run_id][outcome] = count
    names = RunLine.__dataclass_fields__
    return [
        RunLine(
            **{name: value for name, value in row.items() if name in names}
            | {"verdict": row["verdict"] or "", "outcomes": outcomes[row["id"]]}
        )
        for row in rows
    ]
