"""The demo crawled for real: once, again unchanged, and in its second state.

The demo knows what stands on its pages; nothing here is written down twice.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

from archive.runs.ledger import Outcome
from archive.runs.lifecycle import RunStatus
from crawler.demo import DemoSite, Layout
from tests.crawler.crawling import assert_sound, crawl, path_of, query
from tests.crawler.demo_story import Crawl, State, addresses, demo_story

if TYPE_CHECKING:
    from collections.abc import Mapping

_ROOT = Path(__file__).resolve().parents[2]
#: What a page cannot say of itself; which addresses lead to it a crawl finds out.
_NOT_ON_THE_PAGE = {"id", "aliases"}


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> list[Crawl]:
    """Crawl the demo three times: first state, unchanged, second state."""
    return demo_story(tmp_path_factory)


def _fields(record: Mapping[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in record.items() if name not in _NOT_ON_THE_PAGE}


def test_each_crawl_is_complete_and_sound(story: list[Crawl]) -> None:
    for one in story:
        assert one.crawled.status is RunStatus.COMPLETE, one.crawled.reason
        assert "Traceback" not in one.crawled.log


@pytest.mark.parametrize("layout", Layout)
def test_every_record_of_every_family_reads_as_the_catalogue_says(
    story: list[Crawl], layout: Layout
) -> None:
    for number in (0, 2):
        state, current = story[number].state, story[number].current

        for url, expected in state.records.items():
            if state.layouts[url] is layout:
                assert _fields(current[url]) == _fields(expected), url


def test_no_record_is_filed_but_those_of_the_catalogue(story: list[Crawl]) -> None:
    first, _, third = story

    assert first.current.keys() == first.state.records.keys()
    assert third.current.keys() == third.state.records.keys() | third.state.gone


def test_every_file_is_kept_once_as_it_was_served(story: list[Crawl]) -> None:
    for one in (story[0], story[2]):
        held = "SELECT url, sha256 FROM held_files"
        if one is story[2]:
            assert one.state.files.items() <= dict(one.crawled.query(held)).items()
        assert set(one.state.files.values()) <= one.blobs
    kept = story[2].crawled.query("SELECT count(*), count(DISTINCT sha256) FROM sqlar")
    assert kept[0][0] == kept[0][1]


def test_every_visit_has_one_outcome(story: list[Crawl]) -> None:
    crawled = story[-1].crawled

    for number in (1, 2, 3):
        outcomes = crawled.outcomes(number)
        assert Outcome.PENDING not in outcomes.values()
    twice = "SELECT count(*) FROM (SELECT 1 FROM visits GROUP BY run_id, url HAVING count(*) > 1)"
    assert crawled.query(twice) == [(0,)]
    unsettled = "SELECT count(*) FROM visits WHERE settled_at IS NULL"
    assert crawled.query(unsettled) == [(0,)]


def test_every_file_has_its_text(story: list[Crawl]) -> None:
    crawled = story[-1].crawled

    assert crawled.query("SELECT count(*) FROM extractions WHERE status = 'pending'") == [(0,)]
    pages = crawled.query("SELECT count(*) FROM file_pages WHERE length(text) > 100")[0][0]
    assert pages > 300


def test_each_address_is_asked_once_in_each_crawl(story: list[Crawl]) -> None:
    for one in story:
        asked = Counter(request.path for request in one.requests)
        outcomes = one.crawled.outcomes(story.index(one) + 1)
        unanswered = [path for path, outcome in outcomes.items() if outcome is Outcome.FAILED]

        assert {path for path, times in asked.items() if times > 1} <= set(unanswered)


def test_a_second_crawl_of_the_unchanged_demo_finds_nothing_new(story: list[Crawl]) -> None:
    first, second, _ = story
    crawled = second.crawled

    assert crawled.query("SELECT count(*) FROM record_versions WHERE run_id = 2") == [(0,)]
    assert crawled.query("SELECT count(*) FROM changes WHERE run_id = 2") == [(0,)]
    assert crawled.query("SELECT count(*) FROM issues WHERE opened_run = 2") == [(0,)]
    assert second.current == first.current
    assert len(second.requests) == len(first.requests)


def test_a_second_crawl_transfers_no_pdf_and_keeps_no_identical_body_twice(
    story: list[Crawl],
) -> None:
    first, second, _ = story
    pdfs = {path_of(url) for url in first.state.files}

    transferred = [one for one in second.requests if path_of(one.path) in pdfs and one.sent]

    assert transferred == []
    for sha256 in second.blobs - first.blobs:
        kind = second.crawled.query("SELECT encoding FROM blobs WHERE sha256 = ?", sha256)
        assert kind == [("zstd",)]
    sizes = "SELECT count(*), sum(length(data)) FROM blobs WHERE encoding = 'zstd' AND base_sha256"
    number, size = second.crawled.query(sizes)[0]
    # Pages differ by the tokens of each request; against the first body they cost next to nothing.
    assert size / max(number, 1) < 1_000


def test_a_304_hands_the_archived_reading_on(story: list[Crawl]) -> None:
    second = story[1]

    answered_304 = {path_of(one.path) for one in second.requests if one.status == 304}
    outcomes = second.crawled.outcomes(2)

    assert len(answered_304) > 50
    assert {outcomes[path] for path in answered_304} <= {
        Outcome.NOT_MODIFIED,
        Outcome.NOT_A_RECORD,
    }


def test_the_second_state_brings_exactly_the_changes_the_demo_made(story: list[Crawl]) -> None:
    before, _, after = story
    expected = {
        (url, field)
        for url, record in after.state.records.items()
        if (earlier := _earlier(before.state, record))
        for field in _fields(record)
        if earlier[field] != record[field]
    }

    found = after.crawled.query(
        "SELECT r.url, c.field, c.cause FROM changes c JOIN records r ON r.id = c.record_id "
        "WHERE c.kind = 'changed' AND c.run_id = 3"
    )

    assert {(url, field) for url, field, _ in found} == expected
    assert {cause for _, _, cause in found} == {"content"}


def _earlier(state: State, record: Mapping[str, Any]) -> Mapping[str, Any] | None:
    """Return the record in an earlier state, wherever it then stood."""
    by_id = {one["id"]: one for one in state.records.values() if one["id"]}
    return by_id.get(record["id"]) or state.records.get(record["url"])


def test_the_second_state_adds_and_withdraws_exactly_what_the_demo_did(
    story: list[Crawl],
) -> None:
    before, _, after = story
    added = {url for url, one in after.state.records.items() if not _earlier(before.state, one)}
    whole = (
        "SELECT r.url FROM changes c JOIN records r ON r.id = c.record_id "
        "WHERE c.run_id = 3 AND c.kind = ?"
    )

    assert {row[0] for row in after.crawled.query(whole, "added")} == added
    assert {row[0] for row in after.crawled.query(whole, "withdrawn")} == after.state.gone
    withdrawn = after.crawled.query("SELECT url FROM records WHERE withdrawn_at IS NOT NULL")
    assert {row[0] for row in withdrawn} == after.state.gone


def test_the_second_state_replaces_exactly_the_files_the_demo_did(story: list[Crawl]) -> None:
    before, _, after = story
    replaced = {
        url
        for url, digest in after.state.files.items()
        if before.state.files.get(url, digest) != digest
    }

    rows = after.crawled.query(
        "SELECT before, after FROM changes WHERE run_id = 3 AND kind = 'file-replaced'"
    )

    assert {json.loads(row[0])["url"] for row in rows} == replaced
    assert {json.loads(row[1])["sha256"] for row in rows} == {
        after.state.files[url] for url in replaced
    }


def test_a_record_that_moved_keeps_its_history(story: list[Crawl]) -> None:
    before, _, after = story
    moved = [
        (earlier["url"], url)
        for url, record in after.state.records.items()
        if (earlier := _earlier(before.state, record)) and earlier["url"] != url
    ]

    for old, new in moved:
        versions = (
            "SELECT count(*) FROM record_versions v JOIN records r ON r.id = v.record_id "
            "WHERE r.url = ?"
        )
        assert after.crawled.query(versions, new) == [(2,)]
        known = "SELECT count(DISTINCT resource_id) FROM aliases WHERE url IN (?, ?)"
        assert after.crawled.query(known, old, new) == [(1,)]
    assert moved


@pytest.mark.skipif(shutil.which("sqlite3") is None, reason="sqlite3 is not installed")
def test_stock_sqlite3_lists_and_lays_out_the_files(story: list[Crawl], tmp_path: Path) -> None:
    crawled = story[-1].crawled
    archive = tmp_path / "archive.sqlite"
    shutil.copy(crawled.archive, archive)
    kept = dict(crawled.query("SELECT name, sha256 FROM sqlar"))

    listed = subprocess.run(
        ["sqlite3", archive, "-At"], capture_output=True, text=True, check=False, cwd=tmp_path
    )
    subprocess.run(["sqlite3", archive, "-Ax"], check=False, cwd=tmp_path, capture_output=True)

    laid_out = {
        path.name: hashlib.sha256(path.read_bytes()).hexdigest()
        for path in tmp_path.iterdir()
        if path.name != archive.name
    }
    assert set(listed.stdout.splitlines()) == set(kept)
    assert laid_out == kept


def test_scrapy_crawl_does_the_same_as_pnr_crawl(tmp_path: Path) -> None:
    ours, scrapys = tmp_path / "ours.sqlite", tmp_path / "scrapys.sqlite"
    with DemoSite() as site:
        start = addresses(site, "/mediatheque/magazines")
        crawl(ours, start=start, workers=1, limit=4)
        variables = {
            "PNR_ARCHIVE": str(scrapys),
            "PNR_START": json.dumps(start),
            "PNR_LIMIT": "4",
            "PNR_WORKERS": "1",
        }

        subprocess.run(
            [sys.executable, "-m", "scrapy", "crawl", "resource_centre"],
            check=True,
            cwd=_ROOT,
            env={**os.environ, **variables},
            capture_output=True,
        )

    assert_sound(scrapys)
    for sql in (
        "SELECT url, outcome, reason, kind, found_in FROM visits ORDER BY url",
        "SELECT id, url, title, document_type, version_id FROM records ORDER BY id",
        "SELECT name, sha256 FROM sqlar ORDER BY name",
        "SELECT sha256, number, text FROM file_pages ORDER BY sha256, number",
        "SELECT status, status_reason, scope, user_agent FROM runs",
    ):
        assert query(ours, sql) == query(scrapys, sql)
