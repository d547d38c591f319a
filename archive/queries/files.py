"""The files: what is held of them, under which names, and what their pages say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, or_, select, union

from archive.comparing.pdfs import text_of_pages
from archive.extraction.results import PageText
from archive.models import (
    Alias,
    ArchivedFile,
    Blob,
    CatalogueRecord,
    Extraction,
    FilePage,
    FileTable,
    HeldFile,
    RecordFile,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from sqlalchemy import Connection, Select
    from sqlalchemy.orm import InstrumentedAttribute

    from archive.comparing.pdfs import FileText

#: Characters of a SHA-256 that are enough to name one.
SHORTEST_DIGEST = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLine:
    """A file the archive holds. *records* offer it today; *current* is false for earlier bytes."""

    name: str
    sha256: str
    media_type: str
    size: int
    page_count: int | None
    text_status: str
    text_detail: str
    records: int
    current: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedName:
    """A file by its readable name in the archive, its type, and its size in bytes."""

    name: str
    media_type: str
    size: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PageLine:
    """The text of one page of a file, and how well it was read."""

    number: int
    text: str
    status: str
    source: str
    engine: str
    score: float


def size_of(connection: Connection, sha256: str) -> int:
    """Return the size of an archived body, in bytes."""
    return int(connection.execute(select(Blob.size).where(Blob.sha256 == sha256)).scalar_one())


def declared_sizes(connection: Connection, url: str) -> set[int]:
    """Return the sizes in bytes that current records declare of a file's address."""
    query = select(RecordFile.declared_size).where(
        RecordFile.url == url, RecordFile.declared_size.is_not(None)
    )
    return {size for size in connection.scalars(query) if size is not None}


def count_files(connection: Connection) -> tuple[int, int]:
    """Return how many files are held, and how many pages those that were read have."""
    files = select(func.count(HeldFile.sha256.distinct())).scalar_subquery()
    pages = select(func.coalesce(func.sum(Extraction.page_count), 0)).scalar_subquery()
    found = connection.execute(select(files, pages)).one()
    return found[0], found[1]


def list_files(
    connection: Connection, *, earlier: bool = False, sha256: str = ""
) -> list[FileLine]:
    """Return the files that current records offer, by name; *earlier* adds what was replaced.

    *sha256* asks for one file, current or not. A light copy has files without their bytes: they
    go by the name that the site gives them.
    """
    query = _lines_of_files().order_by(func.lower(_NAME), Blob.sha256)
    if sha256:
        query = query.where(Blob.sha256 == sha256)
    elif not earlier:
        query = query.where(_IS_HELD)
    return [FileLine(**row) for row in connection.execute(query).mappings()]


def files_after(
    connection: Connection, *, earlier: bool = False, after: str = "", limit: int
) -> list[FileLine]:
    """Return at most *limit* files in the order of their digests, those *after* one.

    It costs what these files cost, however many there are.
    """
    digests = _some_after(HeldFile.sha256, after, limit)
    if earlier:
        both = union(
            select(digests.subquery().c.sha256),
            select(_some_after(ArchivedFile.sha256, after, limit).subquery().c.sha256),
        ).subquery()
        digests = select(both.c.sha256).order_by(both.c.sha256).limit(limit)
    query = _lines_of_files().where(Blob.sha256.in_(digests)).order_by(Blob.sha256)
    return [FileLine(**row) for row in connection.execute(query).mappings()]


def _some_after(column: InstrumentedAttribute[str], after: str, limit: int) -> Select[str]:
    digest = column.label("sha256")
    return select(digest).where(column > after).distinct().order_by(digest).limit(limit)


def _lines_of_files() -> Select[Any]:
    records = (
        select(func.count(RecordFile.record_id.distinct()))
        .join(HeldFile, HeldFile.url == RecordFile.url)
        .join(CatalogueRecord, CatalogueRecord.id == RecordFile.record_id)
        .where(HeldFile.sha256 == Blob.sha256, CatalogueRecord.withdrawn_at.is_(None))
        .scalar_subquery()
    )
    return (
        select(
            _NAME.label("name"),
            Blob.sha256,
            Blob.media_type,
            Blob.size,
            Extraction.page_count,
            func.coalesce(Extraction.status, "").label("text_status"),
            func.coalesce(Extraction.detail, "").label("text_detail"),
            records.label("records"),
            _IS_HELD.label("current"),
        )
        .outerjoin(ArchivedFile, ArchivedFile.sha256 == Blob.sha256)
        .outerjoin(Extraction, Extraction.sha256 == Blob.sha256)
        .where(or_(ArchivedFile.sha256.is_not(None), _IS_HELD))
    )


