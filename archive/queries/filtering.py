"""Which records are meant: by kind, year, and the words of the site's own vocabularies."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, select

from archive.folding import fold
from archive.models import Agent, CatalogueRecord, RecordAgent, RecordTerm, Term

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import ColumnElement, Connection, Select

    from archive.records import RecordKind

#: Filters that name a word of a vocabulary, and the vocabulary.
VOCABULARIES: Final = {"document_type": "type", "park": "park", "theme": "theme", "tag": "tag"}


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordFilter:
    """What a record must be to be meant; an empty filter means every current record.

    *years* are the first and the last one, either may be open; a record of several years is
    meant when one of them is. Words match without regard to case and accents: a whole label
    first, and only where none is equal every label that contains them.
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
        select(Term.label)
        .join(RecordTerm, RecordTerm.term_id == Term.id)
        .where(Term.vocabulary == vocabulary)
        .group_by(Term.id)
        .order_by(func.count().desc(), Term.label)
    )
    return list(connection.scalars(query))


def authors_of(connection: Connection) -> list[str]:
    """Return the authors of current records, the most frequent first."""
    query = (
        select(Agent.name)
        .join(RecordAgent, RecordAgent.agent_id == Agent.id)
        .where(RecordAgent.role == "author")
        .group_by(Agent.id)
        .order_by(func.count().desc(), Agent.name)
    )
    return list(connection.scalars(query))


def _within(first: int | None, last: int | None) -> list[ColumnElement[bool]]:
    found: list[ColumnElement[bool]] = []
    end = func.coalesce(CatalogueRecord.year_end, CatalogueRecord.year_start)
    if first is not None:
        found.append(end >= first)
    if last is not None:
        found.append(CatalogueRecord.year_start <= last)
    return found


def _having_term(connection: Connection, vocabulary: str, words: str) -> Select[str]:
    terms = connection.execute(select(Term.id, Term.label).where(Term.vocabulary == vocabulary))
    numbers = _alike(words, ((row[0], row[1]) for row in terms))
    return select(RecordTerm.record_id).where(RecordTerm.term_id.in_(numbers))


def _written_by(connection: Connection, words: str) -> Select[str]:
    numbers = _alike(
        words,
        ((row[0], row[1]) for row in connection.execute(select(Agent.id, Agent.name))),
    )
    return select(RecordAgent.record_id).where(
        RecordAgent.agent_id.in_(numbers), RecordAgent.role == "author"
    )


def _alike(words: str, labels: Iterable[tuple[int, str]]) -> list[int]:
    """Return the numbers of the labels that equal the words, else of those that contain them."""
    wanted = fold(words)
    folded = [(number, fold(label)) for number, label in labels]
    equal = [number for number, label in folded if label == wanted]
    return equal or [number for number, label in folded if wanted in label]
