"""Search the archive: a query -> the records and pages that answer it.

>>> # with open_archive(path) as archive, archive.connect() as connection:
>>> #     answer = search(connection, Query(text="forêt ancienne"))
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias

from sqlalchemy import BindParameter, bindparam, select

from archive.catalogue.as_of import is_standing
from archive.errors import ArchiveError
from archive.models import Agent, CatalogueRecord, RecordAgent, RecordTerm, SearchUnit, Term
from archive.searching.answers import Answer, Hit
from archive.searching.asking import Asker
from archive.searching.best_pages import FoundPage, best_pages
from archive.searching.facets import MOST, Facet, count_facets
from archive.searching.grammar import understand
from archive.searching.indexing import index_version
from archive.searching.labels import tokens_having
from archive.searching.missing import missing_labels
from archive.searching.page_hits import page_hits
from archive.searching.passages import Marker
from archive.searching.planning import leaves, plan
from archive.searching.questions import Every, Node, Query, Word
from archive.searching.standing import StandingAsker
from archive.searching.suggesting import suggestions
from archive.searching.words import PREPARATION, raw_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from archive.queries.filtering import RecordFilter
    from archive.searching.facets import Facet
    from archive.searching.planning import Plan
    from archive.searching.questions import Understood
    from archive.searching.shelf import Bits, Shelf

#: What stands first: what answers best, what is newest, or what is oldest.
Sort: TypeAlias = Literal["relevance", "newest", "oldest"]

#: Records whose pages are looked at besides those shown: a good page may bring one forward.
_CANDIDATES: Final = 10
#: How much a page that holds everything brings its record forward, against one that holds none.
_PAGE_BONUS: Final = 0.6
#: Records at least; below, other spellings are offered.
_FEW: Final = 3

_IDS: Final[BindParameter[list[str]]] = bindparam("ids", expanding=True)
_SHOWN = select(
    CatalogueRecord.id,
    CatalogueRecord.url,
    CatalogueRecord.kind,
    CatalogueRecord.title,
    CatalogueRecord.document_type,
    CatalogueRecord.year_start,
    CatalogueRecord.year_end,
    CatalogueRecord.withdrawn_at,
).where(CatalogueRecord.id.in_(_IDS))
_LABELS = (
    select(RecordTerm.record_id, Term.vocabulary, Term.label)
    .join(Term, Term.id == RecordTerm.term_id)
    .where(RecordTerm.record_id.in_(_IDS))
    .order_by(RecordTerm.record_id, RecordTerm.position)
)
_AUTHORS = (
    select(RecordAgent.record_id, Agent.name)
    .join(Agent, Agent.id == RecordAgent.agent_id)
    .where(RecordAgent.record_id.in_(_IDS), RecordAgent.role == "author")
    .order_by(RecordAgent.record_id, RecordAgent.position)
)
_NAMED: Final = ("park", "theme", "tag", "author")


class IndexOutdatedError(ArchiveError):
    """Raised when the search index has to be made anew before anything can be found."""


@dataclass(frozen=True, slots=True)
class Found:
    """Every record that answers, by its unit, and how well; before any is looked at."""

    asker: Asker
    node: Node
    plan: Plan
    notes: tuple[str, ...]
    scores: dict[int, float]

    def ids(self) -> list[str]:
        """Return the ids of the records, the best first."""
        return [self.asker.shelf.ids[unit] for unit in self.units()]

    def units(self) -> list[int]:
        """Return the units of the records, the best first."""
        return sorted(sorted(self.scores), key=self.scores.__getitem__, reverse=True)

    def facets(self, most: int = MOST) -> tuple[Facet, ...]:
        """Count the records."""
        shelf = self.asker.shelf
        return count_facets(shelf, shelf.bits(self.scores), most=most)


def search(
    connection: Connection,
    query: Query,
    *,
    limit: int = 20,
    offset: int = 0,
    pages: int = 3,
    with_facets: bool = True,
    sort: Sort = "relevance",
) -> Answer:
    """Answer a query with at most *limit* records and *pages* of the best pages of each.

    Where nothing says which record fits better, the newest stands first whatever *sort* says.

    :raises IndexOutdatedError: the index was made by another version of the program.
    """
    found = find(connection, query)
    order, best = _ordered(found, offset + limit, sort)
    shown = order[offset : offset + limit]
    few = len(found.scores) < _FEW
    return Answer(
        total=len(found.scores),
        hits=_hits(found, shown, best, pages),
        facets=found.facets() if with_facets else (),
        notes=found.notes,
        suggestions=suggestions(found.asker, query.text, found.node) if few else (),
        missing=() if found.scores else missing_labels(connection, query.filters, found.node),
    )


def facets_of(
    connection: Connection, query: Query, *, most: int = MOST
) -> tuple[int, tuple[Facet, ...]]:
    """Return how many records answer, and how many of each type, year, park, theme, tag, author.

    :raises IndexOutdatedError: the index was made by another version of the program.
    """
    found = find(connection, query)
    return len(found.scores), found.facets(most)


def find(connection: Connection, query: Query) -> Found:
    """Return every record that answers a query, without its pages.

    :raises IndexOutdatedError: the index was made by another version of the program.
    """
    if index_version(connection) not in {"", PREPARATION}:
        raise IndexOutdatedError(
            "The search index was made by another version of this program, or never; "
            "`pnr index --rebuild` makes it anew."
        )
    understood, asked = planned(query)
    place = query.place if query.place != "anywhere" else understood.place
    asker = (StandingAsker if is_standing(connection) else Asker)(connection, place)
    # Rows that were left behind in the index answer too, and are no record any more.
    meant = set(asker.shelf.units_of(_meant(connection, asker.shelf, query.filters)))
    scores = {unit: score for unit, score in asker.scores(asked).items() if unit in meant}
    return Found(asker, understood.node, asked, understood.notes, scores)


def planned(query: Query) -> tuple[Understood, Plan]:
    """Return what a query was understood as, and what is asked of the index for it."""
    understood = understand(query.text)
    return understood, plan(_with_title(understood.node, query.title), derived=query.derived)


def _with_title(node: Node, title: str) -> Node:
    return Every((node, *(Word(word, title=True) for word in raw_words(title)))) if title else node


def _meant(connection: Connection, shelf: Shelf, wanted: RecordFilter) -> Bits:
    """Return the records that a filter means."""
    asked = {
        "type": wanted.document_type,
        "park": wanted.park,
        "theme": wanted.theme,
        "tag": wanted.tag,
        "author": wanted.author,
    }
    meant = shelf.everything if wanted.withdrawn else shelf.current
    for name, words in asked.items():
        if words:
            meant &= shelf.having(tokens_having(connection, name, words))
    if wanted.kind is not None:
        meant &= shelf.having([f"k{wanted.kind}"])
    if wanted.years != (None, None):
        meant &= shelf.within(*wanted.years)
    return meant


def _ordered(found: Found, most: int, sort: Sort) -> tuple[list[int], dict[int, list[FoundPage]]]:
    """Return the units of the first records, and the pages of each."""
    is_ranked = next(leaves(found.plan), None) is not None
    if sort != "relevance" or not is_ranked:
        first = list(islice(_by_year(found, oldest=sort == "oldest"), most))
        return first, best_pages(found.asker, found.plan, first) if is_ranked else {}
    candidates = found.units()[: most + _CANDIDATES]
    best = best_pages(found.asker, found.plan, candidates)

    def merit(unit: int) -> float:
        pages = best.get(unit)
        return found.scores[unit] * (1 + _PAGE_BONUS * min(pages[0].share, 1.0) if pages else 1)

    return sorted(candidates, key=lambda unit: (-merit(unit), unit))[:most], best


def _by_year(found: Found, *, oldest: bool) -> Iterator[int]:
    year = CatalogueRecord.year_start
    query = (
        select(SearchUnit.unit)
        .join(CatalogueRecord, CatalogueRecord.id == SearchUnit.record_id)
        .order_by(
            (year.asc() if oldest else year.desc()).nulls_last(),
            CatalogueRecord.title,
            CatalogueRecord.id,
        )
    )
    rows = found.asker.connection.scalars(query)
    return (unit for unit in rows if unit in found.scores)


def _hits(
    found: Found, shown: Sequence[int], best: dict[int, list[FoundPage]], most: int
) -> tuple[Hit, ...]:
    connection = found.asker.connection
    ids = {unit: found.asker.shelf.ids[unit] for unit in shown}
    records = _records(connection, list(ids.values()))
    marker = Marker(leaves(found.plan))
    chosen = {unit: best.get(unit, [])[:most] or [FoundPage(unit, 0.0)] for unit in shown}
    pages = page_hits(connection, marker, ids, chosen)
    return tuple(
        Hit(
            **records[record_id],
            marked_title=marker.whole(records[record_id]["title"]),
            score=round(found.scores[unit], 4),
            pages=pages[unit],
            matching_pages=len(best.get(unit, [])),
        )
        for unit, record_id in ids.items()
        if record_id in records
    )


def _records(connection: Connection, ids: Sequence[str]) -> dict[str, dict[str, Any]]:
    wanted = {"ids": list(ids)}
    labels: dict[tuple[str, str], list[str]] = {}
    for record_id, vocabulary, label in connection.execute(_LABELS, wanted):
        labels.setdefault((record_id, vocabulary), []).append(label)
    for record_id, name in connection.execute(_AUTHORS, wanted):
        labels.setdefault((record_id, "author"), []).append(name)
    return {
        row["id"]: {
            **row,
            **{f"{name}s": tuple(labels.get((row["id"], name), ())) for name in _NAMED},
        }
        for row in connection.execute(_SHOWN, wanted).mappings()
    }


__all__ = ["Found", "IndexOutdatedError", "Sort", "facets_of", "find", "planned", "search"]
