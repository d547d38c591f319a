"""A site that misbehaves in every way known to us, crawled twice for real.

Every misbehaviour comes to the outcome that its line in `misbehaving.resources` says; none of
them ends the run, or costs another address anything.
"""

from __future__ import annotations

import sqlite3
from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

from archive.runs.ledger import Outcome
from archive.runs.lifecycle import RunStatus
from tests.crawler.crawling import Crawled, crawl
from tests.crawler.misbehaving import LISTING, Asked, document
from tests.crawler.misbehaving.resources import (
    ALIASES,
    FILES,
    LISTS,
    OFF_SITE_PDF,
    PAGES,
    REVISITED,
    SETTINGS,
    Misbehaviour,
    Revisited,
    site_of_everything,
)
from tests.crawler.sharing import made_once

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """Two crawls of the misbehaving site, and what it was asked in each."""

    base: str
    first: Crawled
    second: Crawled
    asked: list[Asked]
    asked_again: list[Asked]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Crawl the site of all misbehaviours, damage an archived body, and crawl it again."""
    return made_once(tmp_path_factory, "misbehaving", _crawled_twice)


def _crawled_twice(folder: Path) -> Story:
    archive = folder / "archive.sqlite"
    with site_of_everything() as site:
        start = [site.base + LISTING]
        first = crawl(archive, start=start, **SETTINGS)
        asked = site.asked.copy()
        _damage_body_of(archive, site.base + document("corps-perdu"))
        second = crawl(archive, start=start, **SETTINGS)
        return Story(
            base=site.base,
            first=first,
            second=second,
            asked=asked,
            asked_again=site.asked[len(asked) :],
        )


def _damage_body_of(archive: Path, url: str) -> None:
    with closing(sqlite3.connect(archive)) as connection, connection:
        connection.execute(
            "UPDATE blobs SET data = x'00' WHERE sha256 IN "
            "(SELECT sha256 FROM snapshots WHERE url = ?)",
            (url,),
        )


def _names(cases: Iterable[Misbehaviour | Revisited]) -> list[str]:
    return [case.path.removeprefix(document("")).strip("/") for case in cases]


def _times(asked: list[Asked], path: str) -> int:
    return sum(one.path == path for one in asked)


@pytest.mark.parametrize("case", PAGES + FILES + LISTS, ids=_names(PAGES + FILES + LISTS))
def test_each_misbehaviour_comes_to_its_outcome(story: Story, case: Misbehaviour) -> None:
    outcome, reason = story.first.ledger(1)[case.path]

    assert outcome is case.outcome, reason
    assert case.reason in reason
    if case.asked is not None:
        assert _times(story.asked, case.path) == case.asked


@pytest.mark.parametrize("case", REVISITED, ids=_names(REVISITED))
def test_a_second_crawl_meets_each_as_it_should(story: Story, case: Revisited) -> None:
    outcome, reason = story.second.ledger(2)[case.path]

    assert outcome is case.outcome, reason


def test_none_of_it_ends_the_run(story: Story) -> None:
    for crawled in (story.first, story.second):
        assert crawled.status is RunStatus.COMPLETE, crawled.reason
        assert Outcome.PENDING not in crawled.outcomes().values()


def test_none_of_it_is_a_fault_of_the_program(story: Story) -> None:
    for crawled in (story.first, story.second):
        assert not [reason for _, reason in crawled.ledger().values() if "fault" in reason]
        assert "Traceback" not in crawled.log


def test_the_ledger_is_the_sum_of_its_outcomes(story: Story) -> None:
    rows = story.second.query("SELECT run_id, count(*), count(DISTINCT url) FROM visits GROUP BY 1")

    assert [row[1] for row in rows] == [row[2] for row in rows]


def test_one_resource_is_asked_once_whatever_the_number_of_its_addresses(story: Story) -> None:
    addresses = {path.rstrip("/").partition("?")[0].partition("#")[0] for path in ALIASES}
    asked = [one.path for one in story.asked if one.path.partition("?")[0] in addresses]

    assert asked == ["/node/12"]
    assert story.first.ledger(1)[document("des-alias")] == (
        Outcome.ALIAS,
        f"of {story.base}/node/12",
    )
    assert story.first.query("SELECT count(*) FROM records WHERE title = 'Alias'") == [(1,)]


def test_a_known_alias_is_asked_under_the_resources_own_address(story: Story) -> None:
    asked = [one.path for one in story.asked_again]

    assert "/node/12" not in asked
    assert asked.count(document("des-alias")) == 1


def test_text_is_read_whatever_the_character_set_is_said_to_be(story: Story) -> None:
    titles = {row[0] for row in story.first.query("SELECT title FROM records")}

    assert {"Forêts", "Forêts d'Armorique", "Barre finale", "Un document compressé"} <= titles


def test_a_page_that_is_no_pdf_is_an_issue_and_no_file(story: Story) -> None:
    issues = dict(story.first.query("SELECT url, code FROM issues WHERE source = 'file'"))
    files = {row[0] for row in story.first.query("SELECT name FROM sqlar")}

    for name in ("html-en-pdf.pdf", "texte.pdf", "octets.pdf"):
        assert issues[f"{story.base}/sites/federationpnr/files/{name}"] == "not-a-file"
        assert name not in files
    for name, code in {
        "absent.pdf": "file-missing",
        "faux-200.pdf": "file-missing",
        "connexion.pdf": "file-not-had",
        "vide.pdf": "file-not-had",
        "coupe.pdf": "file-not-had",
        "trop-grand.pdf": "too-large",
        "trop-grand-sans-longueur.pdf": "too-large",
    }.items():
        assert issues[f"{story.base}/sites/federationpnr/files/{name}"] == code
    assert {"pdf-en-html.pdf", "sans-extension.pdf", "grand.pdf"} <= files


def test_an_off_site_file_is_entered_and_never_asked(story: Story) -> None:
    url = "SELECT outcome FROM visits WHERE run_id = 1 AND url = ?"

    assert story.first.query(url, OFF_SITE_PDF) == [("off-site",)]


def test_lists_without_end_are_left_when_they_repeat_themselves(story: Story) -> None:
    last = [one.path for one in story.asked if one.path.startswith("/liste/derniere-page")]
    empty = [one.path for one in story.asked if one.path.startswith("/liste/vide-apres")]

    assert len(last) == 4
    assert len(empty) == 3
    assert f"{document('page-2-b')}" in story.first.ledger(1)
    assert f"{document('vue-1-b')}" in story.first.ledger(1)


def test_a_list_whose_pages_all_claim_to_be_the_first_is_read_to_its_end(story: Story) -> None:
    found = story.first.outcomes(1)

    for number in range(4):
        assert found[document(f"canonique-{number}-a")] is Outcome.STORED


def test_sessions_in_links_make_no_new_addresses(story: Story) -> None:
    sessions = [path for path in story.first.outcomes(1) if "session-" in path]

    assert sessions == [document("session-a"), document("session-b")]


def test_sitemaps_lead_on_packed_or_broken(story: Story) -> None:
    found = story.first.outcomes(1)

    for name in ("plan-1", "plan-2", "plan-casse"):
        assert found[document(name)] is Outcome.STORED
    assert found["/sitemap-page.xml"] is Outcome.NOT_A_RECORD


def test_a_retry_waits_as_long_as_it_was_asked_to(story: Story) -> None:
    for slug in ("trop-de-demandes", "a-une-date"):
        index, last = (index for index, one in enumerate(story.asked) if one.path == document(slug))
        assert story.asked[index + 1].at - story.asked[index].at >= 0.99
        assert last > index


def test_a_validator_that_was_sent_alone_comes_back_alone_and_exactly(story: Story) -> None:
    sent = {one.path: one.headers for one in story.asked_again}

    weak, dated = sent[document("etag-faible")], sent[document("date-seule")]
    assert weak["If-None-Match"] == 'W/"un--gzip"'
    assert "If-Modified-Since" not in weak
    assert dated["If-Modified-Since"] == "Sun, 06 Nov 1994 08:49:37 GMT"
    assert "If-None-Match" not in dated


def test_a_second_crawl_adds_a_version_only_where_the_text_changed(story: Story) -> None:
    new = "SELECT r.title FROM record_versions v JOIN records r ON r.id = v.record_id "

    titles = [row[0] for row in story.second.query(new + "WHERE v.run_id = 2")]

    assert titles == ["Après"]
