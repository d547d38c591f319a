"""Whose doing it is that a record reads differently, or is there: the site's, or our reader's."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive.catalogue.versions import earlier_reading, note_added, note_changes, record_data
from archive.comparing.fields import Cause, field_changes
from archive.evidence.recording import recorded
from archive.records import PageKind

if TYPE_CHECKING:
    from typing import Any

    from sqlalchemy import Connection

    from archive.catalogue.versions import CurrentVersion
    from archive.catalogue.writing import StoredReading
    from crawler.desk import Desk
    from crawler.items import PageRead


def note_new_record(
    desk: Desk, connection: Connection, stored: StoredReading, record_id: str
) -> None:
    """Note a record that was not current before; the run that fills the archive notes none."""
    assert stored.version_id is not None  # noqa: S101  # a record has a version
    if desk.fills:
        return
    cause = _cause_of_new(desk, connection, stored)
    note_added(connection, desk.run_id, record_id, stored.version_id, cause=cause)


def note_difference(
    desk: Desk,
    connection: Connection,
    item: PageRead,
    stored: StoredReading,
    current: CurrentVersion,
) -> None:
    """Note each field that reads differently than in the current version, with its cause."""
    assert stored.version_id is not None  # noqa: S101  # a record has a version
    assert item.reading.record is not None  # noqa: S101
    data = record_data(item.reading.record)
    changes = field_changes(
        current.data,
        data,
        same_layout=current.fingerprint == item.reading.fingerprint,
        reread=_reread(desk, connection, item, current, data),
        page_text=desk.words_of(connection, item.answer),
    )
    note_changes(connection, desk.run_id, current.record_id, stored.version_id, changes)


def _reread(
    desk: Desk,
    connection: Connection,
    item: PageRead,
    current: CurrentVersion,
    data: dict[str, Any],
) -> dict[str, Any] | None:
    """Return the earlier page as today's reader reads it, where the reader has changed since.

    Where it makes no record of that page, and the page is the same today, all is its doing.
    """
    if current.reader_version == desk.reader.version:
        return None
    earlier = desk.reread(connection, current.snapshot_id).record
    if earlier is not None:
        return record_data(earlier)
    before = recorded(connection, current.snapshot_id)
    return data if before.content_sha256 == item.answer.content_sha256 else None


def _cause_of_new(desk: Desk, connection: Connection, stored: StoredReading) -> Cause:
    """Tell a record that came from a page that stood there before and was not read as one."""
    before = earlier_reading(connection, desk.run_id, stored.resource_id)
    if before is None or before.is_record:
        return Cause.CONTENT
    if before.reader_version != desk.reader.version:
        reread = desk.reread(connection, before.snapshot_id)
        if reread.record is not None:
            return Cause.READER
    return Cause.LAYOUT if before.kind == PageKind.UNRECOGNISED else Cause.CONTENT
