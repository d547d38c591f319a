"""What is kept with a connection is never older than the file; bitmaps say what the rows say."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import select, update

from archive.models import CatalogueRecord, SearchUnit
from archive.searching.answering import facets_of
from archive.searching.questions import Query
from archive.searching.shelf import shelf_of
from tests.archive.searching import building

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from archive.database import Archive


def test_the_bitmaps_say_what_the_rows_say(asked: Connection) -> None:
    """Each token is set for the records whose row has it, and for no other."""
    rows = asked.execute(
        select(SearchUnit.unit, SearchUnit.facets).where(SearchUnit.record_id.is_not(None))
    ).all()
    shelf = shelf_of(asked)

    assert {unit: shelf.tokens_of(unit) for unit in shelf.units} == {
        unit: set(facets.split()) for unit, facets in rows
    }


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(picked=st.sets(st.integers(0, 60)))
def test_bits_go_both_ways(asked: Connection, picked: set[int]) -> None:
    """Units come back as they went in; what is no record has no bit."""
    shelf = shelf_of(asked)

    known = sorted(picked.intersection(shelf.units))
    assert shelf.units_of(shelf.bits(picked)) == known
    assert shelf.bits(picked).bit_count() == len(known)


def test_a_change_by_anybody_is_seen(own: Archive) -> None:
    """Facets follow what this connection, or another, has written; else nothing is read again."""
    with own.transaction() as connection:
        before = facets_of(connection, Query())[0]
        building.withdraw(connection, "foret")
        assert facets_of(connection, Query())[0] == before - 1

    with own.connect() as reader:
        assert facets_of(reader, Query())[0] == before - 1
        assert shelf_of(reader) is shelf_of(reader)
        reader.rollback()
        with own.transaction() as writer:
            writer.execute(update(CatalogueRecord).values(withdrawn_at=None))
        assert facets_of(reader, Query())[0] > before
