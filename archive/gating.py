"""Judge a finished run, keep the verdict, and make the run current, or not."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, insert, select, update

from archive.errors import UnanswerableError
from archive.figures import figures_of, keep_figures
from archive.gates import GateBounds, GateFinding, Gates, Severity
from archive.models import Finding, Run
from archive.promoting import Promotion, promote_run
from archive.runs import IS_CRAWL, RunStatus

if TYPE_CHECKING:
    from sqlalchemy import Connection


class RunNotJudgeableError(UnanswerableError):
    """Raised when a run is to be accepted or dropped and cannot be."""


class Verdict(StrEnum):
    """What the gates made of a run, or a person after them."""

    GOOD = "good"
    SUSPECT = "suspect"
    REFUSED = "refused"
    ACCEPTED = "accepted"
    """Refused by a gate, made current by a person."""
    DROPPED = "dropped"
    """Refused, and put aside for good."""


def judge_run(
    connection: Connection, run_id: int, bounds: GateBounds
) -> tuple[Verdict, list[GateFinding]]:
    """Count a finished run, ask every gate, keep figures, findings and verdict; return the last.

    A limited run is counted and never held against anything: it says nothing of the whole.
    """
    figures = keep_figures(connection, run_id)
    run = connection.execute(select(Run.limited, Run.scope).where(Run.id == run_id)).one()
    findings: list[GateFinding] = []
    if not run.limited:
        history = [
            figures_of(connection, number)
            for number in _good_runs(connection, run_id, run.scope, bounds.history)
        ]
        asked = Gates(connection, run_id, figures, history, bounds)
        findings = list(asked.findings())
    verdict = _verdict(findings)
    _keep(connection, run_id, verdict, findings)
    return verdict, findings


def _good_runs(connection: Connection, run_id: int, scope: Any, most: int) -> list[int]:
    query = (
        select(Run.id)
        .where(
            Run.id < run_id,
            IS_CRAWL,
            Run.scope == scope,
            Run.limited.is_(False),
            Run.promoted_at.is_not(None),
            Run.verdict.in_((Verdict.GOOD, Verdict.SUSPECT, Verdict.ACCEPTED)),
        )
        .order_by(Run.id.desc())
        .limit(most)
    )
    numbers = list(connection.scalars(query))
    # What a person accepted is how the site is now: what was before it is no measure any more.
    accepted = connection.scalars(
        select(Run.id).where(Run.id.in_(numbers), Run.verdict == Verdict.ACCEPTED)
    ).all()
    return [number for number in numbers if number >= max(accepted, default=0)]


def _verdict(findings: list[GateFinding]) -> Verdict:
    severities = {finding.severity for finding in findings}
    if Severity.REFUSED in severities:
        return Verdict.REFUSED
    return Verdict.SUSPECT if Severity.SUSPECT in severities else Verdict.GOOD


def _keep(
    connection: Connection, run_id: int, verdict: Verdict, findings: list[GateFinding]
) -> None:
    connection.execute(delete(Finding).where(Finding.run_id == run_id))
    rows = [
        {
            "run_id": run_id,
            "gate": finding.gate,
            "subject": finding.subject,
            "severity": finding.severity,
            "figure": finding.figure,
            "bound": finding.bound,
            "source": finding.source,
            "examples": list(finding.examples),
        }
        for finding in findings
    ]
    if rows:
        connection.execute(insert(Finding), rows)
    connection.execute(update(Run).where(Run.id == run_id).values(verdict=verdict))


def accept_run(connection: Connection, run_id: int) -> Promotion:
    """Make a refused run current after all, on a person's word.

    :raises RunNotJudgeableError: it was not refused, or a later run is current already.
    """
    _require_refused(connection, run_id)
    later = connection.scalar(
        select(Run.id).where(Run.id > run_id, Run.promoted_at.is_not(None)).limit(1)
    )
    if later is not None:
        raise RunNotJudgeableError(
            f"Run {run_id} cannot be accepted: run {later} came after it and is current; "
            f"`pnr run drop {run_id}` puts it aside."
        )
    connection.execute(update(Run).where(Run.id == run_id).values(verdict=Verdict.ACCEPTED))
    return promote_run(connection, run_id)


def drop_run(connection: Connection, run_id: int) -> None:
    """Put a refused run aside; its evidence is kept, its readings never become current.

    :raises RunNotJudgeableError: it was not refused.
    """
    _require_refused(connection, run_id)
    connection.execute(update(Run).where(Run.id == run_id).values(verdict=Verdict.DROPPED))


def _require_refused(connection: Connection, run_id: int) -> None:
    row = connection.execute(select(Run.status, Run.verdict).where(Run.id == run_id)).first()
    if row is None:
        raise RunNotJudgeableError(f"There is no run {run_id}; `pnr run list` shows all.")
    if row.status != RunStatus.COMPLETE or row.verdict != Verdict.REFUSED:
        stands = row.verdict or row.status
        raise RunNotJudgeableError(
            f"Run {run_id} was not refused: it is {stands}; there is nothing to decide."
        )
