"""Hold what records say of their files against what the files say of themselves.

What differs becomes an issue with both values, ready to be sent to the site's owner.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import func, or_, select
from sqlalchemy.orm import aliased

from archive.catalogue.issues import reconcile_issues
from archive.extraction import Extraction as Extracted
from archive.extraction import ExtractionStatus, PageText
from archive.extraction.checks import check_page_count, check_title, check_year
from archive.extraction.results import facts_from_json
from archive.issue_words import detail
from archive.models import (
    CatalogueRecord,
    Change,
    Extraction,
    FilePage,
    HeldFile,
    RecordFile,
    RecordVersion,
)
from archive.records import Issue

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection, ScalarSelect, Select

#: Pages in which a title is looked for.
_FIRST_PAGES = 3
#: A file as other records offer it, and as it is held.
_OFFER, _HELD = aliased(RecordFile), aliased(HeldFile)


def check_files(connection: Connection, run_id: int, *, since: datetime) -> int:
    """Check the files that may say something new; return how many were checked.

    Those are files whose bytes or whose record became current in the run *run_id*, or whose text
    was read *since*. Issues are opened and closed in the name of the run.
    """
    news = or_(
        HeldFile.run_id == run_id,
        CatalogueRecord.id.in_(select(Change.record_id).where(Change.run_id == run_id)),
        RecordVersion.run_id == run_id,
        Extraction.extracted_at >= since,
    )
    return _check(connection, run_id, _query().where(news))


def check_file(connection: Connection, run_id: int, sha256: str) -> int:
    """Check one file, whose text was just read, under each address it has."""
    return _check(connection, run_id, _query().where(HeldFile.sha256 == sha256))


def _check(connection: Connection, run_id: int, query: Select[*tuple[Any, ...]]) -> int:
    checked = 0
    for row in connection.execute(query).yield_per(100):
        issues = list(_issues(row))
        reconcile_issues(connection, run_id, row.url, "text", issues, resource_id=row.resource_id)
        checked += 1
    return checked


def _query() -> Select[*tuple[Any, ...]]:
    """Select files with the first record that offers each, and how many share what."""
    begins = (
        select(func.group_concat(FilePage.text, "\n"))
        .where(FilePage.sha256 == HeldFile.sha256, FilePage.number <= _FIRST_PAGES)
        .correlate(HeldFile)
        .scalar_subquery()
    )
    return (
        select(
            RecordFile.url,
            HeldFile.sha256,
            CatalogueRecord.resource_id,
            CatalogueRecord.title,
            CatalogueRecord.declared_pages,
            CatalogueRecord.year_start,
            CatalogueRecord.year_end,
            Extraction.facts,
            _pairs(_OFFER.record_id == CatalogueRecord.id, CatalogueRecord).label("files"),
            _pairs(_HELD.sha256 == HeldFile.sha256, HeldFile).label("records"),
            begins.label("text"),
        )
        .join(HeldFile, HeldFile.url == RecordFile.url)
        .join(CatalogueRecord, CatalogueRecord.id == RecordFile.record_id)
        .join(RecordVersion, RecordVersion.id == CatalogueRecord.version_id)
        .join(Extraction, Extraction.sha256 == HeldFile.sha256)
        .where(
            Extraction.status.in_(("read", "partial", "empty")),
            CatalogueRecord.withdrawn_at.is_(None),
        )
        .group_by(RecordFile.url)
        .order_by(RecordFile.url)
    )


def _pairs(condition: ColumnElement[bool], outer: type) -> ScalarSelect[int]:
    """Count the pairs of a record and a held file on which *condition* holds."""
    return (
        select(func.count())
        .select_from(_OFFER)
        .join(_HELD, _HELD.url == _OFFER.url)
        .where(condition)
        .correlate(outer)
        .scalar_subquery()
    )


def _issues(row: Any) -> Iterator[Issue]:
    if row.records > 1:
        said = detail("offered-often", sha256=row.sha256, count=row.records)
        yield Issue(code="shared-file", detail=said)
    # Of several files none is the publication for certain; a shared one is not this record's.
    if row.files > 1 or row.records > 1:
        return
    facts = facts_from_json(row.facts)
    first = PageText(number=1, text=row.text or "")
    extracted = Extracted(status=ExtractionStatus.READ, pages=(first,), facts=facts)
    found = (
        check_page_count(row.declared_pages, facts),
        check_year(row.year_start, row.year_end, facts),
        check_title(row.title, extracted),
    )
    yield from (issue for issue in found if issue is not None)
