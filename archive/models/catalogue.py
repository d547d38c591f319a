"""Readings: what the answers were read as. All of it can be rebuilt from the evidence."""

from __future__ import annotations

from datetime import date, datetime
from typing import Final

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from archive.models.base import Base, JsonColumn, PrimaryKey, Sha256


class Reading(Base):
    """What one page was read as by one version of the reader, kept once however often it answers.

    An identical page is never parsed twice: its links and its record are taken from here.
    """

    __tablename__ = "readings"
    __table_args__ = (
        UniqueConstraint("resource_id", "reader_version", "sha256"),
        Index("ix_readings_content", "resource_id", "content_sha256", "reader_version"),
    )

    id: Mapped[PrimaryKey]
    resource_id: Mapped[int] = mapped_column(ForeignKey("resources.id"))
    reader_version: Mapped[str]
    sha256: Mapped[Sha256] = mapped_column(comment="of the reading; equal readings are one row")
    content_sha256: Mapped[Sha256] = mapped_column(comment="of the page it was last read from")
    kind: Mapped[str] = mapped_column(comment="what the page turned out to be")
    layout: Mapped[str]
    fingerprint: Mapped[str] = mapped_column(comment="of the landmarks found")
    version_id: Mapped[int | None] = mapped_column(
        ForeignKey("record_versions.id"), comment="the record it holds, if it holds one"
    )
    data: Mapped[bytes] = mapped_column(LargeBinary, comment="the whole reading: JSON, zstd")


#: Columns of `records` that a version's data has under the same names.
READ_COLUMNS: Final = (
    "url",
    "kind",
    "title",
    "body_text",
    "document_type",
    "declared_pages",
    "declared_pages_raw",
    "year_start",
    "year_end",
    "year_raw",
    "updated_on",
    "updated_raw",
    "authors_raw",
    "contributors_raw",
    "extra",
    "language",
)


class CatalogueRecord(Base):
    """The current reading of a record of the resource centre."""

    __tablename__ = "records"
    __table_args__ = (
        # Few are withdrawn: who leaves them out must not read every record for it.
        Index("ix_records_withdrawn", "id", sqlite_where=text("withdrawn_at IS NOT NULL")),
    )

    id: Mapped[str] = mapped_column(
        primary_key=True, comment="node-N, media-N, or a hash of the first address"
    )
    resource_id: Mapped[int] = mapped_column(ForeignKey("resources.id"), unique=True)
    version_id: Mapped[int | None] = mapped_column(
        ForeignKey("record_versions.id"), comment="the version that is current; null before any is"
    )
    url: Mapped[str] = mapped_column(default="", comment="canonical address")
    kind: Mapped[str] = mapped_column(default="", comment="document, experience or resource")
    title: Mapped[str] = mapped_column(default="")
    body_text: Mapped[str] = mapped_column(default="", comment="a line per paragraph or list item")
    document_type: Mapped[str] = mapped_column(default="", comment="Type de document")
    declared_pages: Mapped[int | None] = mapped_column(comment="Nombre de pages")
    declared_pages_raw: Mapped[str] = mapped_column(default="")
    year_start: Mapped[int | None] = mapped_column(index=True, comment="Année du document")
    year_end: Mapped[int | None]
    year_raw: Mapped[str] = mapped_column(default="")
    updated_on: Mapped[date | None] = mapped_column(comment="Dernière mise à jour")
    updated_raw: Mapped[str] = mapped_column(default="")
    authors_raw: Mapped[str] = mapped_column(default="", comment="Auteur(s)")
    contributors_raw: Mapped[str] = mapped_column(default="", comment="Contributeur(s)")
    extra: Mapped[JsonColumn] = mapped_column(default=dict, comment="labels we do not know yet")
    language: Mapped[str] = mapped_column(default="")
    layout: Mapped[str] = mapped_column(default="")
    reader_version: Mapped[str] = mapped_column(default="")
    snapshot_sha256: Mapped[str] = mapped_column(
        String(64), default="", comment="the page this was read from"
    )
    first_seen: Mapped[datetime]
    last_seen: Mapped[datetime]
    withdrawn_at: Mapped[datetime | None]


class RecordVersion(Base):
    """One way a record was ever read, whole, so that any two compare; equal readings are one."""

    __tablename__ = "record_versions"
    __table_args__ = (
        UniqueConstraint("record_id", "number"),
        UniqueConstraint("record_id", "sha256"),
    )

    id: Mapped[PrimaryKey]
    record_id: Mapped[str] = mapped_column(ForeignKey("records.id"))
    number: Mapped[int] = mapped_column(comment="1, 2, 3 … for this record")
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), index=True)
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("snapshots.id"))
    reader_version: Mapped[str]
    layout: Mapped[str]
    fingerprint: Mapped[str]
    sha256: Mapped[Sha256] = mapped_column(comment="of the reading, without what depends on a run")
    data: Mapped[JsonColumn] = mapped_column(comment="every field, as read")
    created_at: Mapped[datetime]


