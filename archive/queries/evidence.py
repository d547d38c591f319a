"""Why a change has its cause: what was read before and after, how it was built, by which reader."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, fields
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import and_, func, select

from archive.models import Reading, RecordVersion, Run, RunRecord, Snapshot
from archive.queries.changes import ChangeLine

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from sqlalchemy import Connection

#: Records that are looked up at a time.
_BATCH: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadFrom:
    """What a run read a record from: the answer, the landmarks found in it, the reader."""

    run: int
    snapshot_id: int
    fetched_at: datetime
    version: int
    layout: str
    fingerprint: str
    reader_version: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Evidence:
    """The reading that was current before a change, and the one that brought it."""

    before: ReadFrom | None
    after: ReadFrom | None

    def in_words(self) -> str:
        """Return both in a line: what differs of them, and what does not."""
        if self.before is None or self.after is None:
            known = self.before or self.after
            return "" if known is None else f"snapshot {known.snapshot_id}, {known.layout}"
        pairs = [
            ("snapshot", str(self.before.snapshot_id), str(self.after.snapshot_id)),
            ("layout", self.before.layout, self.after.layout),
            ("fingerprint", self.before.fingerprint, self.after.fingerprint),
            ("reader", self.before.reader_version, self.after.reader_version),
        ]
        return ", ".join(
            f"{name} {old} → {new}" if old != new else f"{name} {new}" for name, old, new in pairs
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class ChangeWithEvidence(ChangeLine):
    """A change, and what its cause rests on."""

    evidence: Evidence | None


def with_evidence(connection: Connection, found: Sequence[ChangeLine]) -> list[ChangeWithEvidence]:
    """Return changes, each with what its cause rests on."""
    evidence = evidence_of(connection, found)
    return [
        ChangeWithEvidence(
            **{part.name: getattr(change, part.name) for part in fields(ChangeLine)},
            evidence=evidence.get((change.run, change.record_id)),
        )
        for change in found
    ]


def evidence_of(
    connection: Connection, found: Iterable[ChangeLine]
) -> dict[tuple[int, str], Evidence]:
    """Return the evidence of changes, by run and record."""
    wanted: dict[str, set[int]] = defaultdict(set)
    for change in found:
        wanted[change.record_id].add(change.run)
    evidence = {}
    for batch in _batches(sorted(wanted)):
        for record_id, readings in _readings(connection, batch).items():
            for run in wanted[record_id]:
                evidence[run, record_id] = _around(readings, run)
    return evidence


def _around(readings: Sequence[tuple[bool, ReadFrom]], run: int) -> Evidence:
    """Return what a run read, and what was current before it; *readings* are in promoted order."""
    place = next((at for at, (_, each) in enumerate(readings) if each.run == run), None)
    earlier = readings[:place] if place is not None else [pair for pair in readings if pair[0]]
    before = next((each for is_current, each in reversed(earlier) if is_current), None)
    return Evidence(before=before, after=None if place is None else readings[place][1])


def _readings(
    connection: Connection, record_ids: Sequence[str]
) -> dict[str, list[tuple[bool, ReadFrom]]]:
    of_version = and_(Reading.id == Snapshot.reading_id, Reading.version_id == RunRecord.version_id)
    query = (
        select(
            RunRecord.record_id,
            RunRecord.run_id,
            Run.promoted_at,
            Snapshot.id,
            Snapshot.fetched_at,
            RecordVersion.number,
            func.coalesce(Reading.layout, RecordVersion.layout).label("layout"),
            func.coalesce(Reading.fingerprint, RecordVersion.fingerprint).label("fingerprint"),
            func.coalesce(Reading.reader_version, RecordVersion.reader_version).label("reader"),
        )
        .join(Run, Run.id == RunRecord.run_id)
        .join(Snapshot, Snapshot.id == RunRecord.snapshot_id)
        .join(RecordVersion, RecordVersion.id == RunRecord.version_id)
        .outerjoin(Reading, of_version)
        .where(RunRecord.record_id.in_(record_ids))
        .order_by(RunRecord.record_id, RunRecord.run_id)
    )
    found: dict[str, list[tuple[bool, ReadFrom]]] = defaultdict(list)
    for row in connection.execute(query):
        found[row.record_id].append((row.promoted_at is not None, _read_from(row)))
    return found


def _read_from(row: Any) -> ReadFrom:
    return ReadFrom(
        run=row.run_id,
        snapshot_id=row.id,
        fetched_at=row.fetched_at,
        version=row.number,
        layout=row.layout,
        fingerprint=row.fingerprint,
        reader_version=row.reader,
    )


def _batches(ids: Sequence[str]) -> Iterator[Sequence[str]]:
    for start in range(0, len(ids), _BATCH):
        yield ids[start : start + _BATCH]
