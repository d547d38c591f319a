"""Spot-checks: what was drawn, what the live site said, and what a person said of it."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, UniqueConstraint
from sqlalchemy.orm import Mapped, mapped_column

from archive.models.base import Base, JsonColumn, PrimaryKey


class SpotCheck(Base):
    """A sample of the records, drawn or chosen, held against the live site."""

    __tablename__ = "spot_checks"

    id: Mapped[PrimaryKey]
    how: Mapped[str] = mapped_column(comment="sample: drawn at random; chosen: named by a person")
    stratified_by: Mapped[JsonColumn] = mapped_column(
        comment="type, year, layout: what a stratum has in common"
    )
    seed: Mapped[int | None] = mapped_column(comment="draws the same sample again; null if chosen")
    population: Mapped[int] = mapped_column(comment="records the archive had when it was drawn")
    strata: Mapped[JsonColumn] = mapped_column(comment="stratum and its records, of every stratum")
    status: Mapped[str] = mapped_column(
        comment="running, complete, interrupted, blocked or unreachable"
    )
    status_reason: Mapped[str] = mapped_column(default="", comment="why, in a sentence")
    software: Mapped[str] = mapped_column(comment="version of this program")
    reader_version: Mapped[str] = mapped_column(comment="version of the page reader")
    user_agent: Mapped[str]
    started_at: Mapped[datetime]
    ended_at: Mapped[datetime | None]


class SpotCheckItem(Base):
    """One record of a spot-check: what its live page turned out to be."""

    __tablename__ = "spot_check_items"
    __table_args__ = (UniqueConstraint("spot_check_id", "record_id"),)

    id: Mapped[PrimaryKey]
    spot_check_id: Mapped[int] = mapped_column(ForeignKey("spot_checks.id"))
    position: Mapped[int] = mapped_column(comment="from 0, in the order they are asked")
    record_id: Mapped[str] = mapped_column(ForeignKey("records.id"), index=True)
    stratum: Mapped[JsonColumn] = mapped_column(
        comment="a value for each of spot_checks.stratified_by"
    )
    outcome: Mapped[str] = mapped_column(
        default="pending",
        comment="pending, same, content, layout, reader, unreadable, gone, blocked or unreachable",
    )
    reason: Mapped[str] = mapped_column(default="", comment="why, in words")
    version_id: Mapped[int | None] = mapped_column(
        ForeignKey("record_versions.id"), comment="what it was held against"
    )
    snapshot_id: Mapped[int | None] = mapped_column(
        ForeignKey("snapshots.id"), comment="the archived page that was read so"
    )
    url: Mapped[str] = mapped_column(default="", comment="that answered, after redirects")
    status: Mapped[int | None] = mapped_column(comment="of the live answer")
    layout: Mapped[str] = mapped_column(default="", comment="of the live page")
    fingerprint: Mapped[str] = mapped_column(default="", comment="of the live page's landmarks")
    files: Mapped[JsonColumn] = mapped_column(
        default=list, comment="each held file: url, outcome, reason"
    )
    page: Mapped[bytes | None] = mapped_column(
        LargeBinary, comment="the live page, where anything differs: zstd"
    )
    content_type: Mapped[str] = mapped_column(default="", comment="of the live page")
    checked_at: Mapped[datetime | None]


class SpotCheckDifference(Base):
    """One thing that the live site says otherwise than the archive, and why."""

    __tablename__ = "spot_check_differences"
    __table_args__ = (Index("ix_spot_check_differences_item", "item_id", "position"),)

    id: Mapped[PrimaryKey]
    item_id: Mapped[int] = mapped_column(ForeignKey("spot_check_items.id"))
    position: Mapped[int] = mapped_column(comment="from 0, within the record")
    field: Mapped[str] = mapped_column(comment="empty when the whole page is gone or unreadable")
    before: Mapped[JsonColumn | None] = mapped_column(comment="in the archive")
    after: Mapped[JsonColumn | None] = mapped_column(comment="on the live site")
    cause: Mapped[str] = mapped_column(comment="content, layout or reader")


class SpotCheckVerdict(Base):
    """What a person said of a difference; the last one counts, earlier ones are kept."""

    __tablename__ = "spot_check_verdicts"

    id: Mapped[PrimaryKey]
    difference_id: Mapped[int] = mapped_column(ForeignKey("spot_check_differences.id"), index=True)
    verdict: Mapped[str] = mapped_column(comment="right, wrong or unsure: of what is read today")
    note: Mapped[str] = mapped_column(default="")
    noted_at: Mapped[datetime]
