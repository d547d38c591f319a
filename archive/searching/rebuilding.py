"""Make the search index anew: beside the old one, which answers until the new one is whole."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import delete, func, insert, select, text

from archive.models import (
    CatalogueRecord,
    FilePage,
    RecordVersion,
    SearchPart,
    SearchRow,
    SearchUnit,
)
from archive.searching.indexing import (
    facets_of_record,
    held_texts,
    index_version,
    insert_pages,
    insert_record,
    inserts,
    keep_state,
    sign_index,
    stored_pages,
)
from archive.searching.preparing import Bag
from archive.searching.words import PREPARATION

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from sqlalchemy import Connection

    from archive.database import Archive

INDEXES: Final = ("page_index", "page_stems", "record_index", "word_index")
_NEW: Final = "_new"

#: Records that are indexed in one transaction.
_BATCH: Final = 100
#: Bytes of an index that are gathered before they are written, and pieces that are then merged:
#: while it is made, none, for at the end all are. SQLite's defaults go for what comes later.
_WHILE_MADE: Final = {"hashsize": 32_000_000, "automerge": 0, "crisismerge": 2000}
_LATER: Final = {"hashsize": 1_048_576, "automerge": 4, "crisismerge": 16}
#: Files of several records whose words are remembered; others are read again.
_REMEMBERED: Final = 64


@dataclass(frozen=True, slots=True)
class Rebuilding:
    """How far it has come."""

    done: int
    total: int


@dataclass(frozen=True, slots=True, kw_only=True)
class IndexStanding:
    """How the index stands; *left_behind* are rows of it that nothing leads to any more."""

    current: bool
    records: int
    files: int
    pages: int
    left_behind: int


def index_standing(connection: Connection) -> IndexStanding:
    """Tell whether the index is of this version, and what it holds."""
    records = func.count(SearchUnit.record_id)
    counts = connection.execute(select(records, func.count(SearchUnit.sha256))).one()
    pages = connection.execute(text("SELECT count(*) FROM page_index_docsize")).scalar_one()
    alive = connection.scalar(select(func.count()).select_from(SearchRow)) or 0
    return IndexStanding(
        current=index_version(connection) in {"", PREPARATION},
        records=counts[0],
        files=counts[1],
        pages=alive - counts[0],
        left_behind=max(pages - alive, 0),
    )


def rebuild(archive: Archive) -> Iterator[Rebuilding]:
    """Make the index anew; yield how far it has come. The caller holds the writer lock.

    A rebuilding that is broken off leaves the old index as it was.
    """
    with archive.transaction() as connection:
        _make_tables(connection)
        ids = list(
            connection.scalars(
                select(CatalogueRecord.id)
                .where(CatalogueRecord.version_id.is_not(None))
                .order_by(CatalogueRecord.id)
            )
        )
    builder = _Builder()
    for start in range(0, len(ids), _BATCH):
        yield Rebuilding(start, len(ids))
        with archive.transaction() as connection:
            for record_id in ids[start : start + _BATCH]:
                builder.add(connection, record_id)
    with archive.transaction() as connection:
        builder.add_earlier_files(connection)
    for name in INDEXES:
        with archive.transaction() as connection:
            _set(connection, f"{name}{_NEW}", _LATER)
            # One piece in place of many: smaller, and quicker to ask.
            _order(connection, f"{name}{_NEW}", "optimize")
    with archive.transaction() as connection:
        _swap(connection, builder)
    yield Rebuilding(len(ids), len(ids))


class _Builder:
    """Numbers records and files from one on, and fills the new tables."""

    def __init__(self) -> None:
        self.units: list[dict[str, Any]] = []
        self.parts: list[dict[str, int]] = []
        self.rows: list[dict[str, int]] = []
        self.next = 1
        self._files: dict[str, int] = {}
        self._bags: dict[str, Bag] = {}
        self._inserts = inserts(_NEW)

    def add(self, connection: Connection, record_id: str) -> None:
        """Index one record and those of its files that are not indexed yet."""
        files = held_texts(connection, record_id)
        bags = [self._file(connection, sha256) for sha256 in files]
        parts = [self._files[sha256] for sha256 in files]
        data = connection.execute(
            select(RecordVersion.data)
            .join(CatalogueRecord, CatalogueRecord.version_id == RecordVersion.id)
            .where(CatalogueRecord.id == record_id)
        ).scalar_one()
        facets = facets_of_record(connection, record_id)
        unit = self._enter([0], record_id=record_id, facets=facets)
        insert_record(connection, self._inserts, unit, data, bags)
        self.parts += [{"record_unit": unit, "part_unit": part} for part in (unit, *parts)]

    def add_earlier_files(self, connection: Connection) -> None:
        """Index the files that no record offers any more: for the archive as it stood then."""
        read = select(FilePage.sha256).distinct().order_by(FilePage.sha256)
        for sha256 in connection.scalars(read).all():
            if sha256 not in self._files:
                self._file(connection, sha256)

    def _file(self, connection: Connection, sha256: str) -> Bag:
        if sha256 in self._bags:
            return self._bags[sha256]
        bodies = {page.number: page.body for page in stored_pages(connection, sha256)}
        if sha256 in self._files:
            bag = Bag(bodies.values())
        else:
            self._files[sha256] = unit = self._enter(bodies, sha256=sha256)
            bag = insert_pages(connection, self._inserts, unit, bodies)
        if len(self._bags) >= _REMEMBERED:
            del self._bags[next(iter(self._bags))]
        self._bags[sha256] = bag
        return bag

    def _enter(
        self,
        pages: Collection[int],
        *,
        record_id: str | None = None,
        sha256: str | None = None,
        facets: str = "",
    ) -> int:
        unit, self.next = self.next, self.next + len(pages)
        row = {"unit": unit, "last_row": self.next - 1, "record_id": record_id, "sha256": sha256}
        self.units.append(row | {"facets": facets})
        self.rows += [
            {"row": number, "unit": unit, "page": page} for number, page in enumerate(pages, unit)
        ]
        return unit


def _make_tables(connection: Connection) -> None:
    """Make empty tables like today's, in place of what a broken-off rebuilding left."""
    for name in INDEXES:
        connection.execute(text(f"DROP TABLE IF EXISTS {name}{_NEW}"))
        made = connection.execute(
            text("SELECT sql FROM sqlite_master WHERE name = :name"), {"name": name}
        ).scalar_one()
        connection.exec_driver_sql(re.sub(rf"\b{name}\b", f"{name}{_NEW}", made, count=1))
        _set(connection, f"{name}{_NEW}", _WHILE_MADE)


def _set(connection: Connection, table: str, options: dict[str, int]) -> None:
    for option, value in options.items():
        _order(connection, table, option, value)


def _order(connection: Connection, table: str, order: str, value: int | None = None) -> None:
    statement = f"INSERT INTO {table} ({table}, rank) VALUES (:order, :value)"  # noqa: S608  # our own names
    connection.execute(text(statement), {"order": order, "value": value})


def _swap(connection: Connection, builder: _Builder) -> None:
    for name in INDEXES:
        connection.execute(text(f"DROP TABLE {name}"))
        connection.execute(text(f"ALTER TABLE {name}{_NEW} RENAME TO {name}"))
    for table in (SearchPart, SearchRow, SearchUnit):
        connection.execute(delete(table))
    if builder.units:
        connection.execute(insert(SearchUnit), builder.units)
        connection.execute(insert(SearchPart), builder.parts)
        connection.execute(insert(SearchRow), builder.rows)
    keep_state(connection, "next_row", str(builder.next))
    sign_index(connection)
