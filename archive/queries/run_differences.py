"""What differs between the archive as of one run and as of another, record by record."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, func, or_, select

from archive.comparing.fields import Cause, field_changes
from archive.models import CatalogueRecord, Change, RecordVersion, Run, RunRecord
from archive.queries.changes import ChangeKind, ChangeLine
from archive.queries.files import pairs_with_same_text
from archive.queries.records import parks_of
from archive.queries.runs import NoSuchRunError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import ColumnElement, Connection

#: Records whose versions are in memory at a time.
_BATCH: Final = 200
#: Where a field changed for several causes, what the site did counts first.
_GRAVITY: Final = (Cause.CONTENT, Cause.LAYOUT, Cause.READER)


@dataclass(frozen=True, slots=True)
class _Span:
    """From the archive as of one run to the archive as of another."""

    before: int
    after: int
    at: datetime

    @property
    def between(self) -> ColumnElement[bool]:
        """The changes that lead from the one to the other."""
        earlier, later = sorted((self.before, self.after))
        within = and_(Change.run_id > earlier, Change.run_id <= later)
        return and_(within, or_(Run.promoted_at.is_not(None), Run.id == later))


def changes_between(connection: Connection, before: int, after: int) -> list[ChangeLine]:
    """Return what differs between the archive as of two runs, in the order of the records' ids.

    As of a run: what it read, and of what it did not, what was current when it ran. A run that
    never became current counts where it is named. Each field's cause is that of the changes in
    between.

    :raises NoSuchRunError: there is no such run.
    """
    span = _Span(before, after, _moment(connection, before, after))
    olds, news = (_standing(connection, run) for run in (before, after))
    causes = _causes(connection, span)
    found = [*_whole(olds, news, span), *_replaced(connection, span)]
    differing = sorted(
        record_id
        for record_id in olds.keys() & news.keys()
        if olds[record_id].version_id != news[record_id].version_id
    )
    for batch in _batches(differing):
        pairs = [(olds[record_id], news[record_id]) for record_id in batch]
        found += _changed(connection, pairs, causes, span)
    return _described(connection, sorted(found, key=lambda change: change.record_id))


@dataclass(frozen=True, slots=True)
class _Standing:
    """A record as of a run."""

    record_id: str
    version_id: int
    is_withdrawn: bool


def _moment(connection: Connection, before: int, after: int) -> datetime:
    query = select(Run.id, func.coalesce(Run.promoted_at, Run.ended_at, Run.started_at)).where(
        Run.id.in_((before, after))
    )
    moments = {row[0]: row[1] for row in connection.execute(query)}
    for run in (before, after):
        if run not in moments:
            raise NoSuchRunError(f"There is no run {run}; `pnr run list` lists them.")
    moment: datetime = moments[after]
    return moment


def _standing(connection: Connection, run: int) -> dict[str, _Standing]:
    """Return every record as of a run."""
    counts = or_(and_(Run.id <= run, Run.promoted_at.is_not(None)), Run.id == run)
    newest = (
        select(RunRecord.record_id, func.max(RunRecord.run_id).label("run_id"))
        .join(Run, Run.id == RunRecord.run_id)
        .where(counts)
        .group_by(RunRecord.record_id)
        .subquery()
    )
    read = select(RunRecord.record_id, RunRecord.version_id).join(
        newest,
        and_(newest.c.record_id == RunRecord.record_id, newest.c.run_id == RunRecord.run_id),
    )
    gone = _withdrawn(connection, counts)
    return {
        row.record_id: _Standing(row.record_id, row.version_id, row.record_id in gone)
        for row in connection.execute(read)
    }


def _withdrawn(connection: Connection, counts: ColumnElement[bool]) -> set[str]:
    query = (
        select(Change.record_id, Change.kind)
        .join(Run, Run.id == Change.run_id)
        .where(counts, Change.kind.in_((ChangeKind.WITHDRAWN, ChangeKind.RESTORED)))
        .order_by(Change.id)
    )
    last = {row.record_id: row.kind for row in connection.execute(query)}
    return {record_id for record_id, kind in last.items() if kind == ChangeKind.WITHDRAWN}


def _causes(connection: Connection, span: _Span) -> dict[tuple[str, str], Cause]:
    query = (
        select(Change.record_id, Change.field, Change.cause)
        .join(Run, Run.id == Change.run_id)
        .where(span.between, Change.kind == ChangeKind.CHANGED)
    )
    found: dict[tuple[str, str], set[Cause]] = defaultdict(set)
    for row in connection.execute(query):
        found[row.record_id, row.field].add(Cause(row.cause))
    return {
        name: next(cause for cause in _GRAVITY if cause in causes) for name, causes in found.items()
    }


def _whole(
    olds: Mapping[str, _Standing], news: Mapping[str, _Standing], span: _Span
) -> Iterator[ChangeLine]:
    """Yield the records that came, went or came back."""
    for record_id in olds.keys() | news.keys():
        old, new = olds.get(record_id), news.get(record_id)
        if old is None and new is not None and not new.is_withdrawn:
            yield _line(record_id, ChangeKind.ADDED, span)
        elif new is None or (old is not None and new.is_withdrawn and not old.is_withdrawn):
            yield _line(record_id, ChangeKind.WITHDRAWN, span)
        elif old is not None and old.is_withdrawn and not new.is_withdrawn:
            yield _line(record_id, ChangeKind.RESTORED, span)


def _changed(
    connection: Connection,
    pairs: Sequence[tuple[_Standing, _Standing]],
    causes: Mapping[tuple[str, str], Cause],
    span: _Span,
) -> Iterator[ChangeLine]:
    ids = {each.version_id for pair in pairs for each in pair}
    query = select(RecordVersion.id, RecordVersion.data, RecordVersion.fingerprint).where(
        RecordVersion.id.in_(ids)
    )
    versions = {row.id: row for row in connection.execute(query)}
    for old, new in pairs:
        one, other = versions[old.version_id], versions[new.version_id]
        same_layout = one.fingerprint == other.fingerprint
        for change in field_changes(one.data, other.data, same_layout=same_layout):
            yield _line(
                old.record_id,
                ChangeKind.CHANGED,
                span,
                field=change.field,
                before=change.before,
                after=change.after,
                cause=causes.get((old.record_id, change.field), change.cause),
                version_id=new.version_id,
            )


def _replaced(connection: Connection, span: _Span) -> Iterator[ChangeLine]:
    """Yield the files whose bytes are others at the end of the span than at its beginning."""
    query = (
        select(Change.record_id, Change.before, Change.after)
        .join(Run, Run.id == Change.run_id)
        .where(span.between, Change.kind == ChangeKind.FILE_REPLACED)
        .order_by(Change.id)
    )
    first: dict[tuple[str, str], str] = {}
    last: dict[tuple[str, str], str] = {}
    for row in connection.execute(query):
        name = (row.record_id, row.after["url"])
        first.setdefault(name, row.before["sha256"])
        last[name] = row.after["sha256"]
    if span.before > span.after:
        first, last = last, first
    same = pairs_with_same_text(connection, {(first[name], last[name]) for name in first})
    for (record_id, url), old in first.items():
        new = last[record_id, url]
        if old != new:
            yield _line(
                record_id,
                ChangeKind.FILE_REPLACED,
                span,
                field="files",
                before={"url": url, "sha256": old},
                after={"url": url, "sha256": new, "same_text": (old, new) in same},
            )


def _line(record_id: str, kind: ChangeKind, span: _Span, **more: Any) -> ChangeLine:
    values: dict[str, Any] = {
        "id": 0,
        "record_id": record_id,
        "record_url": "",
        "title": "",
        "kind": kind,
        "field": "",
        "before": None,
        "after": None,
        "cause": Cause.CONTENT,
        "run": span.after,
        "at": span.at,
        "version_id": None,
        "record_kind": "",
        "document_type": "",
    }
    return ChangeLine(**(values | more))


def _described(connection: Connection, found: Sequence[ChangeLine]) -> list[ChangeLine]:
    """Return the changes with what their records are called today."""
    ids = sorted({change.record_id for change in found})
    records: dict[str, Any] = {}
    for batch in _batches(ids):
        query = select(
            CatalogueRecord.id,
            CatalogueRecord.url.label("record_url"),
            CatalogueRecord.title,
            CatalogueRecord.kind.label("record_kind"),
            CatalogueRecord.document_type,
        ).where(CatalogueRecord.id.in_(batch))
        records |= {row["id"]: row for row in connection.execute(query).mappings()}
    parks = parks_of(connection, ids)
    return [
        replace(
            change,
            record_url=records[change.record_id]["record_url"],
            title=records[change.record_id]["title"],
            record_kind=records[change.record_id]["record_kind"],
            document_type=records[change.record_id]["document_type"],
            parks=parks.get(change.record_id, ()),
        )
        for change in found
    ]


def _batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _BATCH):
        yield ids[start : start + _BATCH]
