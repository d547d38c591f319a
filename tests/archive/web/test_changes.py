"""The page of changes: clusters, single changes word by word, filters, the calendar."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import pytest

from tests.archive.web.changing import SPITE, make_past
from tests.archive.web.serving import visitor_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx


@pytest.fixture(scope="module")
def changed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Give a visitor of an archive in which much was edited alike, and a little otherwise."""
    path = tmp_path_factory.mktemp("changes") / "archive.sqlite"
    make_past(path)
    with visitor_of(path) as client:
        yield client


def test_the_same_edit_is_one_entry_with_how_many_and_where(changed: httpx.Client) -> None:
    page = changed.get("/changes").text

    assert re.search(r"12 × <code>tags</code>", page)
    assert "Pilat 6" in page
    assert page.count("12 × <code>tags</code>") == 1


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
        ({"until": "2020-01-01"}, "Nothing changed", "Guide"),
        ({"cause": "reader"}, "Nothing changed", "Guide"),
        ({"cause": "any", "field": "title"}, "Guide 1, revu", "tags</code>"),
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


@pytest.mark.parametrize(
    "asked", [{"kind": "burnt"}, {"cause": "weather"}, {"field": "colour"}, {"since": "soon"}]
)
def test_what_makes_no_sense_is_refused(changed: httpx.Client, asked: dict[str, str]) -> None:
    assert changed.get("/changes", params=asked).status_code == 400
