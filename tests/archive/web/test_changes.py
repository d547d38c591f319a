"""The page of changes: clusters, single changes word by word, filters, the calendar."""

from __future__ import annotations

import csv
import html
import io
import re
from typing import TYPE_CHECKING

import feedparser
import pytest
from sqlalchemy import delete, insert

from archive.comparing.fields import Cause
from archive.database import open_archive
from archive.models import Change
from archive.queries.changes import ChangeFilter, ChangeKind
from archive.queries.filtering import RecordFilter
from archive.reports.feeds import feed, title_of
from archive.runs.ledger import now
from tests.archive.web.changing import SPITE, make_past
from tests.archive.web.serving import visitor_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an archive in which much was edited alike, and a little otherwise."""
    path = tmp_path_factory.mktemp("changes") / "archive.sqlite"
    make_past(path)
    return path


@pytest.fixture(scope="module")
def changed(past: Path) -> Iterator[httpx.Client]:
    """Give a visitor of that archive."""
    with visitor_of(past) as client:
        yield client


def test_the_same_edit_is_one_entry_with_how_many_and_where(changed: httpx.Client) -> None:
    page = changed.get("/changes").text

    assert re.search(r"12 × Tags: ", page)
    assert "Pilat 6" in page
    assert page.count("12 × Tags: ") == 1


def test_a_single_change_shows_which_words_went_and_came(changed: httpx.Client) -> None:
    page = changed.get("/changes", params={"field": "title"}).text

    assert "<ins>, revu</ins>" in page
    assert "12 ×" not in page


def test_what_the_site_says_is_never_markup(changed: httpx.Client) -> None:
    page = changed.get("/changes").text

    assert SPITE not in page
    assert html.escape("<script>") in page


@pytest.mark.parametrize(
    ("asked", "shown", "hidden"),
    [
        ({"kind": "added"}, "Guide 99", "Guide 1, revu"),
        ({"park": "Vercors", "kind": "changed"}, "6 ×", "12 ×"),
        ({"until": "2020-01-01"}, "No change matches", "Guide"),
        ({"cause": "reader"}, "No change matches", "Guide"),
        ({"cause": "any", "field": "title"}, "Guide 1, revu", "Tags: "),
    ],
)
def test_filters_leave_what_is_asked_for(
    changed: httpx.Client, asked: dict[str, str], shown: str, hidden: str
) -> None:
    page = changed.get("/changes", params=asked).text
    articles = page[page.index("</form>") :]

    assert shown in articles
    assert hidden not in articles


def test_the_calendar_leads_to_a_day_and_counts_its_records(changed: httpx.Client) -> None:
    page = changed.get("/changes").text

    (href, said) = re.findall(
        r'<a href="(/changes\?[^"]+)" tabindex="-1" aria-label="([^"]+)"', page
    )[0]
    assert said.endswith(": 13 records")
    assert "12 ×" in changed.get(html.unescape(href)).text


def test_the_page_leads_to_the_feed_of_exactly_its_filter(changed: httpx.Client) -> None:
    page = changed.get("/changes", params={"park": "Vercors", "kind": "changed"}).text

    (in_head,) = re.findall(
        r'<link rel="alternate" type="application/atom\+xml" href="([^"]+)"', page
    )
    assert page.count(in_head) == 2
    made = feedparser.parse(changed.get(html.unescape(in_head)).text)
    assert not made.bozo
    assert {entry.title for entry in made.entries} == {
        f"Guide {number}: tags" for number in range(2, 13, 2)
    }


@pytest.mark.parametrize("cause", ["", "any", "content", "reader"])
def test_the_page_leads_to_the_table_of_exactly_its_filter(
    changed: httpx.Client, past: Path, cause: str
) -> None:
    with open_archive(past, access="write") as archive, archive.transaction() as connection:
        row = {"run_id": 2, "record_id": "node-3", "version_id": None, "kind": "changed"}
        row |= {"field": "kind", "before": "", "after": "x", "cause": Cause.READER}
        number = connection.execute(insert(Change), row | {"created_at": now()}).lastrowid
    page = changed.get("/changes", params={"cause": cause, "kind": "changed"}).text
    (href,) = re.findall(r'type="text/csv" href="([^"]+)"', page)
    lines = csv.DictReader(io.StringIO(changed.get(html.unescape(href)).text))
    causes = {line["cause"] for line in lines}
    with open_archive(past, access="write") as archive, archive.transaction() as connection:
        connection.execute(delete(Change).where(Change.id == number))

    meant = {"": {"content"}, "any": {"content", "reader"}}
    assert causes == meant.get(cause, {cause})


def test_a_feed_says_where_it_stands_and_is_the_one_that_the_command_makes(
    changed: httpx.Client, past: Path
) -> None:
    answer = changed.get(
        "/feed.atom?kind=changed&until=&park=Pilat", headers={"accept-language": "fr"}
    )

    assert answer.headers["content-type"] == "application/atom+xml"
    assert answer.headers["content-language"] == "en"
    made = feedparser.parse(answer.text).feed
    links = {link.rel: link.href for link in made.links}
    assert links["self"] == f"{str(changed.base_url).rstrip('/')}/feed.atom?kind=changed&park=Pilat"
    wanted = ChangeFilter(
        kinds=[ChangeKind.CHANGED], records=RecordFilter(park="Pilat", withdrawn=True)
    )
    with open_archive(past) as archive, archive.connect() as connection:
        same = feedparser.parse(feed(connection, wanted, title=title_of(wanted)).text).feed
    assert (made.id, made.title, made.updated) == (same.id, same.title, same.updated)


def test_a_feed_is_not_sent_again_while_nothing_changes(changed: httpx.Client) -> None:
    etag = changed.get("/feed.atom").headers["etag"]

    again = changed.get("/feed.atom", headers={"if-none-match": etag})

    assert (again.status_code, again.content) == (304, b"")


def test_no_feed_has_what_only_our_reader_reads_otherwise(
    changed: httpx.Client, past: Path
) -> None:
    def titles(cause: str) -> list[str]:
        entries = feedparser.parse(changed.get("/feed.atom", params={"cause": cause}).text).entries
        return [entry.title for entry in entries]

    before = titles("any")
    with open_archive(past, access="write") as archive, archive.transaction() as connection:
        row = {"run_id": 2, "record_id": "node-2", "version_id": None, "kind": "changed"}
        row |= {"field": "language", "before": "", "after": "fr", "cause": Cause.READER}
        connection.execute(insert(Change), row | {"created_at": now()})

    assert "language" in changed.get("/changes", params={"cause": "reader"}).text
    assert (titles("any"), titles("reader")) == (before, [])
    assert "atom+xml" not in changed.get("/changes", params={"cause": "reader"}).text


def test_an_archive_in_which_nothing_is_current_has_no_feed(tmp_path: Path) -> None:
    path = tmp_path / "archive.sqlite"
    open_archive(path, access="create").close()

    with visitor_of(path) as visitor:
        assert visitor.get("/feed.atom").status_code == 404


@pytest.mark.parametrize("path", ["/changes", "/feed.atom"])
@pytest.mark.parametrize(
    "asked", [{"kind": "burnt"}, {"cause": "weather"}, {"field": "colour"}, {"since": "soon"}]
)
def test_what_makes_no_sense_is_refused(
    changed: httpx.Client, path: str, asked: dict[str, str]
) -> None:
    assert changed.get(path, params=asked).status_code == 400
