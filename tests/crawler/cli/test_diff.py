"""`pnr diff` and `pnr noise`, on the demo and on a site with noise of its own."""

from __future__ import annotations

import itertools
import threading
from html.parser import HTMLParser
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any

import pytest

from archive.database import open_archive
from crawler.demo import DemoSite
from tests.crawler.crawling import crawl
from tests.crawler.demo_story import demo_story
from tests.crawler.redesign_story import redesign_story

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.crawler.cli.conftest import Ended

    Command = Callable[..., Ended]


@pytest.fixture(scope="module")
def edited(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give the archive of the demo and its second state, to be read."""
    return demo_story(tmp_path_factory)[-1].crawled.archive


class _Seen(HTMLParser):
    """Every tag and attribute of a page, and the pages in its frames."""

    def __init__(self, markup: str) -> None:
        super().__init__()
        self.tags: set[str] = set()
        self.attributes: set[str] = set()
        self.frames: list[str] = []
        self.feed(markup)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.add(tag)
        self.attributes |= {name for name, _ in attrs}
        self.frames += [value or "" for name, value in attrs if name == "srcdoc"]


def test_by_default_the_last_two_versions_are_compared(pnr: Command, edited: Path) -> None:
    said = pnr("diff", "node-1512", "--archive", edited)

    assert said.code == 0
    assert said.lines[2].startswith("before  version 1 (run 2, ")
    assert said.lines[3].startswith("after   version 2 (run 3, ")
    assert said.lines[4] == "1 field differs."
    assert said.lines[6:] == ["document_type  (content)", "  − Étude", "  + Guide méthodologique"]


def test_a_text_is_compared_word_by_word(pnr: Command, edited: Path) -> None:
    said = pnr("diff", "node-1421", "--what", "text", "--archive", edited)

    assert said.lines[6].startswith("Text: +36 −")
    assert any("{+Depuis la rentrée, toutes les cantines" in line for line in said.lines)


def test_a_replaced_pdf_is_compared_page_by_page(pnr: Command, edited: Path) -> None:
    said = pnr("diff", "node-1317", "--what", "pdf", "--archive", edited)

    assert "  page 2 added" in said.lines
    assert "  page 2, now page 3, changed" in said.lines
    assert any("[-quinze-]{+douze+} ans" in line for line in said.lines)


def test_the_same_text_in_new_bytes_is_said_plainly(pnr: Command, edited: Path) -> None:
    said = pnr("diff", "node-1369", "--what", "pdf", "--archive", edited)

    assert said.lines[4] == "forets_anciennes.pdf: same text, new bytes."
    (url,) = [
        file["url"]
        for file in pnr("diff", "node-1369", "--json", "--archive", edited).json["files"]
    ]
    assert "same text, new bytes" in pnr("diff", url, "--archive", edited).out


def test_the_source_is_compared_without_noise(pnr: Command, edited: Path) -> None:
    said = pnr("diff", "node-1512", "--what", "html", "--archive", edited)

    changed = [line.strip() for line in said.lines if "[-" in line or "{+" in line]
    assert "[-Étude-]" in changed
    assert "{+Guide méthodologique+}" in changed
    assert not any(word in line for line in changed for word in ("form-", "itok", "css_", "?"))


@pytest.mark.parametrize(
    ("options", "versions"),
    [
        (["--from", "1", "--to", "3"], ("1", "2")),
        (["--from", "run:1", "--to", "run:3"], ("1", "2")),
        (["--from", "3", "--to", "1"], ("2", "1")),
        (["--to", "2100-01-01"], ("1", "2")),
    ],
)
def test_states_are_named_by_run_date_or_snapshot(
    pnr: Command, edited: Path, options: list[str], versions: tuple[str, str]
) -> None:
    said = pnr("diff", "node-1512", *options, "--archive", edited)

    assert tuple(line.split()[2] for line in said.lines[2:4]) == versions


def test_a_snapshot_that_the_history_names_can_be_compared(pnr: Command, edited: Path) -> None:
    entries = pnr("history", "node-1512", "--json", "--archive", edited).json["entries"]
    first = f"snapshot:{entries[-1]['snapshot_id']}"

    said = pnr("diff", "node-1512", "--from", first, "--to", first, "--archive", edited)

    assert said.lines[4].startswith(
        "Both sides are one state, so nothing can differ; `pnr history`"
    )


def test_what_did_not_change_is_said_and_not_shown_as_nothing(pnr: Command, edited: Path) -> None:
    for form in ("terminal", "json", "unified", "html"):
        said = pnr("diff", "node-1447", "--format", form, "--archive", edited)
        assert said.code == 0
        assert "Nothing" in said.out + said.err


def test_unified_is_what_patch_reads(pnr: Command, edited: Path) -> None:
    said = pnr("diff", "node-1382", "--format", "unified", "--archive", edited)

    assert said.lines[0].startswith("--- fields\tversion 1 ")
    assert said.lines[2] == "@@ -1,3 +1,3 @@"
    assert "+contributors_raw: DREAL Pays de la Loire" in said.lines


def test_html_is_one_page_that_loads_nothing(pnr: Command, edited: Path) -> None:
    said = pnr("diff", "node-1317", "--format", "html", "--archive", edited)

    assert said.out.startswith("<!doctype html>")
    assert said.out.count('<iframe sandbox="" ') == 2
    assert "<ins>douze</ins>" in said.out
    seen = _Seen(said.out)
    assert seen.tags.isdisjoint({"script", "img", "link", "form", "object", "svg"})
    assert seen.attributes.isdisjoint({"src", "href", "action", "style", "onload"})
    assert len(seen.frames) == 2
    for frame in map(_Seen, seen.frames):
        assert frame.tags.isdisjoint({"script", "img", "link", "form", "object", "svg", "iframe"})
        assert frame.attributes.isdisjoint({"src", "href", "action", "style", "onload"})


def test_two_runs_are_compared_as_a_whole(pnr: Command, edited: Path) -> None:
    found = pnr("diff", "--run", "1", "3", "--json", "--archive", edited).json
    of_run = pnr("changes", "--json", "--archive", edited).json

    def plain(changes: list[dict[str, Any]]) -> set[tuple[str, str, str, str, str]]:
        return {
            (one["record_id"], one["kind"], one["field"], one["cause"], str(one["after"]))
            for one in changes
        }

    assert plain(found) == plain(of_run)
    back = pnr("diff", "--run", "3", "1", "--json", "--archive", edited).json
    assert len(back) == len(found)
    assert {one["kind"] for one in back} == {"changed", "withdrawn", "restored", "file-replaced"}
    assert pnr("diff", "--run", "1", "2", "--archive", edited).lines == ["Nothing changed."]


def test_causes_between_runs_are_those_of_the_changes_between(
    pnr: Command, tmp_path_factory: pytest.TempPathFactory
) -> None:
    archive = redesign_story(tmp_path_factory)

    found = pnr("diff", "--run", "1", "3", "--json", "--archive", archive).json

    assert {(one["field"], one["cause"]) for one in found} == {
        ("extra", "reader"),
        ("files", "layout"),
    }
    assert max(one["pages_with_this_edit"] for one in found) > 30


_NOTHING = "Nothing differs in fields and text; --what html compares the source."


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["node-99999"], "node-99999"),
        ([], "pnr diff URL"),
        (["node-1512", "--from", "1999-01-01"], "1999-01-01"),
        (["node-1512", "--from", "soon"], "soon"),
        (["--run", "1", "99"], "run 99"),
        (["node-1512", "--run", "1", "2"], "--run"),
        (["--run", "1", "2", "--format", "html"], "--run"),
        (["node-1512", "--what", "colour"], "'--what': 'colour' is not one of"),
        (["node-1512", "--live", "--to", "1"], "--live is the later state"),
        (["--run", "1"], "`pnr diff --help` says more"),
    ],
)
def test_what_makes_no_sense_is_said_in_a_sentence(
    pnr: Command, edited: Path, arguments: list[str], words: str
) -> None:
    said = pnr("diff", *arguments, "--archive", edited)

    assert said.code == 2
    assert words in said.err
    assert len(said.err.strip().splitlines()) == 1


def test_the_live_page_is_held_against_the_archive_and_nothing_is_stored(
    pnr: Command, tmp_path: Path
) -> None:
    archive = tmp_path / "archive.sqlite"
    with DemoSite() as site:
        pages = {site.expected(key).url: key for key in ("eolien", "charte-paysagere")}
        crawl(archive, start=list(pages), limit=2, extract="later")
        with open_archive(archive) as opened, opened.connect() as connection:
            query = "SELECT r.id, v.url FROM records r JOIN aliases v USING (resource_id)"
            ids = {url: id_ for id_, url in connection.exec_driver_sql(query)}
        named = {key: ids[url] for url, key in pages.items()}
        size = archive.stat().st_size

        same = pnr("diff", named["eolien"], "--live", "--archive", archive)
        inspected = pnr("inspect", named["eolien"], "--archive", archive)
        site.change_to("second")
        changed = pnr("diff", named["eolien"], "--live", "--json", "--archive", archive)
        whole = pnr("diff", named["eolien"], "--live", "--format", "html", "--archive", archive)
        gone = pnr("diff", named["charte-paysagere"], "--live", "--archive", archive)
        site.change_to("blocked")
        blocked = pnr("diff", named["eolien"], "--live", "--archive", archive)
    silent = pnr("diff", named["eolien"], "--live", "--archive", archive)

    assert same.lines[3:] == ["after   the live page", _NOTHING]
    assert "(from the site)" in inspected.out
    (field,) = changed.json["fields"]
    assert (field["field"], field["after"], field["causes"]) == (
        "document_type",
        "Guide méthodologique",
        ["content"],
    )
    assert whole.out.count('<iframe sandbox=""') == 2
    assert (gone.code, "404" in gone.err) == (2, True)
    assert blocked.code == 7
    assert silent.code == 6
    assert archive.stat().st_size == size


def test_a_pdf_is_held_against_the_live_one_when_asked(pnr: Command, tmp_path: Path) -> None:
    archive = tmp_path / "archive.sqlite"
    with DemoSite() as site:
        page = site.expected("energie-acteurs").url
        crawl(archive, start=[page], limit=1)

        same = pnr("diff", page, "--live", "--what", "pdf", "--archive", archive)
        site.change_to("second")
        replaced = pnr("diff", page, "--live", "--what", "pdf", "--archive", archive)

    assert same.lines[4] == "Nothing differs in files."
    assert "  page 2 added" in replaced.lines
    assert any("[-quinze-]{+douze+} ans" in line for line in replaced.lines)


class _Noisy(BaseHTTPRequestHandler):
    """A page with noise that no profile knows."""

    turns = itertools.count(100)

    def do_GET(self) -> None:
        turn = next(self.turns)
        page = f'<p data-visit="{turn:08x}">Charte</p><p>Vu {turn} fois depuis hier</p>'
        body = b"" if self.path == "/robots.txt" else page.encode()
        self.send_response(200 if body else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def noisy() -> Iterator[str]:
    """Give the address of a page that is never the same twice."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Noisy)
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_address[1]}/page"
    server.shutdown()
    server.server_close()
    thread.join()


