"""Fixity: whether everything that was kept still is what it was."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

from sqlalchemy import exists, func, or_, select

from archive.errors import CorruptBlobError
from archive.evidence.blobs import LEFT_OUT, read_in_pieces, readable_name
from archive.models import (
    ArchivedFile,
    Blob,
    CatalogueRecord,
    Extraction,
    FilePage,
    HeldFile,
    RecordVersion,
    Run,
    Snapshot,
    Visit,
)
from archive.runs.ledger import Outcome
from archive.runs.lifecycle import RunStatus

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection


class Flaw(StrEnum):
    """The kinds of flaw that verifying finds."""

    DATABASE = "database"
    """SQLite's own check of the file failed."""
    REFERENCE = "reference"
    """A row refers to one that is not there."""
    DAMAGED = "damaged"
    """Bytes do not match the digest or the size they are filed under."""
    MISSING = "missing"
    """Something that must be there is not."""
    ORPHAN = "orphan"
    """Something is there that nothing refers to."""
    TEXT = "text"
    """A file's text does not match the file."""
    LEDGER = "ledger"
    """A complete run with addresses that came to nothing."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Problem:
    """One flaw: what it is, where, and in words."""

    flaw: Flaw
    subject: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """What was looked at, and what was found wrong; sound means nothing was."""

    blobs: int
    bytes: int
    texts: int
    problems: tuple[Problem, ...] = field(default_factory=tuple)

    @property
    def is_sound(self) -> bool:
        """Whether everything is what it was."""
        return not self.problems


#: Problems of one kind that SQLite is asked for at most.
_MOST = 100


def verify(
    connection: Connection, *, tell: Callable[[int, int], None] = lambda _done, _all: None
) -> Verification:
    """Hold every byte of the archive against its digest, and every part against the others.

    *tell* is told how many of how many bodies are done.
    """
    problems = [*_database_problems(connection), *_reference_problems(connection)]
    # A light copy leaves bodies out on purpose; what is not here cannot be damaged here.
    here = Blob.encoding != LEFT_OUT
    total, size = connection.execute(
        select(func.count(), func.coalesce(func.sum(Blob.size), 0)).where(here)
    ).one()
    digests = connection.scalars(select(Blob.sha256).where(here).order_by(Blob.sha256)).all()
    for done, sha256 in enumerate(digests, start=1):
        problems += _blob_problems(connection, sha256)
        tell(done, total)
    problems += [
        *_missing(connection),
        *_orphans(connection),
        *_text_problems(connection),
        *_ledger_problems(connection),
    ]
    texts = connection.scalar(select(func.count()).select_from(Extraction)) or 0
    return Verification(blobs=total, bytes=size, texts=texts, problems=tuple(problems))


def _database_problems(connection: Connection) -> Iterator[Problem]:
    for (words,) in connection.exec_driver_sql(f"PRAGMA integrity_check({_MOST})"):
        if words != "ok":
            yield Problem(flaw=Flaw.DATABASE, subject="the file", detail=words)


def _reference_problems(connection: Connection) -> Iterator[Problem]:
    for row in connection.exec_driver_sql("PRAGMA foreign_key_check").fetchmany(_MOST):
        detail = f"row {row[1]} refers to a row of {row[2]} that is not there"
        yield Problem(flaw=Flaw.REFERENCE, subject=row[0], detail=detail)


def _blob_problems(connection: Connection, sha256: str) -> Iterator[Problem]:
    expected = connection.scalar(select(Blob.size).where(Blob.sha256 == sha256))
    try:
        found = sum(len(piece) for piece in read_in_pieces(connection, sha256))
    except CorruptBlobError as error:
        yield Problem(flaw=Flaw.DAMAGED, subject=sha256, detail=str(error))
        return
    if found != expected:
        detail = f"{found} bytes, filed as {expected}"
        yield Problem(flaw=Flaw.DAMAGED, subject=sha256, detail=detail)


def _missing(connection: Connection) -> Iterator[Problem]:
    in_sqlar = exists().where(ArchivedFile.sha256 == Blob.sha256)
    for sha256 in connection.scalars(
        select(Blob.sha256).where(Blob.encoding == "sqlar", ~in_sqlar)
    ):
        yield Problem(flaw=Flaw.MISSING, subject=sha256, detail="a file without its bytes")
    queued = exists().where(Extraction.sha256 == ArchivedFile.sha256)
    for name in connection.scalars(
        select(ArchivedFile.name).where(ArchivedFile.media_type == "application/pdf", ~queued)
    ):
        detail = "a PDF that is not in the queue of texts"
        yield Problem(flaw=Flaw.MISSING, subject=name, detail=detail)
    current = exists().where(
        RecordVersion.id == CatalogueRecord.version_id,
        RecordVersion.record_id == CatalogueRecord.id,
    )
    for record_id in connection.scalars(
        select(CatalogueRecord.id).where(CatalogueRecord.version_id.is_not(None), ~current)
    ):
        detail = "its current version is another record's, or none"
        yield Problem(flaw=Flaw.MISSING, subject=record_id, detail=detail)


def _orphans(connection: Connection) -> Iterator[Problem]:
    base = Blob.__table__.alias("based")
    used = or_(
        exists().where(Snapshot.sha256 == Blob.sha256),
        exists().where(base.c.base_sha256 == Blob.sha256),
        exists().where(HeldFile.sha256 == Blob.sha256),
    )
    for sha256 in connection.scalars(select(Blob.sha256).where(~used)):
        yield Problem(flaw=Flaw.ORPHAN, subject=sha256, detail="bytes that no answer brought")
    for name in connection.scalars(select(ArchivedFile.name)):
        if readable_name(name) != name:
            detail = "a name that is not safe to unpack"
            yield Problem(flaw=Flaw.ORPHAN, subject=name, detail=detail)


def _text_problems(connection: Connection) -> Iterator[Problem]:
    pages = select(func.count()).where(FilePage.sha256 == Extraction.sha256).scalar_subquery()
    last = (
        select(func.coalesce(func.max(FilePage.number), 0))
        .where(FilePage.sha256 == Extraction.sha256)
        .scalar_subquery()
    )
    query = select(Extraction.sha256, Extraction.status, Extraction.page_count, pages, last)
    for sha256, status, page_count, count, highest in connection.execute(query):
        if status == "read" and count != page_count:
            detail = f"read as {page_count} pages, {count} are kept"
        elif page_count is not None and highest > page_count:
            detail = f"a page {highest} of {page_count}"
        elif status == "pending" and count:
            detail = f"waits to be read, and has {count} pages already"
        else:
            continue
        yield Problem(flaw=Flaw.TEXT, subject=sha256, detail=detail)


def _ledger_problems(connection: Connection) -> Iterator[Problem]:
    query = (
        select(Run.id, func.count())
        .join(Visit, Visit.run_id == Run.id)
        .where(Run.status == RunStatus.COMPLETE, Visit.outcome == Outcome.PENDING)
        .group_by(Run.id)
    )
    for run_id, count in connection.execute(query):
        detail = f"complete, with {count} addresses still to be asked"
        yield Problem(flaw=Flaw.LEDGER, subject=f"run {run_id}", detail=detail)
