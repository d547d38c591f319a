"""Questions people and programs ask of the archive."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from archive.models import Blob, RecordFile

if TYPE_CHECKING:
    from sqlalchemy import Connection


def size_of(connection: Connection, sha256: str) -> int:
    """Return the size of an archived body, in bytes."""
    return int(connection.execute(select(Blob.size).where(Blob.sha256 == sha256)).scalar_one())


def declared_sizes(connection: Connection, url: str) -> set[int]:
    """Return the sizes in bytes that current records declare of a file's address."""
    query = select(RecordFile.declared_size).where(
        RecordFile.url == url, RecordFile.declared_size.is_not(None)
    )
    return {size for size in connection.scalars(query) if size is not None}
