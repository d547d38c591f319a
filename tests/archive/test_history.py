"""The history of records and files."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archive.queries.file_history import history_of_file
from archive.queries.history import history_of_record
from archive.queries.states import (
    NoSuchStateError,
    last_two,
    state_named,
    states_of_file,
    states_of_record,
)
from archive.runs.ledger import Outcome
from tests.archive.building import BEGINNING, make_run, record
from tests.archive.holding import fetch_file

if TYPE_CHECKING:
    from sqlalchemy import Connection

_URL = record(1).files[0].url


def test_every_answer_and_version_is_told_the_newest_first(connection: Connection) -> None:
    for title in ("Guide", "Guide", "Guide du Pilat", "Guide"):
        make_run(connection, [record(1, title=title)])

    history = history_of_record(connection, "node-1")

    assert [(each.run, each.version, each.is_new, each.words) for each in history.entries] == [
        (4, 1, False, "title: Guide du Pilat → Guide"),
        (3, 2, True, "title: Guide → Guide du Pilat"),
        (2, 1, False, "the same bytes"),
        (1, 1, True, "first read"),
    ]
    assert [each.causes for each in history.entries] == [("content",), ("content",), (), ()]
    assert history.versions == 2


def test_what_a_run_concludes_without_an_answer_is_told_too(connection: Connection) -> None:
    make_run(connection, [record(1), record(2)])
    gone = {record(1).url: (Outcome.GONE, "404")}
    make_run(connection, [record(2)], outcomes=gone)
    make_run(connection, [record(1), record(2)])

    history = history_of_record(connection, "node-1")

    assert {each.run: each.words for each in history.entries} == {
        3: "restored",
        2: "withdrawn",
        1: "first read",
    }
    assert {each.run: each.snapshot_id is None for each in history.entries}[2]


def test_a_run_that_never_became_current_is_marked(connection: Connection) -> None:
    make_run(connection, [record(number) for number in range(1, 9)])
    make_run(connection, [record(1, title="Autre")])

    newest = history_of_record(connection, "node-1").entries[0]

    assert (newest.run, newest.is_current, newest.version) == (2, False, 2)


def test_a_file_is_replaced_written_anew_gone_and_back(connection: Connection) -> None:
    bodies = [
        (b"%PDF-1", ["Les haies du Parc.", "Les sentiers du Parc."]),
        (b"%PDF-2", ["Les haies\ndu Parc.", "Les sentiers du Parc."]),
        (b"%PDF-3", ["Les haies du Parc.", "Autre chose encore.", "Les sentiers du Parc."]),
    ]
    for run, (body, pages) in enumerate(bodies, start=1):
        make_run(connection, [record(1)])
        fetch_file(connection, run, _URL, body, pages=pages)
    make_run(connection, [record(1, files=record(2).files)])
    make_run(connection, [record(1)])

    told, _ = history_of_record(connection, "node-1").files

    assert [(each.run, each.fate, each.words) for each in told.entries] == [
        (5, "offered", "offered again"),
        (4, "not-offered", "no longer offered by the record"),
        (3, "replaced", "2 pages same, 1 added"),
        (2, "same-text", "same text, new bytes"),
        (1, "first", "first archived, 2 pages read"),
    ]


def test_a_file_that_answers_404_is_gone_until_it_answers_again(connection: Connection) -> None:
    make_run(connection, [record(1)])
    fetch_file(connection, 1, _URL, b"%PDF-1", pages=["Un."])
    for run, status in ((2, 404), (3, 404), (4, 200)):
        make_run(connection, [record(1)])
        fetch_file(connection, run, _URL, b"%PDF-1", pages=["Un."])
        connection.exec_driver_sql(
            "UPDATE snapshots SET status = ?, sha256 = CASE ? WHEN 200 THEN sha256 END "
            "WHERE run_id = ? AND url = ?",
            (status, status, run, _URL),
        )

    entries = history_of_file(connection, _URL).entries

    assert [(each.run, each.fate, each.words) for each in entries] == [
        (4, "back", "the same file"),
        (2, "gone", "answered 404"),
        (1, "first", "first archived, 1 page read"),
    ]


def test_a_state_is_named_by_date_run_or_snapshot(connection: Connection) -> None:
    for title in ("Un", "Un", "Deux"):
        make_run(connection, [record(1, title=title)])
    states = states_of_record(connection, "node-1")
    last = states[-1]

    assert [state.number for state in states] == [1, 1, 2]
    assert state_named(states, "2").run == 2
    assert state_named(states, "run:9") is last
    assert state_named(states, f"snapshot:{states[0].snapshot_id}") is states[0]
    assert state_named(states, f"{BEGINNING.replace(day=3):%Y-%m-%d}").run == 2
    assert [state.run for state in last_two(states)] == [2, 3]
    assert [state.run for state in last_two(states[:2])] == [1, 2]


@pytest.mark.parametrize("words", ["1999-01-01", "yesterday", "run:0", "snapshot:99999"])
def test_what_names_no_state_is_refused_in_a_sentence(connection: Connection, words: str) -> None:
    make_run(connection, [record(1)])

    with pytest.raises(NoSuchStateError, match=r"\.$"):
        state_named(states_of_record(connection, "node-1"), words)


def test_a_files_states_are_its_bytes_run_by_run(connection: Connection) -> None:
    make_run(connection, [record(1)])
    first = fetch_file(connection, 1, _URL, b"%PDF-1")
    make_run(connection, [record(1)])
    second = fetch_file(connection, 2, _URL, b"%PDF-2")

    assert [state.sha256 for state in states_of_file(connection, _URL)] == [first, second]