def test_rules_are_proposed_and_take_out_what_differs(
    pnr: Command, noisy: str, tmp_path: Path
) -> None:
    said = pnr("noise", noisy)

    assert said.code == 0
    assert said.lines[0] == "2 places differ:"
    assert said.lines[-1] == "With these rules both answers are the same."
    proposed = said.out[said.out.index("[noise]") : said.out.index("\n\nWith")]
    (tmp_path / "pnr.toml").write_text(proposed, "utf-8")

    again = pnr("noise", noisy)

    assert again.lines == ["The rules in force take out everything that differs."]


def test_noise_as_json(pnr: Command, noisy: str) -> None:
    found = pnr("noise", noisy, "--json").json

    assert (found["places"], found["settled"], found["unexplained"]) == (2, True, [])
    assert {rule["name"] for rule in found["rules"]} == {"data-visit", "Vu"}


def test_the_demos_noise_is_known(pnr: Command) -> None:
    with DemoSite() as site:
        for key in ("eolien", "habitat", "sentiers", "cantines"):
            said = pnr("noise", site.expected(key).url)
            assert "differ" not in said.lines[0] or "everything" in said.lines[0], said.out


@pytest.mark.parametrize("address", ["not an address", "ftp://example.org/x"])
def test_noise_of_no_page_is_said_in_a_sentence(pnr: Command, address: str) -> None:
    said = pnr("noise", address)

    assert said.code == 2
    assert len(said.err.strip().splitlines()) == 1


def test_a_rule_that_is_none_is_a_wrong_setting(pnr: Command, tmp_path: Path) -> None:
    for rule in ("(", "a*", "(a)(b)"):
        (tmp_path / "pnr.toml").write_text(f"[noise]\nx = '{rule}'\n", "utf-8")
        said = pnr("config")
        assert said.code == 2
        assert "noise" in said.err
