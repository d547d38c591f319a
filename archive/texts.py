"""Page texts in the archive: which files wait to be read, and what was read.

Texts are keyed by content: one PDF under two records is read once. Functions take a connection
that is in a transaction and never commit.
"""

from __future__ import annotations

from dataclasses import asdict
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select, update

from archive.extraction import ExtractionStatus, PageStatus
from archive.extraction.results import page_from_json, page_to_json
from archive.ledger import now
from archive.models import Extraction, FilePage, FileTable
from archive.searching.indexing import index_texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection

    from archive.extraction import Extraction as Extracted
    from archive.extraction import PageText, TableExtraction

#: A file that waits to be read.
PENDING = "pending"

#: Pages on which there is something to see and no text.
_WANT_OCR = (PageStatus.EMPTY, PageStatus.THIN)


def waiting_files(
    connection: Connection, *, besides: Iterable[str] = (), limit: int
) -> dict[str, str]:
    """Return the digests of files whose text is still to be read, and the engine wanted."""
    query = (
        select(Extraction.sha256, Extraction.wanted_engine)
        .where(Extraction.status == PENDING, Extraction.sha256.not_in(list(besides)))
        .order_by(Extraction.queued_at, Extraction.sha256)
        .limit(limit)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def count_waiting(connection: Connection) -> int:
    """Return how many files wait for their text to be read."""
    query = select(func.count()).where(Extraction.status == PENDING)
    return int(connection.execute(query).scalar_one())


def queue_again(
    connection: Connection,
    *,
    statuses: Sequence[str] = (),
    older_than: str = "",
    engine: str = "auto",
) -> int:
    """Have files read again; return how many. What was read of them stands until then.

    *statuses* keeps to files that came to one of these; *older_than* to those that a program
    before this version read.
    """
    query = select(Extraction.sha256, Extraction.software).where(Extraction.status != PENDING)
    if statuses:
        query = query.where(Extraction.status.in_(statuses))
    chosen = [
        row.sha256
        for row in connection.execute(query)
        if not older_than or _parts(row.software) < _parts(older_than)
    ]
    if chosen:
        connection.execute(
            update(Extraction)
            .where(Extraction.sha256.in_(chosen))
            .values(status=PENDING, wanted_engine=engine)
        )
    return len(chosen)


def _parts(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in number.split(".") if part.isdigit())


def keep_text(connection: Connection, sha256: str, result: Extracted) -> None:
    """Keep what was read of a file; pages that read as before are left as they stand."""
    connection.execute(
        update(Extraction)
        .where(Extraction.sha256 == sha256)
        .values(
            status=result.status,
            detail=result.detail,
            repair=result.repair,
            engines=dict(result.engines),
            page_count=result.facts.page_count or len(result.pages) or None,
            facts=asdict(result.facts),
            software=version("pnr-archive"),
            wanted_engine="auto",
            seconds=round(result.seconds, 3),
            extracted_at=now(),
        )
    )
    before = _texts_of(connection, sha256)
    if before == {page.number: page.text for page in result.pages} and before:
        return
    connection.execute(delete(FilePage).where(FilePage.sha256 == sha256))
    if rows := [_row(sha256, page) for page in result.pages]:
        connection.execute(insert(FilePage), rows)
    index_texts(connection, sha256, result.pages)


def _texts_of(connection: Connection, sha256: str) -> dict[int, str]:
    query = select(FilePage.number, FilePage.text).where(FilePage.sha256 == sha256)
    return {row[0]: row[1] for row in connection.execute(query)}


def _row(sha256: str, page: PageText) -> dict[str, Any]:
    return {"sha256": sha256, **page_to_json(page)}


def pages_of(connection: Connection, sha256: str) -> list[PageText]:
    """Return the pages of a file as they were read, in order."""
    query = select(FilePage.__table__).where(FilePage.sha256 == sha256).order_by(FilePage.number)
    rows = (dict(row) for row in connection.execute(query).mappings())
    return [page_from_json({k: v for k, v in row.items() if k != "sha256"}) for row in rows]


def pages_wanting_ocr(connection: Connection) -> dict[str, list[int]]:
    """Return the pages that show something and have no text, by file; those tried are left out."""
    query = (
        select(FilePage.sha256, FilePage.number)
        .where(FilePage.status.in_(_WANT_OCR), FilePage.source == "text")
        .order_by(FilePage.sha256, FilePage.number)
    )
    wanted: dict[str, list[int]] = {}
    for sha256, number in connection.execute(query):
        wanted.setdefault(sha256, []).append(number)
    return wanted


def keep_ocr(connection: Connection, sha256: str, result: Extracted) -> None:
    """Keep what OCR made of some pages of a file, marked as such; a page is tried once."""
    for page in result.pages:
        connection.execute(
            delete(FilePage).where(FilePage.sha256 == sha256, FilePage.number == page.number)
        )
        connection.execute(insert(FilePage), _row(sha256, page))
    pages = pages_of(connection, sha256)
    good = [page.status in {PageStatus.READ, PageStatus.BLANK} for page in pages]
    status = ExtractionStatus.READ if all(good) else ExtractionStatus.PARTIAL
    if any(page.text for page in pages):
        connection.execute(
            update(Extraction).where(Extraction.sha256 == sha256).values(status=status)
        )
    index_texts(connection, sha256, pages)


def files_without_tables(connection: Connection) -> list[str]:
    """Return the digests of files that have text and were not searched for tables yet."""
    query = select(Extraction.sha256).where(
        Extraction.tables_status == "", Extraction.status.in_(("read", "partial"))
    )
    return list(connection.scalars(query.order_by(Extraction.sha256)))


def keep_tables(connection: Connection, sha256: str, result: TableExtraction) -> None:
    """Keep the tables of a file, in place of those kept before."""
    connection.execute(
        update(Extraction)
        .where(Extraction.sha256 == sha256)
        .values(tables_status=result.status, tables_detail=result.detail)
    )
    connection.execute(delete(FileTable).where(FileTable.sha256 == sha256))
    rows = [
        {
            "sha256": sha256,
            "page": table.page,
            "number": table.number,
            "rows": [list(row) for row in table.rows],
            "box": list(table.box),
        }
        for table in result.tables
    ]
    if rows:
        connection.execute(insert(FileTable), rows)
