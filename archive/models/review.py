"""What a person should look at."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, text
from sqlalchemy.orm import Mapped, mapped_column

from archive.models.base import Base, JsonColumn, PrimaryKey


class ArchiveIssue(Base):
    """Something odd at an address, from the run that found it until a run no longer does."""

    __tablename__ = "issues"
    __table_args__ = (
        Index("ix_issues_open", "url", sqlite_where=text("closed_run IS NULL")),
        Index("ix_issues_code", "code"),
    )

    id: Mapped[PrimaryKey]
    url: Mapped[str]
    code: Mapped[str]
    detail: Mapped[str]
    source: Mapped[str] = mapped_column(comment="page, file or text: who found it")
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("resources.id"))
    opened_run: Mapped[int] = mapped_column(ForeignKey("runs.id"), index=True)
    opened_at: Mapped[datetime]
    closed_run: Mapped[int | None] = mapped_column(ForeignKey("runs.id"))


class RunFigure(Base):
    """One figure of a finished run; later runs are held against those of the good ones."""

    __tablename__ = "run_figures"

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    name: Mapped[str] = mapped_column(primary_key=True, comment="records, filled, pdfs …")
    subject: Mapped[str] = mapped_column(
        primary_key=True, comment="of what: a kind, kind.field, an outcome; empty: of all"
    )
    value: Mapped[int] = mapped_column(comment="how many")
    total: Mapped[int] = mapped_column(comment="of how many; equal to value where it is a count")


class Finding(Base):
    """What a gate found of a run: the figure, the bound, where the bound comes from, examples."""

    __tablename__ = "findings"

    id: Mapped[PrimaryKey]
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), index=True)
    gate: Mapped[str] = mapped_column(comment="count, fill, layout, labels, terms, texts, errors")
    subject: Mapped[str]
    severity: Mapped[str] = mapped_column(comment="note, suspect or refused")
    figure: Mapped[str] = mapped_column(comment="what was seen, in words")
    bound: Mapped[str] = mapped_column(comment="what would have passed, in words")
    source: Mapped[str] = mapped_column(comment="where the bound comes from")
    examples: Mapped[JsonColumn] = mapped_column(comment="up to three addresses")


class Tombstone(Base):
    """Something taken out of the archive on purpose: the one exception to "only ever added to"."""

    __tablename__ = "tombstones"

    id: Mapped[PrimaryKey]
    subject: Mapped[str] = mapped_column(comment="what was named: an address, an id or a digest")
    kind: Mapped[str] = mapped_column(comment="record, file or page")
    reason: Mapped[str]
    addresses: Mapped[JsonColumn] = mapped_column(comment="never asked again")
    digests: Mapped[JsonColumn] = mapped_column(comment="SHA-256 of the bytes that went")
    software: Mapped[str] = mapped_column(comment="version of this program")
    forgotten_at: Mapped[datetime]
