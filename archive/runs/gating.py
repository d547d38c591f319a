"""Judge a finished run, keep the verdict, and make the run current, or not."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING, Any

from sqlalchemy import delete, func, insert, select, update

from archive.catalogue.promoting import Promotion, promote_run
from archive.errors import UnanswerableError
from archive.models import Finding, Run
from archive.rereading.promoting import promote_reread
from archive.runs.figures import Figure, figures_of, keep_figures
from archive.runs.gates import GateBounds, GateFinding, Gates, Severity
from archive.runs.lifecycle import IS_CRAWL, RunKind, RunStatus, run_of

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
        good = _good_runs(connection, run_id, run.scope, bounds.history)
        history = _figures_of_all(connection, good)
        asked = Gates(connection, run_id, figures, history, bounds)
        findings = list(asked.findings())
    return keep_verdict(connection, run_id, findings), findings


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


def _figures_of_all(connection: Connection, runs: list[int]) -> list[list[Figure]]:
    """Return the figures of good crawls; how filled fields are, as the present reader has it.

    What a rereading has made of the fields is current: how an earlier reader had filled them is
    no measure any more.
    """
    reread = connection.scalar(
        select(func.max(Run.id)).where(Run.kind == RunKind.REREAD, Run.promoted_at.is_not(None))
    )
    found = []
    for number in runs:
        figures = figures_of(connection, number)
        if reread is not None and number < reread:
            now = [each for each in figures_of(connection, reread) if each.name == "filled"]
            figures = [each for each in figures if each.name != "filled"] + now
        found.append(figures)
    return found


def verdict_of(findings: list[GateFinding]) -> Verdict:
    """Return the verdict that findings come to: that of the gravest."""
    severities = {finding.severity for finding in findings}
    if Severity.REFUSED in severities:
        return Verdict.REFUSED
    return Verdict.SUSPECT if Severity.SUSPECT in severities else Verdict.GOOD


def keep_verdict(connection: Connection, run_id: int, findings: list[GateFinding]) -> Verdict:
    """Keep what was found of a run, and return the verdict that comes of it."""
    verdict = verdict_of(findings)
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
    return verdict


def accept_run(connection: Connection, run_id: int, *, absent_runs: int = 3) -> Promotion:
    """Make a refused run current after all, on a person's word.

    What is merely absent is withdrawn after *absent_runs* runs, as when a good run ends.

    :raises RunNotJudgeableError: it was not refused, or a later run is current already.
    """
    _require_refused(connection, run_id)
    later = connection.scalar(
        select(Run.id)
        .where(Run.id > run_id, Run.kind != RunKind.IMPORT, Run.promoted_at.is_not(None))
        .limit(1)
    )
    if later is not None:
        raise RunNotJudgeableError(
            f"Run {run_id} cannot be accepted: run {later} came after it and is current; "
            f"`pnr run drop {run_id}` puts it aside."
        )
    connection.execute(update(Run).where(Run.id == run_id).values(verdict=Verdict.ACCEPTED))
    if run_of(connection, run_id).kind == RunKind.REREAD:
        return promote_reread(connection, run_id)
    return promote_run(connection, run_id, absent_runs=absent_runs)


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
