"""Records like one: those that say the same rare things, and bear the same labels."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import select, text

from archive.models import CatalogueRecord, RecordVersion, SearchUnit, Term
from archive.searching.asking import Asker, rarity
from archive.searching.indexing import held_texts, stored_pages
from archive.searching.planning import Any, Stem
from archive.searching.preparing import Bag, own_texts

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from archive.searching.shelf import Shelf

#: Words of the record that others are looked for by, and those they are chosen from.
_WORDS: Final = 25
_CHOSEN_FROM: Final = 150
#: How much a label that both bear brings another record forward, times its rarity.
_LABEL_BONUS: Final = 0.2

_COUNT = text("SELECT count(*) FROM record_index WHERE record_index MATCH :asked")
_DESCRIBED = (
    select(
        SearchUnit.unit,
        CatalogueRecord.id,
        CatalogueRecord.title,
        CatalogueRecord.document_type,
        CatalogueRecord.year_start,
        CatalogueRecord.year_end,
    )
    .join(CatalogueRecord, CatalogueRecord.id == SearchUnit.record_id)
    .where(CatalogueRecord.withdrawn_at.is_(None))
)
_RECORDS = text("SELECT count(*) FROM search_units WHERE record_id IS NOT NULL")


@dataclass(frozen=True, slots=True, kw_only=True)
class SimilarRecord:
    """A record like the one asked for; *shared* are the labels that both bear."""

    id: str
    title: str
    document_type: str
    year_start: int | None
    year_end: int | None
    score: float
    shared: tuple[str, ...]


def similar_records(
    connection: Connection, record_id: str, *, limit: int = 10
) -> tuple[SimilarRecord, ...]:
    """Return the records most like this one, the most alike first; withdrawn ones are left out."""
    asker = Asker(connection)
    words = _telling_words(connection, record_id)
    if not words:
        return ()
    scores = asker.scores(Any(tuple(Stem((word,)) for word in words)))
    own = connection.scalar(select(SearchUnit.unit).where(SearchUnit.record_id == record_id))
    shelf = asker.shelf
    labels = {token for token in shelf.tokens_of(own) if token[0] not in "ky"} if own else set()
    alike = {unit: score for unit, score in scores.items() if unit != own and unit in shelf.places}
    for label in labels:
        worth = _LABEL_BONUS * rarity(shelf.tokens[label].bit_count(), len(shelf))
        for unit in shelf.units_of(shelf.tokens[label]):
            if unit in alike:
                alike[unit] += scores[unit] * worth
    return _described(connection, alike, labels, shelf, limit)


def _telling_words(connection: Connection, record_id: str) -> list[str]:
    """Return the stems a record says often and others rarely."""
    data = connection.scalar(
        select(RecordVersion.data)
        .join(CatalogueRecord, CatalogueRecord.version_id == RecordVersion.id)
        .where(CatalogueRecord.id == record_id)
    )
    if data is None:
        return []
    title, names, body = own_texts(data)
    own = Bag((title, title, title, names, names, body))
    files = [
        Bag(page.body for page in stored_pages(connection, sha256))
        for sha256 in held_texts(connection, record_id)
    ]
    bag = Bag.of_all([own, *files])
    total = connection.execute(_RECORDS).scalar_one()
    weighed = []
    for stem, count in bag.counts().most_common(_CHOSEN_FROM):
        found = connection.execute(_COUNT, {"asked": f'"{stem}"'}).scalar_one()
        if found > 1 and not stem.isdigit():
            weighed.append((count.bit_length() * rarity(found, total), stem))
    return [stem for _, stem in sorted(weighed, reverse=True)[:_WORDS]]


def _described(
    connection: Connection,
    alike: dict[int, float],
    labels: set[str],
    shelf: Shelf,
    limit: int,
) -> tuple[SimilarRecord, ...]:
    best = sorted(alike, key=lambda unit: (-alike[unit], unit))[: limit * 2]
    rows = connection.execute(_DESCRIBED.where(SearchUnit.unit.in_(best))).mappings()
    by_unit = {row["unit"]: row for row in rows}
    names = _names(connection, labels)
    found = []
    for unit in [unit for unit in best if unit in by_unit][:limit]:
        both = labels & shelf.tokens_of(unit)
        found.append(
            SimilarRecord(
                **{name: value for name, value in by_unit[unit].items() if name != "unit"},
                score=round(alike[unit], 3),
                shared=tuple(sorted(name for token, name in names.items() if token in both)),
            )
        )
    return tuple(found)


def _names(connection: Connection, labels: set[str]) -> dict[str, str]:
    """Return the labels of a vocabulary's tokens; a shared author counts, and is not told."""
    terms = {int(token[1:]): token for token in labels if token[0] != "a"}
    query = select(Term.id, Term.label).where(Term.id.in_(terms))
    return {terms[number]: label for number, label in connection.execute(query)}