class RunRecord(Base):
    """Which version of a record a run read, and from which answer."""

    __tablename__ = "run_records"

    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), primary_key=True)
    record_id: Mapped[str] = mapped_column(ForeignKey("records.id"), primary_key=True, index=True)
    version_id: Mapped[int] = mapped_column(ForeignKey("record_versions.id"))
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("snapshots.id"))


class Change(Base):
    """One field of one record that reads differently than in the last current version, and why."""

    __tablename__ = "changes"

    id: Mapped[PrimaryKey]
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), index=True)
    record_id: Mapped[str] = mapped_column(ForeignKey("records.id"), index=True)
    version_id: Mapped[int | None] = mapped_column(ForeignKey("record_versions.id"))
    kind: Mapped[str] = mapped_column(
        comment="added, changed, withdrawn, restored or file-replaced"
    )
    field: Mapped[str] = mapped_column(default="", comment="empty when the whole record")
    before: Mapped[JsonColumn | None]
    after: Mapped[JsonColumn | None]
    cause: Mapped[str] = mapped_column(comment="content, layout or reader")
    created_at: Mapped[datetime]


class Agent(Base):
    """A person or a body, spelled as the site spells it."""

    __tablename__ = "agents"

    id: Mapped[PrimaryKey]
    name: Mapped[str] = mapped_column(unique=True)


class RecordAgent(Base):
    """Who wrote or contributed to a record, in the page's order."""

    __tablename__ = "record_agents"

    record_id: Mapped[str] = mapped_column(ForeignKey("records.id"), primary_key=True)
    role: Mapped[str] = mapped_column(primary_key=True, comment="author or contributor")
    position: Mapped[int] = mapped_column(primary_key=True)
    agent_id: Mapped[int] = mapped_column(ForeignKey("agents.id"), index=True)
    affiliation: Mapped[str] = mapped_column(default="")


class Term(Base):
    """A word of one of the site's vocabularies, spelled as the site spells it."""

    __tablename__ = "terms"
    __table_args__ = (UniqueConstraint("vocabulary", "label"),)

    id: Mapped[PrimaryKey]
    vocabulary: Mapped[str] = mapped_column(comment="type, tag, theme or park")
    label: Mapped[str]
    url: Mapped[str] = mapped_column(default="", comment="the term's page, where it has one")


class RecordTerm(Base):
    """A record's type, tags, themes and parks, in the page's order."""

    __tablename__ = "record_terms"

    record_id: Mapped[str] = mapped_column(ForeignKey("records.id"), primary_key=True)
    term_id: Mapped[int] = mapped_column(ForeignKey("terms.id"), primary_key=True, index=True)
    position: Mapped[int]


class RecordLink(Base):
    """A record's links to related records and off the site, in the page's order."""

    __tablename__ = "record_links"

    record_id: Mapped[str] = mapped_column(ForeignKey("records.id"), primary_key=True)
    kind: Mapped[str] = mapped_column(
        primary_key=True, comment="related_document, related_experience or link"
    )
    position: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str]
    url: Mapped[str] = mapped_column(index=True)


class RecordFile(Base):
    """A file a record offers; its bytes are the last archived answer of its address."""

    __tablename__ = "record_files"

    record_id: Mapped[str] = mapped_column(ForeignKey("records.id"), primary_key=True)
    position: Mapped[int] = mapped_column(primary_key=True)
    label: Mapped[str]
    url: Mapped[str] = mapped_column(index=True)
    filename: Mapped[str]
    media_type: Mapped[str] = mapped_column(default="")
    declared_size: Mapped[int | None] = mapped_column(comment="bytes, as the page says")


class HeldFile(Base):
    """The bytes a file's address gives: the current ones.

    Kept apart from `record_files`, for one file may stand under several records and change
    without any of them.
    """

    __tablename__ = "held_files"

    url: Mapped[str] = mapped_column(primary_key=True)
    sha256: Mapped[Sha256] = mapped_column(ForeignKey("blobs.sha256"), index=True)
    snapshot_id: Mapped[int] = mapped_column(ForeignKey("snapshots.id"))
    run_id: Mapped[int] = mapped_column(
        ForeignKey("runs.id"), comment="the run in which these bytes became current"
    )
