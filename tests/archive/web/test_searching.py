"""Searching in the reading room: what is found, narrowed, sorted; each state has an address."""

from __future__ import annotations

import re
from html import unescape
from typing import TYPE_CHECKING

import pytest

from archive.database import open_archive
from archive.searching.answering import search
from archive.searching.questions import Query
from archive.web.histogram import histogram_of

if TYPE_CHECKING:
    from pathlib import Path

    import httpx


def titles(page: str) -> list[str]:
    """Return the titles of the records on a page, in order."""
    found = re.findall(r'<h2><a href="/records/[^>]*>(.*?)</a></h2>', page, re.DOTALL)
    return [
        unescape(re.sub(r"<[^>]+>", "", title)).replace("\u00a0", " ").strip() for title in found
    ]


def links(page: str, beginning: str) -> list[str]:
    """Return the addresses on a page that begin like this, in order."""
    return [
        href
        for each in re.findall(r'href="([^"]+)"', page)
        if (href := unescape(each)).startswith(beginning)
    ]


def test_a_search_finds_what_the_command_line_finds(room: httpx.Client, demo_archive: Path) -> None:
    with open_archive(demo_archive) as archive, archive.connect() as connection:
        answer = search(connection, Query(text="forêt ancienne"))

    page = room.get("/search", params={"q": "forêt ancienne"}).text

    assert titles(page) == [hit.title.strip() for hit in answer.hits]
    assert "<mark>forêts</mark>" in page
    assert f">{answer.total} record" in page


def test_a_hit_leads_to_its_page_of_the_pdf(room: httpx.Client) -> None:
    page = room.get("/search", params={"q": "forêt ancienne"}).text

    (first, *_) = [href for href in links(page, "/records/") if "/files/" in href]
    answer = room.get(first)

    assert answer.status_code == 200
    assert "page=" in first
    assert "q=for" in first
    assert "<mark>" in answer.text


def test_every_link_of_a_page_of_results_leads_somewhere(room: httpx.Client) -> None:
    page = room.get("/search", params={"q": "parc", "first": 2012, "park": "Vercors"}).text

    hrefs = {
        href.partition("#")[0]
        for href in links(page, "/")
        if not href.startswith(("/static", "/language"))
    }
    wrong = {href: room.get(href).status_code for href in hrefs}

    assert len(hrefs) > 20
    assert {href: status for href, status in wrong.items() if status not in {200, 303}} == {}


def test_a_facet_narrows_by_as_many_as_it_says(room: httpx.Client) -> None:
    page = room.get("/search", params={"q": "parc"}).text
    facets = re.findall(
        r'<a href="([^"]+)"><span class="label" lang="fr">([^<]+)</span> '
        r'<span class="count">(\d+)<',
        page,
    )

    assert len(facets) > 10
    for href, label, count in facets[:6]:
        narrowed = room.get(unescape(href)).text
        assert re.search(rf">{count} records? ", narrowed), label
        assert 'class="chips' in narrowed


def test_years_are_a_picture_with_a_link_each(room: httpx.Client) -> None:
    page = room.get("/search", params={"q": "parc", "first": 2013, "last": 2013}).text
    bars = re.findall(r'aria-label="(\d{4}): (\d+) records?" class="(asked|beside)"', page)

    assert len(bars) > 5, "the years beside those chosen are there"
    assert [year for year, _, place in bars if place == "asked"] == ["2013"]
    (count,) = [count for year, count, _ in bars if year == "2013"]
    assert f">{count} record" in page


def test_years_given_the_wrong_way_round_are_turned(room: httpx.Client) -> None:
    turned = room.get("/search", params={"first": 2015, "last": 2012}).text

    assert titles(turned) == titles(room.get("/search", params={"first": 2012, "last": 2015}).text)


@pytest.mark.parametrize(
    ("first", "last", "bars"), [(2000, 2020, 21), (1500, 2020, 53), (1, 9999, 50)]
)
def test_a_histogram_has_few_bars_and_loses_nothing(first: int, last: int, bars: int) -> None:
    made = histogram_of({first: 2, last: 5})

    assert len(made.bars) == bars
    assert sum(bar.count for bar in made.bars) == 7
    assert max(bar.height for bar in made.bars) == made.height


