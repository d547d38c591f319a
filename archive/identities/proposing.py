"""Propose which records may be one, with what speaks for it. A person decides.

Two records may be one when the later was first seen after the earlier was last: what was there at
the same time is two things. What speaks for it is weighed; one sign alone is never enough.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from rapidfuzz import fuzz, process
from sqlalchemy import func, select

from archive.folding import fold
from archive.models import (
    Agent,
    CatalogueRecord,
    HeldFile,
    RecordAgent,
    RecordFile,
    SameAs,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping
    from datetime import datetime

    from sqlalchemy import Connection

#: What a sign weighs, and how much is enough: a title and a year, a file and a title alike …
_ENOUGH: Final = 4
_SAME_TITLE, _ALIKE_TITLE, _SAME_FILE, _SAME_NAME, _SAME_YEAR, _SAME_AUTHOR = 3, 2, 3, 2, 1, 1
#: Likeness of two titles, of a hundred, from which they may be one that was edited.
_ALIKE: Final = 90
#: Titles alike that are looked at for each record.
_MOST_ALIKE: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Proposal:
    """Two records that may be one: the *earlier* and the *later*, and what speaks for it."""

    earlier: str
    later: str
    earlier_title: str
    later_title: str
    earlier_url: str
    later_url: str
    evidence: tuple[str, ...]
    weight: int


@dataclass(frozen=True, slots=True, kw_only=True)
class _Known:
    """What is known of a record that may tell it again."""

    id: str
    title: str
    key: str
    url: str
    year: int | None
    first_seen: datetime
    last_seen: datetime
    digests: frozenset[str]
    names: frozenset[str]
    authors: frozenset[str]


def propose(connection: Connection) -> list[Proposal]:
    """Return the pairs of records that may be one, the surest first; what was decided is not."""
    records = {one.id: one for one in _known(connection)}
    decided = {(row.earlier_id, row.later_id) for row in connection.execute(_DECIDED)}
    found = []
    for earlier, later in sorted(_candidates(list(records.values()))):
        one, other = records[earlier], records[later]
        if one.last_seen >= other.first_seen or (earlier, later) in decided:
            continue
        weight, evidence = _weigh(one, other)
        if weight >= _ENOUGH:
            found.append(_proposal(one, other, weight, evidence))
    return sorted(found, key=lambda each: (-each.weight, each.earlier, each.later))


_DECIDED: Final = select(SameAs.earlier_id, SameAs.later_id)


def evidence_for(connection: Connection, one: str, other: str) -> tuple[str, ...]:
    """Return what speaks for two records being one, whether it is enough or not."""
    known = sorted(_known(connection, (one, other)), key=lambda each: (each.first_seen, each.id))
    return _weigh(known[0], known[1])[1] if len(known) == 2 else ()


def _candidates(records: list[_Known]) -> set[tuple[str, str]]:
    """Return the pairs that share a title, a file or a file's name, or whose titles are alike."""
    found: set[tuple[str, str]] = set()
    for signs in (
        ((one, {one.key} - {""}) for one in records),
        ((one, one.digests) for one in records),
        ((one, one.names) for one in records),
    ):
        found |= _sharing(signs)
    found |= set(_alike(records))
    return found


def _sharing(signs: Iterable[tuple[_Known, Iterable[str]]]) -> set[tuple[str, str]]:
    by_sign: dict[str, list[_Known]] = defaultdict(list)
    for one, of_one in signs:
        for sign in of_one:
            by_sign[sign].append(one)
    return {
        (one.id, other.id)
        for sharing in by_sign.values()
        for one in sharing
        for other in sharing
        if one.last_seen < other.first_seen
    }


def _alike(records: list[_Known]) -> Iterator[tuple[str, str]]:
    """Yield records whose titles are alike, of those that are seen no more and those that came."""
    newest = max((one.last_seen for one in records), default=None)
    seen_no_more = [one for one in records if one.key and one.last_seen != newest]
    if not seen_no_more:
        return
    first = min(one.last_seen for one in seen_no_more)
    titles = {one.id: one.key for one in records if one.key and one.first_seen > first}
    for one in seen_no_more:
        alike = process.extract(
            one.key, titles, scorer=fuzz.token_sort_ratio, score_cutoff=_ALIKE, limit=_MOST_ALIKE
        )
        yield from ((one.id, other) for _, _, other in alike if other != one.id)


def _weigh(one: _Known, other: _Known) -> tuple[int, tuple[str, ...]]:
    """Return how much speaks for two records being one, and what."""
    signs: list[tuple[int, str]] = []
    if one.key and one.key == other.key:
        signs.append((_SAME_TITLE, "same title"))
    elif (likeness := fuzz.token_sort_ratio(one.key, other.key)) >= _ALIKE:
        signs.append((_ALIKE_TITLE, f"titles alike ({likeness:.0f} %)"))
    if one.digests & other.digests:
        signs.append((_SAME_FILE, "same PDF, byte for byte"))
    elif names := one.names & other.names:
        signs.append((_SAME_NAME, f"same file name ({min(names)})"))
    told_apart = bool(signs)
    if one.year and one.year == other.year:
        signs.append((_SAME_YEAR, f"same year ({one.year})"))
    if authors := one.authors & other.authors:
        signs.append((_SAME_AUTHOR, f"same author ({min(authors)})"))
    # A year and an author are shared by many.
    weight = sum(weight for weight, _ in signs) if told_apart else 0
    return weight, tuple(words for _, words in signs)


def _proposal(one: _Known, other: _Known, weight: int, evidence: tuple[str, ...]) -> Proposal:
    return Proposal(
        earlier=one.id,
        later=other.id,
        earlier_title=one.title,
        later_title=other.title,
        earlier_url=one.url,
        later_url=other.url,
        evidence=evidence,
        weight=weight,
    )


def _known(connection: Connection, ids: Iterable[str] = ()) -> list[_Known]:
    query = select(
        CatalogueRecord.id,
        CatalogueRecord.title,
        CatalogueRecord.url,
        CatalogueRecord.year_start.label("year"),
        CatalogueRecord.first_seen,
        CatalogueRecord.last_seen,
    ).where(CatalogueRecord.version_id.is_not(None))
    if wanted := list(ids):
        query = query.where(CatalogueRecord.id.in_(wanted))
    held = select(RecordFile.record_id, HeldFile.sha256)
    digests = _of_records(connection, held.join(HeldFile, HeldFile.url == RecordFile.url))
    names = _of_records(connection, select(RecordFile.record_id, func.lower(RecordFile.filename)))
    authors = _of_records(
        connection,
        select(RecordAgent.record_id, Agent.name)
        .join(Agent, Agent.id == RecordAgent.agent_id)
        .where(RecordAgent.role == "author"),
    )
    nothing: frozenset[str] = frozenset()
    return [
        _Known(
            **row,
            key=fold(row["title"]),
            digests=digests.get(row["id"], nothing),
            names=names.get(row["id"], nothing),
            authors=authors.get(row["id"], nothing),
        )
        for row in connection.execute(query).mappings()
    ]


def _of_records(connection: Connection, query: Any) -> Mapping[str, frozenset[str]]:
    found: dict[str, set[str]] = defaultdict(set)
    for record_id, value in connection.execute(query):
        if value:
            found[record_id].add(value)
    return {record_id: frozenset(values) for record_id, values in found.items()}
