"""Where within one record a question is answered, and what to mark in any of its texts."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from archive.models import HeldFile, RecordFile, SearchRow, SearchUnit
from archive.searching.answering import planned
from archive.searching.asking import Asker
from archive.searching.best_pages import best_pages
from archive.searching.passages import Marker
from archive.searching.planning import leaves

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from archive.searching.questions import Query


@dataclass(frozen=True, slots=True)
class AnsweringPage:
    """A page of a record's files that holds something of what was asked."""

    sha256: str
    page: int
    share: float
    """How much of what was looked for it holds; the more, the better."""


def marker_of(query: Query) -> Marker:
    """Return what marks in a text what a query looks for."""
    return Marker(leaves(planned(query)[1]))


def answering_pages(
    connection: Connection, query: Query, record_id: str
) -> tuple[AnsweringPage, ...]:
    """Return the pages of a record's files that answer, file after file, in their order."""
    asked = planned(query)[1]
    unit = connection.scalar(select(SearchUnit.unit).where(SearchUnit.record_id == record_id))
    if unit is None or not list(leaves(asked)):
        return ()
    best = best_pages(Asker(connection, "pdf"), asked, [unit]).get(unit, [])
    shares = {page.row: page.share for page in best}
    files = _files(connection, record_id)
    rows = connection.execute(
        select(SearchRow.row, SearchUnit.sha256, SearchRow.page)
        .join(SearchUnit, SearchUnit.unit == SearchRow.unit)
        .where(SearchUnit.sha256.in_(files))
    )
    found = [
        AnsweringPage(str(sha256), page, round(shares[row], 3))
        for row, sha256, page in rows
        if row in shares
    ]
    return tuple(sorted(found, key=lambda each: (files.index(each.sha256), each.page)))


def _files(connection: Connection, record_id: str) -> list[str]:
    """Return the digests of a record's files, in the page's order."""
    query = (
        select(HeldFile.sha256)
        .join(RecordFile, RecordFile.url == HeldFile.url)
        .where(RecordFile.record_id == record_id)
        .order_by(RecordFile.position)
    )
    return list(dict.fromkeys(connection.scalars(query)))
