"""The run ledger: every address of a run, from its discovery to its one outcome.

What is pending in it is the crawl's frontier (`archive.runs.frontier`), so a killed crawl loses
nothing and a finished one can be counted. Functions take a connection that is in a transaction and
never commit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, func, insert, select, update

from archive.models import Alias, Resource, Visit

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection


class Outcome(StrEnum):
    """What became of an address in a run. Every address comes to exactly one."""

    PENDING = "pending"
    """Still to be asked; a run with one of these is not complete."""
    STORED = "stored"
    NOT_MODIFIED = "not-modified"
    """The site answered 304: the archived body stands."""
    SAME_READING = "same-reading"
    """Answered anew, and reads as before."""
    ALIAS = "alias"
    """Another address of something this run has already."""
    NOT_A_RECORD = "not-a-record"
    """Understood, and not something we file: a listing, a term, a news page."""
    NOT_RECOGNISED = "layout-not-recognised"
    GONE = "gone"
    REDIRECTED = "redirected"
    EXCLUDED = "excluded"
    """A rule says never to ask it."""
    ROBOTS = "robots"
    """The site's robots.txt says not to ask it."""
    OFF_SITE = "off-site"
    BLOCKED = "blocked"
    """Answered with a refusal: login, captcha, maintenance, 403."""
    TOO_LARGE = "too-large"
    NOT_REACHED = "not-reached"
    """The run ended at its limit before this address."""
    FAILED = "failed"


