"""The plain views: each says what it holds, and holds it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archive.views import View, plain_views
from tests.archive.building import SITE, make_run, record
from tests.archive.holding import fetch_file

if TYPE_CHECKING:
    from sqlalchemy import Connection

_VIEWS = plain_views()


def test_the_archive_has_the_views_that_are_described(connection: Connection) -> None:
    names = connection.exec_driver_sql(
        "SELECT name FROM sqlite_master WHERE type = 'view' AND name LIKE 'v\\_%' ESCAPE '\\'"
    )

    assert sorted(row[0] for row in names) == sorted(view.name for view in _VIEWS)


@pytest.mark.parametrize("view", _VIEWS, ids=lambda view: view.name)
def test_every_column_says_what_it_is(connection: Connection, view: View) -> None:
    result = connection.exec_driver_sql(f"SELECT * FROM {view.name}")  # noqa: S608  # our own name

    assert list(result.keys()) == list(view.columns)


def test_views_tell_of_current_records_with_preferred_names(connection: Connection) -> None:
    run, _ = make_run(connection, [record(1, parks=("Scarpe-Escout", "Pilat")), record(2)])
    fetch_file(connection, run, f"{SITE}/f/1.pdf", b"%PDF-1.4", pages=["Un", "Deux"])
    connection.exec_driver_sql(
        "INSERT INTO authority_names VALUES "
        "('park', 'Scarpe-Escout', 0, 'Scarpe-Escaut', 'park'), "
        "('agent', 'Fédération des Parcs', 0, 'Fédération', 'body')"
    )

    def rows(sql: str) -> list[tuple[object, ...]]:
        return [tuple(row) for row in connection.exec_driver_sql(sql)]

    assert rows("SELECT id, parks, authors, files FROM v_records ORDER BY id") == [
        ("node-1", "Scarpe-Escaut · Pilat", "Fédération", 1),
        ("node-2", "Scarpe-Escaut", "Fédération", 1),
    ]
    assert rows("SELECT record_id, page, text FROM v_pages ORDER BY page") == [
        ("node-1", 1, "Un"),
        ("node-1", 2, "Deux"),
    ]
    assert rows("SELECT page_count, size, text_status FROM v_files WHERE record_id = 'node-1'") == [
        (2, 8, "read")
    ]
    assert rows("SELECT label, preferred_label FROM v_terms WHERE label LIKE '%Escout'") == [
        ("Scarpe-Escout", "Scarpe-Escaut")
    ]
    assert rows("SELECT status, verdict, records, changed FROM v_runs") == [
        ("complete", "good", 2, 0)
    ]
