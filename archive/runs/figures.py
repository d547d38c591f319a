"""The figures of a run: counts, fill rates, shares. Counted once, by the database, at its end."""

from __future__ import annotations

from dataclasses import dataclass, fields
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import Integer, case, cast, delete, func, insert, literal, select

from archive.models import (
    ArchiveIssue,
    CatalogueRecord,
    Extraction,
    RecordVersion,
    RunFigure,
    RunRecord,
    Snapshot,
    Visit,
)
from archive.records import Record
from archive.runs.ledger import Outcome

if TYPE_CHECKING:
    from sqlalchemy import ColumnElement, Connection, Select

#: Fields every record has by construction: their fill rate says nothing.
_ALWAYS_FILLED: Final = frozenset({"id", "url", "kind"})

#: Fields whose fill rate is watched, as `archive.records.Record` names them.
WATCHED_FIELDS: Final = tuple(
    field.name for field in fields(Record) if field.name not in _ALWAYS_FILLED
)

#: Outcomes of addresses that were asked and answered with a page or a file.
ANSWERED: Final = (
    Outcome.STORED,
    Outcome.NOT_MODIFIED,
    Outcome.SAME_READING,
    Outcome.NOT_A_RECORD,
    Outcome.NOT_RECOGNISED,
    Outcome.BLOCKED,
    Outcome.FAILED,
    Outcome.GONE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Figure:
    """*value* of *total*: so many records of a kind have a field filled, for instance."""

    name: str
    subject: str
    value: int
    total: int

    @property
    def share(self) -> float:
        """The value as a share of the total, 0 where there is none."""
        return self.value / self.total if self.total else 0.0


def keep_figures(connection: Connection, run_id: int) -> list[Figure]:
    """Count a finished run, and keep the figures for later runs to be held against."""
    figures = [
        *_records(connection, run_id),
        *_fill_rates(connection, _read_by(run_id)),
        *_outcomes(connection, run_id),
        *_texts(connection, run_id),
        *_unknown_labels(connection, run_id),
    ]
    _keep(connection, run_id, figures)
    return figures


def _keep(connection: Connection, run_id: int, figures: list[Figure]) -> None:
    rows = [
        {
            "run_id": run_id,
            "name": figure.name,
            "subject": figure.subject,
            "value": figure.value,
            "total": figure.total,
        }
        for figure in figures
    ]
    connection.execute(delete(RunFigure).where(RunFigure.run_id == run_id))
    if rows:
        connection.execute(insert(RunFigure), rows)


def keep_fill_rates(connection: Connection, run_id: int) -> None:
    """Keep how filled the fields are as they are current, in the name of a rereading.

    What another reader made of the same pages is the measure of what it makes of the next ones.
    """
    current = (
        select(RecordVersion.data)
        .join(CatalogueRecord, CatalogueRecord.version_id == RecordVersion.id)
        .where(CatalogueRecord.withdrawn_at.is_(None))
    )
    _keep(connection, run_id, _fill_rates(connection, current))


def figures_of(connection: Connection, run_id: int) -> list[Figure]:
    """Return the figures that were kept of a run."""
    query = (
        select(RunFigure.name, RunFigure.subject, RunFigure.value, RunFigure.total)
        .where(RunFigure.run_id == run_id)
        .order_by(RunFigure.name, RunFigure.subject)
    )
    return [
        Figure(name=row.name, subject=row.subject, value=row.value, total=row.total)
        for row in connection.execute(query)
    ]


def _kind() -> ColumnElement[str]:
    return func.json_extract(RecordVersion.data, "$.kind")


def _records(connection: Connection, run_id: int) -> list[Figure]:
    query = (
        select(_kind(), func.count())
        .select_from(RunRecord)
        .join(RecordVersion, RecordVersion.id == RunRecord.version_id)
        .where(RunRecord.run_id == run_id)
        .group_by(_kind())
    )
    counts: dict[str, int] = {row[0]: row[1] for row in connection.execute(query)}
    all_kinds = {"": sum(counts.values())} | counts
    return [
        Figure(name="records", subject=kind, value=count, total=count)
        for kind, count in all_kinds.items()
    ]


def _read_by(run_id: int) -> Select[Any]:
    return (
        select(RecordVersion.data)
        .join(RunRecord, RunRecord.version_id == RecordVersion.id)
        .where(RunRecord.run_id == run_id)
    )


def _fill_rates(connection: Connection, versions: Select[Any]) -> list[Figure]:
    filled = [func.sum(_is_filled(name)).label(name) for name in WATCHED_FIELDS]
    query = versions.with_only_columns(
        _kind().label("of_kind"), func.count().label("of_all"), *filled
    ).group_by(_kind())
    return [
        Figure(
            name="filled",
            subject=f"{row.of_kind}.{name}",
            value=int(getattr(row, name)),
            total=row.of_all,
        )
        for row in connection.execute(query)
        for name in WATCHED_FIELDS
    ]


def _is_filled(name: str) -> ColumnElement[int]:
    value = func.json_extract(RecordVersion.data, f"$.{name}")
    empty: Any = value.in_((literal(""), literal("[]"), literal("{}"))) | value.is_(None)
    return cast(case((empty, 0), else_=1), Integer)


def _outcomes(connection: Connection, run_id: int) -> list[Figure]:
    query = (
        select(Visit.outcome, func.count())
        .where(Visit.run_id == run_id, Visit.outcome.in_(ANSWERED), Visit.kind != "robots")
        .group_by(Visit.outcome)
    )
    counts: dict[str, int] = {row[0]: row[1] for row in connection.execute(query)}
    total = sum(counts.values())
    return [
        Figure(name="outcome", subject=str(outcome), value=counts.get(outcome, 0), total=total)
        for outcome in ANSWERED
    ]


def _texts(connection: Connection, run_id: int) -> list[Figure]:
    has_text = func.sum(case((Extraction.status.in_(("read", "partial")), 1), else_=0))
    files = (
        select(Snapshot.sha256)
        .join(Visit, Visit.snapshot_id == Snapshot.id)
        .where(Visit.run_id == run_id)
        .distinct()
    )
    row = connection.execute(
        # A file that waits for a later run says nothing yet.
        select(func.count(), has_text).where(
            Extraction.sha256.in_(files), Extraction.status != "pending"
        )
    ).one()
    return [Figure(name="pdfs-with-text", subject="", value=int(row[1] or 0), total=row[0])]


def _unknown_labels(connection: Connection, run_id: int) -> list[Figure]:
    # The issue's words are "label: value".
    label = func.substr(ArchiveIssue.detail, 1, func.instr(ArchiveIssue.detail, ": ") - 1)
    query = (
        select(label, func.count())
        .where(ArchiveIssue.opened_run == run_id, ArchiveIssue.code == "unknown-label")
        .group_by(label)
    )
    total = select(func.count()).where(RunRecord.run_id == run_id)
    records = int(connection.execute(total).scalar_one())
    return [
        Figure(name="unknown-label", subject=row[0], value=row[1], total=records)
        for row in connection.execute(query)
    ]
