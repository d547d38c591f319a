"""What a rereading read becomes current: all of it in one transaction, or nothing.

The readings are in the archive already, beside those that are current, kept as they were made.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import update

from archive.catalogue.issues import reconcile_issues
from archive.catalogue.promoting import Promotion, promote_version
from archive.catalogue.versions import note_changes, note_version
from archive.catalogue.writing import tie_snapshot, unpack_reading
from archive.evidence.resources import name_resource
from archive.models import Run
from archive.rereading.blast_radius import BlastRadius, Rereading
from archive.rereading.selecting import Page, Selection, pages_of, records_left
from archive.runs.figures import keep_fill_rates
from archive.runs.ledger import now
from archive.runs.lifecycle import run_of
from archive.texts.crosschecks import check_files

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from sqlalchemy import Connection

    from archive.records import PageReading

    Told = Callable[[], None]


def readings_of(
    connection: Connection, selection: Selection, reader_version: str
) -> Iterator[tuple[Page, Rereading]]:
    """Yield each page of the selection that this reader has read, with both readings."""
    ids = records_left(connection, selection, reader_version)
    for page in pages_of(connection, ids, reader_version):
        if page.after is not None:
            yield page, compared(page, unpack_reading(page.after))


def compared(page: Page, after: PageReading) -> Rereading:
    """Return a page as it is current beside another reading of it."""
    return Rereading(
        record_id=page.record_id,
        url=page.answer.url,
        data=page.data,
        before=unpack_reading(page.before) if page.before else None,
        after=after,
    )


def blast_radius(connection: Connection, run_id: int) -> BlastRadius:
    """Return what becomes of the archive when this rereading becomes current."""
    run = run_of(connection, run_id)
    radius = BlastRadius()
    for _, one in readings_of(connection, Selection.of_scope(run.scope), run.reader_version):
        radius.add(one)
    return radius


def promote_reread(connection: Connection, run_id: int, *, told: Told = lambda: None) -> Promotion:
    """Make everything that a rereading read current, in the caller's one transaction.

    Nothing is concluded of the site: a record is neither seen nor withdrawn by it.
    """
    run = run_of(connection, run_id)
    result = Promotion()
    for page, one in readings_of(connection, Selection.of_scope(run.scope), run.reader_version):
        is_changed = _promote(connection, run_id, page, one)
        result.changed += is_changed
        result.unchanged += not is_changed
        told()
    check_files(connection, run_id, since=run.started_at)
    keep_fill_rates(connection, run_id)
    connection.execute(update(Run).where(Run.id == run_id).values(promoted_at=now()))
    return result


def _promote(connection: Connection, run_id: int, page: Page, one: Rereading) -> bool:
    """Make one reading current; tell whether the record is another version now."""
    snapshot_id, after = page.answer.snapshot_id, one.after
    tie_snapshot(connection, snapshot_id, page.resource_id, page.after_id)
    reconcile_issues(
        connection, run_id, page.answer.url, "page", after.issues, resource_id=page.resource_id
    )
    if page.after_version_id is None or after.record is None:
        # No record any more, to this reader: what it was stands until the site says otherwise.
        return False
    note_version(connection, run_id, page.record_id, page.after_version_id, snapshot_id)
    if page.after_version_id == page.version_id:
        return False
    note_changes(connection, run_id, page.record_id, page.after_version_id, one.changes())
    name_resource(
        connection,
        page.resource_id,
        canonical=after.canonical_url or page.answer.url,
        identity=after.identity,
        aliases=after.record.aliases,
        seen_at=now(),
    )
    promote_version(connection, page.record_id, page.after_version_id, snapshot_id)
    return True
