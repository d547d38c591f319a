"""`pnr import` as a user types it: on the demo's archive, twice, killed, on nonsense."""

from __future__ import annotations

import shutil
import sqlite3
import time
from contextlib import closing
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import pytest

from archive.database import open_archive
from archive.evidence.recording import last_validators
from tests.archive.extraction.pdfs import with_lines
from tests.crawler.cli.conftest import pnr_alone, pnr_process
from tests.crawler.importing.capturing import Kept, address, page, write_warc
from tests.golden import FIXTURES

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from archive.evidence.recording import Validators
    from tests.crawler.cli.conftest import Ended

_PRINTED = FIXTURES / "pages/printed/seed/page.txt"


def _rows(path: Path, query: str) -> list[Any]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(query).fetchall()


def test_the_seeds_page_is_imported_once(pnr: Callable[..., Ended], tmp_path: Path) -> None:
    shutil.copy(_PRINTED, tmp_path / "printed-page.txt")

    first = pnr("import", "printed-page.txt", "--at", "2013-08-22")
    again = pnr("import", "printed-page.txt", "--at", "2013-08-22")

    assert first.lines == ["Imported 1 capture of 2013-08-22, as 1 run: 1 record, 0 files."]
    assert again.lines == ["Already archived: 1 capture."]
    (record,) = pnr("list", "--json").json
    assert record["parks"] == ["Scarpe-Escout"]
    assert pnr("verify").code == 0


def test_json_says_everything(pnr: Callable[..., Ended], tmp_path: Path) -> None:
    kept = [
        Kept(url=address(1), date="2015-04-09T10:22:33Z", body=page(1)),
        Kept(url="https://example.org/", date="2015-04-09T10:22:33Z", body=b"<p>x"),
    ]
    warc = write_warc(tmp_path / "a.warc.gz", kept)

    said = pnr("import", warc, "--json").json

    assert said == {
        "captures": 1,
        "already": 0,
        "first": "2015-04-09T10:22:33+00:00",
        "last": "2015-04-09T10:22:33+00:00",
        "runs": [1],
        "outcomes": {"stored": 1},
        "records": ["node-1"],
        "current": ["node-1"],
        "files": 0,
        "texts_waiting": 0,
        "left_out": [
            {
                "why": "off-site",
                "count": 1,
                "examples": ["a.warc.gz: https://example.org/: example.org"],
            }
        ],
    }


def test_what_was_crawled_does_not_give_way(
    pnr: Callable[..., Ended], own_archive: Path, tmp_path: Path
) -> None:
    listed = pnr("list", "--json", "--archive", own_archive).json
    record = next(one for one in listed if one["id"].startswith("node-"))
    show = pnr("show", record["id"], "--json", "--archive", own_archive).json
    number = int(record["id"].removeprefix("node-"))
    own = f"/centre-de-ressources/document/guide-{number}".encode()
    old = page(number, title="Un tout autre titre")
    old = old.replace(own, urlsplit(record["url"]).path.encode())
    warc = write_warc(
        tmp_path / "a.warc.gz", [Kept(url=record["url"], date="2015-04-09T10:22:33Z", body=old)]
    )

    asked_about = _validators(own_archive, record["url"])
    inspected = pnr("inspect", record["url"], "--archived", "--json", "--archive", own_archive)

    said = pnr("import", warc, "--json", "--archive", own_archive)

    assert _validators(own_archive, record["url"]) == asked_about
    again = pnr("inspect", record["url"], "--archived", "--json", "--archive", own_archive)
    assert again.json == inspected.json
    assert (said.json["records"], said.json["current"]) == ([record["id"]], [])
    assert pnr("list", "--json", "--archive", own_archive).json == listed
    after = pnr("show", record["id"], "--json", "--archive", own_archive).json
    # Names met earlier stand first; the version that is current is the second now.
    altered = {name for name in show if after[name] != show[name]}
    assert altered <= {"first_seen", "aliases", "provenance"}
    assert sorted(after["aliases"]) == sorted(show["aliases"])
    assert after["first_seen"] == "2015-04-09T10:22:33+00:00"
    then = pnr("list", "--json", "--archive", own_archive, "--as-of", "2016-01-01").json
    assert [one["title"] for one in then] == ["Un tout autre titre"]
    changed = _rows(
        own_archive, "SELECT run_id, before FROM changes WHERE kind = 'changed' AND field = 'title'"
    )
    assert changed == [(1, '"Un tout autre titre"')]
    assert pnr("verify", "--archive", own_archive).code == 0


