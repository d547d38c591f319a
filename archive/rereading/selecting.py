"""Which archived pages a rereading takes: of current records, as last answered, not read yet.

Functions take a connection that is in a transaction and never commit.
"""

from __future__ import annotations

import re
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, bindparam, func, or_, select
from sqlalchemy.orm import aliased

from archive.errors import UnanswerableError
from archive.evidence.recording import Recorded
from archive.models import CatalogueRecord, Reading, RecordVersion, Run, RunRecord, Snapshot
from archive.queries.filtering import EVERYTHING, RecordFilter, conditions, current_records
from archive.records import RecordKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection


#: Records that are looked up at a time: few queries, little memory.
BATCH: Final = 200
_RELEASE: Final = re.compile(r"\d+(\.\d+)*")


class UnknownReaderError(UnanswerableError):
    """Raised when a version of the reader is named that never read for this archive."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which records are meant: by their fields, their layout, the reader that read them last.

    *older_than* is a version of the reader, as `pnr run show` names it, or of this program.
    """

    filters: RecordFilter = EVERYTHING
    layout: str = ""
    older_than: str = ""

    @property
    def is_everything(self) -> bool:
        """Whether all current records are meant."""
        return self == Selection()

    def as_scope(self) -> dict[str, Any]:
        """Return the selection as a run's scope keeps it."""
        filters = asdict(self.filters) | {"years": list(self.filters.years)}
        return {
            "reread": {"filters": filters, "layout": self.layout, "older_than": self.older_than}
        }

    @classmethod
    def of_scope(cls, scope: dict[str, Any]) -> Selection:
        """Return the selection that a run's scope keeps."""
        said = scope["reread"]
        filters = dict(said["filters"])
        kind, years = filters.pop("kind"), filters.pop("years")
        return cls(
            filters=RecordFilter(
                kind=RecordKind(kind) if kind else None, years=(years[0], years[1]), **filters
            ),
            layout=said["layout"],
            older_than=said["older_than"],
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """The archived page of a current record: its last answer, and how that was read."""

    record_id: str
    resource_id: int
    version_id: int
    data: dict[str, Any]
    answer: Recorded
    before: bytes
    """The stored reading it is current by."""
    after_id: int | None
    after_version_id: int | None
    after: bytes | None
    """The stored reading of the reader in question, once there is one."""


_BEFORE, _AFTER = aliased(Reading), aliased(Reading)
_ANSWER: Final = aliased(Snapshot)
#: The last answer that was read as what is current; an earlier capture may be taken in after it.
_LAST_ANSWER: Final = func.coalesce(
    select(_ANSWER.id)
    .join(RunRecord, RunRecord.snapshot_id == _ANSWER.id)
    .join(Run, Run.id == RunRecord.run_id)
    .where(
        RunRecord.record_id == CatalogueRecord.id,
        RunRecord.version_id == CatalogueRecord.version_id,
        Run.promoted_at.is_not(None),
    )
    .order_by(_ANSWER.fetched_at.desc(), _ANSWER.id.desc())
    .limit(1)
    .correlate(CatalogueRecord)
    .scalar_subquery(),
    RecordVersion.snapshot_id,
)


def records_left(connection: Connection, selection: Selection, reader_version: str) -> list[str]:
    """Return the records whose page this reader has not read, or not as it is current."""
    wanted = conditions(connection, selection.filters)
    if selection.layout:
        wanted.append(CatalogueRecord.layout == selection.layout)
    if selection.older_than:
        wanted.append(_read_before(connection, selection.older_than, reader_version))
    is_read = and_(
        _BEFORE.reader_version == reader_version,
        or_(_BEFORE.version_id.is_(None), _BEFORE.version_id == CatalogueRecord.version_id),
    )
    query = (
        current_records(CatalogueRecord.id)
        .join(RecordVersion, RecordVersion.id == CatalogueRecord.version_id)
        .join(Snapshot, Snapshot.id == _LAST_ANSWER)
        .outerjoin(_BEFORE, _BEFORE.id == Snapshot.reading_id)
        .where(*wanted, or_(_BEFORE.id.is_(None), ~is_read))
        .order_by(CatalogueRecord.id)
    )
    return list(connection.scalars(query))


def pages_of(
    connection: Connection, record_ids: Sequence[str], reader_version: str
) -> Iterator[Page]:
    """Yield the pages of these records in the order of their ids, a batch in memory at a time."""
    for start in range(0, len(record_ids), BATCH):
        ids = record_ids[start : start + BATCH]
        for row in connection.execute(_PAGES, {"ids": ids, "reader": reader_version}).all():
            yield _page(row)


_STORED: Final = (
    select(func.max(Reading.id))
    .where(
        Reading.resource_id == CatalogueRecord.resource_id,
        Reading.reader_version == bindparam("reader"),
        Reading.content_sha256 == Snapshot.content_sha256,
    )
    .correlate(CatalogueRecord, Snapshot)
    .scalar_subquery()
)
_PAGES: Final = (
    select(
        CatalogueRecord.id.label("record_id"),
        CatalogueRecord.resource_id,
        CatalogueRecord.version_id,
        RecordVersion.data,
        Snapshot.id.label("snapshot_id"),
        Snapshot.url,
        Snapshot.status,
        Snapshot.content_type,
        Snapshot.sha256,
        Snapshot.content_sha256,
        Snapshot.revisit_of,
        _BEFORE.data.label("before"),
        _AFTER.id.label("after_id"),
        _AFTER.version_id.label("after_version_id"),
        _AFTER.data.label("after"),
    )
    .join(RecordVersion, RecordVersion.id == CatalogueRecord.version_id)
    .join(Snapshot, Snapshot.id == _LAST_ANSWER)
    .outerjoin(_BEFORE, _BEFORE.id == Snapshot.reading_id)
    .outerjoin(_AFTER, _AFTER.id == _STORED)
    .where(CatalogueRecord.id.in_(bindparam("ids", expanding=True)))
    .order_by(CatalogueRecord.id)
)


def _page(row: Any) -> Page:
    return Page(
        record_id=row.record_id,
        resource_id=row.resource_id,
        version_id=row.version_id,
        data=row.data,
        answer=Recorded(
            snapshot_id=row.snapshot_id,
            url=row.url,
            status=row.status,
            content_type=row.content_type,
            sha256=row.sha256 or "",
            content_sha256=row.content_sha256,
            is_file=False,
            revisit_of=row.revisit_of,
        ),
        before=row.before or b"",
        after_id=row.after_id,
        after_version_id=row.after_version_id,
        after=row.after,
    )


def _read_before(connection: Connection, version: str, reader_version: str) -> ColumnElement[bool]:
    """Return the condition that a page was last read by an older reader than this version.

    Hashes have no order of their own; readers are as old as the first run that read with them.
    """
    runs = connection.execute(select(Run.reader_version, Run.software).order_by(Run.id)).all()
    if _RELEASE.fullmatch(version):
        since = {run.reader_version for run in runs if _parts(run.software) >= _parts(version)}
        return func.coalesce(_BEFORE.reader_version, "").not_in(since)
    readers = list(dict.fromkeys([*(run.reader_version for run in runs), reader_version]))
    if version not in readers:
        raise UnknownReaderError(
            f"No run read with the reader {version!r}; `pnr run show N` names a run's reader, "
            "and a version of pnr such as 0.2.0 may stand in its place."
        )
    younger = readers[readers.index(version) :]
    return func.coalesce(_BEFORE.reader_version, "").not_in(younger)


def _parts(number: str) -> tuple[int, ...]:
    return tuple(int(part) for part in number.split(".") if part.isdigit())
