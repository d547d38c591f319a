"""A spot-check holds the archive against a live site, and changes nothing but its own record."""

from __future__ import annotations

import fcntl
import hashlib
import html
import io
import json
import signal
import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final
from urllib.parse import unquote, urlsplit

import pytest

from archive.locking import spot_check_lock, writer_lock
from crawler.demo import DemoSite
from tests.crawler.cli.conftest import pnr_process
from tests.crawler.cli.test_docs import documented
from tests.crawler.crawling import crawl, query
from tests.crawler.misbehaving import (
    LISTING,
    PDF,
    Asked,
    MisbehavingSite,
    Reply,
    document,
    listing,
    message,
    record,
)
from tests.crawler.misbehaving.resources import always

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from archive.records import Record
    from tests.crawler.cli.conftest import Ended
    from tests.crawler.misbehaving import Resource

    Command = Callable[..., Ended]

_SLUGS: Final = ("un", "deux", "trois", "quatre", "cinq", "six")
_FILE: Final = "/sites/f/un.pdf"
_CODES: Final = {"gone": 10, "unreadable": 11, "blocked": 7, "unreachable": 6}
_DATE: Final = "Mon, 02 Jan 2012 10:00:00 GMT"


def _file(asked: Asked) -> Reply:
    """Return a file as a web server does: with validators, and 304 to whoever has it."""
    headers = {"ETag": '"f1"', "Last-Modified": _DATE}
    if asked.headers.get("If-None-Match") == '"f1"':
        return Reply(status=304, headers=headers)
    return Reply(body=PDF, headers=headers, media_type="application/pdf")


def _resources() -> dict[str, Resource]:
    pages: dict[str, Resource] = {
        document(slug): record(f"Le document {slug}", files=[_FILE] if slug == "un" else [])
        for slug in _SLUGS
    }
    return pages | {LISTING: listing(map(document, _SLUGS)), _FILE: _file}


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[MisbehavingSite, Path]]:
    """Give a small site that is served, and an archive of it, never to be written."""
    archive = tmp_path_factory.mktemp("spot-check") / "parcs.sqlite"
    with MisbehavingSite(_resources()) as site:
        assert crawl(archive, start=[f"{site.base}{LISTING}"]).exit_code == 0
        yield site, archive


@pytest.fixture
def site(
    crawled: tuple[MisbehavingSite, Path], pnr: Command, monkeypatch: pytest.MonkeyPatch
) -> MisbehavingSite:
    """Give the small site as it was crawled, and its archive as the one that `pnr` asks."""
    site, archive = crawled
    site.resources = _resources()
    site.asked.clear()
    own = Path("parcs.sqlite")
    with closing(sqlite3.connect(archive)) as source, closing(sqlite3.connect(own)) as copy:
        source.backup(copy)
    quick = {"ARCHIVE": str(own), "RETRY_DELAY": "0.01", "RETRIES": "1", "MAX_FILE_MB": "1"}
    for name, value in quick.items():
        monkeypatch.setenv(f"PNR_{name}", value)
    assert pnr("spot-check", "list").lines == []
    return site


def _outcomes(ended: Ended) -> dict[str, int]:
    found: dict[str, int] = ended.json["spot_check"]["outcomes"]
    return found


def _fingerprint(archive: Path) -> dict[str, str]:
    """Return a digest of every table that is not the spot-checks' own."""
    with closing(sqlite3.connect(archive)) as connection:
        tables = connection.execute(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql NOT LIKE 'CREATE VIRTUAL%'"
        )
        return {
            name: hashlib.sha256(
                repr(connection.execute(f'SELECT * FROM "{name}"').fetchall()).encode()  # noqa: S608  # names of our own tables
            ).hexdigest()
            for (name,) in tables.fetchall()
            if not name.startswith("spot_check")
        }


def test_a_site_that_is_the_same_is_said_to_be_so(pnr: Command, site: MisbehavingSite) -> None:
    before = _fingerprint(Path("parcs.sqlite"))

    ended = pnr("spot-check")

    assert ended.code == 0, ended.err
    assert "6  same" in ended.out
    assert "0 of 6 wrong: every record was checked, there is no sampling error" in ended.out
    assert _fingerprint(Path("parcs.sqlite")) == before
    assert site.paths().count("/robots.txt") == 1
    assert sorted(site.paths()) == sorted(["/robots.txt", _FILE, *map(document, _SLUGS)])


