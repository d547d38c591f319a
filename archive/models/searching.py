"""The search index's own books: what stands under which number, and what people asked to keep.

The indexes themselves are FTS5 tables and stand in a migration: `page_index` and `page_stems` (a
row per page of a file and per record, found again in `search_rows`), `record_index` and
`word_index` (a row per record, rowid = unit).
"""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, String
from sqlalchemy.orm import Mapped, mapped_column

from archive.models.base import Base, JsonColumn


class SearchUnit(Base):
    """A record or a file as the search index numbers it; indexed anew, it gets a new number."""

    __tablename__ = "search_units"

    unit: Mapped[int] = mapped_column(primary_key=True, comment="and the first of its rows")
    last_row: Mapped[int] = mapped_column(comment="the last of its rows")
    record_id: Mapped[str | None] = mapped_column(unique=True, comment="null for a file")
    sha256: Mapped[str | None] = mapped_column(
        String(64), unique=True, comment="of the file; null for a record"
    )
    facets: Mapped[str] = mapped_column(
        default="",
        comment="of a record: k and its kind, t p h g a and a label's number, y and a year",
    )


class SearchRow(Base):
    """Which page a row of the page indexes is; rows of what is no longer current have none."""

    __tablename__ = "search_rows"

    row: Mapped[int] = mapped_column(primary_key=True, comment="rowid in page_index, page_stems")
    unit: Mapped[int] = mapped_column(ForeignKey("search_units.unit"))
    page: Mapped[int] = mapped_column(comment="of the file; 0 for a record's own page")


class SearchPart(Base):
    """What a record is found by: its own page, and the files it offers."""

    __tablename__ = "search_parts"

    record_unit: Mapped[int] = mapped_column(ForeignKey("search_units.unit"), primary_key=True)
    part_unit: Mapped[int] = mapped_column(
        ForeignKey("search_units.unit"),
        primary_key=True,
        index=True,
        comment="a file's, or the record's own",
    )


class SearchState(Base):
    """What the search index was made by; a row is missing where it has to be made anew."""

    __tablename__ = "search_state"

    name: Mapped[str] = mapped_column(primary_key=True, comment="version, next_row")
    value: Mapped[str] = mapped_column(
        comment="version: of the preparation, empty before the first text; next_row: never given"
    )


class SavedSearch(Base):
    """A question somebody asks again, and what was found when it was last asked."""

    __tablename__ = "saved_searches"

    name: Mapped[str] = mapped_column(primary_key=True)
    query: Mapped[JsonColumn] = mapped_column(comment="words and filters, as they were given")
    created_at: Mapped[datetime]
    last_run_at: Mapped[datetime | None]
    seen: Mapped[JsonColumn] = mapped_column(comment="record -> version, as last found")
