"""The report of a run: what it found, what the gates said, how polite it was, what to do next."""

from __future__ import annotations

import shlex
from dataclasses import asdict, dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from archive.models import ArchiveIssue, Change, Finding, Run, Visit
from archive.queries.runs import NoSuchRunError
from archive.reports.rendering import render
from archive.runs.certificate import Certificate, certify
from archive.runs.failures import FailureClass, classify, classify_run
from archive.runs.figures import figures_of
from archive.runs.gates import Severity
from archive.runs.gating import Verdict
from archive.runs.ledger import Outcome, count_outcomes
from archive.runs.lifecycle import RunStatus

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureCount:
    """Failed addresses of one class: how many, three examples, and what to do next."""

    name: str
    meaning: str
    count: int
    examples: tuple[str, ...]
    next_step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunTrouble:
    """Why a run did not become current: its class, and the next command."""

    name: str
    meaning: str
    next_step: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RunReport:
    """Everything a person should know of a run."""

    run: int
    kind: str
    status: str
    status_reason: str
    verdict: str
    is_current: bool
    limited: bool
    started_at: datetime
    ended_at: datetime | None
    software: str
    reader_version: str
    addresses: int
    outcomes: dict[str, int]
    records: dict[str, int]
    changes: dict[str, int]
    new_issues: dict[str, int]
    trouble: RunTrouble | None
    findings: list[dict[str, Any]]
    failures: list[FailureCount]
    certificate: Certificate
    next_steps: list[str]

    @property
    def seconds(self) -> float | None:
        """How long the run took by the clock, its pauses included."""
        if self.ended_at is None:
            return None
        return (self.ended_at - self.started_at).total_seconds()

    def as_data(self) -> dict[str, Any]:
        """Return the report as plain values, for JSON."""
        return {**asdict(self), "seconds": self.seconds}

    def as_text(self) -> str:
        """Return the report as plain text."""
        return render("run.txt.j2", report=self)

    def as_html(self) -> str:
        """Return the report as one self-contained page; what comes from the site is escaped."""
        return render("run.html.j2", report=self)


def report_run(connection: Connection, run_id: int) -> RunReport:
    """Draw up the report of a run, finished or not.

    :raises NoSuchRunError: there is none of this number.
    """
    run = connection.execute(select(Run.__table__).where(Run.id == run_id)).first()
    if run is None:
        raise NoSuchRunError(f"There is no run {run_id}; `pnr run list` shows all.")
    outcomes = {str(name): count for name, count in count_outcomes(connection, run_id).items()}
    findings = gate_findings(connection, run_id)
    failures = _failures(connection, run_id)
    trouble = trouble_of(connection, run_id)
    return RunReport(
        run=run.id,
        kind=run.kind,
        status=run.status,
        status_reason=run.status_reason,
        verdict=run.verdict or "",
        is_current=run.promoted_at is not None,
        limited=run.limited,
        started_at=run.started_at,
        ended_at=run.ended_at,
        software=run.software,
        reader_version=run.reader_version,
        addresses=sum(outcomes.values()),
        outcomes=outcomes,
        records=_records(connection, run_id),
        changes=_changes(connection, run_id),
        new_issues=_new_issues(connection, run_id),
        trouble=trouble,
        findings=findings,
        failures=failures,
        certificate=certify(connection, run_id),
        next_steps=_next_steps(run, trouble, findings, failures),
    )


def trouble_of(connection: Connection, run_id: int) -> RunTrouble | None:
    """Return why a run did not become current, ``None`` for one that did or is not over."""
    run = connection.execute(
        select(Run.kind, Run.status, Run.verdict).where(Run.id == run_id)
    ).one()
    refusing = [
        finding["gate"]
        for finding in gate_findings(connection, run_id)
        if finding["severity"] == Severity.REFUSED
    ]
    found = classify_run(run.status, run.verdict or "", refusing)
    if found is None:
        return None
    step = found.next_step.format(run=run_id)
    # A rereading that was stopped goes on as what it is.
    step = f"pnr {run.kind}" if step == "pnr crawl" else step
    return RunTrouble(name=found.name, meaning=found.meaning, next_step=step)


