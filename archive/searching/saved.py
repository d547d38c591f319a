"""Saved searches: a question kept under a name, and what is new each time it is asked."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from archive.errors import UnanswerableError
from archive.models import CatalogueRecord, SavedSearch
from archive.queries.filtering import RecordFilter
from archive.records import RecordKind
from archive.runs.ledger import now
from archive.searching.answering import find
from archive.searching.grammar import understand
from archive.searching.questions import Query

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection


class SavedSearchError(UnanswerableError):
    """Raised when there is no saved search of a name, or there is one already."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Saved:
    """A saved search; *found* counts what its last run found."""

    name: str
    query: Query
    created_at: datetime
    last_run_at: datetime | None
    found: int


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundRecord:
    """A record that a saved search finds."""

    id: str
    title: str


@dataclass(frozen=True, slots=True, kw_only=True)
class News:
    """What a saved search finds that it did not find before, or not like this.

    *changed* were found before and read otherwise now; *gone* are found no longer; *notes* say in
    a sentence each what of the question was not understood.
    """

    name: str
    total: int
    since: datetime | None
    new: tuple[FoundRecord, ...]
    changed: tuple[FoundRecord, ...]
    gone: tuple[str, ...]
    notes: tuple[str, ...] = ()


def save_search(connection: Connection, name: str, query: Query) -> None:
    """Keep a question under a name.

    :raises SavedSearchError: the name is taken.
    """
    if connection.scalar(select(SavedSearch.name).where(SavedSearch.name == name)) is not None:
        raise SavedSearchError(
            f"There is a saved search {name!r} already; `pnr saved remove` removes it."
        )
    row = {"name": name, "query": asdict(query), "created_at": now(), "seen": {}}
    connection.execute(insert(SavedSearch), row)


def notes_on(query: Query) -> tuple[str, ...]:
    """Return what of a question is not understood, in a sentence each."""
    return understand(query.text).notes


def saved_searches(connection: Connection) -> tuple[Saved, ...]:
    """Return every saved search, by name."""
    rows = connection.execute(select(SavedSearch.__table__).order_by(SavedSearch.name)).mappings()
    return tuple(
        Saved(
            name=row["name"],
            query=_query(row["query"]),
            created_at=row["created_at"],
            last_run_at=row["last_run_at"],
            found=len(row["seen"]),
        )
        for row in rows
    )


def run_saved(connection: Connection, name: str) -> News:
    """Ask a saved search again, say what is new, and remember what was found.

    :raises SavedSearchError: there is none of this name.
    """
    row = connection.execute(
        select(SavedSearch.query, SavedSearch.seen, SavedSearch.last_run_at).where(
            SavedSearch.name == name
        )
    ).first()
    if row is None:
        raise _unknown(name)
    found = find(connection, _query(row.query))
    records = {
        record.id: record
        for record in connection.execute(
            select(CatalogueRecord.id, CatalogueRecord.title, CatalogueRecord.version_id)
        )
    }
    ordered = [records[record_id] for record_id in found.ids()]
    still = {each.id for each in ordered}
    connection.execute(
        update(SavedSearch)
        .where(SavedSearch.name == name)
        .values(seen={each.id: each.version_id for each in ordered}, last_run_at=now())
    )
    return News(
        name=name,
        total=len(ordered),
        since=row.last_run_at,
        new=tuple(_found(each) for each in ordered if each.id not in row.seen),
        changed=tuple(
            _found(each)
            for each in ordered
            if row.seen.get(each.id, each.version_id) != each.version_id
        ),
        gone=tuple(record_id for record_id in row.seen if record_id not in still),
        notes=found.notes,
    )


def records_of_saved(connection: Connection, name: str) -> list[str]:
    """Return the ids of the records that a saved search finds today; nothing is remembered.

    :raises SavedSearchError: there is none of this name.
    """
    document = connection.scalar(select(SavedSearch.query).where(SavedSearch.name == name))
    if document is None:
        raise _unknown(name)
    return sorted(find(connection, _query(document)).ids())


def remove_saved(connection: Connection, name: str) -> None:
    """Forget a saved search.

    :raises SavedSearchError: there is none of this name.
    """
    if not connection.execute(delete(SavedSearch).where(SavedSearch.name == name)).rowcount:
        raise _unknown(name)


def _found(row: Any) -> FoundRecord:
    return FoundRecord(id=row.id, title=row.title)


def _unknown(name: str) -> SavedSearchError:
    return SavedSearchError(f"There is no saved search {name!r}; `pnr saved list` shows all.")


def _query(data: dict[str, Any]) -> Query:
    filters = data["filters"]
    kind = RecordKind(filters["kind"]) if filters["kind"] else None
    years = tuple(filters["years"])
    return Query(**(data | {"filters": RecordFilter(**(filters | {"kind": kind, "years": years}))}))
