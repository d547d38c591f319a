"""The pages of a record that answer best: those that hold most of what was looked for."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import text

from archive.searching.asking import fetch, rarity
from archive.searching.planning import Close, Exact, Leaf, Stem, leaves
from archive.searching.words import OFTEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from archive.searching.asking import Asker
    from archive.searching.planning import Plan

#: How much more a page counts that says a word three times or more.
_OFTEN_BONUS: Final = 0.4
#: How much more words count that stand together as they were asked.
_TOGETHER_BONUS: Final = 1.5

# The stretches are the outer loop: each is one short range of the page index.
_PAGES_WITH: Final = {
    table: text(
        f"SELECT json_extract(stretch.value, '$[0]'), {table}.rowid "  # noqa: S608  # constants only
        f"FROM json_each(:stretches) AS stretch CROSS JOIN {table} WHERE {table} MATCH :asked "
        f"AND {table}.rowid BETWEEN json_extract(stretch.value, '$[1]') "
        "AND json_extract(stretch.value, '$[2]')"
    )
    for table in ("page_index", "page_stems")
}
_COUNT = text("SELECT count(*) FROM record_index WHERE record_index MATCH :asked")
_RECORDS = text("SELECT count(*) FROM search_units WHERE record_id IS NOT NULL")


@dataclass(frozen=True, slots=True)
class FoundPage:
    """A page that holds some of what was looked for, by its row in the index."""

    row: int
    share: float
    """How much of what was looked for it holds, by weight; said often it may exceed 1."""


def best_pages(asker: Asker, plan: Plan, records: Sequence[int]) -> dict[int, list[FoundPage]]:
    """Return the pages of each of these records that hold anything wanted, the best first."""
    wanted = list(dict.fromkeys(leaves(plan)))
    weights = _weights(asker, wanted)
    whole = sum(weights.values()) or 1.0
    stretches = json.dumps(_stretches(asker, records))
    scores: dict[int, dict[int, float]] = {}
    for leaf, weight in weights.items():
        for table, question, worth in _questions(asker, leaf, weight):
            values = {"stretches": stretches, "asked": question}
            rows = fetch(asker.connection, _PAGES_WITH[table], values)
            for record, number in rows:
                pages = scores.setdefault(record, {})
                pages[number] = pages.get(number, 0.0) + worth
    return {record: _ordered(record, pages, whole, asker.place) for record, pages in scores.items()}


def _stretches(asker: Asker, records: Sequence[int]) -> list[list[int]]:
    """Return the rows of each record: it, the first and the last of each unbroken stretch.

    A record is mostly numbered next to its file: one range to look into instead of two.
    """
    stretches: list[list[int]] = []
    for record, first, last in asker.parts(records):
        if stretches and stretches[-1][0] == record and stretches[-1][2] == first - 1:
            stretches[-1][2] = last
        else:
            stretches.append([record, first, last])
    return stretches


def _weights(asker: Asker, wanted: Sequence[Leaf]) -> dict[Leaf, float]:
    """Return how much it says that a page holds each leaf: the rarer, the more."""
    total = asker.connection.execute(_RECORDS).scalar_one()
    weights = {}
    for leaf in wanted:
        asked = asker.ranking(leaf)
        found = asker.connection.execute(_COUNT, {"asked": asked}).scalar_one() if asked else total
        together = _TOGETHER_BONUS if isinstance(leaf, Exact | Close) else 1.0
        weights[leaf] = rarity(found, total) * together
    return weights


def _questions(asker: Asker, leaf: Leaf, weight: float) -> Iterable[tuple[str, str, float]]:
    yield (*asker.on_few_pages(leaf), weight)
    if isinstance(leaf, Stem):
        often = " OR ".join(f'"{OFTEN}{stem}"' for stem in leaf.stems)
        yield "page_stems", often, weight * _OFTEN_BONUS


def _ordered(record: int, pages: dict[int, float], whole: float, place: str) -> list[FoundPage]:
    """Return pages by worth; a record's own page has the record's number."""
    found = [
        FoundPage(row, score / whole)
        for row, score in pages.items()
        if place == "anywhere" or (row != record) == (place == "pdf")
    ]
    return sorted(found, key=lambda each: (-each.share, each.row))