def test_the_seed_draws_the_same_sample_again(pnr: Command, site: MisbehavingSite) -> None:
    first = pnr("spot-check", "--sample", 3, "--json").json
    seed = first["spot_check"]["seed"]
    again = pnr("spot-check", "--sample", 3, "--seed", seed, "--json").json

    drawn = [[each["record_id"] for each in check["records"]] for check in (first, again)]
    assert drawn[0] == drawn[1]
    assert len(set(drawn[0])) == 3
    assert f"with seed {seed}" in pnr("spot-check", "show", 2).out
    assert len(site.paths()) >= 8


def test_an_edit_is_content_and_a_new_theme_is_layout(pnr: Command, site: MisbehavingSite) -> None:
    page = record("Le document un", files=[_FILE])
    site.resources[document("un")] = page.replace(b"2012", b"2014")
    page = record("Le document deux").replace(b'<div class="field__label">Auteur(s)</div>', b"")
    site.resources[document("deux")] = page.replace(b"field--name-field-auteur", b"mention")

    ended = pnr("spot-check", "--json")

    assert ended.code == 11
    found = {each["title"]: each for each in ended.json["records"]}
    changed, broken = found["Le document un"], found["Le document deux"]
    assert changed["outcome"] == "content"
    years = [(each["field"], each["before"], each["after"]) for each in changed["differences"]]
    assert years == [
        ("year_start", 2012, 2014),
        ("year_end", 2012, 2014),
        ("year_raw", "2012", "2014"),
    ]
    assert broken["outcome"] == "layout"
    lost = [(each["field"], each["cause"]) for each in broken["differences"]]
    assert lost == [("authors", "layout"), ("authors_raw", "layout")]
    assert _outcomes(ended) == {"same": 4, "content": 1, "layout": 1}


@pytest.mark.parametrize(
    ("resource", "outcome", "reason"),
    [
        (always(Reply(status=404, body=b"<h1>Page introuvable</h1>")), "gone", "answers 404"),
        (always(Reply(status=410)), "gone", "answers 410"),
        (message("Page non trouvée", "Rien ici."), "gone", "says that it is not there"),
        (
            always(Reply(status=302, headers={"Location": LISTING})),
            "gone",
            "which is no record",
        ),
        (b"<html><body></body></html>", "unreadable", "not recognised"),
        (
            b"<html><h1>Checking your browser</h1><div class='cf-challenge'></div></html>",
            "blocked",
            "a captcha",
        ),
        (always(Reply(status=403, body=b"<h1>Interdit</h1>")), "blocked", "a captcha"),
        (always(Reply(status=500)), "unreachable", "answers 500"),
        (always(Reply(drops_at=-1)), "unreachable", "does not answer"),
    ],
)
def test_what_stands_in_the_place_of_a_page_is_told_apart(
    pnr: Command, site: MisbehavingSite, resource: Resource, outcome: str, reason: str
) -> None:
    site.resources[document("un")] = resource

    ended = pnr("spot-check", "--json")

    [odd] = [each for each in ended.json["records"] if each["outcome"] != "same"]
    assert (odd["title"], odd["outcome"]) == ("Le document un", outcome)
    assert reason in odd["reason"]
    assert ended.code == ended.json["exit_code"] == _CODES[outcome]


def test_a_page_that_asks_for_a_moment_is_asked_again(pnr: Command, site: MisbehavingSite) -> None:
    busy = Reply(status=503, headers={"Retry-After": "0"})
    good = Reply(body=record("Le document deux"))
    site.resources[document("deux")] = lambda asked: good if asked.times > 1 else busy

    assert pnr("spot-check").code == 0
    assert site.paths().count(document("deux")) == 2


def test_a_site_that_asks_for_an_hour_is_left_alone_and_gone_on_with(
    pnr: Command, site: MisbehavingSite
) -> None:
    site.resources["*"] = site.resources[LISTING]
    later = always(Reply(status=503, headers={"Retry-After": "3000"}))
    site.resources |= {document(slug): later for slug in _SLUGS}

    ended = pnr("spot-check", "--json")
    asked = len(site.paths())
    site.resources = _resources()
    resumed = pnr("spot-check", "--resume", "--json")

    assert (ended.code, asked) == (7, 2)
    assert _outcomes(ended) == {"pending": 5, "blocked": 1}
    assert "asks to come back in" in ended.json["spot_check"]["status_reason"]
    assert (resumed.code, _outcomes(resumed)) == (0, {"same": 6})
    assert resumed.json["spot_check"]["status"] == "complete"


