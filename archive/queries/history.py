"""The history of a record and of its files: each answer, what was read of it, what changed."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, replace
from datetime import datetime
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, func, or_, select

from archive.comparing.companions import worth_telling
from archive.comparing.fields import Cause
from archive.comparing.telling import told
from archive.identities.joining import joined_ids
from archive.models import (
    Alias,
    CatalogueRecord,
    Change,
    Reading,
    RecordVersion,
    Run,
    RunRecord,
    Snapshot,
)
from archive.queries.file_history import FileHistory, history_of_file, offered_in
from archive.queries.states import resource_of_record, states_of_record
from archive.sentences import Sentence, joined, sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class HistoryEntry:
    """One answer of a record's address, or something a run concluded without one.

    *version* is the number of the version read from it, *is_new* says that it was the first time;
    *causes* and *words* are of what changed with it. *snapshot_id* is none where a run concluded
    something without an answer: absence, or another reading of an archived page. Of a run that
    never became current, *is_current* is false.
    """

    at: datetime
    run: int
    is_current: bool
    snapshot_id: int | None
    url: str
    status: int | None
    version: int | None
    is_new: bool
    causes: tuple[Cause, ...]
    words: str
    layout: str = ""
    fingerprint: str = ""
    reader_version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordHistory:
    """Everything a record and its files ever were here, the newest first.

    *joined* are the histories of other records that a person said are one with it.
    """

    record_id: str
    url: str
    title: str
    versions: int
    withdrawn_at: datetime | None
    entries: tuple[HistoryEntry, ...]
    files: tuple[FileHistory, ...]
    joined: tuple[RecordHistory, ...] = ()


def whole_history(connection: Connection, record_id: str) -> RecordHistory:
    """Return the history of a record, and of those it is one with, the latest first."""
    others = [one for one in joined_ids(connection, record_id) if one != record_id]
    joined = tuple(history_of_record(connection, one) for one in reversed(others))
    return replace(history_of_record(connection, record_id), joined=joined)


def history_of_record(
    connection: Connection, record_id: str, *, with_files: bool = True
) -> RecordHistory:
    """Return every answer and version of a record, and what became of each of its files.

    *with_files* reads the texts of files that were replaced; without, none is looked at.
    """
    record = connection.execute(
        select(CatalogueRecord.__table__).where(CatalogueRecord.id == record_id)
    ).one()
    changes = _changes_by_run(connection, record_id)
    answers = _answers(connection, record_id)
    entries = [*_of_answers(answers, changes), *_without_answer(connection, answers, changes)]
    entries.sort(key=lambda entry: (entry.at, entry.run, entry.snapshot_id or 0), reverse=True)
    numbers = {entry.version for entry in entries if entry.version is not None}
    return RecordHistory(
        record_id=record_id,
        url=record.url,
        title=record.title,
        versions=len(numbers),
        withdrawn_at=record.withdrawn_at,
        entries=tuple(entries),
        files=tuple(_files(connection, record_id)) if with_files else (),
    )


def _changes_by_run(connection: Connection, record_id: str) -> dict[int, list[Any]]:
    query = (
        select(
            Change.__table__,
            Change.run_id.label("run"),
            Run.promoted_at,
            Run.kind.label("run_kind"),
        )
        .join(Run, Run.id == Change.run_id)
        .where(Change.record_id == record_id)
        .order_by(Change.id)
    )
    found: dict[int, list[Any]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.run_id].append(row)
    return found


def _answers(connection: Connection, record_id: str) -> Sequence[Any]:
    """Return each answer of any address of the record, and the version that was read of it."""
    resource = resource_of_record(connection, record_id)
    addresses = select(Alias.url).where(Alias.resource_id == resource)
    read_by = and_(RunRecord.run_id == Snapshot.run_id, RunRecord.record_id == record_id)
    query = (
        select(
            Snapshot.id,
            Snapshot.run_id,
            Snapshot.url,
            Snapshot.fetched_at,
            Snapshot.status,
            Snapshot.error,
            Snapshot.sha256,
            Snapshot.content_sha256,
            Snapshot.revisit_of,
            Run.promoted_at,
            RecordVersion.number,
            RecordVersion.snapshot_id.label("first_snapshot"),
            RunRecord.snapshot_id.label("read_snapshot"),
            func.coalesce(Reading.layout, "").label("layout"),
            func.coalesce(Reading.fingerprint, "").label("fingerprint"),
            func.coalesce(Reading.reader_version, "").label("reader_version"),
        )
        .join(Run, Run.id == Snapshot.run_id)
        .outerjoin(RunRecord, and_(read_by, RunRecord.snapshot_id == Snapshot.id))
        .outerjoin(Reading, Reading.id == Snapshot.reading_id)
        .outerjoin(
            RecordVersion,
            RecordVersion.id == func.coalesce(RunRecord.version_id, Reading.version_id),
        )
        .where(or_(Snapshot.resource_id == resource, Snapshot.url.in_(addresses)))
        .order_by(Snapshot.fetched_at, Snapshot.id)
    )
    return connection.execute(query).all()


def _of_answers(answers: Sequence[Any], changes: dict[int, list[Any]]) -> Iterator[HistoryEntry]:
    explained: set[int] = set()
    for before, answer in pairwise([None, *answers]):
        # What a run found changed stands with the answer that it was read from.
        is_read = answer.read_snapshot is not None or answer.status in {404, 410}
        found = changes.get(answer.run_id, []) if is_read and answer.run_id not in explained else []
        explained |= {answer.run_id} if found else set()
        is_new = answer.number is not None and answer.first_snapshot == answer.id
        yield HistoryEntry(
            at=answer.fetched_at,
            run=answer.run_id,
            is_current=answer.promoted_at is not None,
            snapshot_id=answer.id,
            url=answer.url,
            status=answer.status,
            version=answer.number,
            is_new=is_new,
            causes=_causes(found),
            words=_changes_in_words(found) or _answer_in_words(answer, before, is_new=is_new),
            layout=answer.layout,
            fingerprint=answer.fingerprint,
            reader_version=answer.reader_version,
        )


def _without_answer(
    connection: Connection, answers: Sequence[Any], changes: dict[int, list[Any]]
) -> Iterator[HistoryEntry]:
    """Yield what runs concluded of the record without an answer of their own."""
    asked = {answer.run_id for answer in answers}
    numbers = _versions_by_id(connection, changes)
    for run, found in changes.items():
        if run in asked:
            continue
        version = numbers.get(found[0].version_id)
        yield HistoryEntry(
            at=found[0].created_at,
            run=run,
            is_current=found[0].promoted_at is not None,
            snapshot_id=None,
            url="",
            status=None,
            version=version.number if version else None,
            is_new=bool(version and version.run_id == run),
            causes=_causes(found),
            words=_changes_in_words(found),
            layout=version.layout if version else "",
            fingerprint=version.fingerprint if version else "",
            reader_version=version.reader_version if version else "",
        )


def _versions_by_id(connection: Connection, changes: dict[int, list[Any]]) -> dict[int, Any]:
    ids = {change.version_id for found in changes.values() for change in found}
    query = select(RecordVersion.__table__).where(RecordVersion.id.in_(ids - {None}))
    return {row.id: row for row in connection.execute(query)}


def _causes(found: Iterable[Any]) -> tuple[Cause, ...]:
    return tuple(sorted({Cause(change.cause) for change in found}))


#: Changes that one line names; of the others their number.
_NAMED: Final = 3


def _changes_in_words(found: Sequence[Any]) -> str:
    # What happened to the whole record first, then its fields, then its files.
    rank = {"changed": 1, "file-replaced": 2}
    in_order = sorted(worth_telling(found), key=lambda change: rank.get(change.kind, 0))
    said = [told(each.kind, each.field, each.before, each.after) for each in in_order[:_NAMED]]
    if len(in_order) > _NAMED:
        said.append(sentence("and-more", "and {n} more", n=len(in_order) - _NAMED))
    return joined("; ", said)


def _answer_in_words(answer: Any, before: Any, *, is_new: bool) -> Sentence:
    if answer.status is None:
        return sentence("no-answer", "no answer: {error}", error=answer.error)
    if answer.status not in {200, 304}:
        return sentence("answered", "answered {status}", status=answer.status)
    if not is_new:
        return _nothing_new(answer, before)
    if answer.number > 1:
        return sentence("read-as", "read as version {version}", version=answer.number)
    return sentence("first-read", "first read")


def _nothing_new(answer: Any, before: Any) -> Sentence:
    if answer.revisit_of:
        return sentence("not-modified", "not modified")
    if before and before.sha256 == answer.sha256:
        return sentence("same-bytes", "the same bytes")
    if before and before.content_sha256 == answer.content_sha256:
        return sentence("same-page", "the same page")
    if answer.number:
        return sentence("same-reading", "another page, reads the same")
    return sentence("no-record", "no record was read of it")


def _files(connection: Connection, record_id: str) -> Iterator[FileHistory]:
    """Yield what became of each file that any version of the record offered."""
    states = [state for state in states_of_record(connection, record_id) if state.is_current]
    names = {file["url"]: file["filename"] for state in states for file in state.data["files"]}
    for url, filename in names.items():
        yield history_of_file(
            connection, url, filename=filename, offered=list(offered_in(states, url))
        )
