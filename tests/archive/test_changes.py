"""What changed, as the archive tells it."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from archive.comparing.fields import Cause
from archive.queries.changes import ChangeFilter, changes, grouped_by_record
from archive.queries.filtering import RecordFilter
from archive.runs.ledger import Outcome
from tests.archive.building import make_run, record
from tests.archive.holding import fetch_file, hold_file, read_file

if TYPE_CHECKING:
    from sqlalchemy import Connection

_LOST_RECORD = record(3).url


def _three_runs(connection: Connection) -> None:
    """First three records; then one edited and one added; then one gone, and one edited again."""
    make_run(connection, [record(1), record(2), record(3)])
    make_run(
        connection,
        [record(1, title="Guide un", parks=("Pilat",)), record(2), record(3), record(4)],
    )
    make_run(
        connection,
        [record(1, title="Guide 1 bis", parks=("Pilat",)), record(2), record(4)],
        outcomes={_LOST_RECORD: (Outcome.GONE, "404")},
    )


def test_changes_come_newest_first_and_record_by_record(connection: Connection) -> None:
    _three_runs(connection)

    found = [(each.run, each.record_id, each.kind, each.field) for each in changes(connection)]

    assert found[:2] == [(3, "node-1", "changed", "title"), (3, "node-3", "withdrawn", "")]
    assert found[2:] == [
        (2, "node-1", "changed", "title"),
        (2, "node-1", "changed", "parks"),
        (2, "node-4", "added", ""),
    ]
    groups = [
        [each.record_id for each in group] for group in grouped_by_record(changes(connection))
    ]
    assert groups == [["node-1"], ["node-3"], ["node-1", "node-1"], ["node-4"]]


def test_a_change_says_what_when_why_and_of_which_record(connection: Connection) -> None:
    _three_runs(connection)

    (change,) = changes(connection, ChangeFilter(fields=["parks"]))

    assert (change.before, change.after, change.cause) == (["Scarpe-Escaut"], ["Pilat"], "content")
    assert (change.record_url, change.title) == (record(1).url, "Guide 1 bis")
    assert (change.document_type, change.parks) == ("Guide méthodologique", ("Pilat",))


def test_each_filter_leaves_out_what_it_says(connection: Connection) -> None:
    _three_runs(connection)

    def runs(**wanted: object) -> list[tuple[int, str]]:
        found = changes(connection, ChangeFilter(**wanted))  # type: ignore[arg-type]  # each line names fields of it
        return [(each.run, each.record_id) for each in found]

    assert runs(since_run=3) == [(3, "node-1"), (3, "node-3")]
    assert runs(until_run=2, kinds=["added"]) == [(2, "node-4")]
    assert runs(kinds=["withdrawn"]) == [(3, "node-3")]
    assert runs(causes=[Cause.READER]) == []
    assert runs(record_ids=["node-4"]) == [(2, "node-4")]
    assert runs(records=RecordFilter(park="pilat", withdrawn=True)) == [
        (3, "node-1"),
        (2, "node-1"),
        (2, "node-1"),
    ]
    latest = max(each.at for each in changes(connection))
    assert {run for run, _ in runs(since=latest)} == {3}
    assert {run for run, _ in runs(until=latest - timedelta(microseconds=1))} == {2}


def test_a_limit_counts_records_and_cuts_none_in_two(connection: Connection) -> None:
    _three_runs(connection)

    found = changes(connection, ChangeFilter(until_run=2), limit=1)

    assert [each.field for each in found] == ["title", "parks"]


def test_what_never_became_current_has_not_changed(connection: Connection) -> None:
    make_run(connection, [record(number) for number in range(1, 9)])

    run_id, verdict = make_run(connection, [record(1, title="Autre")])

    assert (run_id, verdict) == (2, "refused")
    assert changes(connection) == []


def test_a_replaced_file_says_whether_its_text_is_the_same_even_if_read_later(
    connection: Connection,
) -> None:
    url = record(1).files[0].url
    make_run(connection, [record(1)])
    fetch_file(connection, 1, url, b"%PDF-1", pages=["Le texte."])
    make_run(connection, [record(1)])
    sha256 = hold_file(connection, 2, url, b"%PDF-2")
    assert not changes(connection)[0].after["same_text"]

    read_file(connection, sha256, ["Le\ntexte."])

    (change,) = changes(connection)
    assert (change.kind, change.after["same_text"]) == ("file-replaced", True)
