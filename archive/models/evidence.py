"""Evidence: what was asked, and what the site answered. Only ever added to."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ForeignKey, Index, LargeBinary, String, UniqueConstraint, text
from sqlalchemy.orm import Mapped, mapped_column

from archive.models.base import Base, Json, JsonColumn, PrimaryKey, Sha256


class Run(Base):
    """One crawl, one rereading of what is archived, or one day's captures that were imported."""

    __tablename__ = "runs"

    id: Mapped[PrimaryKey]
    kind: Mapped[str] = mapped_column(default="crawl", comment="crawl, reread or import")
    scope: Mapped[JsonColumn] = mapped_column(
        comment="start addresses, hosts and limit; or filters; or the files imported from"
    )
    status: Mapped[str] = mapped_column(
        comment="running, complete, interrupted, blocked, unreachable or failed"
    )
    status_reason: Mapped[str] = mapped_column(default="", comment="why, in a sentence")
    fills: Mapped[bool] = mapped_column(
        comment="the archive was empty: readings become current as they come"
    )
    limited: Mapped[bool] = mapped_column(comment="stopped at a number of records on purpose")
    software: Mapped[str] = mapped_column(comment="version of this program")
    reader_version: Mapped[str] = mapped_column(comment="version of the page reader")
    user_agent: Mapped[str]
    started_at: Mapped[datetime] = mapped_column(comment="of an import: of its first capture")
    ended_at: Mapped[datetime | None] = mapped_column(comment="of an import: of its last capture")
    verdict: Mapped[str | None] = mapped_column(
        comment="good, suspect, refused, accepted or dropped; null before the gates were asked"
    )
    promoted_at: Mapped[datetime | None] = mapped_column(comment="when its readings became current")


class Resource(Base):
    """Something with an address of its own, whatever it answers today."""

    __tablename__ = "resources"

    id: Mapped[PrimaryKey]
    url: Mapped[str] = mapped_column(
        index=True, comment="its canonical address; who has an address today is in aliases"
    )
    kind: Mapped[str] = mapped_column(
        comment="record, listing, term, sitemap, robots, file or page"
    )
    identity: Mapped[str | None] = mapped_column(
        unique=True, comment="node-N or media-N, where the site says so"
    )
    first_seen: Mapped[datetime]


class Alias(Base):
    """An address under which a resource was met, its own among them."""

    __tablename__ = "aliases"

    url: Mapped[str] = mapped_column(primary_key=True)
    resource_id: Mapped[int] = mapped_column(ForeignKey("resources.id"), index=True)
    first_seen: Mapped[datetime]


class Visit(Base):
    """One address in one run: how it was discovered, and the one outcome it came to."""

    __tablename__ = "visits"
    __table_args__ = (
        UniqueConstraint("run_id", "url"),
        # The frontier: what a run has still to ask, in the order it is asked.
        Index(
            "ix_visits_pending",
            "run_id",
            text("priority DESC"),
            "id",
            sqlite_where=text("outcome = 'pending'"),
        ),
        Index("ix_visits_run_outcome", "run_id", "outcome"),
    )

    id: Mapped[PrimaryKey]
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"))
    url: Mapped[str]
    kind: Mapped[str] = mapped_column(comment="what its place on the page suggested")
    found_in: Mapped[str] = mapped_column(
        comment="start, known, listing, term, record, sitemap, redirect, page or import"
    )
    found_on: Mapped[int | None] = mapped_column(
        ForeignKey("visits.id"), comment="the visit that led here"
    )
    depth: Mapped[int] = mapped_column(default=0, comment="links from a start address")
    hops: Mapped[int] = mapped_column(default=0, comment="redirects in a row that led here")
    fruitless: Mapped[int] = mapped_column(
        default=0, comment="pages of a list in a row that led to nothing new"
    )
    priority: Mapped[int] = mapped_column(default=0)
    attempts: Mapped[int] = mapped_column(default=0, comment="times it was asked in vain")
    outcome: Mapped[str] = mapped_column(default="pending")
    reason: Mapped[str] = mapped_column(default="")
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("resources.id"), index=True)
    snapshot_id: Mapped[int | None] = mapped_column(ForeignKey("snapshots.id"))
    settled_at: Mapped[datetime | None]


class Blob(Base):
    """Bytes the site sent, kept once under their own digest.

    A page is compressed with zstd, a later body of the same resource against its first; a file
    stands as it is in `sqlar`, where stock tools find it.
    """

    __tablename__ = "blobs"

    sha256: Mapped[Sha256] = mapped_column(primary_key=True)
    media_type: Mapped[str]
    size: Mapped[int] = mapped_column(comment="bytes, decoded")
    encoding: Mapped[str] = mapped_column(comment="identity, zstd or sqlar")
    base_sha256: Mapped[str | None] = mapped_column(
        String(64), ForeignKey("blobs.sha256"), comment="the body it is compressed against"
    )
    data: Mapped[bytes | None] = mapped_column(LargeBinary, comment="null when it stands in sqlar")
    created_at: Mapped[datetime]


class ArchivedFile(Base):
    """A downloaded file, in SQLite's own archive format: `sqlite3 FILE -Ax` lays them out."""

    __tablename__ = "sqlar"

    name: Mapped[str] = mapped_column(primary_key=True, comment="a readable, unique file name")
    mode: Mapped[int]
    mtime: Mapped[int] = mapped_column(comment="seconds since 1970, UTC")
    sz: Mapped[int] = mapped_column(comment="bytes; data is not compressed")
    sha256: Mapped[Sha256] = mapped_column(ForeignKey("blobs.sha256"), unique=True)
    media_type: Mapped[str]
    data: Mapped[bytes] = mapped_column(
        LargeBinary, comment="last: SQLite takes only a last column piece by piece"
    )


class Snapshot(Base):
    """What an address answered, once: status, headers, validators, and the bytes by digest."""

    __tablename__ = "snapshots"
    __table_args__ = (Index("ix_snapshots_url_id", "url", "id"),)

    id: Mapped[PrimaryKey]
    run_id: Mapped[int] = mapped_column(ForeignKey("runs.id"), index=True)
    url: Mapped[str]
    resource_id: Mapped[int | None] = mapped_column(ForeignKey("resources.id"), index=True)
    requested_at: Mapped[datetime]
    fetched_at: Mapped[datetime]
    status: Mapped[int | None] = mapped_column(comment="null when nothing answered")
    error: Mapped[str] = mapped_column(default="", comment="why nothing answered")
    headers: Mapped[list[list[str]]] = mapped_column(Json, comment="as received, in order")
    etag: Mapped[str] = mapped_column(default="", comment="exactly as received")
    last_modified: Mapped[str] = mapped_column(default="", comment="exactly as received")
    content_type: Mapped[str] = mapped_column(default="")
    received: Mapped[int] = mapped_column(default=0, comment="bytes of body on the wire")
    sha256: Mapped[str | None] = mapped_column(
        String(64),
        ForeignKey("blobs.sha256"),
        index=True,
        comment="of the decoded body; on a 304, of the archived one",
    )
    content_sha256: Mapped[str] = mapped_column(
        String(64), default="", comment="of the body without what changes at every request"
    )
    revisit_of: Mapped[int | None] = mapped_column(
        ForeignKey("snapshots.id"), comment="the earlier answer a 304 confirms"
    )
    reading_id: Mapped[int | None] = mapped_column(ForeignKey("readings.id"), index=True)
