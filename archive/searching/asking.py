"""Ask the indexes: a plan -> the records it is true of, and how well each fits.

A record is the unit of truth: it fits when its page and its files together hold what is wanted.
Words go to the small record index, in one question where that can say it all; phrases, nearness
and beginnings go to the indexes that know them, and the answers are sets to be combined.

Every word travels as a bound parameter, between quotation marks FTS5 cannot mistake.
"""

from __future__ import annotations

import json
import math
import typing
from itertools import islice, product
from typing import TYPE_CHECKING, Final, TypeAlias

from sqlalchemy import select, text

from archive.models import CatalogueRecord, SearchUnit
from archive.searching.labels import tokens_having
from archive.searching.planning import All, Any, Begins, Close, Exact, Leaf, Not, Plan, Stem, leaves
from archive.searching.questions import Having, Years
from archive.searching.shelf import shelf_of
from archive.searching.words import raw_words, spelling, stems_of, surface_words

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection, TextClause

    from archive.searching.questions import Place

#: A row as SQLite gives it.
Row: TypeAlias = typing.Any

#: How much a word counts in a record's files, title, names and body.
WEIGHTS: Final = (1.0, 10.0, 5.0, 3.0)

_TITLES: Final = (0.0, 1.0, 0.0, 0.0)
#: How much the title's own bm25 counts beside that of the whole.
_TITLE_BONUS: Final = 0.5

#: Words a beginning is ranked by, the most frequent ones, and looked for by on pages. Found are
#: the records with any.
_RANKED_BEGINNINGS: Final = 12
_PAGED_BEGINNINGS: Final = 8
#: Ways to combine the two stems of several words that are tried at most.
_COMBINATIONS: Final = 32

_COLUMNS: Final = {"anywhere": "", "pdf": "texts : ", "page": "{title names body} : "}
_PAGES_OF: Final = {"anywhere": "", "pdf": " AND page > 0", "page": " AND page = 0"}

_MATCHED = text("SELECT rowid FROM record_index WHERE record_index MATCH :asked")
_RANKED = text(
    "SELECT rowid, rank FROM record_index WHERE record_index MATCH :asked AND rank MATCH :weights"
)
# The plus keeps SQLite from asking the index once for each unit: what is not meant is passed over,
# and never ranked.
_RANKED_AMONG = text(
    f"{_RANKED.text} AND +rowid IN (SELECT value FROM json_each(:units))"  # noqa: S608  # constants only
)
_HAVING_WORD = text("SELECT rowid FROM word_index WHERE word_index MATCH :asked")
_PARTS = text(
    "SELECT record_unit, part_unit, last_row FROM search_parts "
    "JOIN search_units ON search_units.unit = part_unit "
    "WHERE record_unit IN (SELECT value FROM json_each(:records)) ORDER BY record_unit, part_unit"
)
_VOCABULARY = text(
    "SELECT term FROM search_vocabulary WHERE term >= :first AND term < :beyond "
    "ORDER BY doc DESC LIMIT :most"
)
_ON_PAGES: Final = {
    (table, place): text(
        "SELECT DISTINCT record_unit FROM search_parts WHERE part_unit IN "  # noqa: S608  # constants only
        f"(SELECT unit FROM {table} CROSS JOIN search_rows ON search_rows.row = {table}.rowid "
        f"WHERE {table} MATCH :asked{condition})"
    )
    for place, condition in _PAGES_OF.items()
    for table in ("page_index", "page_stems")
}


