"""The politeness certificate of a run: what the site saw of us, counted from the evidence."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from archive.evidence.blobs import read_blob
from archive.models import Run, Snapshot, Visit

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class RobotsRules:
    """A robots.txt as it was when the run began: its address, status, digest, and its rules."""

    url: str
    status: int | None
    sha256: str
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Certificate:
    """What a run asked of the site.

    *bytes* are those of bodies on the wire; *smallest_interval* is the least time in seconds
    between the sending of two requests to the same host, ``None`` when there were no two.
    """

    requests: int
    answers: int
    bytes: int
    not_modified: int
    smallest_interval: float | None
    user_agent: str
    robots: tuple[RobotsRules, ...]

    @property
    def not_modified_share(self) -> float:
        """Answers that were 304, as a share of all."""
        return self.not_modified / self.answers if self.answers else 0.0


def certify(connection: Connection, run_id: int) -> Certificate:
    """Draw up the certificate of a run, finished or not."""
    row = connection.execute(
        select(
            func.count(),
            func.count(Snapshot.status),
            func.coalesce(func.sum(Snapshot.received), 0),
            func.count().filter(Snapshot.status == 304),
        ).where(Snapshot.run_id == run_id)
    ).one()
    agent = connection.scalar(select(Run.user_agent).where(Run.id == run_id))
    return Certificate(
        requests=row[0],
        answers=row[1],
        bytes=row[2],
        not_modified=row[3],
        smallest_interval=_smallest_interval(connection, run_id),
        user_agent=agent or "",
        robots=tuple(_robots(connection, run_id)),
    )


def _smallest_interval(connection: Connection, run_id: int) -> float | None:
    query = (
        select(Snapshot.url, Snapshot.requested_at)
        .where(Snapshot.run_id == run_id)
        .order_by(Snapshot.requested_at)
        .execution_options(yield_per=1000)
    )
    last: dict[str, datetime] = {}
    smallest: float | None = None
    for url, moment in connection.execute(query):
        # Addresses are kept in one form: taking all of each apart was most of the work here.
        host = url.partition("//")[2].partition("/")[0]
        if host in last:
            gap = (moment - last[host]).total_seconds()
            smallest = gap if smallest is None else min(smallest, gap)
        last[host] = moment
    return smallest


def _robots(connection: Connection, run_id: int) -> list[RobotsRules]:
    query = (
        select(Visit.url, Snapshot.status, Snapshot.sha256)
        .join(Snapshot, Snapshot.id == Visit.snapshot_id)
        .where(Visit.run_id == run_id, Visit.kind == "robots")
        .order_by(Visit.url)
    )
    return [
        RobotsRules(
            url=row.url,
            status=row.status,
            sha256=row.sha256 or "",
            rules=_rules(connection, row.sha256) if row.status == 200 and row.sha256 else (),
        )
        for row in connection.execute(query).all()
    ]


def _rules(connection: Connection, sha256: str) -> tuple[str, ...]:
    """Return the lines that rule; comments and blank lines left out, at most a hundred."""
    text = read_blob(connection, sha256).decode("utf-8", "replace")
    lines = (line.partition("#")[0].strip() for line in text.splitlines())
    return tuple(line for line in lines if line)[:100]
