"""Feeds are what RFC 4287 asks for, tell of the site alone, and name things for good."""

from __future__ import annotations

import re
from datetime import datetime
from typing import TYPE_CHECKING, Any

import feedparser
import pytest
from lxml import etree

from archive.catalogue.versions import note_changes
from archive.comparing.fields import Cause, FieldChange
from archive.models import Change
from archive.queries.changes import ChangeFilter, ChangeKind
from archive.queries.filtering import RecordFilter
from archive.records import Agent
from archive.reports.feeds import Feed, NothingToTellError, feed
from archive.runs.ledger import Outcome
from tests.archive.building import SITE, make_run, record
from tests.archive.holding import fetch_file

if TYPE_CHECKING:
    from sqlalchemy import Connection

_ATOM = {"a": "http://www.w3.org/2005/Atom"}
_HOSTILE = 'Guide <b>&amp; "rouge"</b> ]]> \x0b\x1b é'


def _history(connection: Connection) -> None:
    """Make four runs: three records, an edit and a new one, a withdrawal, a replaced file."""
    make_run(connection, [record(1), record(2), record(3)])
    edited = record(1, title=_HOSTILE, authors=(Agent(name="ADEME"),), parks=("Pilat",))
    run, _ = make_run(connection, [edited, record(2), record(3), record(4)])
    fetch_file(connection, run, f"{SITE}/f/2.pdf", b"%PDF-1.4 one", pages=["Une page."])
    gone = {record(3).url: (Outcome.GONE, "404")}
    run, _ = make_run(connection, [edited, record(2), record(4)], outcomes=gone)
    fetch_file(connection, run, f"{SITE}/f/2.pdf", b"%PDF-1.4 two", pages=["Une autre."])


def _check(made: Feed) -> Any:
    """Hold a feed against the rules of RFC 4287; return it as a feed reader sees it."""
    root = etree.fromstring(made.text.encode())
    for element in (root, *root.findall("a:entry", _ATOM)):
        for name in ("id", "title", "updated"):
            assert len(element.findall(f"a:{name}", _ATOM)) == 1, name
        assert re.fullmatch(r"urn:uuid:[0-9a-f-]{36}", element.findtext("a:id", "", _ATOM))
        moment = datetime.fromisoformat(element.findtext("a:updated", "", _ATOM))
        assert moment.tzinfo is not None
        alternates = [
            (link.get("type"), link.get("hreflang"))
            for link in element.findall("a:link[@rel='alternate']", _ATOM)
        ]
        assert len(set(alternates)) == len(alternates)
        assert all("://" in str(link.get("href")) for link in element.findall("a:link", _ATOM))
    ids = [element.text for element in root.findall("a:entry/a:id", _ATOM)]
    assert len(set(ids)) == len(ids)
    assert root.find("a:author/a:name", _ATOM) is not None
    parsed = feedparser.parse(made.text)
    assert not parsed.bozo, parsed.get("bozo_exception")
    assert parsed.version == "atom10"
    return parsed


def test_a_feed_is_valid_and_says_what_happened(connection: Connection) -> None:
    _history(connection)

    parsed = _check(feed(connection, own_url="https://archive.example.org/feed.xml"))

    headings = [entry.title.rpartition(": ")[2] for entry in parsed.entries]
    assert sorted(headings) == ["file replaced", "new", "title, parks, authors", "withdrawn"]
    assert parsed.feed.links[0].href == "https://archive.example.org/feed.xml"
    newest = [entry.updated for entry in parsed.entries]
    assert newest == sorted(newest, reverse=True)
    assert parsed.feed.updated == newest[0]


def test_what_a_page_says_is_never_markup(connection: Connection) -> None:
    _history(connection)

    made = feed(connection, ChangeFilter(kinds=[ChangeKind.CHANGED]))

    (entry,) = _check(made).entries
    root = etree.fromstring(made.text.encode())
    assert "<b>&amp;" in root.findtext("a:entry/a:title", "", _ATOM)
    content = root.findtext("a:entry/a:content", "", _ATOM)
    assert "<b>" not in content
    assert "&lt;b&gt;" in content
    assert "\ufffd" in entry.title


def test_fields_are_named_in_words_and_french_is_marked_as_such(connection: Connection) -> None:
    make_run(connection, [record(1, document_type="Étude", body_text="Avant.")])
    make_run(connection, [record(1, document_type="Guide", body_text="Après.")])

    made = feed(connection, ChangeFilter(kinds=[ChangeKind.CHANGED]))

    _check(made)
    title = etree.fromstring(made.text.encode()).find("a:entry/a:title", _ATOM)
    assert title is not None
    assert (title.text or "").endswith(": text, type")
    assert title.get("{http://www.w3.org/XML/1998/namespace}lang") == "fr"
    assert 'type: &lt;span lang="fr"&gt;Étude → Guide&lt;/span&gt;' in made.text


@pytest.mark.parametrize(
    ("wanted", "headings"),
    [
        (ChangeFilter(records=RecordFilter(park="Pilat", withdrawn=True)), 1),
        (ChangeFilter(records=RecordFilter(author="ademe", withdrawn=True)), 1),
        (ChangeFilter(records=RecordFilter(theme="Biodiversité", withdrawn=True)), 4),
        (ChangeFilter(records=RecordFilter(document_type="Actes", withdrawn=True)), 0),
        (ChangeFilter(kinds=[ChangeKind.WITHDRAWN]), 1),
        (ChangeFilter(kinds=[ChangeKind.FILE_REPLACED]), 1),
        (ChangeFilter(record_ids=("node-3", "node-4")), 2),
    ],
    ids=["park", "author", "theme", "type", "withdrawn", "files", "saved"],
)
def test_there_is_a_feed_of_each(
    connection: Connection, wanted: ChangeFilter, headings: int
) -> None:
    _history(connection)

    assert len(_check(feed(connection, wanted)).entries) == headings


def test_our_own_readers_doing_is_in_no_feed(connection: Connection) -> None:
    _history(connection)
    before = feed(connection)
    current = connection.execute(
        Change.__table__.select().where(Change.kind == "added", Change.record_id == "node-4")
    ).one()
    ours = FieldChange(field="title", before="a", after="b", cause=Cause.READER)
    note_changes(connection, 3, "node-4", current.version_id, [ours])

    assert feed(connection).text == before.text
    asked_for = feed(connection, ChangeFilter(causes=(Cause.READER,)))
    assert feedparser.parse(asked_for.text).entries == []


def test_made_again_it_is_the_same_and_keeps_its_names(connection: Connection) -> None:
    _history(connection)
    first = feed(connection)
    edited = record(1, title=_HOSTILE, authors=(Agent(name="ADEME"),), parks=("Pilat",))
    again = feed(connection)
    make_run(connection, [edited, record(2, title="Refait"), record(4)])

    later = feed(connection)

    assert (again.etag, again.last_modified) == (first.etag, first.last_modified)
    assert later.etag != first.etag
    assert later.updated > first.updated
    ids = [{entry.id for entry in _check(made).entries} for made in (first, later)]
    assert ids[0] < ids[1]
    assert _check(first).feed.id == _check(later).feed.id


def test_a_feed_of_nothing_is_a_feed_but_one_of_an_empty_archive_is_none(
    connection: Connection,
) -> None:
    with pytest.raises(NothingToTellError):
        feed(connection)
    make_run(connection, [record(1)])

    parsed = _check(feed(connection))

    assert parsed.entries == []
    assert parsed.feed.updated