class Asker:
    """Answers plans over one connection, at one moment."""

    def __init__(self, connection: Connection, place: Place = "anywhere") -> None:
        self.connection = connection
        self.place = place
        self.shelf = shelf_of(connection)
        self._beginnings: dict[str, list[str]] = {}

    def scores(self, plan: Plan) -> dict[int, float]:
        """Return the units of the records the plan is true of, and how well each fits.

        Scores are above zero, or all zero where nothing says which fits better.
        """
        if asked := self.expression(plan):
            return self._with_titles(plan, self._ranked(asked))
        found = self._true_of(plan)
        wanted = [self.ranking(leaf) for leaf in leaves(plan)]
        if not found or not (asked := _any_of(wanted)):
            return dict.fromkeys(found, 0.0)
        ranked = self._ranked(asked, among=found)
        return self._with_titles(plan, {unit: ranked.get(unit, 0.0) for unit in found})

    def expression(self, plan: Plan) -> str:
        """Return the plan as one question to the record index, ``""`` where that cannot say it."""
        match plan:
            case Stem():
                return self._stem(plan)
            case Any(plans) if plans:
                each = [self.expression(one) for one in plans]
                return f"({' OR '.join(each)})" if all(each) else ""
            case All(plans):
                return self._all_of(plans)
            case _:
                return ""

    def ranking(self, leaf: Leaf) -> str:
        """Return what a leaf's records are ranked by, as a question to the record index."""
        match leaf:
            case Stem():
                stems: Iterable[str] = leaf.stems
            case Close():
                stems = [stem for group in leaf.groups for stem in group]
            case Exact():
                stems = stems_of(" ".join(leaf.words))
            case Begins():
                stems = [stem for word in self.beginnings(leaf.start) for stem in stems_of(word)]
        quoted = _quoted(stems)
        return f"({self._columns(leaf)}({quoted}))" if quoted else ""

    def beginnings(self, start: str) -> list[str]:
        """Return words of the archive that begin like this, the most frequent first."""
        if start not in self._beginnings:
            limits = {"first": start, "beyond": f"{start}\U0010ffff", "most": _RANKED_BEGINNINGS}
            rows = self.connection.execute(_VOCABULARY, limits)
            self._beginnings[start] = [row.term for row in rows]
        return self._beginnings[start]

    def on_few_pages(self, leaf: Leaf) -> tuple[str, str]:
        """Return the same where only some pages are looked at.

        A beginning is then asked as its most frequent words: FTS5 would go through all of them
        for each page.
        """
        if isinstance(leaf, Begins):
            frequent = self.beginnings(leaf.start)[:_PAGED_BEGINNINGS]
            return "page_index", _quoted(frequent) or _phrase([leaf.start])
        return self.on_page(leaf)

    def on_page(self, leaf: Leaf) -> tuple[str, str]:
        """Return which page index knows a leaf, and what to ask it."""
        match leaf:
            case Stem():
                return "page_stems", _quoted(leaf.stems)
            case Close():
                return "page_stems", " OR ".join(_ways(leaf))
            case Exact():
                return "page_index", _phrase(leaf.words)
            case Begins():
                return "page_index", f"{_phrase([leaf.start])} *"

    def _all_of(self, plans: tuple[Plan, ...]) -> str:
        wanted = [self.expression(one) for one in plans if not isinstance(one, Not)]
        unwanted = [self.expression(one.plan) for one in plans if isinstance(one, Not)]
        if not wanted or not all(wanted) or not all(unwanted):
            return ""
        together = f"({' AND '.join(wanted)})"
        return f"({together} NOT ({' OR '.join(unwanted)}))" if unwanted else together

    def _stem(self, leaf: Stem) -> str:
        return f"({self._columns(leaf)}({_quoted(leaf.stems)}))"

    def _columns(self, leaf: Leaf) -> str:
        return "title : " if leaf.title else _COLUMNS[self.place]

    def _ranked(
        self, asked: str, weights: tuple[float, ...] = WEIGHTS, *, among: set[int] | None = None
    ) -> dict[int, float]:
        values = {"asked": asked, "weights": f"bm25({', '.join(map(str, weights))})"}
        if among is None or len(among) > len(self.shelf) // 2:
            rows = fetch(self.connection, _RANKED, values)
        else:
            units = json.dumps(list(among))
            rows = fetch(self.connection, _RANKED_AMONG, values | {"units": units})
        return {unit: -rank for unit, rank in rows}

    def _with_titles(self, plan: Plan, scores: dict[int, float]) -> dict[int, float]:
        """Return the scores, better where the title says what is looked for.

        bm25 takes a word that a long text repeats for about as good as one in the title.
        """
        stems = [stem for leaf in leaves(plan) if isinstance(leaf, Stem) for stem in leaf.stems]
        if not stems or self.place == "pdf":
            return scores
        titles = self._ranked(f"title : ({_quoted(stems)})", _TITLES)
        return {
            unit: score + _TITLE_BONUS * titles[unit] if unit in titles else score
            for unit, score in scores.items()
        }

    def _true_of(self, plan: Plan) -> set[int]:
        match plan:
            case All(plans):
                return self._true_of_all(plans)
            case Any(plans):
                return set().union(*(self._true_of(one) for one in plans))
            case Not():
                return set(self.shelf.units) - self._true_of(plan.plan)
            case Having() | Years():
                return self._labelled(plan)
            case _:
                return self.holding(plan)

    def _true_of_all(self, plans: tuple[Plan, ...]) -> set[int]:
        asked = [one for one in plans if self.expression(one)]
        rest = [one for one in plans if one not in asked and not isinstance(one, Not)]
        sets = [self._units(_MATCHED, self._all_of(tuple(asked)))] if asked else []
        sets += [self._true_of(one) for one in rest]
        found = set.intersection(*sets) if sets else set(self.shelf.units)
        for one in plans:
            if isinstance(one, Not) and found:
                found -= self._true_of(one.plan)
        return found

    def _labelled(self, plan: Having | Years) -> set[int]:
        match plan:
            case Having():
                tokens = tokens_having(self.connection, plan.vocabulary, plan.text)
                bits = self.shelf.having(tokens)
            case Years():
                bits = self.shelf.within(plan.first, plan.last)
        return set(self.shelf.units_of(bits))

    def holding(self, leaf: Leaf) -> set[int]:
        """Return the units of the records that hold a leaf where it is looked for."""
        found = self._holding(leaf)
        return self._in_title(leaf, found) if leaf.title else found

    def parts(self, records: Sequence[int]) -> list[Row]:
        """Return what these records are found by: record, and first and last row of each part."""
        return fetch(self.connection, _PARTS, {"records": json.dumps(list(records))})

    def _holding(self, leaf: Leaf) -> set[int]:
        match leaf:
            case Stem():
                return self._units(_MATCHED, self._stem(leaf))
            case Exact((word,)) if self.place == "anywhere":
                return self._units(_HAVING_WORD, _phrase([word]))
            case Begins() if self.place == "anywhere":
                return self._units(_HAVING_WORD, f"{_phrase([leaf.start])} *")
            case _:
                table, asked = self.on_page(leaf)
                return self._units(_ON_PAGES[table, self.place], asked)

    def _units(self, question: TextClause, asked: str) -> set[int]:
        return {unit for (unit,) in fetch(self.connection, question, {"asked": asked})}

    def _in_title(self, leaf: Leaf, found: set[int]) -> set[int]:
        """Return those whose title holds the leaf; the index told who has it anywhere."""
        if isinstance(leaf, Stem) or not found:
            return found
        rows = self.connection.execute(
            select(SearchUnit.unit, CatalogueRecord.title).join(
                CatalogueRecord, CatalogueRecord.id == SearchUnit.record_id
            )
        )
        return {row.unit for row in rows if row.unit in found and holds(leaf, row.title)}


