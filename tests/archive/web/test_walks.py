"""Walks through the past of an archive in Chromium: states, changes and their feed, verdicts."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import feedparser
import pytest
from playwright.sync_api import expect

from archive.database import open_archive
from archive.spot_checks.reviewing import differences_of
from tests.archive.web.browsing import (
    DESKTOP,
    KINDS,
    NEEDS_CHROMIUM,
    NO_SCRIPT,
    pnr_serve,
    visiting,
)
from tests.archive.web.changing import SPITE, make_past

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser

pytestmark = NEEDS_CHROMIUM

PAGES = {
    "overview": "/overview",
    "runs": "/runs",
    "run": "/runs/2",
    "addresses": "/runs/2/addresses",
    "changes": "/changes",
    "history": "/records/node-1/history",
    "difference": "/records/node-1/diff",
    "difference-pages": "/records/node-1/diff?what=page",
    "spot-checks": "/spot-checks",
    "spot-check": "/spot-checks/1",
    "review": "/spot-checks/1/review?difference=1",
    "api": "/api",
}


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an archive with a past, and a spot-check that found two differences."""
    path = tmp_path_factory.mktemp("walks") / "archive.sqlite"
    make_past(path)
    return path


@pytest.fixture(scope="module")
def served(past: Path) -> Iterator[str]:
    """Give the address of `pnr serve --review` on it."""
    with pnr_serve(past, past.parent, "--review") as address:
        yield address


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("name", PAGES)
def test_no_page_of_the_past_stands_in_anybodys_way(
    browser: Browser, served: str, *, kind: str, name: str
) -> None:
    """axe-core finds nothing, nothing is wider than the window, nothing moves by itself."""
    with visiting(browser, served, **KINDS[kind]) as visit:
        page = visit.open(PAGES[name])
        visit.keep_picture(f"{name}-{kind}", full=True)

        assert visit.barriers() == []
        wider = "document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wider) <= 0
        assert visit.shifted < 0.05


def test_from_a_history_to_both_pages_side_by_side(browser: Browser, served: str) -> None:
    """History, its two states, fields and text, and the pages in frames without any right."""
    with visiting(browser, served, **DESKTOP) as visit:
        page = visit.open("/records/node-1")
        page.locator("a[href='/records/node-1/history']").last.click()
        page.get_by_role("button", name="Compare").click()
        visit.is_at(r"/records/node-1/diff\?from=s\d+&to=s\d+")
        expect(page.locator("ins", has_text=", revu")).to_be_visible()
        expect(page.locator("main")).to_contain_text(SPITE)
        page.get_by_role("link", name="As it was displayed").click()
        visit.is_at("what=page")
        for side, title in (("before", "Guide 1"), ("after", "Guide 1, revu")):
            shown = page.frame_locator(f"iframe[src*='/diff/{side}']")
            expect(shown.locator("body")).to_contain_text(title)
            expect(shown.locator("script")).to_have_count(0)


def test_from_changes_by_a_filter_to_its_feed(browser: Browser, served: str) -> None:
    with visiting(browser, served, **DESKTOP) as visit:
        page = visit.open("/changes")
        expect(page.get_by_role("heading", name=re.compile("12 ×"))).to_be_visible()
        page.locator("input[name=park]").fill("Vercors")
        page.locator("select[name=field]").select_option("tags")
        page.get_by_role("button", name="Show").click()
        visit.is_at("field=tags.*park=Vercors")
        expect(page.get_by_role("heading", name=re.compile("6 ×"))).to_be_visible()
        address = page.get_by_role("link", name="Atom feed of these changes").get_attribute("href")
        answer = page.request.get(f"{served}{address}")

        assert answer.headers["content-type"] == "application/atom+xml"
        made = feedparser.parse(answer.text())
        assert made.feed.links[0].href == f"{served}{address}"
        assert len(made.entries) == 6
        assert all(entry.title.endswith(": tags") for entry in made.entries)


def test_verdicts_are_given_by_keys(browser: Browser, past: Path, served: str) -> None:
    def verdicts() -> list[tuple[str, str]]:
        with open_archive(past) as archive, archive.connect() as connection:
            given = [each.verdict for each in differences_of(connection, 1)]
        return [(each.verdict, each.note) if each else ("", "") for each in given]

    with visiting(browser, served, **DESKTOP) as visit:
        page = visit.open("/spot-checks/1/review?difference=1")
        for frame in ("archived", "live"):
            shown = page.frame_locator(f"iframe[src$='/{frame}']")
            expect(shown.locator("script, [onload], form, img[src]")).to_have_count(0)
        expect(page.frame_locator("iframe[src$='/live']").locator("body")).to_contain_text(
            "Texte lu en ligne"
        )
        page.keyboard.press("j")
        visit.is_at("difference=2")
        page.keyboard.press("k")
        visit.is_at("difference=1")
        page.get_by_label("Note").fill("wrong? j, k, u")
        page.locator("h1").click()
        page.keyboard.press("w")
        visit.is_at("difference=2")
        page.keyboard.press("u")
        visit.is_at(r"/spot-checks/1$")
        assert verdicts() == [("wrong", "wrong? j, k, u"), ("unsure", "")]
        page.goto(f"{served}/spot-checks/1/review?difference=1")
        page.keyboard.press("r")
        visit.is_at(r"/spot-checks/1$")
        assert verdicts()[0][0] == "right"
        expect(page.locator("main")).to_contain_text("2 of 2 decided")


def test_the_past_is_there_without_script(browser: Browser, served: str) -> None:
    with visiting(browser, served, **NO_SCRIPT) as visit:
        page = visit.open("/changes")
        page.locator("select[name=kind]").select_option("added")
        page.get_by_role("button", name="Show").click()
        visit.is_at("kind=added")
        page.get_by_role("link", name="history").click()
        visit.is_at("/records/node-99/history")
        for path in PAGES.values():
            page = visit.open(path)
            expect(page.locator("h1")).to_be_visible()
            assert len(page.locator("main").inner_text()) > 40
        page = visit.open("/records/node-1/diff?what=page")
        shown = page.frame_locator("iframe").first
        expect(shown.locator("body")).to_contain_text("Guide 1")