def _validators(path: Path, url: str) -> Validators | None:
    """Return what the next crawl will ask an address about."""
    with open_archive(path) as archive, archive.connect() as connection:
        return last_validators(connection, [url]).get(url)


def test_imports_stand_apart_from_what_was_crawled(
    pnr: Callable[..., Ended], own_archive: Path, tmp_path: Path
) -> None:
    kept = [
        Kept(url=address(1), date=f"{year}-04-09T10:22:33Z", body=page(1, title=f"Guide {year}"))
        for year in (2013, 2015, 2017)
    ]
    before = pnr("status", "--archive", own_archive).lines
    pnr("import", write_warc(tmp_path / "a.warc.gz", kept), "--archive", own_archive)

    lines = pnr("status", "--archive", own_archive).lines

    assert lines[-1] == "3 imports of captures from 2013-04-09 to 2017-04-09"
    assert [line for line in lines if "\tcrawl\t" in line] == [
        line for line in before if "\tcrawl\t" in line
    ]
    crawls = pnr("run", "list", "--kind", "crawl", "--json", "--archive", own_archive).json
    assert [run["kind"] for run in crawls] == ["crawl"]
    report = pnr("run", "report", "2", "--archive", own_archive)
    assert report.lines[0] == "Run 2 (import): complete, current (limited)"


def test_killed_half_way_and_begun_again_it_is_as_if_done_once(tmp_path: Path) -> None:
    kept = [
        Kept(
            url=address(number % 20 + 1),
            date=f"{2010 + number // 12}-{number % 12 + 1:02}-01T00:00:00Z",
            body=page(number % 20 + 1, title=f"Guide {number}"),
        )
        for number in range(60)
    ]
    warc = str(write_warc(tmp_path / "a.warc.gz", kept))
    once, twice = tmp_path / "once.sqlite", tmp_path / "twice.sqlite"
    pnr_alone("import", warc, "--archive", str(once), cwd=tmp_path)

    process = pnr_process("import", warc, "--archive", str(twice), cwd=tmp_path)
    while process.poll() is None and _runs(twice) < 10:
        time.sleep(0.002)
    process.kill()
    process.communicate()
    half = _runs(twice)
    again = pnr_alone("import", warc, "--archive", str(twice), "--json", cwd=tmp_path)

    assert again.code == 0, again.err
    assert again.json["already"] >= 10 or half == 60
    for table in ("runs", "snapshots", "records", "changes", "visits", "record_versions"):
        query = f"SELECT * FROM {table}"  # noqa: S608  # our own words
        assert _rows(once, query) == _rows(twice, query), table


def _runs(path: Path) -> int:
    try:
        return int(_rows(path, "SELECT count(*) FROM runs")[0][0])
    except sqlite3.Error:
        return 0


def test_the_text_of_a_pdf_is_read(pnr: Callable[..., Ended], tmp_path: Path) -> None:
    (tmp_path / "guide.pdf").write_bytes(with_lines(["Une page de texte sur les parcs."]))
    url = "https://www.parcs-naturels-regionaux.fr/sites/f/guide.pdf"

    ended = pnr("import", "guide.pdf", "--url", url)

    assert ended.lines[0].endswith("0 records, 1 file.")
    assert "Une page de texte" in pnr("text", url).out


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("missing.html",), "There is no file or folder missing.html."),
        (("page.html", "--at", "soon"), "--at 'soon' is no date; write it like 2015-04-09."),
        (("page.html", "--at", "2999-01-01"), "--at 2999-01-01 is yet to come; name the day"),
        (("page.html", "--url", "mailto:x"), "--url: 'mailto:x' is not an http or https address."),
        (("page.html",), "Nothing was imported. Left out: 1 without an address"),
        (("page.html", "--url", "https://example.org/a"), "Nothing was imported. Left out: 1 of"),
    ],
)
def test_nonsense_ends_in_one_sentence(
    pnr: Callable[..., Ended], tmp_path: Path, arguments: tuple[str, ...], sentence: str
) -> None:
    (tmp_path / "page.html").write_bytes(
        b"<html><body><h1>Une page</h1><p>Un mot.</p></body></html>"
    )

    ended = pnr("import", *arguments)

    assert ended.code == 2
    assert ended.err.startswith(f"pnr: {sentence}")
    assert ended.err.count("\n") == 1