#: What is asked first. Records and their files go before listings: a run with a limit, or one
#: that is stopped early, then has something to show.
PRIORITIES: Final = {
    "start": 60,
    "record": 50,
    "file": 40,
    "listing": 30,
    "sitemap": 30,
    "term": 20,
    "page": 10,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Discovery:
    """An address met in a run. *outcome* is set when it is settled without being asked."""

    url: str
    kind: str
    found_in: str
    found_on: int | None = None
    depth: int = 0
    hops: int = 0
    fruitless: int = 0
    outcome: Outcome = Outcome.PENDING
    reason: str = ""


#: Outcomes of a page that was there and let us in.
WITH_CONTENT: Final = (
    Outcome.STORED,
    Outcome.NOT_MODIFIED,
    Outcome.SAME_READING,
    Outcome.NOT_A_RECORD,
)


def now() -> datetime:
    """Return this moment, in UTC."""
    return datetime.now(UTC)


def discover(connection: Connection, run_id: int, found: Sequence[Discovery]) -> int:
    """Enter addresses into the run's ledger; return how many led to something new.

    An address that is already there stays as it is, except that one so far only known from
    earlier runs is now known to be linked. An address that the archive knows as another name of
    a resource is settled as `Outcome.ALIAS`, and the resource's own address entered instead.
    """
    if not found:
        return 0
    own = _own_addresses(connection, {one.url for one in found if _is_pending(one)})
    rows: dict[str, dict[str, Any]] = {}
    for one in found:
        address = own.get(one.url, one.url)
        if address != one.url:
            rows.setdefault(one.url, _row(run_id, one, Outcome.ALIAS, f"of {address}"))
        # The first to name an address in this batch wins, as it does between batches.
        rows.setdefault(address, _row(run_id, one, one.outcome, one.reason, url=address))
    there = _in_ledger(connection, run_id, list(rows))
    if new := [row for url, row in rows.items() if url not in there]:
        connection.execute(_ENTER, new)
    linked = [row for url, row in rows.items() if there.get(url) == "known"]
    to_ask = sum(1 for row in new if row["outcome"] == Outcome.PENDING)
    return _now_linked(connection, linked) + to_ask


_ENTER: Final = insert(Visit)
_IN_LEDGER: Final = select(Visit.url, Visit.found_in).where(
    Visit.run_id == bindparam("of_run"), Visit.url.in_(bindparam("urls", expanding=True))
)


def _in_ledger(connection: Connection, run_id: int, urls: list[str]) -> dict[str, str]:
    """Return which of the addresses the run has already, and where each was found."""
    rows = connection.execute(_IN_LEDGER, {"of_run": run_id, "urls": urls})
    return {row[0]: row[1] for row in rows}


def _is_pending(one: Discovery) -> bool:
    return one.outcome is Outcome.PENDING


def _own_addresses(connection: Connection, urls: set[str]) -> dict[str, str]:
    if not urls:
        return {}
    rows = connection.execute(_OWN_ADDRESSES, {"urls": sorted(urls)})
    return {row[0]: row[1] for row in rows}


_OWN_ADDRESSES: Final = (
    select(Alias.url, Resource.url)
    .join(Resource, Resource.id == Alias.resource_id)
    .where(Alias.url.in_(bindparam("urls", expanding=True)), Alias.url != Resource.url)
)


def _row(
    run_id: int, one: Discovery, outcome: Outcome, reason: str, *, url: str = ""
) -> dict[str, Any]:
    kind = "start" if one.found_in == "start" else one.kind
    return {
        "run_id": run_id,
        "url": url or one.url,
        "kind": one.kind,
        "found_in": one.found_in,
        "found_on": one.found_on,
        "depth": one.depth,
        "hops": one.hops,
        "fruitless": one.fruitless,
        "priority": PRIORITIES.get(kind, 0),
        "attempts": 0,
        "outcome": outcome,
        "reason": reason,
        "settled_at": None if outcome is Outcome.PENDING else now(),
    }


def _now_linked(connection: Connection, rows: list[dict[str, Any]]) -> int:
    """Say of addresses only known from earlier runs where they are linked; return how many are."""
    linked = [
        {"of_run": row["run_id"], "of_url": row["url"], "place": row["found_in"]}
        for row in rows
        if row["found_in"] != "known"
    ]
    if linked:
        connection.execute(_LINK, linked)
    return len(linked)


_LINK: Final = (
    update(Visit)
    .where(Visit.run_id == bindparam("of_run"), Visit.url == bindparam("of_url"))
    .values(found_in=bindparam("place"))
)


def settle(
    connection: Connection,
    visit_id: int,
    outcome: Outcome,
    reason: str = "",
    *,
    resource_id: int | None = None,
) -> None:
    """Give an address its one outcome."""
    connection.execute(
        _SETTLE,
        {
            "visit": visit_id,
            "to": outcome,
            "why": reason,
            "resource": resource_id,
            "moment": now(),
        },
    )


_SETTLE: Final = (
    update(Visit)
    .where(Visit.id == bindparam("visit"))
    .values(
        outcome=bindparam("to"),
        reason=bindparam("why"),
        resource_id=bindparam("resource"),
        settled_at=bindparam("moment"),
    )
)


def settle_rest(connection: Connection, run_id: int, outcome: Outcome, reason: str) -> None:
    """Give every pending address of a run the same outcome."""
    connection.execute(
        update(Visit)
        .where(Visit.run_id == run_id, Visit.outcome == Outcome.PENDING)
        .values(outcome=outcome, reason=reason, settled_at=now())
    )


def settle_aliases(
    connection: Connection, run_id: int, resource_id: int, url: str, besides: Iterable[int]
) -> set[int]:
    """Settle what is pending under other addresses of a resource that was had under *url*.

    Return which visits; those in hand (*besides*) come to their outcome by themselves.
    """
    # Two statements, for SQLite would look through all that is pending for one with a subquery.
    names = connection.scalars(_OTHER_NAMES, {"resource": resource_id, "address": url}).all()
    if not names:
        return set()
    named = connection.execute(_NAMED, {"of_run": run_id, "urls": names})
    settled = {row[0] for row in named if row[1] == Outcome.PENDING}.difference(besides)
    for visit_id in settled:
        settle(connection, visit_id, Outcome.ALIAS, f"of {url}", resource_id=resource_id)
    return settled


_OTHER_NAMES: Final = select(Alias.url).where(
    Alias.resource_id == bindparam("resource"), Alias.url != bindparam("address")
)
_NAMED: Final = select(Visit.id, Visit.outcome).where(
    Visit.run_id == bindparam("of_run"), Visit.url.in_(bindparam("urls", expanding=True))
)


def addresses_that_answered(connection: Connection, run_id: int, *, limit: int) -> list[str]:
    """Return pages of the run that came with content, start addresses first, then the latest."""
    query = (
        select(Visit.url)
        .where(
            Visit.run_id == run_id,
            Visit.kind.not_in(("file", "robots")),
            Visit.outcome.in_(WITH_CONTENT),
        )
        .order_by((Visit.found_in == "start").desc(), Visit.settled_at.desc())
    )
    return list(connection.scalars(query.limit(limit)))


def count_outcomes(connection: Connection, run_id: int) -> dict[Outcome, int]:
    """Return how many addresses of the run came to which outcome; the sum is all of them."""
    query = (
        select(Visit.outcome, func.count())
        .where(Visit.run_id == run_id)
        .group_by(Visit.outcome)
        .order_by(Visit.outcome)
    )
    return {Outcome(row[0]): row[1] for row in connection.execute(query)}
