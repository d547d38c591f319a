"""Hold what records say of their files against what the files say of themselves.

What differs becomes an issue with both values, ready to be sent to the site's owner.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select

from archive.extraction import Extraction as Extracted
from archive.extraction import ExtractionStatus, PageText
from archive.extraction.checks import check_page_count, check_title, check_year
from archive.extraction.results import facts_from_json
from archive.models import (
    CatalogueRecord,
    Extraction,
    FilePage,
    HeldFile,
    RecordFile,
    RecordVersion,
)
from archive.records import Issue
from archive.writing import reconcile_issues

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from datetime import datetime

    from sqlalchemy import Connection

#: Pages in which a title is looked for.
_FIRST_PAGES = 3


def check_files(connection: Connection, run_id: int, *, since: datetime) -> int:
    """Check the files that may say something new; return how many were checked.

    Those are files whose bytes or whose record became current in the run *run_id*, or whose text
    was read *since*. Issues are opened and closed in the name of the run.
    """
    checked = 0
    for row in _files(connection, run_id, since):
        issues = list(_issues(row))
        reconcile_issues(connection, run_id, row.url, "text", issues, resource_id=row.resource_id)
        checked += 1
    return checked


def _files(connection: Connection, run_id: int, since: datetime) -> Iterable[Any]:
    """Return files with the first record that offers each, and how many share what."""
    of_record = _count_by(RecordFile.record_id)
    sharing = _count_by(HeldFile.sha256)
    begins = (
        select(FilePage.sha256, func.group_concat(FilePage.text, "\n").label("text"))
        .where(FilePage.number <= _FIRST_PAGES)
        .group_by(FilePage.sha256)
        .subquery()
    )
    query = (
        select(
            RecordFile.url,
            HeldFile.sha256,
            CatalogueRecord.resource_id,
            CatalogueRecord.title,
            CatalogueRecord.declared_pages,
            CatalogueRecord.year_start,
            CatalogueRecord.year_end,
            Extraction.facts,
            of_record.c.count.label("files"),
            sharing.c.count.label("records"),
            begins.c.text,
        )
        .join(HeldFile, HeldFile.url == RecordFile.url)
        .join(CatalogueRecord, CatalogueRecord.id == RecordFile.record_id)
        .join(RecordVersion, RecordVersion.id == CatalogueRecord.version_id)
        .join(Extraction, Extraction.sha256 == HeldFile.sha256)
        .join(begins, begins.c.sha256 == HeldFile.sha256)
        .join(of_record, of_record.c.key == CatalogueRecord.id)
        .join(sharing, sharing.c.key == HeldFile.sha256)
        .where(
            Extraction.status.in_(("read", "partial")),
            CatalogueRecord.withdrawn_at.is_(None),
            or_(
                HeldFile.run_id == run_id,
                RecordVersion.run_id == run_id,
                Extraction.extracted_at >= since,
            ),
        )
        .group_by(RecordFile.url)
        .order_by(RecordFile.url)
    )
    return connection.execute(query).yield_per(100)


def _count_by(key: Any) -> Any:
    """Count (record, held file) pairs by one of their sides."""
    return (
        select(key.label("key"), func.count().label("count"))
        .select_from(RecordFile)
        .join(HeldFile, HeldFile.url == RecordFile.url)
        .group_by(key)
        .subquery()
    )


def _issues(row: Any) -> Iterator[Issue]:
    if row.records > 1:
        detail = f"the same bytes (sha256 {row.sha256}) are offered {row.records} times"
        yield Issue(code="shared-file", detail=detail)
    # Of several files none is the publication for certain; a shared one is not this record's.
    if row.files > 1 or row.records > 1:
        return
    facts = facts_from_json(row.facts)
    first = PageText(number=1, text=row.text)
    extracted = Extracted(status=ExtractionStatus.READ, pages=(first,), facts=facts)
    found = (
        check_page_count(row.declared_pages, facts),
        check_year(row.year_start, row.year_end, facts),
        check_title(row.title, extracted),
    )
    yield from (issue for issue in found if issue is not None)
