"""Which answers of the archive an export to the web's own formats holds, in the order of time."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import func, select

from archive.errors import UnanswerableError
from archive.models import Blob, CatalogueRecord, Run, Snapshot

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

_BATCH: Final = 500


class NothingToExportError(UnanswerableError):
    """Raised when no answer of the archive is meant."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Selection:
    """Which answers are meant: of one run, or since a moment or a run; empty, all of them.

    *since_run* itself is left out: what came after it is meant.
    """

    run: int | None = None
    since: datetime | None = None
    since_run: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class KeptAnswer:
    """An answer as it is kept; *size* is of its body, *title* of the record it shows."""

    id: int
    url: str
    fetched_at: datetime
    status: int
    headers: list[list[str]]
    content_type: str
    sha256: str
    size: int
    revisit_of: int | None
    title: str


def selected_answers(connection: Connection, selection: Selection) -> Iterator[KeptAnswer]:
    """Yield the answers that are meant, the earliest first; what nothing answered is none."""
    query = _ANSWERS.where(*_conditions(selection)).order_by(Snapshot.fetched_at, Snapshot.id)
    for row in connection.execute(query.execution_options(yield_per=_BATCH)).mappings():
        yield KeptAnswer(**row)


def answer_with_body(connection: Connection, snapshot_id: int) -> KeptAnswer | None:
    """Return the answer that brought the body which this one, a 304, says still stands."""
    seen: set[int] = set()
    while snapshot_id not in seen:
        seen.add(snapshot_id)
        row = connection.execute(_ANSWERS.where(Snapshot.id == snapshot_id)).mappings().first()
        if row is None or row["revisit_of"] is None:
            return None if row is None else KeptAnswer(**row)
        snapshot_id = row["revisit_of"]
    return None


def last_moment(connection: Connection, selection: Selection) -> datetime:
    """Return when the last of the answers that are meant was given.

    :raises NothingToExportError: there is none.
    """
    run = selection.run
    if run is not None and connection.scalar(select(Run.id).where(Run.id == run)) is None:
        raise NothingToExportError(f"There is no run {run}; `pnr run list` shows all.")
    query = select(func.max(Snapshot.fetched_at)).where(*_conditions(selection))
    moment = connection.scalar(query)
    if moment is None:
        raise NothingToExportError(
            "The archive holds no such answer; `pnr run list` shows its runs."
        )
    return moment


def _conditions(selection: Selection) -> Iterator[ColumnElement[bool]]:
    yield Snapshot.status.is_not(None)
    if selection.run is not None:
        yield Snapshot.run_id == selection.run
    if selection.since is not None:
        yield Snapshot.fetched_at >= selection.since
    if selection.since_run is not None:
        yield Snapshot.run_id > selection.since_run


_TITLE: Final = func.coalesce(CatalogueRecord.title, "")
_ANSWERS: Final = (
    select(
        Snapshot.id,
        Snapshot.url,
        Snapshot.fetched_at,
        Snapshot.status,
        Snapshot.headers,
        Snapshot.content_type,
        func.coalesce(Snapshot.sha256, "").label("sha256"),
        func.coalesce(Blob.size, 0).label("size"),
        Snapshot.revisit_of,
        _TITLE.label("title"),
    )
    .outerjoin(Blob, Blob.sha256 == Snapshot.sha256)
    .outerjoin(CatalogueRecord, CatalogueRecord.resource_id == Snapshot.resource_id)
    .where(Snapshot.status.is_not(None))
)
