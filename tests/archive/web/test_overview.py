"""The overview: every mark of a plot counts what the search it leads to finds."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from lxml import html

if TYPE_CHECKING:
    import httpx

NUMBER = re.compile(r"(\d[\d,]*) (?:record|page)s?$")


@pytest.fixture(scope="module")
def page(room: httpx.Client) -> Any:
    """Give the overview, parsed."""
    return html.fromstring(room.get("/overview").text)


def test_every_mark_of_types_and_themes_leads_to_as_many_records(
    page: Any, room: httpx.Client
) -> None:
    marks = page.xpath('//*[@id="types" or @id="themes"]//a[starts-with(@href, "/search")]')
    marks = [mark for mark in marks if mark.get("aria-label")]

    assert len(marks) > 40
    for mark in marks[::9]:
        if "other types" in mark.get("aria-label"):
            continue
        query = mark.get("href").partition("?")[2]
        years = dict(part.split("=") for part in query.split("&"))
        first, last = years.pop("first", ""), years.pop("last", "")
        asked = "&".join(f"{name}={value}" for name, value in years.items())
        total = room.get(f"/api/facets?{asked}&year={first}..{last}").json()["total"]
        assert total == _number_of(mark), mark.get("aria-label")


def test_the_tables_below_say_the_same_as_the_plots(page: Any) -> None:
    for name in ("types", "themes"):
        (plot,) = page.xpath(f'//section[@id="{name}"]')
        in_table = [int(a.text.replace(",", "")) for a in plot.xpath(".//td/a")]
        in_plot = [
            _number_of(mark)
            for mark in plot.xpath(".//*[local-name()='svg']//a")
            if "other types" not in mark.get("aria-label")
        ]
        assert sorted(in_table) == sorted(in_plot)


def test_pages_are_counted_once_whatever_shows_them(page: Any, room: httpx.Client) -> None:
    held = room.get("/api/overview").json()

    titles = page.xpath('//*[@id="quality"]//*[local-name()="title"]/text()')
    in_table = page.xpath('//*[@id="quality"]//td/text()')

    assert sum(_number_in(title) for title in titles) == held["pdf_pages_with_text"]
    assert (
        sum(int(cell.replace(",", "")) for cell in in_table if cell.strip())
        == held["pdf_pages_with_text"]
    )


def test_marks_are_for_the_pointer_and_tables_for_keys(page: Any) -> None:
    assert all(mark.get("tabindex") == "-1" for mark in page.xpath("//*[local-name()='svg']//a"))
    assert page.xpath("//section[@class='plot']//td/a[not(@tabindex)]")


def _number_of(mark: Any) -> int:
    return _number_in(mark.get("aria-label"))


def _number_in(label: str) -> int:
    found = NUMBER.search(label)
    assert found is not None
    return int(found[1].replace(",", ""))
