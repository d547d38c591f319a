"""What a spot-check found is kept, and so is what people said of it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archive.comparing.fields import Cause, FieldChange
from archive.evidence.forgetting import find_target, forget
from archive.reports.spot_check_report import report_spot_check
from archive.spot_checks.figures import figures_of
from archive.spot_checks.judging import Judgement
from archive.spot_checks.keeping import (
    NoSuchSpotCheckError,
    begin_spot_check,
    end_spot_check,
    find_spot_check,
    items_to_ask,
    keep_item,
    list_spot_checks,
    records_by_stratum,
    unfinished_spot_check,
)
from archive.spot_checks.outcomes import ItemOutcome
from archive.spot_checks.reviewing import (
    NoSuchDifferenceError,
    Verdict,
    compared_rates,
    differences_of,
    differences_to_judge,
    error_rates,
    note_verdict,
)
from tests.archive.building import make_run, record

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

_TITLE = FieldChange(field="title", before="Guide", after="Guides", cause=Cause.CONTENT)
_AUTHORS = FieldChange(field="authors", before=["A"], after=[], cause=Cause.LAYOUT)
_WHOLE = FieldChange(field="", before="Guide", after=None, cause=Cause.CONTENT)


@pytest.fixture
def forty(connection: Connection) -> Connection:
    """Give an archive of forty records: thirty studies and ten guides, of two years."""
    types = ["Étude", "Étude", "Étude", "Guide"]
    make_run(
        connection,
        [
            record(number, document_type=types[number % 4], year_start=2012 + number % 2)
            for number in range(1, 41)
        ],
    )
    return connection


def _begin(connection: Connection, size: int, *, seed: int | None = 7) -> int:
    strata = records_by_stratum(connection, ["type"])
    records = {each: key for key, members in strata.items() for each in members}
    return begin_spot_check(
        connection,
        records=dict(list(records.items())[:size]),
        strata={key: len(members) for key, members in strata.items()},
        stratified_by=["type"],
        seed=seed,
        reader_version="reader-1",
        user_agent="pnr-archive/0",
    )


def _keep(
    connection: Connection, number: int, found: Iterable[tuple[ItemOutcome, list[FieldChange]]]
) -> None:
    """Keep what came of the records: those named first, all others are the same."""
    pending = items_to_ask(connection, number)
    judged = [Judgement(outcome=outcome, differences=tuple(those)) for outcome, those in found]
    judged += [Judgement(outcome=ItemOutcome.SAME)] * (len(pending) - len(judged))
    for (item_id, _), judgement in zip(pending, judged, strict=True):
        keep_item(connection, item_id, judgement)
    end_spot_check(connection, number, "complete")


def test_records_are_counted_by_what_they_have_in_common(forty: Connection) -> None:
    by_both = records_by_stratum(forty, ["type", "year"])

    assert {key: len(members) for key, members in by_both.items()} == {
        ("Étude", "2012"): 20,
        ("Étude", "2013"): 10,
        ("Guide", "2013"): 10,
    }


def test_a_withdrawn_record_is_in_no_sample(forty: Connection) -> None:
    forty.exec_driver_sql("UPDATE records SET withdrawn_at = '2026-01-01' WHERE id = 'node-1'")

    assert sum(map(len, records_by_stratum(forty, ["type"]).values())) == 39


def test_a_stopped_spot_check_has_what_it_asked_and_goes_on_with_the_rest(
    forty: Connection,
) -> None:
    number = _begin(forty, 3)
    first, *rest = items_to_ask(forty, number)

    keep_item(forty, first[0], Judgement(outcome=ItemOutcome.SAME))

    assert items_to_ask(forty, number) == rest
    assert unfinished_spot_check(forty) == number
    assert find_spot_check(forty, number).outcomes == {"pending": 2, "same": 1}


def test_the_figures_are_of_what_was_checked(forty: Connection) -> None:
    number = _begin(forty, 20)

    _keep(
        forty,
        number,
        [
            (ItemOutcome.CONTENT, [_TITLE]),
            (ItemOutcome.LAYOUT, [_AUTHORS]),
            (ItemOutcome.GONE, [_WHOLE]),
            (ItemOutcome.BLOCKED, []),
        ],
    )

    figures = figures_of(forty, number)
    assert (figures.reading.wrong, figures.reading.checked) == (1, 18)
    assert (figures.archive.wrong, figures.archive.checked) == (3, 19)


def test_of_a_full_check_the_pages_that_are_gone_leave_no_doubt(forty: Connection) -> None:
    number = _begin(forty, 40)

    _keep(forty, number, [(ItemOutcome.GONE, [_WHOLE])])

    figures = figures_of(forty, number)
    assert (figures.reading.checked, figures.reading.complete) == (39, True)
    assert (figures.archive.share, figures.archive.complete) == (1 / 40, True)


def test_a_theme_that_prints_less_beside_a_file_has_garbled_nothing(forty: Connection) -> None:
    number = _begin(forty, 20)
    file = {"url": "https://parcs.example.org/a.pdf", "declared_size": 9}
    less = FieldChange(
        field="files", before=[file], after=[file | {"declared_size": None}], cause=Cause.LAYOUT
    )

    _keep(forty, number, [(ItemOutcome.LAYOUT, [less])])

    assert figures_of(forty, number).reading.wrong == 0


def test_the_last_verdict_counts_and_earlier_ones_are_kept(forty: Connection) -> None:
    number = _begin(forty, 20)
    _keep(forty, number, [(ItemOutcome.CONTENT, [_TITLE])])
    [difference] = differences_of(forty, number)

    note_verdict(forty, difference.id, Verdict.UNSURE, " sounds odd ")
    note_verdict(forty, difference.id, Verdict.RIGHT)

    [difference] = differences_of(forty, number)
    said = [(each.verdict, each.note) for each in difference.verdicts]
    assert said == [("unsure", "sounds odd"), ("right", "")]
    assert difference.verdict == difference.verdicts[1]


def test_a_record_is_wrong_once_however_often_it_is(forty: Connection) -> None:
    number = _begin(forty, 20)
    _keep(
        forty,
        number,
        [
            (ItemOutcome.LAYOUT, [_AUTHORS, _TITLE]),
            (ItemOutcome.CONTENT, [_TITLE]),
            (ItemOutcome.CONTENT, [_TITLE]),
        ],
    )
    said = ["wrong", "wrong", "right", "unsure"]
    for difference, verdict in zip(differences_of(forty, number), said, strict=True):
        note_verdict(forty, difference.id, Verdict(verdict))

    rates = error_rates(forty, number)

    fields = {rate.field: rate for rate in rates.fields}
    assert (rates.reviewed, rates.differences) == (4, 4)
    assert (rates.any_field.wrong, rates.any_field.right, rates.any_field.unsure) == (1, 1, 1)
    assert (fields["authors"].wrong, fields["authors"].bound.checked) == (1, 20)
    assert (fields["title"].wrong, fields["title"].bound.checked) == (1, 19)
    assert (rates.elsewhere.wrong, rates.elsewhere.checked) == (0, 20)


def test_a_value_and_its_raw_text_are_one_verdict(forty: Connection) -> None:
    raw = FieldChange(field="authors_raw", before="A", after="", cause=Cause.LAYOUT)
    lone = FieldChange(field="year_raw", before="2012", after="vers 2012", cause=Cause.CONTENT)
    number = _begin(forty, 20)
    _keep(forty, number, [(ItemOutcome.LAYOUT, [_AUTHORS, raw, lone])])

    to_judge = differences_to_judge(forty, number)
    for difference in to_judge:
        note_verdict(forty, difference.id, Verdict.WRONG)
    rates = error_rates(forty, number)

    assert [each.field for each in to_judge] == ["authors", "year_raw"]
    assert [each.field for each in differences_of(forty, number)][1] == "authors_raw"
    assert (rates.reviewed, rates.differences) == (2, 2)
    assert [(rate.field, rate.wrong) for rate in rates.fields] == [("authors", 1), ("year_raw", 1)]
    report = report_spot_check(forty, number)
    assert report.fields == [("authors", "layout", 1), ("year_raw", "content", 1)]
    assert "authors_raw" not in report.as_text()
    assert "authors_raw" not in report.as_html()
    assert len(report.as_data()["records"][0]["differences"]) == 3


def test_reviews_are_compared_in_the_order_of_time(forty: Connection) -> None:
    for verdict in (Verdict.WRONG, Verdict.RIGHT, None):
        number = _begin(forty, 20)
        _keep(forty, number, [(ItemOutcome.LAYOUT, [_AUTHORS])])
        if verdict is not None:
            note_verdict(forty, differences_of(forty, number)[0].id, verdict)

    rates = compared_rates(forty)

    assert [(each.spot_check, each.any_field.wrong) for each in rates] == [(1, 1), (2, 0)]


def test_of_chosen_records_nothing_follows(forty: Connection) -> None:
    number = _begin(forty, 2, seed=None)

    _keep(forty, number, [(ItemOutcome.CONTENT, [_TITLE])])

    assert find_spot_check(forty, number).how == "chosen"
    assert figures_of(forty, number).archive.at_most is None


def test_a_forgotten_record_is_in_no_spot_check_any_more(forty: Connection) -> None:
    number = _begin(forty, 2)
    _keep(forty, number, [(ItemOutcome.CONTENT, [_TITLE])])
    difference = differences_of(forty, number)[0]
    note_verdict(forty, difference.id, Verdict.RIGHT)
    target = find_target(forty, [difference.record_id])
    assert target is not None

    forget(forty, target, subject=difference.record_id, reason="a letter")

    assert differences_of(forty, number) == []
    assert len(report_spot_check(forty, number).items) == 1
    with pytest.raises(NoSuchDifferenceError):
        note_verdict(forty, difference.id, Verdict.RIGHT)


def test_a_spot_check_that_is_not_there_is_said_to_be_none(forty: Connection) -> None:
    assert list_spot_checks(forty) == []
    for ask in (find_spot_check, differences_of, error_rates, report_spot_check):
        with pytest.raises(NoSuchSpotCheckError, match="There is no spot-check 3"):
            ask(forty, 3)
