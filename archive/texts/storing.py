"""Page texts in the archive: which files wait to be read, and what was read.

Texts are keyed by content: one PDF under two records is read once. Functions take a connection
that is in a transaction and never commit.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, replace
from importlib.metadata import version
from typing import TYPE_CHECKING, Any

from sqlalchemy import bindparam, delete, func, insert, or_, select, true, update

from archive.extraction import ExtractionStatus, PageStatus, TextSource
from archive.extraction.results import page_from_json, page_to_json
from archive.models import Extraction, FilePage, FileTable
from archive.runs.ledger import now
from archive.searching.indexing import index_texts

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import ColumnElement, Connection

    from archive.extraction import Extraction as Extracted
    from archive.extraction import PageText, TableExtraction

#: A file that waits to be read.
PENDING = "pending"

#: Pages on which there is something to see and no text.
_WANT_OCR = (PageStatus.EMPTY, PageStatus.THIN)
#: Pages that a limit, or a crash, took from a reading.
_LOST = (PageStatus.DAMAGED, PageStatus.TIMED_OUT, PageStatus.OUT_OF_MEMORY)
#: How the flag begins of a page that OCR has tried, and made no more of.
_TRIED = "ocr-"


def waiting_files(
    connection: Connection, *, besides: Iterable[str] = (), limit: int | None = None
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
    read_otherwise: bool = False,
) -> int:
    """Have files read again with *engine*; return how many. What was read stands until then.

    *statuses* keeps to files that came to one of these, *older_than* to those that a program
    before this version read, *read_otherwise* to those for which another engine was asked. Files
    that a pass like this one, stopped before its end, has read already are not read twice.
    """
    wanted = [Extraction.status != PENDING, _not_read_since(connection, engine)]
    if statuses:
        wanted.append(Extraction.status.in_(statuses))
    if read_otherwise:
        wanted.append(Extraction.wanted_engine != engine)
    chosen = [
        row.sha256
        for row in connection.execute(select(Extraction.sha256, Extraction.software).where(*wanted))
        if not older_than or _parts(row.software) < _parts(older_than)
    ]
    if chosen:
        connection.execute(
            update(Extraction)
            .where(Extraction.sha256 == bindparam("digest"))
            .values(status=PENDING, wanted_engine=engine, queued_at=now()),
            [{"digest": sha256} for sha256 in chosen],
        )
    if not statuses and not older_than:
        waiting = update(Extraction).where(Extraction.status == PENDING)
        connection.execute(waiting.values(wanted_engine=engine))
    return len(chosen)


def _not_read_since(connection: Connection, engine: str) -> ColumnElement[bool]:
    """Leave out what *engine* has read since the pass that still waits for some of its files."""
    begun = connection.scalar(
        select(func.min(Extraction.queued_at)).where(
            Extraction.status == PENDING,
            Extraction.wanted_engine == engine,
            Extraction.extracted_at.is_not(None),
        )
    )
    if begun is None:
        return true()
    return or_(Extraction.wanted_engine != engine, Extraction.extracted_at < begun)


def _parts(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in number.split(".") if part.isdigit())


def keep_text(connection: Connection, sha256: str, result: Extracted) -> None:
    """Keep what was read of a file; what reads as before is left as it stands.

    A page that OCR has read keeps that text where there is still no other. Where a limit, or a
    crash, took a page from this reading that an earlier one has read, the earlier text stands: the
    bytes are the same, so that it can only be the better one.
    """
    before = {page.number: page for page in pages_of(connection, sha256)}
    pages, outlasting = _best_of(before, result.pages)
    connection.execute(
        update(Extraction)
        .where(Extraction.sha256 == sha256)
        .values(
            **_whole(connection, sha256, result, pages),
            detail="; ".join(filter(None, (result.detail, _said_of(outlasting)))),
            engines=_engines(pages),
            software=version("pnr-archive"),
            seconds=round(result.seconds, 3),
            extracted_at=now(),
        )
    )
    if _without_version(pages) == _without_version(before.values()):
        return
    connection.execute(delete(FilePage).where(FilePage.sha256 == sha256))
    if pages:
        connection.execute(insert(FilePage), [_row(sha256, page) for page in pages])
    if _bodies(pages) != _bodies(before.values()):
        index_texts(connection, sha256, pages)


def _best_of(
    before: Mapping[int, PageText], read: Sequence[PageText]
) -> tuple[list[PageText], list[int]]:
    """Return the pages to keep, and the numbers of those that an earlier reading has read."""
    now_read = {page.number: page for page in read}
    pages, outlasting = [], []
    for number in sorted(before.keys() | now_read.keys()):
        old, new = before.get(number), now_read.get(number)
        if old is not None and old.text and (new is None or _fell_short(new, old)):
            pages.append(old)
            outlasting.append(number)
        elif new is not None:
            pages.append(_with_ocr(old, new))
    return pages, outlasting


def _fell_short(new: PageText, old: PageText) -> bool:
    """Whether a limit or a crash cut a page short of what an earlier reading made of it."""
    return new.status in _LOST or ("cut" in new.flags and len(new.text) < len(old.text))


def _whole(
    connection: Connection, sha256: str, result: Extracted, pages: Sequence[PageText]
) -> dict[str, Any]:
    """Return what is to be said of the file as a whole, now that these are its pages."""
    row = select(Extraction.page_count, Extraction.facts, Extraction.repair)
    earlier = connection.execute(row.where(Extraction.sha256 == sha256)).one()
    # This reading may not have come as far as to open the file.
    stands = not result.facts.page_count and any(page.text for page in pages)
    page_count = earlier.page_count if stands else result.facts.page_count or len(pages) or None
    repair = earlier.repair if stands else result.repair
    is_as_read = pages == list(result.pages)
    return {
        "status": result.status if is_as_read else _status_with_ocr(pages, page_count, repair),
        "page_count": page_count,
        "facts": earlier.facts if stands else asdict(result.facts),
        "repair": repair,
    }


def _said_of(outlasting: Sequence[int]) -> str:
    if not outlasting:
        return ""
    pages = f"page {outlasting[0]}" if len(outlasting) == 1 else f"{len(outlasting)} pages"
    return f"the text of {pages} is that of an earlier reading"


def _with_ocr(before: PageText | None, page: PageText) -> PageText:
    if before is None or not page.wants_ocr:
        return page
    return before if before.source is TextSource.OCR or _is_tried(before) else page


def _without_version(pages: Iterable[PageText]) -> list[PageText]:
    return [replace(page, engine_version="") for page in pages]


def _bodies(pages: Iterable[PageText]) -> dict[int, str]:
    return {page.number: page.body for page in pages}


def _engines(pages: Iterable[PageText]) -> dict[str, int]:
    return dict(Counter(page.engine for page in pages if page.text))


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
        select(FilePage.sha256, FilePage.number, FilePage.flags)
        .where(FilePage.status.in_(_WANT_OCR), FilePage.source == TextSource.TEXT)
        .order_by(FilePage.sha256, FilePage.number)
    )
    wanted: dict[str, list[int]] = {}
    for sha256, number, flags in connection.execute(query):
        if not any(flag.startswith(_TRIED) for flag in flags):
            wanted.setdefault(sha256, []).append(number)
    return wanted


def keep_ocr(connection: Connection, sha256: str, result: Extracted) -> None:
    """Keep what OCR made of some pages of a file, marked as such; a page is tried once."""
    before = {page.number: page for page in pages_of(connection, sha256)}
    tried = {page.number: _tried(before[page.number], page) for page in result.pages}
    if not tried:
        return
    connection.execute(
        delete(FilePage).where(FilePage.sha256 == sha256, FilePage.number.in_(tried))
    )
    connection.execute(insert(FilePage), [_row(sha256, page) for page in tried.values()])
    pages = list((before | tried).values())
    read = select(Extraction.page_count, Extraction.repair).where(Extraction.sha256 == sha256)
    page_count, repair = connection.execute(read).one()
    connection.execute(
        update(Extraction)
        .where(Extraction.sha256 == sha256)
        .values(status=_status_with_ocr(pages, page_count, repair), engines=_engines(pages))
    )
    index_texts(connection, sha256, pages)


def _tried(before: PageText, page: PageText) -> PageText:
    """Return the page as OCR read it; where that is less than stood there, that stays, marked."""
    if page.source is TextSource.OCR and page.text and len(page.text) >= len(before.text):
        return page
    how = "nothing" if page.source is TextSource.OCR else page.status
    return replace(before, flags=(*before.flags, f"{_TRIED}{how}"))


def _is_tried(page: PageText) -> bool:
    return any(flag.startswith(_TRIED) for flag in page.flags)


def _status_with_ocr(
    pages: Sequence[PageText], page_count: int | None, repair: str
) -> ExtractionStatus:
    if not any(page.text for page in pages):
        return ExtractionStatus.EMPTY
    good = all(
        page.status in {PageStatus.READ, PageStatus.BLANK} and "cut" not in page.flags
        for page in pages
    )
    whole = good and not repair and len(pages) == page_count
    return ExtractionStatus.READ if whole else ExtractionStatus.PARTIAL


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
