"""What people see is one whole, accepted state; what was before is kept whole too."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from sqlalchemy import text

from archive.records import Agent, FileLink, Link
from tests.archive.building import SITE, make_run, record

if TYPE_CHECKING:
    from sqlalchemy import Connection


def _rows(connection: Connection, sql: str) -> list[tuple[Any, ...]]:
    return [tuple(row) for row in connection.execute(text(sql))]


def _records(count: int = 20) -> list[Any]:
    return [record(number) for number in range(1, count + 1)]


def test_a_record_is_current_with_its_terms_agents_links_and_files_in_order(
    connection: Connection,
) -> None:
    one = record(
        1,
        themes=tuple(Link(label=name, url=f"{SITE}/t/{name}") for name in ("Eau", "Air")),
        authors=(Agent(name="B", affiliation="Parc"), Agent(name="A")),
        links=(Link(label="Ailleurs", url="https://ailleurs.example/"),),
        files=tuple(
            FileLink(label=name, url=f"{SITE}/{name}.pdf", filename=f"{name}.pdf") for name in "ba"
        ),
    )

    make_run(connection, [one, *_records()[1:]])

    assert _rows(
        connection,
        "SELECT vocabulary, label FROM record_terms JOIN terms ON id = term_id "
        "WHERE record_id = 'node-1' ORDER BY position",
    ) == [
        ("type", "Guide méthodologique"),
        ("park", "Scarpe-Escaut"),
        ("theme", "Eau"),
        ("theme", "Air"),
    ]
    assert _rows(
        connection,
        "SELECT role, name, affiliation FROM record_agents JOIN agents ON id = agent_id "
        "WHERE record_id = 'node-1' ORDER BY position",
    ) == [("author", "B", "Parc"), ("author", "A", "")]
    links = "SELECT label FROM record_links WHERE record_id = 'node-1' ORDER BY position"
    assert _rows(connection, links) == [("Ailleurs",)]
    files = "SELECT filename FROM record_files WHERE record_id = 'node-1' ORDER BY position"
    assert _rows(connection, files) == [("b.pdf",), ("a.pdf",)]


def test_a_run_that_reads_as_before_adds_no_version_and_no_change(connection: Connection) -> None:
    make_run(connection, _records())
    make_run(connection, _records())

    assert _rows(connection, "SELECT count(*) FROM record_versions") == [(20,)]
    assert _rows(connection, "SELECT count(*) FROM changes WHERE run_id = 2") == [(0,)]
    assert _rows(connection, "SELECT count(*) FROM run_records WHERE run_id = 2") == [(20,)]


def test_an_edit_is_a_version_and_a_change_and_the_version_before_is_kept_whole(
    connection: Connection,
) -> None:
    records = _records()
    make_run(connection, records)

    make_run(connection, [replace(records[0], title="Autre titre"), *records[1:]])

    assert _rows(connection, "SELECT title FROM records WHERE id = 'node-1'") == [("Autre titre",)]
    versions = _rows(
        connection, "SELECT number, data FROM record_versions WHERE record_id = 'node-1' ORDER BY 1"
    )
    assert [(number, json.loads(data)["title"]) for number, data in versions] == [
        (1, "Guide 1"),
        (2, "Autre titre"),
    ]
    changes = "SELECT record_id, field, before, after, cause FROM changes WHERE run_id = 2"
    assert _rows(connection, changes) == [
        ("node-1", "title", '"Guide 1"', '"Autre titre"', "content")
    ]


def test_an_edit_that_is_undone_is_a_change_and_no_third_version(connection: Connection) -> None:
    records = _records()
    make_run(connection, records)
    make_run(connection, [replace(records[0], title="Autre titre"), *records[1:]])

    make_run(connection, records)

    numbers = "SELECT number FROM record_versions WHERE record_id = 'node-1' ORDER BY 1"
    assert _rows(connection, numbers) == [(1,), (2,)]
    assert _rows(connection, "SELECT title FROM records WHERE id = 'node-1'") == [("Guide 1",)]
    assert _rows(connection, "SELECT count(*) FROM changes WHERE run_id = 3") == [(1,)]
