"""An earlier answer takes its place in the history, and what came after it is told anew.

What is imported was answered before it was filed. A reading stands in the order of time: between
the run that was current before its date and the one that became current after it. Nothing that
is newer gives way to it. Functions take a connection that is in a transaction and never commit.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, case, delete, func, literal, select, update

from archive.catalogue.promoting import enter_names, promote_version
from archive.catalogue.versions import note_changes, note_version
from archive.comparing.fields import field_changes
from archive.models import (
    CatalogueRecord,
    Change,
    Reading,
    RecordVersion,
    Run,
    RunRecord,
    Snapshot,
)
from archive.models.base import UtcDateTime

if TYPE_CHECKING:
    from collections.abc import Callable

    from sqlalchemy import Connection

    from archive.comparing.fields import FieldChange

_MOMENT: Final = UtcDateTime()
#: A run that fills an empty archive is current from its first record on, before it has ended.
_NOT_ENDED: Final = literal(datetime(9999, 1, 1, tzinfo=UTC), type_=_MOMENT)


@dataclass(frozen=True, slots=True, kw_only=True)
class Looking:
    """How an archived page is looked at again, which only who knows the site can.

    *reread* returns the record that today's reader finds in a snapshot, *words_of* every word of
    it; *reader_version* is today's.
    """

    reader_version: str
    reread: Callable[[Connection, int], dict[str, Any] | None]
    words_of: Callable[[Connection, int], str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Placed:
    """A reading at its place in time: which run made it, when it became current, what it says."""

    run_id: int
    version_id: int
    snapshot_id: int
    at: datetime
    fetched_at: datetime
    data: dict[str, Any]
    reader_version: str
    fingerprint: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a reading came to stand: of which record, and whether nothing newer is known of it."""

    record_id: str
    is_current: bool


def standing_since() -> Any:
    """Return when a run became current, as a column; null for one that never did."""
    return func.coalesce(Run.promoted_at, case((Run.fills, _NOT_ENDED)), type_=_MOMENT)


def place_record(
    connection: Connection, run_id: int, version_id: int, snapshot_id: int, looking: Looking
) -> Place:
    """Give the record read from a snapshot its place in time, and say where that is.

    The changes it brought are noted with it, those of the reading that came after it are found
    anew. It becomes current only if no later reading of its record is known.
    """
    record_id = connection.execute(_RECORD_OF, {"version": version_id}).scalar_one()
    note_version(connection, run_id, record_id, version_id, snapshot_id)
    readings = _readings(connection, record_id)
    here = next(one for one in readings if one.run_id == run_id)
    _known_since(connection, here)
    before, after = _neighbours(readings, here)
    if before is not None:
        _note(connection, record_id, before, here, looking)
    if after is not None:
        connection.execute(_TAKE_BACK, {"of_run": after.run_id, "record": record_id})
        _note(connection, record_id, here, after, looking)
        enter_names(connection, here.data)
    else:
        promote_version(connection, record_id, version_id, snapshot_id)
    seen = {"record": record_id, "first": here.fetched_at, "last": here.at}
    connection.execute(_SEEN, seen)
    return Place(record_id=record_id, is_current=after is None)


_RECORD_OF: Final = select(RecordVersion.record_id).where(RecordVersion.id == bindparam("version"))
#: What a later run found changed is found anew; what it found of the whole record stands.
_TAKE_BACK: Final = delete(Change).where(
    Change.run_id == bindparam("of_run"),
    Change.record_id == bindparam("record"),
    Change.kind.in_(("changed", "added")),
)
_SEEN: Final = (
    update(CatalogueRecord)
    .where(CatalogueRecord.id == bindparam("record"))
    .values(
        first_seen=func.min(CatalogueRecord.first_seen, bindparam("first", type_=_MOMENT)),
        last_seen=func.max(CatalogueRecord.last_seen, bindparam("last", type_=_MOMENT)),
    )
)


