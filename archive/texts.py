"""Page texts in the archive: the queue of files to be read, and what was read.

Texts are keyed by content: one PDF under two records is read once.
"""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select, update

from archive.extraction.results import page_to_json
from archive.ledger import now
from archive.models import Extraction, FilePage
from archive.searching.indexing import index_texts

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from archive.extraction import Extraction as Extracted
    from archive.extraction import PageText

#: A file that waits to be read.
PENDING = "pending"


def waiting_files(connection: Connection, *, besides: Iterable[str] = (), limit: int) -> list[str]:
    """Return the digests of files whose text is still to be read, the oldest first."""
    query = (
        select(Extraction.sha256)
        .where(Extraction.status == PENDING, Extraction.sha256.not_in(list(besides)))
        .order_by(Extraction.queued_at, Extraction.sha256)
        .limit(limit)
    )
    return list(connection.scalars(query))


def count_waiting(connection: Connection) -> int:
    """Return how many files wait for their text to be read."""
    query = select(func.count()).where(Extraction.status == PENDING)
    return int(connection.execute(query).scalar_one())


def keep_text(connection: Connection, sha256: str, result: Extracted) -> None:
    """Keep what was read of a file, in place of whatever was read of it before."""
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
            seconds=round(result.seconds, 3),
            extracted_at=now(),
        )
    )
    connection.execute(delete(FilePage).where(FilePage.sha256 == sha256))
    if rows := [_row(sha256, page) for page in result.pages]:
        connection.execute(insert(FilePage), rows)
    index_texts(connection, sha256, result.pages)


def _row(sha256: str, page: PageText) -> dict[str, Any]:
    return {"sha256": sha256, **page_to_json(page)}
