"""Every address of a run comes to one outcome, and a run is taken up where it was left."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select, update

from archive.evidence.resources import resolve_resource
from archive.models import Run, Visit
from archive.runs import frontier, ledger, lifecycle
from archive.runs.ledger import Discovery, Outcome
from archive.runs.lifecycle import RunStatus

if TYPE_CHECKING:
    from sqlalchemy import Connection

_SCOPE = {"start": ["https://parc.example/liste"], "limit": None}
_A, _B, _C = (f"https://parc.example/{name}" for name in "abc")


@pytest.fixture
def run_id(connection: Connection) -> int:
    """Begin a run."""
    return _begin(connection)


def _begin(connection: Connection) -> int:
    return lifecycle.begin_run(
        connection,
        scope=_SCOPE,
        limited=False,
        software="0",
        reader_version="reader-1",
        user_agent="pnr-archive/0",
    )


def _found(url: str, **more: Any) -> Discovery:
    return Discovery(**({"url": url, "kind": "record", "found_in": "listing"} | more))


def _visits(connection: Connection, run_id: int) -> dict[str, str]:
    query = select(Visit.url, Visit.outcome).where(Visit.run_id == run_id)
    return {row.url: row.outcome for row in connection.execute(query)}


def _settle(connection: Connection, run_id: int, url: str, outcome: Outcome) -> None:
    visit = connection.scalar(select(Visit.id).where(Visit.run_id == run_id, Visit.url == url))
    assert visit is not None
    ledger.settle(connection, visit, outcome)


def test_an_address_is_entered_once_whoever_leads_to_it(
    connection: Connection, run_id: int
) -> None:
    assert ledger.discover(connection, run_id, [_found(_A), _found(_B), _found(_A)]) == 2
    assert ledger.discover(connection, run_id, [_found(_A), _found(_C)]) == 1

    assert _visits(connection, run_id) == dict.fromkeys((_A, _B, _C), "pending")


def test_what_is_settled_at_once_is_entered_and_leads_nowhere(
    connection: Connection, run_id: int
) -> None:
    off_site = _found("https://ailleurs.example/", outcome=Outcome.OFF_SITE, reason="host")

    assert ledger.discover(connection, run_id, [off_site]) == 0

    assert frontier.pending(connection, run_id, limit=9) == []
    assert ledger.count_outcomes(connection, run_id) == {Outcome.OFF_SITE: 1}


def test_a_known_address_that_is_linked_counts_as_new_once(
    connection: Connection, run_id: int
) -> None:
    ledger.discover(connection, run_id, [_found(_A, found_in="known")])

    assert ledger.discover(connection, run_id, [_found(_A)]) == 1
    assert ledger.discover(connection, run_id, [_found(_A)]) == 0


def test_an_address_known_as_another_name_is_an_alias_and_the_own_one_entered(
    connection: Connection, run_id: int
) -> None:
    resolve_resource(
        connection, asked=_B, canonical=_A, kind="record", identity="node-1", seen_at=ledger.now()
    )

    ledger.discover(connection, run_id, [_found(_B)])

    assert _visits(connection, run_id) == {_A: "pending", _B: "alias"}


def test_records_and_files_are_asked_before_lists_and_a_second_try_last(
    connection: Connection, run_id: int
) -> None:
    kinds = ("page", "listing", "file", "record", "term")
    ledger.discover(
        connection, run_id, [_found(f"https://parc.example/{kind}", kind=kind) for kind in kinds]
    )
    tried = next(
        one for one in frontier.pending(connection, run_id, limit=9) if one.kind == "record"
    )
    frontier.postpone(connection, tried.id)

    order = [(one.kind, one.attempts) for one in frontier.pending(connection, run_id, limit=9)]

    assert order == [("file", 0), ("listing", 0), ("term", 0), ("page", 0), ("record", 1)]


def test_the_sum_of_outcomes_is_what_was_discovered(connection: Connection, run_id: int) -> None:
    ledger.discover(connection, run_id, [_found(_A), _found(_B), _found(_C)])
    _settle(connection, run_id, _A, Outcome.STORED)
    _settle(connection, run_id, _B, Outcome.GONE)

    ledger.settle_rest(connection, run_id, Outcome.NOT_REACHED, "the run's limit")

    counts = ledger.count_outcomes(connection, run_id)
    assert counts == {Outcome.GONE: 1, Outcome.NOT_REACHED: 1, Outcome.STORED: 1}


def test_what_is_pending_under_other_names_of_a_resource_is_settled_with_it(
    connection: Connection, run_id: int
) -> None:
    ledger.discover(connection, run_id, [_found(_A), _found(_B), _found(_C)])
    in_hand, waiting = (
        connection.scalar(select(Visit.id).where(Visit.url == url)) for url in (_B, _C)
    )
    resource_id = resolve_resource(
        connection,
        asked=_A,
        canonical=_A,
        kind="record",
        aliases=(_B, _C),
        seen_at=ledger.now(),
    )

    settled = ledger.settle_aliases(connection, run_id, resource_id, _A, [in_hand or 0])

    assert settled == {waiting}
    assert _visits(connection, run_id) == {_A: "pending", _B: "pending", _C: "alias"}


@pytest.mark.parametrize(
    ("status", "is_resumed"),
    [
        (RunStatus.RUNNING, True),
        (RunStatus.INTERRUPTED, True),
        (RunStatus.BLOCKED, True),
        (RunStatus.UNREACHABLE, True),
        (RunStatus.COMPLETE, False),
        (RunStatus.FAILED, False),
    ],
)
def test_a_run_is_resumed_unless_it_was_finished(
    connection: Connection,
    run_id: int,
    status: RunStatus,
    is_resumed: bool,  # noqa: FBT001  # a parameter of the table above
) -> None:
    ledger.discover(connection, run_id, [_found(_A)])
    connection.execute(update(Run).values(status=status))

    assert lifecycle.resumable_run(connection, _SCOPE) == (run_id if is_resumed else None)
    assert lifecycle.resumable_run(connection, _SCOPE | {"limit": 5}) is None


def test_only_the_newest_run_is_resumed(connection: Connection, run_id: int) -> None:
    lifecycle.end_run(connection, run_id, RunStatus.INTERRUPTED)
    lifecycle.end_run(connection, _begin(connection), RunStatus.COMPLETE)

    assert lifecycle.resumable_run(connection, _SCOPE) is None


def test_a_run_that_found_nothing_to_go_on_with_is_not_resumed(
    connection: Connection, run_id: int
) -> None:
    ledger.discover(connection, run_id, [_found(_A)])
    _settle(connection, run_id, _A, Outcome.GONE)
    lifecycle.end_run(connection, run_id, RunStatus.UNREACHABLE)

    assert lifecycle.resumable_run(connection, _SCOPE) is None


@pytest.mark.parametrize(
    ("status", "asked_again"),
    [
        (RunStatus.INTERRUPTED, set()),
        (RunStatus.RUNNING, set()),
        (RunStatus.BLOCKED, {_A}),
        (RunStatus.UNREACHABLE, {_B}),
    ],
)
def test_what_stopped_a_run_is_asked_again_when_it_is_resumed(
    connection: Connection, run_id: int, status: RunStatus, asked_again: set[str]
) -> None:
    ledger.discover(connection, run_id, [_found(_A), _found(_B), _found(_C)])
    _settle(connection, run_id, _A, Outcome.BLOCKED)
    _settle(connection, run_id, _B, Outcome.FAILED)
    _settle(connection, run_id, _C, Outcome.STORED)
    lifecycle.end_run(connection, run_id, status, "why")

    lifecycle.resume_run(connection, run_id, reader_version="reader-2")

    assert {one.url for one in frontier.pending(connection, run_id, limit=9)} == asked_again
    assert connection.execute(select(Run.status, Run.reader_version)).one() == (
        "running",
        "reader-2",
    )


def test_start_addresses_are_followed_to_where_they_lead(
    connection: Connection, run_id: int
) -> None:
    ledger.discover(connection, run_id, [_found(_A, found_in="start"), _found(_B), _found(_C)])
    for url, target in ((_A, _B), (_B, _C)):
        visit = connection.scalar(select(Visit.id).where(Visit.url == url))
        ledger.settle(connection, visit or 0, Outcome.REDIRECTED, f"to {target}")
    _settle(connection, run_id, _C, Outcome.NOT_A_RECORD)

    (start,) = lifecycle.start_addresses(connection, run_id)

    assert (start.url, start.outcome, start.is_there) == (_A, Outcome.NOT_A_RECORD, True)


def test_start_addresses_that_redirect_in_a_circle_are_not_there(
    connection: Connection, run_id: int
) -> None:
    ledger.discover(connection, run_id, [_found(_A, found_in="start"), _found(_B)])
    for url, target in ((_A, _B), (_B, _A)):
        visit = connection.scalar(select(Visit.id).where(Visit.url == url))
        ledger.settle(connection, visit or 0, Outcome.REDIRECTED, f"to {target}")

    (start,) = lifecycle.start_addresses(connection, run_id)

    assert not start.is_there