def _readings(connection: Connection, record_id: str) -> list[Placed]:
    """Return the standing readings of a record, in the order of time."""
    rows = connection.execute(_READINGS, {"record": record_id}).mappings()
    return [Placed(**row) for row in rows]


_AT: Final = standing_since()
_READINGS: Final = (
    select(
        RunRecord.run_id,
        RunRecord.version_id,
        RunRecord.snapshot_id,
        _AT.label("at"),
        Snapshot.fetched_at,
        RecordVersion.data,
        # A version is one row however often it was read so: the answer's own reading says how.
        func.coalesce(Reading.reader_version, RecordVersion.reader_version).label("reader_version"),
        func.coalesce(Reading.fingerprint, RecordVersion.fingerprint).label("fingerprint"),
    )
    .join(Run, Run.id == RunRecord.run_id)
    .join(RecordVersion, RecordVersion.id == RunRecord.version_id)
    .join(Snapshot, Snapshot.id == RunRecord.snapshot_id)
    .outerjoin(Reading, Reading.id == Snapshot.reading_id)
    .where(RunRecord.record_id == bindparam("record"), _AT.is_not(None))
    .order_by(_AT, RunRecord.run_id)
)


def _neighbours(readings: list[Placed], here: Placed) -> tuple[Placed | None, Placed | None]:
    place = readings.index(here)
    before = readings[place - 1] if place else None
    return before, readings[place + 1] if place + 1 < len(readings) else None


def _known_since(connection: Connection, here: Placed) -> None:
    """Say that a version was known at an earlier date, and number the versions in time's order."""
    known = {"version": here.version_id, "moment": here.fetched_at}
    connection.execute(_KNOWN_SINCE, known)
    rows = connection.execute(_IN_ORDER, {"version": here.version_id}).all()
    renumbered = [
        {"of_version": row.id, "place": place}
        for place, row in enumerate(rows, start=1)
        if row.number != place
    ]
    if renumbered:
        # No two may have one number, not even in between.
        connection.execute(_NUMBER, [one | {"place": -one["place"]} for one in renumbered])
        connection.execute(_NUMBER, renumbered)


_KNOWN_SINCE: Final = (
    update(RecordVersion)
    .where(RecordVersion.id == bindparam("version"))
    .values(created_at=func.min(RecordVersion.created_at, bindparam("moment", type_=_MOMENT)))
)
_IN_ORDER: Final = (
    select(RecordVersion.id, RecordVersion.number)
    .where(
        RecordVersion.record_id
        == select(RecordVersion.record_id)
        .where(RecordVersion.id == bindparam("version"))
        .scalar_subquery()
    )
    .order_by(RecordVersion.created_at, RecordVersion.id)
)
_NUMBER: Final = (
    update(RecordVersion)
    .where(RecordVersion.id == bindparam("of_version"))
    .values(number=bindparam("place"))
)


def _note(
    connection: Connection, record_id: str, before: Placed, after: Placed, looking: Looking
) -> None:
    """Note what the later of two readings found changed."""
    if before.version_id == after.version_id:
        return
    changes = _differences(connection, before, after, looking)
    note_changes(
        connection, after.run_id, record_id, after.version_id, changes, found_at=after.fetched_at
    )


def _differences(
    connection: Connection, before: Placed, after: Placed, looking: Looking
) -> list[FieldChange]:
    """Compare two readings; what is due to their readers alone is told apart by today's reader."""
    same_layout = before.fingerprint == after.fingerprint
    words = looking.words_of(connection, after.snapshot_id)
    if before.reader_version == after.reader_version:
        return field_changes(before.data, after.data, same_layout=same_layout, page_text=words)
    if after.reader_version == looking.reader_version:
        reread = looking.reread(connection, before.snapshot_id)
        return field_changes(
            before.data, after.data, same_layout=same_layout, reread=reread, page_text=words
        )
    middle = looking.reread(connection, after.snapshot_id) or after.data
    return [
        *field_changes(before.data, middle, same_layout=same_layout, page_text=words),
        *field_changes(middle, after.data, same_layout=True, reread=after.data),
    ]
