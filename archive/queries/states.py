"""The states a record or a file was ever seen in, to be named by date, run or snapshot."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, TypeVar

from sqlalchemy import and_, func, select

from archive.catalogue.as_of import moment_of
from archive.errors import UnanswerableError
from archive.models import (
    ArchivedFile,
    Blob,
    CatalogueRecord,
    HeldFile,
    Reading,
    RecordFile,
    RecordVersion,
    Resource,
    Run,
    RunRecord,
    Snapshot,
    Visit,
)

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection


class NoSuchStateError(UnanswerableError):
    """Raised when a date, run or snapshot is named in which nothing of a thing was seen."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordState:
    """What one run read of a record, from which answer, by which reader.

    *is_current* is false for a run that never became current; *number* is the version's.
    """

    record_id: str
    at: datetime
    run: int
    is_current: bool
    snapshot_id: int
    sha256: str
    content_type: str
    version_id: int
    number: int
    data: dict[str, Any]
    layout: str
    fingerprint: str
    reader_version: str

    @property
    def name(self) -> str:
        """The state as a heading names it."""
        return f"version {self.number} (run {self.run}, {self.at:%Y-%m-%d %H:%M})"


@dataclass(frozen=True, slots=True, kw_only=True)
class FileState:
    """The bytes an address gave in one run; *sha256* is empty where it gave none."""

    url: str
    at: datetime
    run: int
    is_current: bool
    snapshot_id: int
    status: int | None
    sha256: str

    @property
    def name(self) -> str:
        """The state as a heading names it."""
        return f"{self.sha256[:8]} (run {self.run}, {self.at:%Y-%m-%d %H:%M})"


StateT = TypeVar("StateT", RecordState, FileState)


def states_of_record(connection: Connection, record_id: str) -> list[RecordState]:
    """Return what each run read of a record, in the order of the answers it was read from."""
    data = {
        row.id: row
        for row in connection.execute(
            select(RecordVersion.id, RecordVersion.number, RecordVersion.data).where(
                RecordVersion.record_id == record_id
            )
        )
    }
    query = (
        select(
            RunRecord.record_id,
            Snapshot.fetched_at.label("at"),
            RunRecord.run_id.label("run"),
            Run.promoted_at.is_not(None).label("is_current"),
            Snapshot.id.label("snapshot_id"),
            func.coalesce(Snapshot.sha256, "").label("sha256"),
            Snapshot.content_type,
            RunRecord.version_id,
            func.coalesce(Reading.layout, RecordVersion.layout).label("layout"),
            func.coalesce(Reading.fingerprint, RecordVersion.fingerprint).label("fingerprint"),
            func.coalesce(Reading.reader_version, RecordVersion.reader_version).label(
                "reader_version"
            ),
        )
        .join(Run, Run.id == RunRecord.run_id)
        .join(Snapshot, Snapshot.id == RunRecord.snapshot_id)
        .join(RecordVersion, RecordVersion.id == RunRecord.version_id)
        # Of a snapshot that was read again later, the reading is another one's.
        .outerjoin(
            Reading,
            and_(Reading.id == Snapshot.reading_id, Reading.version_id == RunRecord.version_id),
        )
        .where(RunRecord.record_id == record_id)
        .order_by(Snapshot.fetched_at, RunRecord.run_id)
    )
    return [
        RecordState(**row, number=data[row["version_id"]].number, data=data[row["version_id"]].data)
        for row in connection.execute(query).mappings()
    ]


def states_of_file(connection: Connection, url: str) -> list[FileState]:
    """Return what a file's address answered in each run, its bytes or none, in order."""
    query = (
        select(
            Snapshot.url,
            Snapshot.fetched_at.label("at"),
            Snapshot.run_id.label("run"),
            Run.promoted_at.is_not(None).label("is_current"),
            Snapshot.id.label("snapshot_id"),
            Snapshot.status,
            # A page in the place of a file, such as a themed 404, is none of its states.
            func.coalesce(Blob.sha256, "").label("sha256"),
        )
        .join(Run, Run.id == Snapshot.run_id)
        .outerjoin(Blob, and_(Blob.sha256 == Snapshot.sha256, Blob.encoding == "sqlar"))
        .where(Snapshot.url == url)
        .order_by(Snapshot.fetched_at, Snapshot.id)
    )
    return [FileState(**row) for row in connection.execute(query).mappings()]


def is_file(connection: Connection, names: Sequence[str]) -> str:
    """Return which of these addresses is a file's, empty where none is."""
    by_resource = select(Resource.url).where(Resource.url.in_(names), Resource.kind == "file")
    by_visit = select(Visit.url).where(Visit.url.in_(names), Visit.kind == "file")
    return connection.scalar(by_resource.limit(1)) or connection.scalar(by_visit.limit(1)) or ""


def addresses_of_file(connection: Connection, name: str) -> list[str]:
    """Return the addresses whose file goes by this name in the archive, or has this as its name."""
    held = select(HeldFile.url).join(ArchivedFile, ArchivedFile.sha256 == HeldFile.sha256)
    offered = select(RecordFile.url).where(RecordFile.filename == name)
    query = held.where(ArchivedFile.name == name).union(offered)
    return sorted(connection.scalars(query))


def resource_of_record(connection: Connection, record_id: str) -> int:
    """Return the resource behind a record."""
    query = select(CatalogueRecord.resource_id).where(CatalogueRecord.id == record_id)
    return int(connection.execute(query).scalar_one())


def last_two(states: Sequence[RecordState]) -> tuple[RecordState, RecordState]:
    """Return the last two versions in their last states; of a lone one, its first and last state.

    :raises NoSuchStateError: the record was never read.
    """
    current = [state for state in states if state.is_current] or list(states)
    if not current:
        raise NoSuchStateError("Nothing of this record was ever read; `pnr run list` shows runs.")
    last = current[-1]
    earlier = [state for state in current if state.version_id != last.version_id]
    return (earlier[-1] if earlier else current[0]), last


_NAMED: Final = re.compile(r"(run|r|snapshot|s)[ :#]?(\d+)", re.IGNORECASE)


def state_named(states: Sequence[StateT], words: str) -> StateT:
    """Return the state that a date, a run or a snapshot names: the last one seen by then.

    ``2026-03-31`` means the end of that day; ``3`` and ``run:3`` mean a run, ``snapshot:14`` an
    answer. A number that is no run's may be a snapshot's.

    :raises NoSuchStateError: nothing was seen by then.
    """
    named = _NAMED.fullmatch(words.strip())
    number = int(named[2]) if named else int(words) if words.strip().isdigit() else None
    if number is None:
        found = _by_moment(states, words)
    elif named and named[1][0].lower() == "s":
        found = [state for state in states if state.snapshot_id == number]
    else:
        found = [state for state in states if state.run <= number and state.is_current]
        found = [state for state in states if state.run == number] or found
        of_snapshot = [state for state in states if state.snapshot_id == number]
        if not named and of_snapshot and all(state.run < number for state in states):
            found = of_snapshot
    if not found:
        raise NoSuchStateError(
            f"Nothing of it was seen by {words}; `pnr history` lists its states."
        )
    return found[-1]


def _by_moment(states: Sequence[StateT], words: str) -> list[StateT]:
    try:
        moment = moment_of(words)
    except ValueError:
        raise NoSuchStateError(
            f"{words!r} is no date, run or snapshot; write 2026-03-31, run:3 or snapshot:14."
        ) from None
    return [state for state in states if state.at <= moment and state.is_current]