_IS_HELD: Final = select(HeldFile.sha256).where(HeldFile.sha256 == Blob.sha256).exists()
_SITE_NAME: Final = (
    select(func.min(RecordFile.filename))
    .join(HeldFile, HeldFile.url == RecordFile.url)
    .where(HeldFile.sha256 == Blob.sha256)
    .scalar_subquery()
)
_NAME: Final = func.coalesce(ArchivedFile.name, _SITE_NAME)


def find_files(connection: Connection, names: Sequence[str]) -> list[str]:
    """Return the digests of the files that go by one of these names.

    A name is a file's address, its name in the archive, a SHA-256 or its beginning, or the id or
    address of the record that offers it.
    """
    digests = [name.lower() for name in names if len(name) >= SHORTEST_DIGEST]
    direct = select(ArchivedFile.sha256).where(
        or_(ArchivedFile.name.in_(names), *(ArchivedFile.sha256.startswith(d) for d in digests))
    )
    by_address = select(HeldFile.sha256).where(HeldFile.url.in_(names))
    found = list(connection.scalars(direct.union(by_address)))
    return found or list(connection.scalars(_of_record(names)))


def held_bytes(connection: Connection, digests: Sequence[str]) -> set[str]:
    """Return those of these files whose bytes are here: in a light copy none are."""
    query = select(ArchivedFile.sha256).where(ArchivedFile.sha256.in_(digests))
    return set(connection.scalars(query))


def archived_file(connection: Connection, sha256: str) -> ArchivedName | None:
    """Return name, type and size of a file whose bytes are here, None where they are not."""
    query = select(ArchivedFile.name, ArchivedFile.media_type, ArchivedFile.sz.label("size")).where(
        ArchivedFile.sha256 == sha256
    )
    row = connection.execute(query).mappings().first()
    return None if row is None else ArchivedName(**row)


def pages_of(
    connection: Connection,
    sha256: str,
    *,
    number: int | None = None,
    after: int = 0,
    limit: int | None = None,
) -> list[PageLine]:
    """Return the text of a file's pages, in order: of one, or of some *after* a page."""
    query = (
        select(
            FilePage.number,
            FilePage.text,
            FilePage.status,
            FilePage.source,
            FilePage.engine,
            FilePage.score,
        )
        .where(FilePage.sha256 == sha256, FilePage.number > after)
        .order_by(FilePage.number)
        .limit(limit)
    )
    if number is not None:
        query = query.where(FilePage.number == number)
    return [PageLine(**row) for row in connection.execute(query).mappings()]


def file_text(connection: Connection, sha256: str) -> FileText:
    """Return what a file says, as two are compared; one that was not read says nothing."""
    rows = connection.execute(
        select(FilePage.number, FilePage.text, FilePage.running_header, FilePage.running_footer)
        .where(FilePage.sha256 == sha256)
        .order_by(FilePage.number)
    )
    return text_of_pages(
        PageText(
            number=row.number,
            text=row.text,
            running_header=tuple(row.running_header),
            running_footer=tuple(row.running_footer),
        )
        for row in rows
    )


def pairs_with_same_text(
    connection: Connection, pairs: Iterable[tuple[str, str]]
) -> set[tuple[str, str]]:
    """Return which pairs of files say the same; those that were not read do not."""
    wanted = list(pairs)
    # A digest of each text, not the texts: a hundred of them would fill the memory.
    texts = {sha256: "" for pair in wanted for sha256 in pair}
    for sha256 in texts:
        texts[sha256] = file_text(connection, sha256).digest
    return {pair for pair in wanted if texts[pair[0]] and texts[pair[0]] == texts[pair[1]]}


def page_sizes(
    connection: Connection, digests: Sequence[str], *, number: int = 1
) -> dict[str, tuple[float, float]]:
    """Return width and height in points of one page of each of these files, where it was read."""
    query = select(FilePage.sha256, FilePage.width, FilePage.height).where(
        FilePage.sha256.in_(digests), FilePage.number == number
    )
    return {row.sha256: (row.width, row.height) for row in connection.execute(query)}


def tables_of(connection: Connection, sha256: str, number: int) -> list[list[list[str]]]:
    """Return the tables found on a page of a file: rows of cells."""
    query = (
        select(FileTable.rows)
        .where(FileTable.sha256 == sha256, FileTable.page == number)
        .order_by(FileTable.number)
    )
    return [[list(row) for row in rows] for rows in connection.scalars(query)]


def _of_record(names: Sequence[str]) -> Select[str]:
    return (
        select(HeldFile.sha256)
        .join(RecordFile, RecordFile.url == HeldFile.url)
        .join(CatalogueRecord, CatalogueRecord.id == RecordFile.record_id)
        .outerjoin(Alias, Alias.resource_id == CatalogueRecord.resource_id)
        .where(or_(CatalogueRecord.id.in_(names), Alias.url.in_(names)))
        .group_by(HeldFile.sha256)
        .order_by(func.min(RecordFile.position))
    )