def fetch(
    connection: Connection, question: TextClause, values: Mapping[str, object] | None = None
) -> list[Row]:
    """Return all rows of an answer as SQLite gives them: thousands, of which few are looked at."""
    cursor = connection.execute(question, dict(values or {})).cursor
    assert cursor is not None  # noqa: S101  # a question is answered by rows, if by none
    return list(cursor.fetchall())


def rarity(found: int, of: int) -> float:
    """Return how much it says that a record has something which *found* of all have.

    >>> rarity(1, 1000) > rarity(500, 1000) > 0
    True
    """
    return math.log(1 + (of + 0.5) / (found + 0.5))


def holds(leaf: Leaf, text: str) -> bool:
    """Tell whether a text holds a leaf, without an index."""
    match leaf:
        case Exact():
            words, row = surface_words(text), list(leaf.words)
            return any(words[at : at + len(row)] == row for at in range(len(words)))
        case Begins():
            return any(word.startswith(leaf.start) for word in surface_words(text))
        case Close():
            return _are_close(leaf, [set(spelling(raw).stems) for raw in raw_words(text)])
        case Stem():
            return not set(leaf.stems).isdisjoint(stems_of(text))


def _are_close(leaf: Close, words: list[set[str]]) -> bool:
    """Tell whether a word of each group stands near the others; words that say nothing are none."""
    telling = [word for word in words if word]
    reach = len(leaf.groups) + (0 if leaf.row else leaf.distance)
    return any(
        all(any(not word.isdisjoint(group) for word in near) for group in leaf.groups)
        for near in (telling[at : at + reach] for at in range(len(telling)))
    )


def _any_of(asked: list[str]) -> str:
    return " OR ".join(dict.fromkeys(filter(None, asked)))


def _quoted(stems: Iterable[str]) -> str:
    return " OR ".join(dict.fromkeys(f'"{stem}"' for stem in stems))


def _ways(leaf: Close) -> Iterable[str]:
    """Yield every way the stems may stand together; a word of two stems stands there with both."""
    if not leaf.row:
        for way in islice(product(*leaf.groups), _COMBINATIONS):
            yield f"NEAR({_row(way)}, {leaf.distance})"
        return
    forms = [dict.fromkeys((" ".join(group), *group)) for group in leaf.groups]
    for way in islice(product(*forms), _COMBINATIONS):
        yield _phrase(way)


def _row(stems: Iterable[str]) -> str:
    return " ".join(f'"{stem}"' for stem in stems)


def _phrase(words: Iterable[str]) -> str:
    return f'"{" ".join(words)}"'
