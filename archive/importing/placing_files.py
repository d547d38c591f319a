"""An earlier download of a file takes its place among those of its address.

Functions take a connection that is in a transaction and never commit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, delete, func, select

from archive.catalogue.promoting import hold_file, note_replaced
from archive.importing.placing import standing_since
from archive.models import Change, HeldFile, Run, Snapshot, Visit
from archive.runs.ledger import Outcome

if TYPE_CHECKING:
    from sqlalchemy import Connection


def place_file(connection: Connection, run_id: int, url: str) -> bool:
    """Give the bytes a run has of an address their place in time; tell whether they are current.

    That one file took the place of another is noted with the later of the two. The visit of the
    run is in the ledger already.
    """
    downloads = connection.execute(_DOWNLOADS, {"address": url}).all()
    place = next(index for index, one in enumerate(downloads) if one.run_id == run_id)
    here = downloads[place]
    if place:
        _note(connection, url, downloads[place - 1], here)
    if place + 1 < len(downloads):
        after = downloads[place + 1]
        connection.execute(_TAKE_BACK, {"of_run": after.run_id, "address": url})
        _note(connection, url, here, after)
        return False
    before = connection.scalar(select(HeldFile.sha256).where(HeldFile.url == url))
    if before != here.sha256:
        held = {"url": url, "sha256": here.sha256, "snapshot_id": here.snapshot_id}
        hold_file(connection, held | {"run_id": run_id}, before)
    return True


_AT: Final = standing_since()
_DOWNLOADS: Final = (
    select(
        Visit.run_id,
        Snapshot.id.label("snapshot_id"),
        Snapshot.sha256,
        Snapshot.fetched_at,
        _AT.label("at"),
    )
    .select_from(Snapshot)
    .join(Visit, (Visit.run_id == Snapshot.run_id) & (Visit.url == Snapshot.url))
    .join(Run, Run.id == Snapshot.run_id)
    .where(
        Snapshot.url == bindparam("address"),
        Snapshot.sha256.is_not(None),
        Visit.snapshot_id == Snapshot.id,
        Visit.outcome.in_((Outcome.STORED, Outcome.SAME_READING, Outcome.NOT_MODIFIED)),
        _AT.is_not(None),
    )
    .order_by(_AT, Visit.run_id)
)
_TAKE_BACK: Final = delete(Change).where(
    Change.run_id == bindparam("of_run"),
    Change.kind == "file-replaced",
    func.json_extract(Change.before, "$.url") == bindparam("address"),
)


def _note(connection: Connection, url: str, before: Any, after: Any) -> None:
    if before.sha256 != after.sha256:
        note_replaced(
            connection, after.run_id, url, before.sha256, after.sha256, found_at=after.fetched_at
        )
