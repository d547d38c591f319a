"""What changed: field by field, newest first, each with its run and its cause."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, case, func, or_, select

from archive.comparing.fields import Cause
from archive.errors import UnanswerableError
from archive.models import CatalogueRecord, Change, Run
from archive.queries.files import pairs_with_same_text
from archive.queries.filtering import RecordFilter, conditions
from archive.queries.records import parks_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import ColumnElement, Connection, Select


class NoSuchChangeError(UnanswerableError):
    """Raised when what follows a change is asked for that the archive does not have."""


class ChangeKind(StrEnum):
    """What can happen to a record."""

    ADDED = "added"
    CHANGED = "changed"
    WITHDRAWN = "withdrawn"
    RESTORED = "restored"
    FILE_REPLACED = "file-replaced"


#: Every record: one that was withdrawn has changed.
_ANY_RECORD: Final = RecordFilter(withdrawn=True)


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeFilter:
    """Which changes are meant; an empty filter means all that ever became current.

    *since* and *until* are moments at which changes became current, *since_run* and *until_run*
    runs that found them, all of them included. Where several causes, fields or kinds are named,
    each of them is meant.
    """

    since: datetime | None = None
    until: datetime | None = None
    since_run: int | None = None
    until_run: int | None = None
    causes: Sequence[Cause] = ()
    fields: Sequence[str] = ()
    kinds: Sequence[ChangeKind] = ()
    records: RecordFilter = _ANY_RECORD
    record_ids: Sequence[str] = ()


EVERY_CHANGE: Final = ChangeFilter()


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeLine:
    """One field of one record that changed; *field* is empty where the whole record did.

    *at* is the moment since which the archive says so: when the run became current, of an import
    when the page was captured. *title*, *document_type* and *parks* are the record's of today.
    """

    id: int
    record_id: str
    record_url: str
    title: str
    kind: ChangeKind
    field: str
    before: Any
    after: Any
    cause: Cause
    run: int
    at: datetime
    version_id: int | None
    record_kind: str
    document_type: str
    parks: tuple[str, ...] = ()


#: When a change became current. What an import brings took place when it was captured.
CHANGED_AT: Final = case(
    (Run.kind == "import", Change.created_at), else_=func.coalesce(Run.promoted_at, Run.ended_at)
)


def changes(
    connection: Connection, wanted: ChangeFilter = EVERY_CHANGE, *, limit: int | None = None
) -> list[ChangeLine]:
    """Return the changes that are meant: the newest run first, then record by record.

    Only runs that became current count. *limit* is of records, not of fields.
    """
    found = [_line(row) for row in connection.execute(_query(connection, wanted)).mappings()]
    if limit is not None:
        found = _of_first_records(found, limit)
    return _completed(connection, found)


def changes_after(
    connection: Connection, wanted: ChangeFilter, *, after: int, limit: int
) -> list[ChangeLine]:
    """Return at most *limit* changes that follow the one of the id *after*; 0 is before the first.

    The order is that of :func:`changes`, and what becomes current meanwhile moves nothing in it.

    :raises NoSuchChangeError: there is no such change.
    """
    query = _query(connection, wanted).limit(limit)
    if after:
        query = query.where(_follows(connection, after))
    found = [_line(row) for row in connection.execute(query).mappings()]
    return _completed(connection, found)


def every_change(
    connection: Connection, wanted: ChangeFilter = EVERY_CHANGE, *, batch: int = 500
) -> Iterator[ChangeLine]:
    """Yield what :func:`changes` returns, never holding more than a batch of it."""
    query = _query(connection, wanted)
    for rows in connection.execute(query).mappings().partitions(batch):
        yield from _completed(connection, [_line(row) for row in rows])


def _query(connection: Connection, wanted: ChangeFilter) -> Select[*tuple[Any, ...]]:
    return (
        select(
            Change.id,
            Change.record_id,
            CatalogueRecord.url.label("record_url"),
            CatalogueRecord.title,
            Change.kind,
            Change.field,
            Change.before,
            Change.after,
            Change.cause,
            Change.run_id.label("run"),
            CHANGED_AT.label("at"),
            Change.version_id,
            CatalogueRecord.kind.label("record_kind"),
            CatalogueRecord.document_type,
        )
        .join(Run, Run.id == Change.run_id)
        .join(CatalogueRecord, CatalogueRecord.id == Change.record_id)
        .where(Run.promoted_at.is_not(None), *_conditions(connection, wanted))
        .order_by(CHANGED_AT.desc(), Change.run_id.desc(), Change.record_id, Change.id)
    )


def _follows(connection: Connection, after: int) -> ColumnElement[bool]:
    """Return the condition of what stands after a change."""
    place = select(Change.record_id, Change.run_id, CHANGED_AT.label("at")).join(
        Run, Run.id == Change.run_id
    )
    last = connection.execute(place.where(Change.id == after, Run.promoted_at.is_not(None))).first()
    if last is None:
        raise NoSuchChangeError(f"There is no change {after}; its record may be forgotten.")
    same_record = and_(Change.record_id == last.record_id, Change.id > after)
    same_run = and_(
        Change.run_id == last.run_id, or_(Change.record_id > last.record_id, same_record)
    )
    return or_(
        last.at > CHANGED_AT,
        and_(last.at == CHANGED_AT, or_(Change.run_id < last.run_id, same_run)),
    )


def _completed(connection: Connection, found: list[ChangeLine]) -> list[ChangeLine]:
    """Return changes with the parks their records have, and what is known of their files."""
    parks = parks_of(connection, sorted({change.record_id for change in found}))
    found = [replace(each, parks=parks.get(each.record_id, ())) for each in found]
    return _with_same_text(connection, found)


def grouped_by_record(found: Iterable[ChangeLine]) -> list[list[ChangeLine]]:
    """Return changes in groups of one record and run, in the order given."""
    groups: dict[tuple[int, str], list[ChangeLine]] = {}
    for change in found:
        groups.setdefault((change.run, change.record_id), []).append(change)
    return list(groups.values())


def _line(row: Any) -> ChangeLine:
    named = {"kind": ChangeKind(row["kind"]), "cause": Cause(row["cause"])}
    return ChangeLine(**(dict(row) | named))


def _conditions(connection: Connection, wanted: ChangeFilter) -> Iterable[ColumnElement[bool]]:
    if wanted.since is not None:
        yield wanted.since <= CHANGED_AT
    if wanted.until is not None:
        yield wanted.until >= CHANGED_AT
    if wanted.since_run is not None:
        yield Change.run_id >= wanted.since_run
    if wanted.until_run is not None:
        yield Change.run_id <= wanted.until_run
    if wanted.causes:
        yield Change.cause.in_([str(cause) for cause in wanted.causes])
    if wanted.fields:
        yield Change.field.in_(wanted.fields)
    if wanted.kinds:
        yield Change.kind.in_(wanted.kinds)
    if wanted.record_ids:
        yield Change.record_id.in_(wanted.record_ids)
    yield from conditions(connection, wanted.records)


def _of_first_records(found: list[ChangeLine], limit: int) -> list[ChangeLine]:
    first = dict.fromkeys((change.run, change.record_id) for change in found)
    kept = set(list(first)[:limit])
    return [change for change in found if (change.run, change.record_id) in kept]


def _with_same_text(connection: Connection, found: list[ChangeLine]) -> list[ChangeLine]:
    """Say anew of replaced files whether their text is the same: it may have been read since."""
    pairs = {
        (each.before["sha256"], each.after["sha256"])
        for each in found
        if each.kind is ChangeKind.FILE_REPLACED and each.after.get("sha256")
    }
    same = pairs_with_same_text(connection, pairs)
    return [
        replace(each, after=each.after | {"same_text": True})
        if each.kind is ChangeKind.FILE_REPLACED
        and (each.before["sha256"], each.after.get("sha256")) in same
        else each
        for each in found
    ]


def changes_per_day(connection: Connection, wanted: ChangeFilter = EVERY_CHANGE) -> dict[str, int]:
    """Return how many records changed on each day, as ``2026-11-23``, in the order of days."""
    day = func.date(CHANGED_AT)
    query = (
        select(day, func.count(Change.record_id.distinct()))
        .join(Run, Run.id == Change.run_id)
        .join(CatalogueRecord, CatalogueRecord.id == Change.record_id)
        .where(Run.promoted_at.is_not(None), *_conditions(connection, wanted))
        .group_by(day)
        .order_by(day)
    )
    return {str(each): count for each, count in connection.execute(query)}