def test_sorting_by_year(room: httpx.Client) -> None:
    years = {
        sort: [
            int(year)
            for year in re.findall(
                r'class="eyebrow">.*?· (\d{4})', room.get(f"/search?q=parc&sort={sort}").text
            )
        ]
        for sort in ("newest", "oldest")
    }

    assert years["newest"] == sorted(years["newest"], reverse=True)
    assert years["oldest"] == sorted(years["oldest"])
    assert years["newest"][0] > years["oldest"][0]


def test_results_are_turned_page_by_page(room: httpx.Client) -> None:
    seen: list[str] = []
    href = "/search"
    while href:
        page = room.get(href).text
        seen += links(page, "/records/")
        href = next(iter(re.findall(r'rel="next" href="([^"]+)"', page)), "")
        href = unescape(href)

    assert len({href.partition("?")[0] for href in seen if "/files/" not in href}) == 80


def test_a_page_behind_the_last_is_not_there(room: httpx.Client) -> None:
    assert room.get("/search?q=parc&page=50").status_code == 404
    assert room.get("/search?q=xyzzy&page=1").status_code == 200


def test_a_misspelling_is_asked_about(room: httpx.Client) -> None:
    page = room.get("/search", params={"q": "biodivresité"}).text

    assert "Did you mean" in page
    assert room.get(links(page, "/search?q=biodiversit")[0]).status_code == 200


def test_where_nothing_is_found_there_is_something_to_try(room: httpx.Client) -> None:
    page = room.get("/search", params={"q": '"xyzzy plugh"', "park": "Vercors"}).text

    assert "No results" in page
    assert "Search without the filters" in page
    assert "quotation marks" in page


def test_words_that_are_everywhere_are_not_tried_alone(room: httpx.Client) -> None:
    page = room.get("/search", params={"q": "une xyzzy de plugh"}).text

    alone = page[page.index("One word at a time") :]
    assert 'q=xyzzy"' in alone
    assert 'q=une"' not in alone
    assert 'q=de"' not in alone


def test_what_no_record_bears_is_named_and_any_of_the_words_offered(room: httpx.Client) -> None:
    page = room.get("/search", params={"q": "xyzzy forêt", "park": "Pilas"}).text

    assert "Parks: there is no “Pilas”. Perhaps: Pilat." in page
    assert "q=xyzzy+OR+for%C3%AAt" in page


def test_what_is_not_understood_is_said(room: httpx.Client) -> None:
    assert 'role="note"' in room.get("/search", params={"q": 'forêt "ancienne'}).text


@pytest.mark.parametrize(
    "query",
    [
        '" OR 1=1 --',
        "<script>alert(1)</script>",
        "{{ 7 * 7 }}",
        '"><img src=x onerror=alert(1)>',
        "NEAR(",
        "((((((((((",
        "a" * 1000,
        "* * * *",
        "\u202egnirts",
        "\x00\x1b[2J",
        "-" * 200,
        "park:" * 50,
        " ".join(["forêt"] * 150),
        "🦋 \U0001f98b",
        "%00%ff",
    ],
)
def test_a_hostile_query_is_only_words(room: httpx.Client, query: str) -> None:
    answer = room.get("/search", params={"q": query})

    assert answer.status_code == 200
    assert "<script>alert" not in answer.text
    assert "<img src=x" not in answer.text
    assert "\u202e" not in answer.text
    assert "\x00" not in answer.text


@pytest.mark.parametrize(
    "values",
    [
        {"page": "0x1"},
        {"page": "51"},
        {"page": "-1"},
        {"first": "20l2"},
        {"last": "٢٠١٢"},
        {"first": "1" * 40},
        {"sort": "size"},
        {"place": "elsewhere"},
        {"kind": "secret"},
        {"park": "x" * 1001},
    ],
)
def test_a_value_that_means_nothing_is_refused(room: httpx.Client, values: dict[str, str]) -> None:
    answer = room.get("/search", params=values)

    assert answer.status_code == 400
    assert "cannot be read" in answer.text


def test_the_first_page_is_light(room: httpx.Client) -> None:
    """Everything a browser fetches for it, over the wire: at most 200 KB."""
    page = room.get("/", headers={"accept-encoding": "gzip"})
    files = re.findall(r'(?:src|href)="(/static/[^"]+|/files/[^"]+)"', page.text)

    sizes = [
        int(room.head(file, headers={"accept-encoding": "gzip"}).headers["content-length"])
        for file in files
    ]

    assert len(sizes) >= 4
    assert int(page.headers["content-length"]) + sum(sizes) < 200_000
