"""The archive at a glance."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import func, select

from archive.models import ArchivedFile, Blob, CatalogueRecord, Extraction, FilePage
from archive.models.texts import HAS_TEXT
from archive.queries.filtering import current_records
from archive.queries.issues import count_issues
from archive.texts.storing import PENDING

if TYPE_CHECKING:
    from sqlalchemy import Connection, Executable
    from sqlalchemy.orm import InstrumentedAttribute


@dataclass(frozen=True, slots=True, kw_only=True)
class Overview:
    """What the archive holds. Counts of records leave withdrawn ones out; sizes are bytes."""

    records: int
    by_kind: dict[str, int]
    by_type: dict[str, int]
    withdrawn: int
    files: int
    file_bytes: int
    page_bodies: int
    texts: dict[str, int]
    """Files by how their text was read."""
    texts_waiting: int
    pdf_pages: int
    pdf_pages_with_text: int
    issues: dict[str, int]


def overview(connection: Connection) -> Overview:
    """Count what the archive holds."""
    files, file_bytes = connection.execute(
        select(func.count(), func.coalesce(func.sum(ArchivedFile.sz), 0))
    ).one()
    texts = _counts(
        connection,
        select(Extraction.status, func.count()).group_by(Extraction.status),
    )
    pages = select(func.count()).select_from(FilePage)
    by_kind = _by(connection, CatalogueRecord.kind)
    gone = current_records(func.count()).where(CatalogueRecord.withdrawn_at.is_not(None))
    return Overview(
        records=sum(by_kind.values()),
        by_kind=by_kind,
        by_type=_by(connection, CatalogueRecord.document_type),
        withdrawn=connection.execute(gone).scalar_one(),
        files=files,
        file_bytes=file_bytes,
        page_bodies=connection.execute(
            select(func.count()).where(Blob.encoding != "sqlar")
        ).scalar_one(),
        texts={status: count for status, count in texts.items() if status != PENDING},
        texts_waiting=texts.get(PENDING, 0),
        pdf_pages=connection.execute(pages).scalar_one(),
        pdf_pages_with_text=connection.execute(pages.where(HAS_TEXT)).scalar_one(),
        issues=count_issues(connection),
    )


def _by(connection: Connection, column: InstrumentedAttribute[str]) -> dict[str, int]:
    query = (
        current_records(column, func.count())
        .where(CatalogueRecord.withdrawn_at.is_(None))
        .group_by(column)
        .order_by(func.count().desc(), column)
    )
    return _counts(connection, query)


def _counts(connection: Connection, query: Executable) -> dict[str, int]:
    return {row[0]: row[1] for row in connection.execute(query)}
