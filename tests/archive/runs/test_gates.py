"""A run that reads differently is noticed, and a grave one does not become current."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st
from sqlalchemy import select

from archive.models import CatalogueRecord, Change, Finding, Run
from archive.runs.gates import GateBounds, binomial_tail
from archive.runs.gating import RunNotJudgeableError, Verdict, accept_run, drop_run
from archive.runs.ledger import Outcome
from tests.archive.building import SITE, make_run, record

if TYPE_CHECKING:
    from sqlalchemy import Connection

FORTY = [record(number) for number in range(1, 41)]


def findings(connection: Connection, run_id: int) -> list[tuple[str, str, str]]:
    query = select(Finding.gate, Finding.subject, Finding.severity)
    rows = connection.execute(query.where(Finding.run_id == run_id).order_by(Finding.id))
    return [(row[0], row[1], row[2]) for row in rows]


def test_a_run_like_the_last_is_good(connection: Connection) -> None:
    make_run(connection, FORTY)

    run_id, verdict = make_run(connection, FORTY)

    assert verdict is Verdict.GOOD
    assert findings(connection, run_id) == []


def test_a_field_that_falls_silent_refuses_the_run(connection: Connection) -> None:
    make_run(connection, FORTY)
    silent = [record(number, authors=(), authors_raw="") for number in range(1, 41)]

    run_id, verdict = make_run(connection, silent)

    assert verdict is Verdict.REFUSED
    assert findings(connection, run_id) == [("fill", "document.authors", "refused")]
    finding = connection.execute(select(Finding.__table__)).one()
    assert finding.figure == "0 of 40 (0%)"
    assert finding.bound == "about 100%"
    assert "last 1 good run" in finding.source
    assert len(finding.examples) == 3


def test_a_refused_run_leaves_the_last_good_state_current(connection: Connection) -> None:
    make_run(connection, FORTY)
    silent = [record(number, title="") for number in range(1, 41)]

    run_id, _ = make_run(connection, silent)

    titles = connection.scalars(select(CatalogueRecord.title)).all()
    assert sorted(titles) == sorted(one.title for one in FORTY)
    assert connection.scalar(select(Run.promoted_at).where(Run.id == run_id)) is None


def test_an_accepted_run_becomes_current_and_the_new_measure(connection: Connection) -> None:
    make_run(connection, FORTY)
    silent = [record(number, authors=(), authors_raw="") for number in range(1, 41)]
    run_id, _ = make_run(connection, silent)

    promotion = accept_run(connection, run_id)
    _, verdict = make_run(connection, silent)

    assert promotion.changed == 40
    assert verdict is Verdict.GOOD


@pytest.mark.parametrize(("absent_runs", "withdrawn"), [(1, 30), (2, 0)])
def test_an_accepted_run_withdraws_what_is_absent_after_as_many_runs_as_a_good_one(
    connection: Connection, absent_runs: int, withdrawn: int
) -> None:
    make_run(connection, FORTY)
    moved = {one.url: (Outcome.REDIRECTED, "") for one in FORTY[10:]}
    run_id, _ = make_run(connection, FORTY[:10], outcomes=moved)

    promotion = accept_run(connection, run_id, absent_runs=absent_runs)

    assert promotion.withdrawn == withdrawn


def test_a_dropped_run_never_becomes_current(connection: Connection) -> None:
    make_run(connection, FORTY)
    run_id, _ = make_run(connection, FORTY[:10])

    drop_run(connection, run_id)

    with pytest.raises(RunNotJudgeableError, match="it is dropped"):
        accept_run(connection, run_id)


def test_a_refused_run_is_too_late_when_a_later_one_is_current(connection: Connection) -> None:
    make_run(connection, FORTY)
    refused, _ = make_run(connection, FORTY[:10])
    make_run(connection, FORTY)

    with pytest.raises(RunNotJudgeableError, match="run 3 came after it"):
        accept_run(connection, refused)


@pytest.mark.parametrize(
    ("left", "verdict"), [(39, Verdict.GOOD), (36, Verdict.SUSPECT), (31, Verdict.REFUSED)]
)
def test_a_crawl_that_shrinks_is_noticed(
    connection: Connection, left: int, verdict: Verdict
) -> None:
    make_run(connection, FORTY)

    _, judged = make_run(connection, FORTY[:left])

    assert judged is verdict


def test_bounds_are_learnt_from_the_least_of_the_good_runs(connection: Connection) -> None:
    make_run(connection, FORTY)
    make_run(connection, FORTY[:38])

    _, verdict = make_run(connection, FORTY[:37])

    assert verdict is Verdict.GOOD


def test_a_fill_rate_set_by_hand_overrules_what_was_learnt(connection: Connection) -> None:
    bounds = GateBounds(fill={"document.authors": 0.5})
    some = [record(n, authors=() if n > 25 else FORTY[0].authors) for n in range(1, 41)]
    make_run(connection, FORTY, bounds=bounds)

    _, verdict = make_run(connection, some, bounds=bounds)
    few = [record(n, authors=() if n > 15 else FORTY[0].authors) for n in range(1, 41)]
    _, stricter = make_run(connection, few, bounds=bounds)

    assert (verdict, stricter) == (Verdict.GOOD, Verdict.REFUSED)


def test_pages_that_are_not_recognised_refuse_the_run(connection: Connection) -> None:
    make_run(connection, FORTY)
    lost = {one.url: (Outcome.NOT_RECOGNISED, "") for one in FORTY[34:]}

    run_id, verdict = make_run(connection, FORTY[:34], outcomes=lost)

    assert verdict is Verdict.REFUSED
    assert ("layout", "layout-not-recognised", "refused") in findings(connection, run_id)


def test_a_first_run_has_absolute_minimums(connection: Connection) -> None:
    nameless = [record(number, title="") for number in range(1, 41)]

    _, without_titles = make_run(connection, nameless)
    _, without_records = make_run(connection, [])

    assert (without_titles, without_records) == (Verdict.REFUSED, Verdict.REFUSED)


def test_a_limited_run_is_judged_by_nothing_and_measures_nothing(connection: Connection) -> None:
    make_run(connection, FORTY)

    _, limited = make_run(connection, FORTY[:2], limited=True)
    _, full = make_run(connection, FORTY)

    assert (limited, full) == (Verdict.GOOD, Verdict.GOOD)


def test_new_values_of_closed_vocabularies_are_noted(connection: Connection) -> None:
    make_run(connection, FORTY)
    new = record(1, document_type="Balado", parks=("Scarpe-Escout",))

    run_id, verdict = make_run(connection, [new, *FORTY[1:]])

    assert verdict is Verdict.GOOD
    assert findings(connection, run_id) == [("terms", "type", "note"), ("terms", "park", "note")]


def test_a_record_that_is_gone_is_withdrawn_and_restored(connection: Connection) -> None:
    make_run(connection, FORTY)

    gone = {FORTY[0].url: (Outcome.GONE, "410")}
    make_run(connection, FORTY[1:], outcomes=gone)
    withdrawn = connection.scalar(
        select(CatalogueRecord.withdrawn_at).where(CatalogueRecord.id == "node-1")
    )
    make_run(connection, FORTY)

    assert withdrawn is not None
    kinds = connection.scalars(
        select(Change.kind).where(Change.record_id == "node-1").order_by(Change.id)
    ).all()
    assert kinds == ["withdrawn", "restored"]


@pytest.mark.parametrize("outcome", [Outcome.FAILED, Outcome.BLOCKED, Outcome.NOT_RECOGNISED])
def test_what_could_not_be_read_is_never_withdrawn(
    connection: Connection, outcome: Outcome
) -> None:
    make_run(connection, FORTY)

    for _ in range(4):
        make_run(connection, FORTY[1:], outcomes={FORTY[0].url: (outcome, "403")})

    assert connection.scalars(select(CatalogueRecord.withdrawn_at)).all() == [None] * 40


def test_what_is_absent_is_withdrawn_after_three_runs(connection: Connection) -> None:
    make_run(connection, FORTY)
    elsewhere = {FORTY[0].url: (Outcome.REDIRECTED, f"to {SITE}/")}

    seen = []
    for _ in range(3):
        make_run(connection, FORTY[1:], outcomes=elsewhere)
        query = select(CatalogueRecord.withdrawn_at).where(CatalogueRecord.id == "node-1")
        seen.append(connection.scalar(query) is not None)

    assert seen == [False, False, True]


def test_a_run_without_its_start_address_proves_no_absence(connection: Connection) -> None:
    make_run(connection, FORTY)

    gone = {FORTY[0].url: (Outcome.GONE, "404")}
    make_run(connection, FORTY[1:], outcomes=gone, start=Outcome.FAILED)

    assert connection.scalars(select(CatalogueRecord.withdrawn_at)).all() == [None] * 40


def test_a_limited_run_withdraws_nothing(connection: Connection) -> None:
    make_run(connection, FORTY)

    gone = {FORTY[0].url: (Outcome.GONE, "404")}
    make_run(connection, FORTY[1:3], outcomes=gone, limited=True)

    assert connection.scalars(select(CatalogueRecord.withdrawn_at)).all() == [None] * 40


@given(
    total=st.integers(min_value=1, max_value=400),
    rate=st.floats(min_value=0.01, max_value=0.99),
    data=st.data(),
)
def test_the_tail_grows_with_what_is_seen(total: int, rate: float, data: st.DataObject) -> None:
    seen = data.draw(st.integers(min_value=1, max_value=total))

    assert 0 <= binomial_tail(seen - 1, total, rate) <= binomial_tail(seen, total, rate) <= 1
