"""Spellings that mean one: proposed with evidence, put in force, used, and never written back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from archive.authority.checking import doubts, unused
from archive.authority.entries import Authority
from archive.authority.files import AuthorityError, read_authority
from archive.authority.storing import accept_authority, stored_authority, stored_text
from archive.authority.suggesting import known_parks, suggest
from archive.authority.writing import reviewable
from archive.queries.filtering import RecordFilter, authors_of, labels_of
from archive.queries.records import list_records, whole_records
from archive.records import Agent
from tests.archive.building import make_run, record

if TYPE_CHECKING:
    from sqlalchemy import Connection

_DOCS = Path(__file__).parents[3] / "docs" / "authority.md"
_FILE = """
[[parks]]
name = "Scarpe-Escaut"
variants = ["Scarpe-Escout"]

[[bodies]]
name = "Mairie-conseils"
variants = ["Marie-conseils"]

[[bodies]]
name = "Mairie-conseils"
variants = ["Marie-Conseils"]

[[bodies]]
name = "ADEME"

[[joint]]
spelling = "ADEME et Marie-conseils"
names = ["ADEME", "Marie-conseils"]
"""


def _fill(connection: Connection) -> None:
    def agents(*names: str) -> tuple[Agent, ...]:
        return tuple(Agent(name=name) for name in names)

    make_run(
        connection,
        [
            record(1, parks=("Scarpe-Escaut",), authors=agents("Mairie-conseils", "ADEME")),
            record(2, parks=("Scarpe-Escout",), authors=agents("Marie-conseils")),
            record(3, parks=("Haut-Jura",), authors=agents("ADEME et Marie-conseils")),
            record(4, parks=("Pilat",), authors=agents("Mairie-conseils", "Scarpe-Escaut")),
            record(
                5,
                parks=("Haut-Languedoc",),
                authors=agents(
                    "Parc naturel régional Scarpe-Escaut",
                    "Parc naturel régional du Haut-Jura",
                    "Parc naturel régional du Haut-Languedoc",
                ),
            ),
        ],
    )


def test_proposals_come_with_evidence_and_leave_different_parks_apart(
    connection: Connection,
) -> None:
    _fill(connection)

    found = {(one.name, one.variant): one for one in suggest(connection, Authority())}

    assert set(found) == {
        ("Scarpe-Escaut", "Scarpe-Escout"),
        ("Mairie-conseils", "Marie-conseils"),
        ("Parc naturel régional Scarpe-Escaut", "Scarpe-Escaut"),
        ("ADEME et Marie-conseils", "ADEME et Marie-conseils"),
    }
    park = found["Scarpe-Escaut", "Scarpe-Escout"]
    assert park.evidence == "1 letter differs from 'Scarpe-Escaut', on the list of parks"
    assert park.count == 1


def test_proposals_can_be_accepted_as_they_are_and_are_not_made_again(
    connection: Connection,
) -> None:
    _fill(connection)

    text = reviewable("", suggest(connection, Authority()))
    accept_authority(connection, text)

    assert stored_text(connection) == text
    assert suggest(connection, stored_authority(connection)) == []


def test_what_is_different_is_not_proposed(connection: Connection) -> None:
    _fill(connection)
    apart = read_authority('[[different]]\nnames = ["Mairie-conseils", "Marie-conseils"]')

    assert "Marie-conseils" not in {one.variant for one in suggest(connection, apart)}


def test_two_bodies_in_one_name_are_proposed_to_be_two(connection: Connection) -> None:
    names = (
        "Fédération des Parcs",
        "Fédération des Parcs et Chambres d'agriculture",
        "Parc des Marais du Cotentin",
        "Parc des Marais du Cotentin et du Bessin",
        "Caisse des dépôts et consignations",
    )
    make_run(connection, [record(1, authors=tuple(Agent(name=name) for name in names))])

    found = [one for one in suggest(connection, Authority()) if one.names]

    assert [one.names for one in found] == [("Fédération des Parcs", "Chambres d'agriculture")]
    assert found[0].evidence == "'Fédération des Parcs' is a name of its own"


def test_filters_find_every_spelling_and_records_keep_theirs(connection: Connection) -> None:
    _fill(connection)
    before = list(whole_records(connection))

    accept_authority(connection, _FILE)

    def ids(**wanted: str) -> list[str]:
        return sorted(one.id for one in list_records(connection, RecordFilter(**wanted)))  # type: ignore[arg-type]  # filters that are text

    assert ids(park="scarpe-escaut") == ids(park="Scarpe-Escout") == ["node-1", "node-2"]
    assert ids(author="Mairie-conseils") == ["node-1", "node-2", "node-3", "node-4"]
    assert ids(author="ademe") == ["node-1", "node-3"]
    assert ids(park="Pilat") == ["node-4"]
    assert list(whole_records(connection)) == before


def test_lists_count_what_is_one_together(connection: Connection) -> None:
    _fill(connection)

    accept_authority(connection, _FILE)

    assert labels_of(connection, "park")[0] == "Scarpe-Escaut"
    assert "Scarpe-Escout" not in labels_of(connection, "park")
    assert authors_of(connection)[:2] == ["Mairie-conseils", "ADEME"]


def test_an_earlier_file_is_kept(connection: Connection) -> None:
    accept_authority(connection, _FILE)
    accept_authority(connection, '[[bodies]]\nname = "ADEME"\n')

    files = connection.exec_driver_sql("SELECT text FROM authority_files ORDER BY id").all()
    assert [row[0] for row in files] == [_FILE, '[[bodies]]\nname = "ADEME"\n']
    assert stored_authority(connection).agents("Marie-conseils")[0].name == "Marie-conseils"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[[parks]", "no TOML"),
        ("[parks]\nname = 'x'", "two brackets"),
        ("[[lakes]]\nname = 'x'", "a table 'lakes'"),
        ("[[parks]]\nvariants = []", "no 'name'"),
        ("[[parks]]\nname = 'x'\ncolour = 'y'", "no key 'colour'"),
        ("[[parks]]\nname = 'x'\nvariants = 'y'", "wrong type"),
        ("[[parks]]\nname = 'a'\nvariants = ['c']\n[[parks]]\nname = 'b'\nvariants = ['c']", "'c'"),
        ("[[joint]]\nspelling = 'a et b'\nnames = ['a', 'b']", "not entered"),
        (
            "[[bodies]]\nname = 'a'\nvariants = ['b']\n[[different]]\nnames = ['a', 'b']",
            "as one and as different",
        ),
    ],
)
def test_a_file_that_cannot_be_meant_is_refused(text: str, said: str) -> None:
    with pytest.raises(AuthorityError, match=said):
        read_authority(text)


def test_a_park_is_no_variant_of_another(connection: Connection) -> None:
    _fill(connection)
    entered = read_authority(
        "[[parks]]\nname = 'Haut-Jura'\nvariants = ['Pilat', 'Haut Jura']\n"
        "[[parks]]\nname = 'Atlantis'"
    )

    assert len(doubts(entered)) == 2
    assert unused(connection, entered) == ["Haut Jura"]


def test_the_list_of_parks_is_whole() -> None:
    assert len(known_parks()) == len(set(known_parks())) == 58


def test_the_documented_file_is_one() -> None:
    text = _DOCS.read_text(encoding="utf-8").partition("```toml\n")[2].partition("```")[0]

    assert len(read_authority(text).entries) == 4
