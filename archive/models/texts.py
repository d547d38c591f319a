"""Page texts: what the files say, keyed by their content."""

from __future__ import annotations

from datetime import datetime
from typing import Final

from sqlalchemy import ForeignKey, Index
from sqlalchemy import text as sql
from sqlalchemy.orm import Mapped, mapped_column

from archive.models.base import Base, JsonColumn, Sha256

#: The pages with a text, worded as the index is that counts them without reading any.
HAS_TEXT: Final = sql("text <> ''")


class Extraction(Base):
    """How the text of one file was read, or that it waits to be."""

    __tablename__ = "extractions"

    sha256: Mapped[Sha256] = mapped_column(ForeignKey("blobs.sha256"), primary_key=True)
    status: Mapped[str] = mapped_column(
        index=True,
        comment="pending, read, partial, empty, encrypted, damaged, not-a-pdf, too-large, "
        "timed-out or out-of-memory",
    )
    detail: Mapped[str] = mapped_column(default="", comment="what was met, in a sentence")
    repair: Mapped[str] = mapped_column(default="", comment="how a damaged file was mended")
    engines: Mapped[JsonColumn] = mapped_column(
        default=dict, comment="pages whose text was kept, by engine"
    )
    page_count: Mapped[int | None]
    facts: Mapped[JsonColumn] = mapped_column(
        default=dict, comment="what the file says of itself: title, producer, dates, outline …"
    )
    software: Mapped[str] = mapped_column(default="", comment="version of this program that read")
    wanted_engine: Mapped[str] = mapped_column(
        default="auto", comment="auto, pdfium or pdfplumber, for the next reading"
    )
    seconds: Mapped[float | None] = mapped_column(comment="of work")
    queued_at: Mapped[datetime]
    extracted_at: Mapped[datetime | None]
    tables_status: Mapped[str] = mapped_column(
        default="", comment="how the search for tables ended; empty before it"
    )
    tables_detail: Mapped[str] = mapped_column(default="")


class FilePage(Base):
    """The text of one page of a file; page numbers start at 1."""

    __tablename__ = "file_pages"
    __table_args__ = (Index("ix_file_pages_score", "score", sqlite_where=HAS_TEXT),)

    sha256: Mapped[Sha256] = mapped_column(ForeignKey("blobs.sha256"), primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    text: Mapped[str]
    status: Mapped[str] = mapped_column(
        comment="read, blank, empty, thin, damaged, timed-out or out-of-memory"
    )
    source: Mapped[str] = mapped_column(comment="text or ocr")
    engine: Mapped[str] = mapped_column(comment="whose text was kept")
    engine_version: Mapped[str]
    score: Mapped[float] = mapped_column(comment="quality, 0 to 1; see docs/extraction.md")
    confidence: Mapped[float | None] = mapped_column(comment="of OCR, 0 to 1")
    running_header: Mapped[JsonColumn] = mapped_column(comment="lines that return on each page")
    running_footer: Mapped[JsonColumn]
    outside: Mapped[str] = mapped_column(comment="text outside the visible page")
    joins: Mapped[JsonColumn] = mapped_column(comment="line ends that were mended, and where")
    flags: Mapped[JsonColumn] = mapped_column(comment="what the judge found odd")
    width: Mapped[float] = mapped_column(comment="points, as shown")
    height: Mapped[float]
    rotation: Mapped[int] = mapped_column(comment="degrees")
    picture_share: Mapped[float] = mapped_column(comment="of the page, 0 to 1")


class FileTable(Base):
    """A table with ruling lines, found on a page of a file; pages and tables count from 1."""

    __tablename__ = "file_tables"

    sha256: Mapped[Sha256] = mapped_column(ForeignKey("blobs.sha256"), primary_key=True)
    page: Mapped[int] = mapped_column(primary_key=True)
    number: Mapped[int] = mapped_column(primary_key=True)
    rows: Mapped[JsonColumn] = mapped_column(comment="a list of rows, each a list of cells")
    box: Mapped[JsonColumn] = mapped_column(comment="left, top, right, bottom in points")