def _records(connection: Connection, run_id: int) -> dict[str, int]:
    return {
        figure.subject or "all": figure.value
        for figure in figures_of(connection, run_id)
        if figure.name == "records"
    }


def _changes(connection: Connection, run_id: int) -> dict[str, int]:
    """Count the records that changed, by what happened to them and why."""
    query = (
        select(Change.kind, Change.cause, func.count(Change.record_id.distinct()))
        .where(Change.run_id == run_id)
        .group_by(Change.kind, Change.cause)
        .order_by(Change.kind, Change.cause)
    )
    return {
        f"{kind} ({cause})" if kind == "changed" else kind: count
        for kind, cause, count in connection.execute(query)
    }


def _new_issues(connection: Connection, run_id: int) -> dict[str, int]:
    query = (
        select(ArchiveIssue.code, func.count())
        .where(ArchiveIssue.opened_run == run_id)
        .group_by(ArchiveIssue.code)
        .order_by(func.count().desc(), ArchiveIssue.code)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def gate_findings(connection: Connection, run_id: int) -> list[dict[str, Any]]:
    """Return what the gates found of a run, the gravest first."""
    query = select(
        Finding.gate,
        Finding.subject,
        Finding.severity,
        Finding.figure,
        Finding.bound,
        Finding.source,
        Finding.examples,
    ).where(Finding.run_id == run_id)
    rows = [dict(row) for row in connection.execute(query).mappings()]
    gravity = {"refused": 0, "suspect": 1, "note": 2}
    return sorted(rows, key=lambda row: gravity.get(row["severity"], 3))


def _failures(connection: Connection, run_id: int) -> list[FailureCount]:
    """Group the failed addresses by class; their reasons are grouped by the database first."""
    query = (
        select(Visit.outcome, Visit.reason, func.count(), func.min(Visit.url), func.max(Visit.url))
        .where(
            Visit.run_id == run_id,
            Visit.outcome.in_(
                (Outcome.FAILED, Outcome.BLOCKED, Outcome.NOT_RECOGNISED, Outcome.TOO_LARGE)
            ),
        )
        .group_by(Visit.outcome, Visit.reason)
    )
    grouped: dict[str, tuple[FailureClass, int, list[str]]] = {}
    for outcome, reason, count, first, last in connection.execute(query):
        kind = classify(outcome, reason)
        if kind is None:
            continue
        _, so_far, examples = grouped.get(kind.name, (kind, 0, []))
        grouped[kind.name] = (kind, so_far + count, list(dict.fromkeys([*examples, first, last])))
    return [
        FailureCount(
            name=kind.name,
            meaning=kind.meaning,
            count=count,
            examples=tuple(examples[:3]),
            next_step=kind.next_for(examples[0]),
        )
        for kind, count, examples in sorted(grouped.values(), key=lambda each: -each[1])
    ]


def _next_steps(
    run: Any,
    trouble: RunTrouble | None,
    findings: list[dict[str, Any]],
    failures: list[FailureCount],
) -> list[str]:
    """Return the commands that help on, the most urgent first."""
    steps = [trouble.next_step] if trouble else []
    if run.verdict == Verdict.REFUSED:
        # Whoever reads this has the report already.
        steps = [step for step in steps if step != f"pnr run report {run.id}"]
        examples = [url for finding in findings for url in finding["examples"]]
        steps += [f"pnr inspect {shlex.quote(examples[0])}"] if examples else []
        steps += [f"pnr run accept {run.id}", f"pnr run drop {run.id}"]
    elif run.status == RunStatus.RUNNING:
        steps.append(f"pnr {run.kind}")
    steps += [failure.next_step for failure in failures]
    return list(dict.fromkeys(steps))[:5]
