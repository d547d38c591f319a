"""Which records are meant: by kind, year, and the words of the site's own vocabularies."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy import func, select

from archive.authority.meaning import labels_meaning, meanings, names_and_spellings
from archive.folding import fold
from archive.models import Agent, CatalogueRecord, RecordAgent, RecordTerm, Term

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import ColumnElement, Connection, Select

    from archive.authority.meaning import Meanings
    from archive.records import RecordKind

_One = TypeVar("_One")
_Two = TypeVar("_Two")

#: Filters that name a word of a vocabulary, and the vocabulary.
VOCABULARIES: Final = {"document_type": "type", "park": "park", "theme": "theme", "tag": "tag"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFilter:
    """What a record must be to be meant; an empty filter means every current record.

    *years* are the first and the last one, either may be open; a record of several years is
    meant when one of them is. Words match without regard to case and accents: a whole label
    first, and only where none is equal every label that contains them. A park or an author is
    meant in every spelling that the authority file says is one.
    """

    kind: RecordKind | None = None
    years: tuple[int | None, int | None] = (None, None)
    document_type: str = ""
    park: str = ""
    theme: str = ""
    tag: str = ""
    author: str = ""
    withdrawn: bool = False
    """Whether withdrawn records are meant too."""


EVERYTHING: Final = RecordFilter()


def years_between(text: str) -> tuple[int | None, int | None]:
    """Return the first and the last year meant; either may be open.

    >>> years_between("2010..2015"), years_between("2012"), years_between("..2015")
    ((2010, 2015), (2012, 2012), (None, 2015))

    :raises ValueError: these are no years.
    """
    first, dots, last = text.partition("..")
    start = int(first) if first else None
    end = (int(last) if last else None) if dots else start
    return start, end


def current_records(*columns: Any) -> Select[Any]:
    """Return a query for records that have a current reading."""
    return select(*columns).where(CatalogueRecord.version_id.is_not(None))


def conditions(connection: Connection, wanted: RecordFilter) -> list[ColumnElement[bool]]:
    """Return the filter as conditions on `records`."""
    found: list[ColumnElement[bool]] = []
    if not wanted.withdrawn:
        found.append(CatalogueRecord.withdrawn_at.is_(None))
    if wanted.kind is not None:
        found.append(CatalogueRecord.kind == wanted.kind)
    found += _within(*wanted.years)
    for name, vocabulary in VOCABULARIES.items():
        if words := getattr(wanted, name):
            found.append(CatalogueRecord.id.in_(_having_term(connection, vocabulary, words)))
    if wanted.author:
        found.append(CatalogueRecord.id.in_(_written_by(connection, wanted.author)))
    return found


def labels_of(connection: Connection, vocabulary: str) -> list[str]:
    """Return the words of a vocabulary that current records use, the most used first."""
    query = (
        select(Term.label, func.count())
        .join(RecordTerm, RecordTerm.term_id == Term.id)
        .where(Term.vocabulary == vocabulary)
        .group_by(Term.id)
    )
    meant = meanings(connection, "park") if vocabulary == "park" else {}
    return _most_used(_pairs(connection, query), meant)


def authors_of(connection: Connection) -> list[str]:
    """Return the authors of current records, the most frequent first."""
    query = (
        select(Agent.name, func.count())
        .join(RecordAgent, RecordAgent.agent_id == Agent.id)
        .where(RecordAgent.role == "author")
        .group_by(Agent.id)
    )
    return _most_used(_pairs(connection, query), meanings(connection, "agent"))


def _most_used(counted: Iterable[tuple[str, int]], meant: Meanings) -> list[str]:
    """Return what was counted by its preferred names, the most used first."""
    counts: Counter[str] = Counter()
    for label, count in counted:
        for name in meant.get(label, (label,)):
            counts[name] += count
    return sorted(counts, key=lambda name: (-counts[name], name))


def _within(first: int | None, last: int | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    end = func.coalesce(CatalogueRecord.year_end, CatalogueRecord.year_start)
    if first is not None:
        found.append(end >= first)
    if last is not None:
        found.append(CatalogueRecord.year_start <= last)
    return found


def _having_term(connection: Connection, vocabulary: str, words: str) -> Select[str]:
    terms = select(Term.id, Term.label).where(Term.vocabulary == vocabulary)
    meant = meanings(connection, "park") if vocabulary == "park" else {}
    numbers = _meant(words, _pairs(connection, terms), meant)
    return select(RecordTerm.record_id).where(RecordTerm.term_id.in_(numbers))


def _written_by(connection: Connection, words: str) -> Select[str]:
    agents = _pairs(connection, select(Agent.id, Agent.name))
    numbers = _meant(words, agents, meanings(connection, "agent"))
    return select(RecordAgent.record_id).where(
        RecordAgent.agent_id.in_(numbers), RecordAgent.role == "author"
    )


def _meant(words: str, labels: Sequence[tuple[int, str]], meant: Meanings) -> set[int]:
    """Return the numbers of the labels that the words name, in whichever spelling."""
    spellings = names_and_spellings(meant, (label for _, label in labels))
    return labels_meaning(meant, labels, _alike(words, spellings))


def _pairs(connection: Connection, query: Select[_One, _Two]) -> list[tuple[_One, _Two]]:
    return [(one, two) for one, two in connection.execute(query)]


def _alike(words: str, labels: Iterable[tuple[str, str]]) -> list[str]:
    """Return the names whose spellings equal the words, else those with one that contains them."""
    wanted = fold(words)
    folded = [(name, fold(label)) for name, label in labels]
    equal = [name for name, label in folded if label == wanted]
    return equal or [name for name, label in folded if wanted in label]
