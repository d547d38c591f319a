"""The archive at a glance: plots whose every mark leads to the search it counts."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from archive.queries.distributions import (
    STEPS,
    pages_by_quality,
    pages_by_year,
)
from archive.queries.overview import overview
from archive.searching.facets import count_pairs
from archive.searching.shelf import shelf_of
from archive.web.answering import page
from archive.web.asked import address
from archive.web.charts import Piece, bars, heat_map

if TYPE_CHECKING:
    from starlette.responses import Response

    from archive.web.asked import Asked
    from archive.web.charts import Chart
    from archive.web.wording import Words

#: Types that have a colour of their own; the others share one.
_TYPES: Final = 6
#: Parks and themes of the heat map, the ones with most records.
_PARKS: Final = 60
_THEMES: Final = 16


@dataclass(frozen=True, slots=True, kw_only=True)
class Plot:
    """A plot with its numbers: *heads* name the columns, *rows* begin with a name."""

    name: str
    chart: Chart
    heads: tuple[str, ...]
    rows: tuple[tuple[str, tuple[tuple[int, str], ...]], ...]
    """A name, and for each column a number and where it leads; no address where it leads nowhere.
    """
    legend: tuple[str, ...] = ()


def overview_page(asked: Asked) -> Response:
    """Show what the archive holds, in numbers and in plots."""
    words, shelf = asked.words, shelf_of(asked.connection)
    by_year = count_pairs(shelf, shelf.current, "year", "type")
    plots = (
        _types({int(year): by_year[year] for year in sorted(by_year)}, words),
        _themes(count_pairs(shelf, shelf.current, "park", "theme"), words),
        _pages(pages_by_year(asked.connection), words),
        _quality(pages_by_quality(asked.connection), words),
    )
    return asked.page(
        "overview.html",
        held=overview(asked.connection),
        plots=[plot for plot in plots if plot.rows],
    )


def _types(counts: dict[int, dict[str, int]], words: Words) -> Plot:
    total = Counter[str]()
    for of_year in counts.values():
        total.update(of_year)
    series = [name for name, _ in total.most_common() if name][:_TYPES]
    others = words.say("overview.other_types")
    columns: dict[str, list[Piece]] = {str(year): [] for year in _years(counts)}
    for year, of_year in counts.items():
        rest = sum(count for name, count in of_year.items() if name not in series)
        for number, name in enumerate(series, start=1):
            if count := of_year.get(name):
                href = address("/search", type=name, first=year, last=year)
                columns[str(year)].append(_piece(count, number, f"{name}, {year}", href, words))
        if rest:
            href = address("/search", first=year, last=year)
            columns[str(year)].append(_piece(rest, 0, f"{others}, {year}", href, words))
    rows = tuple(
        (
            str(year),
            tuple(
                (of_year.get(name, 0), address("/search", type=name, first=year, last=year))
                for name in series
            ),
        )
        for year, of_year in counts.items()
    )
    return Plot(
        name="types",
        chart=bars(columns),
        heads=tuple(series),
        rows=rows,
        legend=(others, *series),
    )


def _themes(counts: dict[str, dict[str, int]], words: Words) -> Plot:
    parks = sorted(counts, key=lambda park: (-sum(counts[park].values()), park))[:_PARKS]
    total = Counter[str]()
    for park in parks:
        total.update(counts[park])
    total.pop("", None)
    themes = [name for name, _ in sorted(total.items(), key=lambda each: (-each[1], each[0]))]
    themes = themes[:_THEMES]
    cells = {
        (park, theme): _piece(
            count,
            0,
            f"{park}, {theme}",
            address("/search", park=park, theme=theme),
            words,
        )
        for park in parks
        for theme in themes
        if (count := counts[park].get(theme))
    }
    rows = tuple(
        (
            park,
            tuple(
                (counts[park].get(theme, 0), address("/search", park=park, theme=theme))
                for theme in themes
            ),
        )
        for park in parks
    )
    return Plot(name="themes", chart=heat_map(parks, themes, cells), heads=tuple(themes), rows=rows)


def _pages(counts: dict[int, int], words: Words) -> Plot:
    columns: dict[str, list[Piece]] = {str(year): [] for year in _years(counts)}
    for year, count in counts.items():
        href = address("/search", first=year, last=year, place="pdf")
        said = words.say("overview.pages_of_year", year=str(year), n=count)
        columns[str(year)] = [Piece(value=count, series=1, label=said, href=href)]
    rows = tuple(
        (str(year), ((count, address("/search", first=year, last=year, place="pdf")),))
        for year, count in counts.items()
    )
    return Plot(
        name="pages", chart=bars(columns), heads=(words.say("overview.pages_head"),), rows=rows
    )


def _quality(counts: dict[int, int], words: Words) -> Plot:
    names = [
        f"{words.number(step / STEPS)}–{words.number((step + 1) / STEPS)}" for step in range(STEPS)
    ]
    columns = {
        name: [
            Piece(
                value=counts[step],
                series=1,
                label=words.say("overview.pages_of_quality", quality=name, n=counts[step]),
                href="",
            )
        ]
        if step in counts
        else []
        for step, name in enumerate(names)
    }
    rows = tuple((name, ((counts.get(step, 0), ""),)) for step, name in enumerate(names))
    heads = (words.say("overview.pages_head"),)
    return Plot(name="quality", chart=bars(columns), heads=heads, rows=rows if counts else ())


def _years(counts: dict[int, dict[str, int]] | dict[int, int]) -> range:
    return range(min(counts), max(counts) + 1) if counts else range(0)


def _piece(count: int, series: int, what: str, href: str, words: Words) -> Piece:
    return Piece(
        value=count,
        series=series,
        label=words.say("overview.records_of", what=what, n=count),
        href=href,
    )


ROUTES: Final = (page("/overview", overview_page),)