def test_a_site_that_robots_closes_is_not_asked(pnr: Command, site: MisbehavingSite) -> None:
    rules = Reply(body=b"User-agent: *\nDisallow: /", media_type="text/plain")
    site.resources["/robots.txt"] = always(rules)

    ended = pnr("spot-check", "--json")

    assert ended.code == 6
    assert site.paths() == ["/robots.txt"]
    assert _outcomes(ended) == {"pending": 1, "unreachable": 5}
    assert ended.json["bounds"]["reading"]["sentence"] == (
        "none could be checked, so nothing follows"
    )


@pytest.mark.parametrize(
    ("reply", "outcome", "reason"),
    [
        (Reply(body=PDF, headers={"ETag": '"f1"'}), "same", "the same validators"),
        (Reply(body=PDF, headers={"ETag": '"f2"'}), "same", "the same bytes"),
        (Reply(body=PDF), "same", "the same bytes"),
        (Reply(body=PDF.replace(b"200", b"300")), "replaced", "other bytes"),
        (Reply(body=PDF + b"\n", media_type="application/pdf"), "replaced", "bytes, before"),
        (Reply(status=404), "gone", "answers 404"),
        (Reply(status=403), "blocked", "answers 403"),
        (Reply(status=500), "unreachable", "answers 500"),
        (Reply(body=b"x" * 2_000_000, length=-1), "unchecked", "max_file_mb"),
        (
            Reply(body=message("Page non trouvée", "Rien."), media_type="text/html"),
            "gone",
            "a page says that it is not there",
        ),
    ],
)
def test_a_file_is_held_by_its_validators_or_its_bytes(
    pnr: Command,
    site: MisbehavingSite,
    reply: Reply,
    outcome: str,
    reason: str,
) -> None:
    site.resources[_FILE] = always(reply)

    ended = pnr("spot-check", "--json")

    [file] = [file for each in ended.json["records"] for file in each["files"]]
    assert file["outcome"] == outcome
    assert reason in file["reason"]
    changes = [each for each in ended.json["records"] if each["differences"]]
    assert len(changes) == (outcome in {"replaced", "gone"})
    assert ended.code == (10 if changes else 0)


def test_a_file_that_is_not_modified_is_not_sent(pnr: Command, site: MisbehavingSite) -> None:
    pnr("spot-check")

    [asked] = [each for each in site.asked if each.path == _FILE]
    assert asked.headers["If-None-Match"] == '"f1"'
    assert asked.headers["If-Modified-Since"] == _DATE


def test_a_file_that_several_records_offer_is_asked_for_once(pnr: Command, tmp_path: Path) -> None:
    pages = {document(slug): record(slug, files=[_FILE]) for slug in ("un", "deux")}
    with MisbehavingSite(pages | {LISTING: listing(pages), _FILE: _file}) as site:
        crawl(tmp_path / "own.sqlite", start=[f"{site.base}{LISTING}"])
        site.asked.clear()

        ended = pnr("spot-check", "--json", "--archive", tmp_path / "own.sqlite")

    outcomes = [file["outcome"] for each in ended.json["records"] for file in each["files"]]
    assert outcomes == ["same", "same"]
    assert site.paths().count(_FILE) == 1


def test_records_can_be_named_and_nothing_follows_for_others(
    pnr: Command, site: MisbehavingSite
) -> None:
    Path("liste.txt").write_text(f"# à revoir\n{site.base}{document('deux')}\n\n")

    by_url = pnr("spot-check", "--url", document("un"), "--url", f"{site.base}{document('un')}")
    by_file = pnr("spot-check", "--file", "liste.txt")

    assert (by_url.code, by_file.code) == (0, 0)
    assert "1 of 6 records" in by_url.out
    assert "0 of 1 wrong: they were chosen, not drawn" in by_file.out


