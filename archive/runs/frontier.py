"""The frontier of a crawl: what is pending in the run's ledger is what is asked next.

Functions take a connection that is in a transaction and never commit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from sqlalchemy import case, func, literal, or_, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from archive.evidence.recording import last_validators, recorded
from archive.models import Resource, Snapshot, Visit
from archive.runs.ledger import Outcome, now, settle

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection

    from archive.evidence.recording import Recorded, Validators


@dataclass(frozen=True, slots=True, kw_only=True)
class PendingVisit:
    """An address to be asked, with what the ledger knows of it."""

    id: int
    url: str
    kind: str
    found_in: str
    depth: int
    hops: int
    fruitless: int
    attempts: int
    snapshot_id: int | None
    validators: Validators | None = None


def known_addresses(connection: Connection) -> Iterable[tuple[str, str]]:
    """Yield (address, kind) of what earlier runs filed: records, and the files they offer."""
    query = select(Resource.url, Resource.kind).where(
        or_(Resource.kind == "record", Resource.kind == "file")
    )
    for row in connection.execution_options(yield_per=1000).execute(query.order_by(Resource.id)):
        yield row[0], row[1]


def pending(
    connection: Connection,
    run_id: int,
    *,
    limit: int,
    besides: Iterable[int] = (),
    only_files: bool = False,
    without_kinds: Sequence[str] = (),
    spread: bool = False,
) -> list[PendingVisit]:
    """Return the next addresses to ask, at most *limit*, leaving out those already in hand."""
    query = (
        select(
            Visit.id,
            Visit.url,
            Visit.kind,
            Visit.found_in,
            Visit.depth,
            Visit.hops,
            Visit.fruitless,
            Visit.attempts,
            Visit.snapshot_id,
        )
        .where(
            Visit.run_id == run_id,
            # Spelled out, not bound: SQLite uses the partial index only when it sees the value.
            Visit.outcome == literal(Outcome.PENDING.value, literal_execute=True),
        )
        .order_by(Visit.priority.desc(), Visit.id)
        .limit(limit)
    )
    if besides := list(besides):
        query = query.where(Visit.id.not_in(besides))
    if only_files:
        query = query.where(Visit.kind == "file")
    if without_kinds:
        query = query.where(Visit.kind.not_in(without_kinds))
    if spread:
        # A sample opens the lists first, then takes from anywhere in them.
        leads = case((Visit.kind.in_(("listing", "sitemap")), 0), else_=1)
        query = query.order_by(None).order_by(leads, func.random())
    rows = connection.execute(query).all()
    validators = last_validators(connection, [row.url for row in rows])
    return [
        PendingVisit(**row._mapping, validators=validators.get(row.url))  # noqa: SLF001  # the documented way to a row's names
        for row in rows
    ]


def settle_what_is_not_due(
    connection: Connection, visits: Sequence[PendingVisit], days: Mapping[str, float]
) -> set[int]:
    """Settle those visits whose address answered well not so many days ago; return their numbers.

    *days* says for each kind how long an answer is believed. What the archive has stands.
    """
    waiting = {one.url: one for one in visits if days.get(one.kind) and not one.attempts}
    if not waiting:
        return set()
    moment = now()
    query = (
        select(Snapshot.url, func.max(Snapshot.fetched_at), func.max(Snapshot.resource_id))
        .where(Snapshot.url.in_(sorted(waiting)), Snapshot.status.in_((200, 304)))
        .group_by(Snapshot.url)
    )
    settled = set()
    for url, asked_at, resource_id in connection.execute(query).all():
        visit = waiting[url]
        if moment - asked_at < timedelta(days=days[visit.kind]):
            reason = f"not due: asked on {asked_at:%Y-%m-%d}"
            settle(connection, visit.id, Outcome.NOT_MODIFIED, reason, resource_id=resource_id)
            settled.add(visit.id)
    return settled


def postpone(connection: Connection, visit_id: int) -> None:
    """Count an attempt in vain and put the address behind all others."""
    connection.execute(
        update(Visit)
        .where(Visit.id == visit_id)
        .values(attempts=Visit.attempts + 1, priority=0, snapshot_id=None)
    )


def reopen(connection: Connection, visit_id: int) -> None:
    """Have an address asked again as if it had not been; its answer stays in the archive."""
    connection.execute(update(Visit).where(Visit.id == visit_id).values(snapshot_id=None))


def robots_answer(connection: Connection, run_id: int, url: str) -> Recorded | None:
    """Return what this run was answered for a robots.txt in the last 24 hours, if it was."""
    query = select(Visit.snapshot_id).where(
        Visit.run_id == run_id,
        Visit.url == url,
        Visit.kind == "robots",
        Visit.settled_at > now() - timedelta(hours=24),
    )
    snapshot_id = connection.scalar(query)
    return None if snapshot_id is None else recorded(connection, snapshot_id)


def enter_robots(connection: Connection, run_id: int, url: str, answer: Recorded) -> None:
    """Enter a robots.txt that was asked for, as settled; asked again, the last answer stands."""
    row = {
        "run_id": run_id,
        "url": url,
        "kind": "robots",
        "found_in": "start",
        "depth": 0,
        "hops": 0,
        "fruitless": 0,
        "priority": 0,
        "attempts": 0,
        "outcome": Outcome.NOT_A_RECORD,
        "reason": "robots.txt",
        "snapshot_id": answer.snapshot_id,
        "settled_at": now(),
    }
    renewed = {"snapshot_id": answer.snapshot_id, "settled_at": row["settled_at"]}
    connection.execute(
        upsert(Visit).on_conflict_do_update(index_elements=["run_id", "url"], set_=renewed), row
    )
