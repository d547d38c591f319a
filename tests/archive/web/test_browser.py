"""The reading room as people meet it, in Chromium: nothing stands in anybody's way."""

from __future__ import annotations

import re
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest
from playwright.sync_api import expect

from tests.archive.web.browsing import (
    DESKTOP,
    KINDS,
    NEEDS_CHROMIUM,
    NO_SCRIPT,
    pnr_serve,
    visiting,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = NEEDS_CHROMIUM

PAGES = {
    "start": "/",
    "search": "/search?q=for%C3%AAt&first=2010&park=Vercors",
    "nothing": "/search?q=xyzzy+plugh&park=Vercors",
    "record": "/records/node-1408?q=circuit",
    "similar": "/records/node-1369/similar",
    "reading": "PDF?page=2&q=for%C3%AAt",
    "cite": "/records/node-1369/cite?page=2",
    "issues": "/issues",
    "missing": "/records/node-0",
}


@pytest.fixture(scope="module")
def served(demo_archive: Path, tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """Give the address of `pnr serve` on the demo's archive."""
    with pnr_serve(demo_archive, tmp_path_factory.mktemp("serve")) as address:
        yield address


@pytest.fixture(scope="module")
def pdf(demo_archive: Path) -> str:
    """Give the path of a PDF of a record."""
    with closing(sqlite3.connect(demo_archive)) as connection:
        (sha256,) = connection.execute(
            "SELECT sha256 FROM held_files JOIN record_files USING (url) "
            "WHERE record_id = 'node-1369'"
        ).fetchone()
    return f"/records/node-1369/files/{sha256}"


def test_from_a_word_to_a_citation(browser: Browser, served: str) -> None:
    """Search, narrow, open the PDF at the page of the hit, words marked, and cite it."""
    with visiting(browser, served, **DESKTOP) as visit:
        page = visit.open("/")
        page.locator("#q").press_sequentially("forêt ancienne")
        expect(page.locator("p.count")).to_contain_text("forêt ancienne")
        visit.is_at(r"/search\?.*q=for")
        expect(page.locator("#said")).to_contain_text("record")
        page.locator(".facet a", has_text="Vercors").first.click()
        visit.is_at("park=Vercors")
        expect(page.locator(".chips")).to_contain_text("Vercors")
        page.locator(".hit .where").nth(1).click()
        visit.is_at(r"/files/[0-9a-f]{64}\?page=\d+")
        number = re.findall(r"page=(\d+)", page.url)[0]
        expect(page.locator("#reading")).to_have_attribute("data-drawn", number)
        expect(page.locator(".textLayer mark").first).to_be_visible()
        assert {each.lower() for each in page.locator(".textLayer mark").all_inner_texts()} <= {
            "forêt",
            "forêts",
            "ancienne",
            "anciennes",
        }
        page.get_by_role("link", name="Cite this page").click()
        expect(page.locator("#as-iso690")).to_contain_text(f"p. {number}")
        page.go_back()
        page.go_back()
        visit.is_at("park=Vercors")
        expect(page.locator("#q")).to_have_value("forêt ancienne")


@pytest.mark.parametrize(
    ("kind", "name"),
    [
        *(("desktop", name) for name in PAGES),
        *((kind, name) for kind in ("phone", "dark") for name in ("search", "record", "reading")),
        ("phone", "start"),
    ],
)
def test_no_page_stands_in_anybodys_way(
    browser: Browser, served: str, pdf: str, *, kind: str, name: str
) -> None:
    """axe-core finds nothing, nothing is wider than the window, nothing moves by itself."""
    with visiting(browser, served, **KINDS[kind]) as visit:
        page = visit.open(PAGES[name].replace("PDF", pdf))
        if name == "reading":
            expect(page.locator("#reading")).to_have_attribute("data-drawn", "2")
        visit.keep_picture(f"{name}-{kind}")

        assert visit.barriers() == []
        wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wider) <= 0
        assert visit.shifted < 0.05
        visit.complaints = [each for each in visit.complaints if "404" not in each]


def test_without_script_everything_is_there(browser: Browser, served: str, pdf: str) -> None:
    with visiting(browser, served, **NO_SCRIPT) as visit:
        page = visit.open("/")
        page.locator("#q").fill("forêt")
        page.locator("#q").press("Enter")
        visit.is_at(r"/search\?q=for")
        page.locator(".facet a", has_text="Vercors").first.click()
        visit.is_at("park=Vercors")
        page.locator("input[name=first]").fill("2019")
        page.get_by_role("button", name="Apply").click()
        visit.is_at("first=2019")
        expect(page.locator(".hit")).to_have_count(1)
        expect(page.locator(".chips li")).to_have_count(2)
        visit.open(f"{pdf}?page=2&q=for%C3%AAt")
        picture = page.locator("#sheet img")
        expect(picture).to_be_visible()
        box = picture.bounding_box()
        assert box
        assert box["height"] > 500
        expect(page.locator(".as-set mark").first).to_be_visible()
        expect(page.locator("#zoom")).to_be_hidden()
        page.get_by_role("link", name="Next page").click()
        visit.is_at("page=3")
        visit.keep_picture("reading-without-script")


def test_by_keys_only(browser: Browser, served: str) -> None:
    with visiting(browser, served, **DESKTOP) as visit:
        page = visit.open("/search?q=eau")
        page.keyboard.press("Tab")
        expect(page.locator(".skip")).to_be_focused()
        page.keyboard.press("Enter")
        page.keyboard.press("Tab")
        expect(page.locator("#q")).to_be_focused()
        page.keyboard.press("ControlOrMeta+a")
        page.keyboard.type("forêt ancienne")
        page.keyboard.press("Enter")
        visit.is_at(r"q=for")
        _tab_to(page, ".hit .where")
        visit.keep_picture("search-focus")
        page.keyboard.press("Enter")
        visit.is_at("/files/")
        expect(page.locator("#reading")).to_have_attribute("data-drawn", re.compile(r"\d"))
        number = int(re.findall(r"page=(\d+)", page.url)[0])
        _tab_to(page, "#leaf")
        page.keyboard.press("ArrowRight")
        visit.is_at(rf"page={number + 1}\b")
        expect(page.locator("#reading")).to_have_attribute("data-drawn", str(number + 1))
        expect(page.locator("#leaf")).to_be_focused()
        page.go_back()
        expect(page.locator("#reading")).to_have_attribute("data-drawn", str(number))


def test_years_are_chosen_by_a_brush_and_by_keys(browser: Browser, served: str) -> None:
    with visiting(browser, served, **DESKTOP) as visit:
        page = visit.open("/search?q=parc")
        box = page.locator("svg.histogram").bounding_box()
        assert box
        page.mouse.move(box["x"] + box["width"] * 0.3, box["y"] + 30)
        page.mouse.down()
        page.mouse.move(box["x"] + box["width"] * 0.6, box["y"] + 30, steps=4)
        page.mouse.up()
        visit.is_at(r"first=\d{4}&last=\d{4}")
        first, last = (int(each) for each in re.findall(r"(?:first|last)=(\d+)", page.url))
        assert first < last
        expect(page.locator("#first")).to_have_value(str(first))
        expect(page.locator(".chips")).to_contain_text(f"{first}–{last}")
        page.locator("#last").focus()
        page.keyboard.press("ArrowDown")
        page.keyboard.press("Enter")
        visit.is_at(rf"last={last - 1}\b")
        page.locator("svg.histogram a").last.click()
        visit.is_at(r"first=(\d{4})&last=\1")


def test_hits_are_turned_without_leaving_the_document(
    browser: Browser, served: str, pdf: str
) -> None:
    with visiting(browser, served, **DESKTOP) as visit:
        page = visit.open(f"{pdf}?page=1&q=for%C3%AAt")
        expect(page.locator("#reading")).to_have_attribute("data-drawn", "1")
        fetched = [url for url in visit.asked if url.endswith("pdf.min.mjs")]
        page.get_by_role("link", name="Next result").click()
        expect(page.locator("#reading")).to_have_attribute("data-drawn", "2")
        expect(page.get_by_role("link", name="Next result")).to_be_focused()
        expect(page.locator(".hits")).to_contain_text("Result 2 of 16")
        before = page.locator("#sheet canvas").bounding_box()
        assert before
        page.get_by_role("button", name="Larger").click()
        expect(page.locator("#sheet canvas")).not_to_have_css("width", f"{before['width']}px")
        assert [url for url in visit.asked if url.endswith("pdf.min.mjs")] == fetched


def test_a_citation_is_copied(browser: Browser, served: str) -> None:
    copying: dict[str, Any] = {"permissions": ["clipboard-read", "clipboard-write"]}
    with visiting(browser, served, **DESKTOP, **copying) as visit:
        page = visit.open("/records/node-1369")
        page.get_by_role("button", name="Copy").click()
        expect(page.get_by_role("button", name="Copied")).to_be_visible()

        copied = page.evaluate("navigator.clipboard.readText()")
        assert copied == page.locator("#citation").inner_text().strip()


def test_a_record_is_printed_without_the_furniture(browser: Browser, served: str) -> None:
    with visiting(browser, served, **DESKTOP) as visit:
        page = visit.open("/records/node-1369")
        page.emulate_media(media="print")

        expect(page.locator("nav").first).to_be_hidden()
        expect(page.locator("h1")).to_be_visible()
        visit.keep_picture("record-print")


def test_options_take_effect_at_once(browser: Browser, served: str) -> None:
    with visiting(browser, served, **DESKTOP) as visit:
        page = visit.open("/search?q=for%C3%AAt")
        page.locator(".options summary").click()
        page.locator("#place").select_option("page")
        visit.is_at("place=page")
        expect(page.locator(".chips")).to_contain_text("own pages")
        expect(page.locator("#place")).to_have_value("page")
        page.locator("#derived").check()
        visit.is_at("derived=1")
        expect(page.locator(".chips li")).to_have_count(2)


def test_the_language_is_switched_where_one_is(browser: Browser, served: str) -> None:
    with visiting(browser, served, **DESKTOP) as visit:
        page = visit.open("/search?q=eau&park=Vercors")
        page.get_by_role("link", name="Français").click()
        visit.is_at(r"/search\?q=eau&park=Vercors")
        expect(page.locator("html")).to_have_attribute("lang", "fr")


def _tab_to(page: Any, selector: str, most: int = 60) -> None:
    """Press Tab until an element of this kind has the focus."""
    for _ in range(most):
        page.keyboard.press("Tab")
        if page.evaluate(f"document.activeElement.matches({selector!r})"):
            return
    pytest.fail(f"Tab does not reach {selector}")
