"""The digest tells what happened, to whom it matters, and nothing of what only we did."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from bs4 import BeautifulSoup

from archive.catalogue.issues import reconcile_issues
from archive.catalogue.versions import note_changes
from archive.comparing.fields import Cause, FieldChange
from archive.queries.changes import ChangeFilter
from archive.records import FileLink, Issue
from archive.reports.digest import Digest, draw_up_digest
from archive.runs.ledger import Outcome
from tests.archive.building import make_run, record
from tests.archive.holding import fetch_file

if TYPE_CHECKING:
    from sqlalchemy import Connection

_HOSTILE = 'Guide <script>alert("x")</script> *gras* [lien](http://x.fr) | é'


def _digest(connection: Connection, wanted: ChangeFilter | None = None) -> Digest:
    return draw_up_digest(
        connection,
        wanted or ChangeFilter(),
        archive="archive.sqlite",
        until=datetime(2026, 11, 26, tzinfo=UTC),
    )


def _history(connection: Connection) -> None:
    """Make three runs: ten records; an edit on all, one of its own, a new one; one withdrawn."""
    pdf = record(1).files[0].url
    run, _ = make_run(connection, [record(n) for n in range(1, 11)])
    fetch_file(connection, run, pdf, b"%PDF-1.4 one", pages=["Une page."])
    edited = [record(n, document_type="Guide pratique") for n in range(1, 11)]
    edited[1] = record(2, document_type="Guide pratique", title=_HOSTILE)
    run, _ = make_run(connection, [*edited, record(11)])
    fetch_file(connection, run, pdf, b"%PDF-1.4 two", pages=["Une autre page."])
    gone = {record(9).url: (Outcome.GONE, "404")}
    make_run(connection, [*edited[:8], edited[9], record(11)], outcomes=gone)


def test_each_thing_stands_where_one_looks_for_it(connection: Connection) -> None:
    _history(connection)

    digest = _digest(connection)

    assert digest.counts == {
        "added": 1,
        "changed": 10,
        "withdrawn": 1,
        "restored": 0,
        "file-replaced": 1,
    }
    assert [(one.field, one.count, one.cause) for one in digest.edits] == [
        ("document_type", 10, "content")
    ]
    assert [one.record_id for one in digest.changed] == ["node-2"]
    assert [one.record_id for one in digest.added] == ["node-11"]
    assert [one.record_id for one in digest.gone] == ["node-9"]
    assert [one.words for one in digest.files] == [("file replaced: 1.pdf",)]
    assert [(run.id, run.verdict, run.records) for run in digest.runs] == [
        (3, "good", 10),
        (2, "good", 11),
        (1, "good", 10),
    ]
    assert (digest.records, digest.withdrawn) == (10, 1)


def test_a_page_stands_by_itself_and_runs_nothing_of_the_sites(connection: Connection) -> None:
    _history(connection)

    text = _digest(connection).as_html()

    page = BeautifulSoup(text, "html.parser")
    assert not page.find_all(["script", "link", "img", "iframe"])
    assert _HOSTILE in page.get_text()
    headings = {" ".join(heading.get_text().split()) for heading in page.find_all("h2")}
    assert {"New 1", "Changed 1", "Gone 1", "Files replaced 1", "Runs 3"} <= headings
    assert "@media print" in text


def test_markdown_shows_what_a_page_says_as_it_is(connection: Connection) -> None:
    _history(connection)

    text = _digest(connection).as_markdown()

    assert "\\<script>" in text
    assert "\\*gras\\* \\[lien\\](http://x.fr) \\|" in text
    assert "## Gone (1)" in text
    assert "\n\n\n" not in text


def test_fields_and_kinds_are_named_in_words(connection: Connection) -> None:
    for day, size in ((1, 10), (2, 20)):
        file = FileLink(
            label="Guide", url="https://a.fr/g.pdf", filename="g.pdf", declared_size=size
        )
        make_run(connection, [record(1, updated_on=date(2012, 1, day), files=(file,))])

    digest = _digest(connection)

    assert set(digest.changed[0].words) == {
        "date of update: 2012-01-01 → 2012-01-02",
        "files: Guide: size in bytes 10 → 20",
    }
    assert '<span lang="fr">2012-01-01 → 2012-01-02</span>' in digest.as_html()
    for text in (digest.as_html(), digest.as_markdown()):
        assert "updated_on" not in text
        assert "file-replaced" not in text


def test_json_has_the_same(connection: Connection) -> None:
    _history(connection)

    data = json.loads(json.dumps(_digest(connection).as_data(), default=str))

    assert data["added"][0]["record_id"] == "node-11"
    assert data["edits"][0]["types"] == {"Guide pratique": 10}


def test_our_own_readers_doing_is_counted_apart(connection: Connection) -> None:
    _history(connection)
    before = _digest(connection)
    ours = FieldChange(field="title", before="a", after="b", cause=Cause.READER)
    note_changes(connection, 3, "node-4", 1, [ours])

    digest = _digest(connection)

    assert (digest.counts, digest.changed, digest.edits) == (
        before.counts,
        before.changed,
        before.edits,
    )
    assert (before.read_otherwise, digest.read_otherwise) == (0, 1)


def test_a_quiet_week_says_so(connection: Connection) -> None:
    _history(connection)
    tomorrow = ChangeFilter(since=datetime.now(UTC) + timedelta(days=1))

    digest = _digest(connection, tomorrow)

    assert digest.is_quiet
    assert digest.runs == []
    assert "Nothing changed on the site." in digest.as_markdown()
    assert "Nothing changed on the site." in digest.as_html()


def test_what_only_the_owner_can_put_right_is_listed_new_things_first(
    connection: Connection,
) -> None:
    _history(connection)
    page_count = Issue(code="page-count-differs", detail="the record says 42 pages, the file 58")
    for number, run in ((1, 1), (2, 3)):
        reconcile_issues(connection, run, record(number).url, "text", [page_count])
    ours = Issue(code="unknown-label", detail="Cote: B 12")
    reconcile_issues(connection, 3, record(3).url, "page", [ours])

    digest = _digest(connection, ChangeFilter(since_run=2))

    (issue,) = digest.issues
    assert (issue.code, issue.count, issue.new) == ("page-count-differs", 2, 1)
    assert [line.url for line in issue.lines] == [record(2).url, record(1).url]


def test_a_park_that_is_misspelt_is_told_the_owner(connection: Connection) -> None:
    make_run(connection, [record(1, parks=("Scarpe-Escout",)), record(2)])

    (issue,) = _digest(connection).issues

    assert issue.code == "park-misspelt"
    assert issue.lines[0].detail == "“Scarpe-Escout” on 1 record: perhaps “Scarpe-Escaut”"
