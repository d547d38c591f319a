"""The archive answers for a moment in the past as it answered then."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from archive.catalogue.as_of import NothingThenError, stand_at
from archive.database import open_archive
from archive.models import Run
from archive.queries.filtering import RecordFilter
from archive.queries.records import list_records, provenance_of, whole_records
from archive.records import Agent, Link
from archive.runs.ledger import Outcome
from tests.archive.building import SITE, make_run, record
from tests.archive.holding import fetch_file

if TYPE_CHECKING:
    from archive.database import Archive

_PDF = f"{SITE}/f/1.pdf"


def _whole(archive: Archive, moment: datetime | None = None) -> list[dict[str, Any]]:
    with open_archive(archive.path) as opened, opened.connect() as connection:
        if moment is not None:
            stand_at(connection, moment)
        return list(whole_records(connection, RecordFilter(withdrawn=True)))


def _promoted(archive: Archive, run_id: int) -> datetime:
    with archive.connect() as connection:
        moment = connection.scalar(select(Run.promoted_at).where(Run.id == run_id))
    assert moment is not None
    return moment


def _history(archive: Archive) -> list[list[dict[str, Any]]]:
    """Make four runs; return what the archive held after each, and when."""
    first = [record(1), record(2), record(3)]
    changed = record(
        1,
        title="Guide refondu",
        parks=("Pilat", "Scarpe-Escaut"),
        tags=(Link(label="Eau", url=""), Link(label="Eau", url="")),
        authors=(Agent(name="ADEME", affiliation="Siège"), Agent(name="Cerema")),
        extra={"Format": "A4 « à l'italienne »"},
    )
    states = []
    with archive.transaction() as connection:
        run, _ = make_run(connection, first)
        fetch_file(connection, run, _PDF, b"%PDF-1.4 one", pages=["Une page."])
    states.append(_whole(archive))
    with archive.transaction() as connection:
        run, _ = make_run(connection, [changed, record(2), record(4)])
        fetch_file(connection, run, _PDF, b"%PDF-1.4 two", pages=["Une autre.", "Et une."])
    states.append(_whole(archive))
    gone = {record(3).url: (Outcome.GONE, "404")}
    with archive.transaction() as connection:
        make_run(connection, [changed, record(2), record(4)], outcomes=gone)
    states.append(_whole(archive))
    with archive.transaction() as connection:
        make_run(connection, [record(1), record(2), record(3), record(4)])
    states.append(_whole(archive))
    return states


def test_every_state_comes_back_exactly(archive: Archive) -> None:
    states = _history(archive)

    for number, state in enumerate(states, start=1):
        assert _whole(archive, _promoted(archive, number)) == state, f"run {number}"


def test_a_withdrawn_record_is_there_before_and_after(archive: Archive) -> None:
    _history(archive)

    withdrawn = [
        {one["id"]: one["withdrawn_at"] for one in _whole(archive, _promoted(archive, run))}
        for run in (2, 3, 4)
    ]

    assert [state["node-3"] is not None for state in withdrawn] == [False, True, False]


def test_filters_and_provenance_answer_for_that_moment(archive: Archive) -> None:
    _history(archive)
    moment = _promoted(archive, 2)

    with open_archive(archive.path) as opened, opened.connect() as connection:
        stand_at(connection, moment)
        of_park = list_records(connection, RecordFilter(park="Pilat"))
        by_author = list_records(connection, RecordFilter(author="ademe"))
        source = provenance_of(connection, "node-1")

    assert [one.id for one in of_park] == [one.id for one in by_author] == ["node-1"]
    assert (source.version, source.versions, source.run_id) == (2, 2, 2)


def test_before_the_first_run_there_was_nothing(archive: Archive) -> None:
    _history(archive)
    moment = _promoted(archive, 1) - timedelta(microseconds=1)

    with pytest.raises(NothingThenError):
        _whole(archive, moment)


def test_looking_back_changes_nothing(archive: Archive) -> None:
    _history(archive)
    now = _whole(archive)

    _whole(archive, _promoted(archive, 1))

    assert _whole(archive) == now
