"""Search counts and finds what is one under its preferred name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive.authority.storing import accept_authority
from archive.queries.filtering import RecordFilter
from archive.records import Agent
from archive.searching.answering import search
from archive.searching.questions import Query
from tests.archive.building import make_run, record

if TYPE_CHECKING:
    from sqlalchemy import Connection

_FILE = """
[[parks]]
name = "Scarpe-Escaut"
variants = ["Scarpe-Escout"]

[[bodies]]
name = "Mairie-conseils"
variants = ["Marie-conseils"]
"""


def _fill(connection: Connection) -> None:
    one, other = Agent(name="Mairie-conseils"), Agent(name="Marie-conseils")
    make_run(
        connection,
        [
            record(1, parks=("Scarpe-Escaut",), authors=(one, other)),
            record(2, parks=("Scarpe-Escout",), authors=(other,)),
            record(3, parks=("Pilat",), authors=(Agent(name="ADEME"),)),
        ],
    )


def _facets(connection: Connection, query: Query) -> dict[str, dict[str, int]]:
    answer = search(connection, query)
    return {
        facet.name: {value.label: value.count for value in facet.values} for facet in answer.facets
    }


def test_facets_count_records_by_preferred_names(connection: Connection) -> None:
    _fill(connection)
    accept_authority(connection, _FILE)

    counted = _facets(connection, Query(text="guide"))

    assert counted["park"] == {"Scarpe-Escaut": 2, "Pilat": 1}
    assert counted["author"] == {"Mairie-conseils": 2, "ADEME": 1}


def test_without_an_authority_every_spelling_counts_for_itself(connection: Connection) -> None:
    _fill(connection)

    counted = _facets(connection, Query(text="guide"))

    assert counted["park"] == {"Scarpe-Escaut": 1, "Scarpe-Escout": 1, "Pilat": 1}


def test_a_park_is_searched_in_every_spelling(connection: Connection) -> None:
    _fill(connection)
    accept_authority(connection, _FILE)

    by_word = search(connection, Query(text="guide park:scarpe-escout"))
    by_filter = search(
        connection, Query(text="guide", filters=RecordFilter(author="Mairie-conseils"))
    )

    assert {hit.id for hit in by_word.hits} == {"node-1", "node-2"}
    assert {hit.id for hit in by_filter.hits} == {"node-1", "node-2"}
