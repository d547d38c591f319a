"""Hold the archive against the page as it is now: asked politely, read, and nothing kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive.catalogue.versions import record_data
from archive.comparing.fields import field_changes
from archive.comparing.pdfs import text_of_pages
from archive.comparing.texts import compare_texts
from archive.evidence.blobs import digest, read_blob
from archive.evidence.recording import archived_page, is_pdf, recorded
from archive.extraction import extract
from archive.queries.differences import (
    Difference,
    FieldDiff,
    Side,
    file_diff,
    page_diff,
    side_of,
)
from archive.queries.files import file_text
from archive.queries.states import states_of_file
from archive.records import FetchedPage, PageKind
from crawler.errors import CrawlError, ExitCode
from crawler.fetching import PoliteSession
from crawler.reading import page_reader

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator
    from typing import Any

    from sqlalchemy import Connection

    from archive.queries.differences import FileDiff, Part
    from archive.queries.states import RecordState
    from archive.records import PageReading
    from crawler.config import Config
    from crawler.reading import PageReader


class TurnedAwayError(CrawlError):
    """Raised when the site answers with a login, a captcha or maintenance instead of the page."""

    exit_code = ExitCode.BLOCKED


class NoRecordThereError(CrawlError):
    """Raised when the live page is no record that could be held against the archived one."""


_TURNED_AWAY = frozenset({PageKind.LOGIN, PageKind.BLOCK, PageKind.MAINTENANCE})
_GONE = frozenset({404, 410})


def live_difference(
    connection: Connection, state: RecordState, config: Config, *, parts: Collection[Part]
) -> Difference:
    """Return what differs between an archived state of a record and its page as it is now.

    Where the reader has changed since, the archived page is read again first: what that alone
    changes is the reader's doing.

    :raises UnreachableError: the page cannot be had.
    :raises TurnedAwayError: the site refuses it.
    :raises NoRecordThereError: it is gone, or no record any more.
    """
    session = PoliteSession(config, retries=0)
    page = session.page(state.data["url"])
    reader = page_reader(config)
    reading = reader.read(page)
    data = _record_in(page, reading)
    return Difference(
        record_id=state.record_id,
        url=page.url,
        title=data["title"],
        before=side_of(state),
        after=Side(
            name="the live page",
            layout=reading.layout,
            fingerprint=reading.fingerprint,
            reader_version=reader.version,
        ),
        fields=_fields(connection, state, reading, data, reader) if "fields" in parts else None,
        text=compare_texts(state.data["body_text"], data["body_text"]) if "text" in parts else None,
        page=page_diff(
            (read_blob(connection, state.sha256), state.content_type),
            (page.body, page.content_type),
            reader.without_noise,
        )
        if "html" in parts
        else None,
        files=tuple(_files(connection, data, session)) if "pdf" in parts else None,
    )


def _record_in(page: FetchedPage, reading: PageReading) -> dict[str, Any]:
    if page.status in _GONE:
        raise NoRecordThereError(f"{page.url} answers {page.status}: the page is gone.")
    if reading.kind in _TURNED_AWAY:
        raise TurnedAwayError(f"{page.url} answers with a {reading.kind} page; try again later.")
    if reading.record is None:
        raise NoRecordThereError(
            f"No record is read of {page.url} as it is now ({reading.kind}, status {page.status}); "
            "`pnr inspect` shows how it is read."
        )
    return record_data(reading.record)


def _fields(
    connection: Connection,
    state: RecordState,
    reading: PageReading,
    data: dict[str, Any],
    reader: PageReader,
) -> tuple[FieldDiff, ...]:
    reread = None
    if state.reader_version != reader.version:
        again = reader.read(archived_page(connection, recorded(connection, state.snapshot_id)))
        reread = record_data(again.record) if again.record else None
    found = field_changes(
        state.data, data, same_layout=state.fingerprint == reading.fingerprint, reread=reread
    )
    return tuple(
        FieldDiff(field=each.field, before=each.before, after=each.after, causes=(each.cause,))
        for each in found
        if each.field != "body_text"
    )


def _files(
    connection: Connection, data: dict[str, Any], session: PoliteSession
) -> Iterator[FileDiff]:
    """Yield the PDFs whose bytes are others now; each is asked for whole, and let go again."""
    for file in data["files"]:
        held = [one.sha256 for one in states_of_file(connection, file["url"]) if one.sha256]
        if not held:
            continue
        body = session.ask(file["url"], limit=session.file_limit).body
        sha256 = digest(body)
        if is_pdf(body) and sha256 != held[-1]:
            pages = extract(body).pages
            old = (held[-1], file_text(connection, held[-1]))
            yield file_diff(file["url"], file["filename"], old, (sha256, text_of_pages(pages)))
