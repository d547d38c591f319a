"""What may be one is proposed with what speaks for it; what was there at one time is two things."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archive.evidence.forgetting import find_target, forget
from archive.identities.joining import (
    JoinError,
    Joint,
    decide,
    decisions,
    joined_ids,
    take_back,
)
from archive.identities.proposing import evidence_for, propose
from archive.records import Agent, FileLink
from archive.runs.ledger import Outcome
from tests.archive.building import SITE, make_run, record
from tests.archive.holding import fetch_file

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from archive.records import Record

_OTHER = (Agent(name="ADEME"),)


def _media(number: int, **fields: object) -> Record:
    """Return a record as the new site has it: another number, address and file."""
    url = f"{SITE}/mediatheque/ressources/guide-{number}"
    file = FileLink(label="PDF", url=f"{SITE}/m/{number}.pdf", filename=f"media-{number}.pdf")
    new: dict[str, object] = {"id": f"media-{number}", "url": url, "files": (file,)}
    return record(number, **(new | {"authors": _OTHER} | fields))


def _redesign(connection: Connection, before: list[Record], after: list[Record]) -> None:
    make_run(connection, before)
    gone = {one.url: (Outcome.GONE, "404") for one in before if one not in after}
    make_run(connection, after, outcomes=gone)


def _pairs(connection: Connection) -> dict[tuple[str, str], tuple[str, ...]]:
    return {(one.earlier, one.later): one.evidence for one in propose(connection)}


def test_the_same_title_and_year_are_enough(connection: Connection) -> None:
    _redesign(connection, [record(1)], [_media(1), _media(2, title="Tout autre chose")])

    assert _pairs(connection) == {("node-1", "media-1"): ("same title", "same year (2012)")}


def test_a_title_that_was_edited_and_the_same_file_are_enough(connection: Connection) -> None:
    old, new = record(1, title="Guide de la forêt et des haies"), "Guide des forêts et des haies"
    kept = FileLink(label="PDF", url=f"{SITE}/m/9.pdf", filename="guide.pdf")
    run, _ = make_run(connection, [old])
    fetch_file(connection, run, old.files[0].url, b"%PDF-1.4 one", pages=["Une page."])
    run, _ = make_run(
        connection,
        [_media(1, title=new, year_start=2020, year_end=2020, files=(kept,))],
        outcomes={old.url: (Outcome.GONE, "404")},
    )
    fetch_file(connection, run, kept.url, b"%PDF-1.4 one", pages=["Une page."])

    ((_, evidence),) = _pairs(connection).items()

    assert evidence[0].startswith("titles alike (9")
    assert evidence[1:] == ("same PDF, byte for byte",)


@pytest.mark.parametrize(
    "later",
    [
        {"title": "Guide 1", "year_start": 2020, "year_end": 2020},
        {"title": "Autre titre", "authors": (Agent(name="Fédération des Parcs"),)},
    ],
    ids=["a title alone", "a year and an author alone"],
)
def test_one_sign_is_not_enough(connection: Connection, later: dict[str, object]) -> None:
    _redesign(connection, [record(1)], [_media(1, **later)])

    assert _pairs(connection) == {}


def test_what_was_there_at_one_time_is_two_things(connection: Connection) -> None:
    make_run(connection, [record(1), _media(1)])
    make_run(connection, [record(1), _media(1), _media(2, title="Guide 1")])

    assert _pairs(connection) == {}


def test_what_a_person_decided_is_not_proposed_again(connection: Connection) -> None:
    _redesign(connection, [record(1), record(2)], [_media(1), _media(2)])
    assert set(_pairs(connection)) == {("node-1", "media-1"), ("node-2", "media-2")}

    decide(connection, "media-1", "node-1", Joint.CONFIRMED, evidence=("same title",))
    decide(connection, "node-2", "media-2", Joint.DENIED)

    assert _pairs(connection) == {}
    assert [(one.earlier, one.later, one.verdict) for one in decisions(connection)] == [
        ("node-1", "media-1", "confirmed"),
        ("node-2", "media-2", "denied"),
    ]
    assert joined_ids(connection, "media-1") == joined_ids(connection, "node-1")
    assert joined_ids(connection, "media-1") == ["node-1", "media-1"]
    assert joined_ids(connection, "media-2") == ["media-2"]


def test_a_chain_is_followed_to_both_its_ends(connection: Connection) -> None:
    make_run(connection, [record(1)])
    make_run(connection, [record(1), record(2)])
    make_run(connection, [record(1), record(2), record(3)])

    decide(connection, "node-3", "node-2", Joint.CONFIRMED)
    decide(connection, "node-2", "node-1", Joint.CONFIRMED)

    assert joined_ids(connection, "node-2") == ["node-1", "node-2", "node-3"]
    assert joined_ids(connection, "node-3") == ["node-1", "node-2", "node-3"]


def test_a_decision_may_be_changed_and_taken_back(connection: Connection) -> None:
    _redesign(connection, [record(1)], [_media(1)])
    decide(connection, "node-1", "media-1", Joint.DENIED)
    decide(connection, "node-1", "media-1", Joint.CONFIRMED)
    assert joined_ids(connection, "node-1") == ["node-1", "media-1"]

    take_back(connection, "media-1", "node-1")

    assert joined_ids(connection, "node-1") == ["node-1"]
    assert set(_pairs(connection)) == {("node-1", "media-1")}
    with pytest.raises(JoinError, match="Nothing was said of node-1 and media-1"):
        take_back(connection, "node-1", "media-1")
    with pytest.raises(JoinError, match="node-1 is one record already"):
        decide(connection, "node-1", "node-1", Joint.CONFIRMED)


def test_a_record_that_is_forgotten_is_joined_to_none(connection: Connection) -> None:
    _redesign(connection, [record(1)], [_media(1)])
    decide(
        connection,
        "node-1",
        "media-1",
        Joint.CONFIRMED,
        evidence=evidence_for(connection, "media-1", "node-1"),
    )
    target = find_target(connection, ["node-1"])
    assert target is not None

    forget(connection, target, subject="node-1", reason="a test")

    assert decisions(connection) == []
    assert joined_ids(connection, "media-1") == ["media-1"]