def test_a_withdrawn_record_that_is_named_is_expected_to_be_gone(
    pnr: Command, site: MisbehavingSite
) -> None:
    with closing(sqlite3.connect("parcs.sqlite")) as archive, archive:
        archive.execute("UPDATE records SET withdrawn_at = '2026-01-01' WHERE url LIKE '%/un'")
    back = pnr("spot-check", "--url", document("un"), "--json")
    site.resources[document("un")] = always(Reply(status=410))
    gone = pnr("spot-check", "--url", document("un"), "--json")

    assert (back.code, gone.code) == (10, 0)
    assert back.json["records"][0]["reason"] == "it was withdrawn, and is back"
    assert gone.json["records"][0]["reason"] == "withdrawn, and still gone: answers 410"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["--by", "park"], "--by 'park' is none of type, year, layout"),
        (["--url", "nowhere"], "No record goes by 'nowhere'"),
        (["--file", "nowhere.txt"], "There is no file nowhere.txt"),
        (["--url", "node-1", "--seed", "3"], "--url and --file name the records"),
        (["--resume"], "was done to its end"),
        (["--resume", "--seed", "3"], "it takes no other selection"),
        (["--sample", "0"], "Invalid value for '--sample'"),
        (["--seed", "3", "show", "1"], "Options stand behind the subcommand"),
        (["show", "9"], "There is no spot-check 9"),
        (["review", "9"], "There is no spot-check 9"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(
    pnr: Command, site: MisbehavingSite, arguments: list[str], words: str
) -> None:
    ended = pnr("spot-check", *arguments)

    assert ended.code == 2
    assert words in ended.err
    assert site.paths() == []


def test_a_crawl_is_made_way_for_and_other_writers_are_not_noticed(
    pnr: Command, site: MisbehavingSite
) -> None:
    archive = Path("parcs.sqlite")
    with writer_lock(archive, "a crawl"):
        refused = pnr("spot-check")
    with writer_lock(archive, "reading texts"):
        done = pnr("spot-check")

    assert (refused.code, done.code) == (8, 0)
    assert "would ask twice as fast as the site likes" in refused.err
    assert query(archive, "SELECT count(*) FROM spot_checks") == [(1,)]
    assert site.paths()


def test_there_is_one_at_a_time(pnr: Command, site: MisbehavingSite) -> None:
    archive = Path("parcs.sqlite")

    with spot_check_lock(archive):
        refused = [pnr("spot-check"), pnr("spot-check", "--resume")]

    assert [ended.code for ended in refused] == [8, 8]
    assert all("against the site by a spot-check (process" in ended.err for ended in refused)
    assert query(archive, "SELECT count(*) FROM spot_checks") == [(0,)]
    assert site.paths() == []
    assert pnr("spot-check").code == 0


def test_a_crawl_that_begins_meanwhile_has_the_site_to_itself(
    pnr: Command, site: MisbehavingSite
) -> None:
    archive = Path("parcs.sqlite")
    with _lock_taken_after(site, archive, requests=3):
        stopped = pnr("spot-check")

    resumed = pnr("spot-check", "--resume", "--json")

    assert stopped.code == 8
    assert resumed.json["spot_check"]["status"] == "complete"
    assert _outcomes(resumed) == {"same": 6}
    assert len([path for path in site.paths() if path.startswith(document(""))]) == 6


@contextmanager
def _lock_taken_after(site: MisbehavingSite, archive: Path, *, requests: int) -> Iterator[None]:
    """Sign the archive's lock as a crawl does, at a request in the middle."""
    lock = writer_lock(archive, "a crawl")

    def watch(_asked: Asked) -> None:
        if len(site.asked) == requests:
            lock.__enter__()

    site.watch = watch
    try:
        yield
    finally:
        site.watch = None
        lock.__exit__(None, None, None)


@pytest.mark.parametrize(
    ("number", "code", "status"),
    [(signal.SIGINT, 130, "interrupted"), (signal.SIGKILL, -9, "running")],
)
def test_whatever_stops_it_what_was_checked_is_kept(
    pnr: Command, site: MisbehavingSite, number: int, code: int, status: str
) -> None:
    stopped_at = document("quatre")
    slow = Reply(body=record("Le document quatre"), after=2.0)
    site.resources[stopped_at] = lambda _asked: slow
    process = pnr_process("spot-check", cwd=Path.cwd(), PNR_ARCHIVE="parcs.sqlite")
    site.watch = lambda asked: process.send_signal(number) if asked.path == stopped_at else None
    _, told = process.communicate(timeout=120)
    site.watch = None
    kept = pnr("spot-check", "show", 1, "--json").json["spot_check"]
    site.resources = _resources()
    resumed = pnr("spot-check", "--resume", "--json")

    assert (process.returncode, kept["status"]) == (code, status)
    assert kept["outcomes"]["pending"] >= 1
    assert "pnr spot-check --resume" in told or number == signal.SIGKILL
    assert _outcomes(resumed) == {"same": 6}


def test_what_our_own_reader_does_is_not_taken_for_the_sites(
    pnr: Command, site: MisbehavingSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.resources[document("un")] = record("Le document un", files=[_FILE]).replace(
        b"2012", b"2014"
    )
    monkeypatch.setenv("PNR_READER__LABELS", '{"Auteur(s)": "ignore"}')

    ended = pnr("spot-check", "--json")

    causes = {
        (difference["field"], difference["cause"])
        for each in ended.json["records"]
        for difference in each["differences"]
    }
    years = {(field, "content") for field in ("year_start", "year_end", "year_raw")}
    assert causes == years | {("authors", "reader"), ("authors_raw", "reader")}
    assert _outcomes(ended) == {"content": 1, "reader": 5}
    assert ended.json["bounds"]["archive"]["wrong"] == 1


def test_the_report_shows_both_pages_and_lets_none_of_them_act(
    pnr: Command, site: MisbehavingSite
) -> None:
    page = record("Le document un", files=[_FILE]).replace(b"2012", b"2014")
    site.resources[document("un")] = page.replace(b"</main>", b"<script>alert(1)</script></main>")

    ended = pnr("spot-check", "--json")

    text = Path(ended.json["report"]).read_text("utf-8")
    shown = html.unescape(text)
    assert text.count('<iframe sandbox=""') == 2
    assert "alert(1)" not in shown
    assert "<del>2012</del>" in shown
    assert "<ins>2014</ins>" in shown
    assert "default-src 'none'" in text


def test_a_review_asks_keeps_and_goes_on(
    pnr: Command, site: MisbehavingSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    page = record("Le document un", files=[_FILE])
    site.resources[document("un")] = page.replace(b"2012", b"2014")
    site.resources[document("deux")] = always(Reply(status=404))
    pnr("spot-check", "--seed", 1)

    monkeypatch.setattr("sys.stdin", io.StringIO("what?\nw printed 2012\ns\nq\n"))
    first = pnr("spot-check", "review", 1)
    monkeypatch.setattr("sys.stdin", io.StringIO("right\n"))
    second = pnr("spot-check", "review", 1)
    rates = pnr("spot-check", "review", 1, "--json").json

    assert (first.code, second.code) == (0, 0)
    assert "2 to review" in first.out
    assert "Answer with r, w, u, s or q." in first.out
    assert "1 to review" in second.out
    assert "Reviewed: 2 of 2 differences." in second.out
    said = [each["verdicts"][-1] for each in rates["differences"] if each["verdicts"]]
    assert sorted(each["verdict"] for each in said) == ["right", "wrong"]
    assert {"year_start", "year_raw"} <= {each["field"] for each in rates["differences"]}
    assert [each["note"] for each in said if each["verdict"] == "wrong"] == ["printed 2012"]
    assert rates["any_field"]["wrong"] == 1


def test_verdicts_stay_when_the_terminal_goes_and_are_compared(
    pnr: Command, site: MisbehavingSite, monkeypatch: pytest.MonkeyPatch
) -> None:
    site.resources[document("deux")] = always(Reply(status=404))
    pnr("spot-check")
    pnr("spot-check")
    none_yet = pnr("spot-check", "compare")
    for number, answer in ((1, "wrong"), (2, "r a note")):
        monkeypatch.setattr("sys.stdin", io.StringIO(answer))
        assert pnr("spot-check", "review", number).code == 0

    compared = pnr("spot-check", "compare", "--json").json
    shown = pnr("spot-check", "review", 2, "--show").out

    assert none_yet.out.startswith("No spot-check was reviewed yet")
    assert [each["any_field"]["wrong"] for each in compared] == [1, 0]
    assert "right  a note" in shown
    assert pnr("spot-check", "compare").lines[0].split("\t")[2:4] == ["(any field)", "1"]


@pytest.mark.parametrize(
    ("command", "arguments", "part"),
    [
        ("pnr spot-check", [], ""),
        ("pnr spot-check", [], "spot_check"),
        ("pnr spot-check", [], "records"),
        ("pnr spot-check show", ["1"], ""),
        ("pnr spot-check list", [], ""),
        ("pnr spot-check review", ["1"], ""),
        ("pnr spot-check review", ["1"], "differences"),
    ],
)
def test_json_has_the_keys_that_are_documented(
    pnr: Command, site: MisbehavingSite, command: str, arguments: list[str], part: str
) -> None:
    site.resources[document("deux")] = always(Reply(status=404))
    pnr("spot-check", "--seed", 1)

    printed = pnr(*command.split()[1:], *arguments, "--json").json

    whole = printed[part] if part else printed
    keys = set(whole[0] if isinstance(whole, list) else whole)
    assert any(keys == set(sentence) - {part} for sentence in documented(command)), keys


@pytest.fixture
def live_demo(demo_archive: Path, own_archive: Path) -> Iterator[DemoSite]:
    """Serve the demo where it was crawled; one test at a time, for it is one port."""
    [(scope,)] = query(demo_archive, "SELECT scope FROM runs")
    port = int(json.loads(scope)["start"][0].split(":")[2].split("/")[0])
    with (demo_archive.parent / "port.lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        with DemoSite(port=port) as site:
            yield site
    assert own_archive.exists()


def test_the_demo_is_the_same_and_the_bound_is_below_five_per_cent(
    pnr: Command, own_archive: Path, live_demo: DemoSite
) -> None:
    before = _fingerprint(own_archive)

    ended = pnr("spot-check", "--archive", own_archive)

    assert ended.code == 0, ended.out
    assert "0 of 59 wrong: below 5 % with 95 % confidence" in ended.out
    assert _fingerprint(own_archive) == before
    files = [each for each in live_demo.requests if each.path.endswith(".pdf")]
    assert files
    assert {(each.status, each.sent) for each in files} == {(304, 0)}


def test_of_the_demos_second_state_exactly_its_changes_are_found(
    pnr: Command, own_archive: Path, live_demo: DemoSite
) -> None:
    keys = [entry.key for entry in live_demo.catalogue]
    before = {key: live_demo.expected(key) for key in keys}
    was = _bodies(live_demo, own_archive)
    live_demo.change_to("second")
    gone = set(live_demo.edition.state.withdrawn)
    after = {key: live_demo.expected(key) for key in keys}
    now = _bodies(live_demo, own_archive)

    ended = pnr("spot-check", "--sample", 80, "--archive", own_archive, "--json")

    found = {
        each["record_id"]: {difference["field"] for difference in each["differences"]} - {"file"}
        for each in ended.json["records"]
    }
    expected = {
        before[key].id: {""} if key in gone else _fields_that_differ(before[key], after[key])
        for key in keys
        if before[key].id
    }
    assert ended.code == 10
    assert {key: found[key] for key in expected} == expected
    replaced = {
        file["url"]
        for each in ended.json["records"]
        for file in each["files"]
        if file["outcome"] == "replaced"
    }
    assert replaced == {url for url in was if was[url] != now[url]}


def test_the_demos_redesign_puts_reading_in_doubt_and_a_captcha_ends_it(
    pnr: Command, own_archive: Path, live_demo: DemoSite
) -> None:
    live_demo.change_to("redesign-drops-a-label")
    redesigned = pnr("spot-check", "--sample", 20, "--archive", own_archive, "--json")
    live_demo.change_to("blocked")
    blocked = pnr("spot-check", "--sample", 20, "--archive", own_archive, "--json")

    assert (redesigned.code, blocked.code) == (11, 7)
    assert _outcomes(redesigned) == {"layout": 20}
    authors = [
        (difference["after"], difference["cause"])
        for each in redesigned.json["records"]
        for difference in each["differences"]
        if difference["field"] == "authors"
    ]
    assert len(authors) >= 15
    assert {str(each) for each in authors} == {"([], 'layout')"}
    assert _outcomes(blocked) == {"pending": 15, "blocked": 5}


def _bodies(site: DemoSite, archive: Path) -> dict[str, bytes]:
    """Return what the site gives today for each file that the archive holds and records offer."""
    rows = query(
        archive,
        "SELECT DISTINCT f.url FROM held_files h JOIN record_files f ON f.url = h.url",
    )
    return {url: site.edition.answer(unquote(urlsplit(url).path), 0).body for (url,) in rows}


def _fields_that_differ(one: Record, other: Record) -> set[str]:
    names = set(one.__dataclass_fields__) - {"id", "aliases"}
    return {name for name in names if getattr(one, name) != getattr(other, name)}
