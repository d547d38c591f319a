"""`pnr feed` and `pnr report` as a user types them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import feedparser
import pytest

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.crawler.cli.conftest import Ended


def test_a_feed_is_printed_or_written(ask: Callable[..., Ended]) -> None:
    printed = ask("feed", "--url", "https://archive.example.org/feed.xml")
    written = ask("feed", "--output", "feed.xml", "--url", "https://archive.example.org/feed.xml")

    assert (printed.code, written.code, written.out) == (0, 0, "")
    assert Path("feed.xml").read_text(encoding="utf-8") == printed.out
    assert not feedparser.parse(printed.out).bozo


def test_a_feed_names_what_it_is_about(ask: Callable[..., Ended]) -> None:
    titles = [
        feedparser.parse(ask("feed", *arguments).out).feed.title
        for arguments in (
            (),
            ("--park", "Pilat", "--withdrawn"),
            ("--files", "--year", "2012.."),
        )
    ]

    assert titles == [
        "Centre de ressources: changes",
        "Centre de ressources: withdrawn (Pilat)",
        "Centre de ressources: file-replaced (2012..)",
    ]


def test_a_saved_search_has_a_feed(pnr: Callable[..., Ended], own_archive: Path) -> None:
    pnr("saved", "add", "eau", "eau", "--archive", own_archive)

    made = pnr("feed", "--saved", "eau", "--archive", own_archive)
    unknown = pnr("feed", "--saved", "sel", "--archive", own_archive)

    assert feedparser.parse(made.out).feed.title == "Centre de ressources: changes (eau)"
    assert unknown.code != 0
    assert unknown.err == "pnr: There is no saved search 'sel'; `pnr saved list` shows all.\n"


@pytest.mark.parametrize(
    ("form", "begins"), [("md", "# Centre de"), ("html", "<!doctype html>"), ("json", "{")]
)
def test_a_report_has_each_form(ask: Callable[..., Ended], form: str, begins: str) -> None:
    ended = ask("report", "--since", "7d", "--format", form)
    written = ask("report", "--format", form, "--output", f"week.{form}")

    assert (ended.code, written.code) == (0, 0)
    assert ended.out.startswith(begins)
    assert Path(f"week.{form}").read_text(encoding="utf-8").startswith(begins)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (("feed", "--since", "soon"), "--since 'soon' is no date, run or time ago"),
        (("feed", "--url", "feed.xml"), "--url: 'feed.xml' is not an http or https address."),
        (("report", "--since", "yesterday"), "--since 'yesterday' is no date, run or time ago"),
    ],
)
def test_nonsense_ends_in_one_sentence(
    ask: Callable[..., Ended], arguments: tuple[str, ...], sentence: str
) -> None:
    ended = ask(*arguments)

    assert ended.code == 2
    assert ended.err.startswith(f"pnr: {sentence}")
