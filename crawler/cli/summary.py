"""What a crawl says when it has ended: how it went, what the archive holds, what to do next."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from archive.database import open_archive
from archive.measures import duration, size
from archive.queries.overview import Overview, overview
from archive.queries.runs import RunLine, count_changes, find_run, start_addresses
from archive.reports.run_report import gate_findings
from archive.runs.gates import Severity
from archive.runs.gating import Verdict
from archive.runs.ledger import Outcome
from archive.runs.lifecycle import RunStatus, fills
from crawler.cli.output import counted, say, say_fields, say_json
from crawler.config import Config

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_WORDS: Final = {
    RunStatus.COMPLETE: "complete",
    RunStatus.INTERRUPTED: "stopped before its end",
    RunStatus.BLOCKED: "turned away by the site",
    RunStatus.UNREACHABLE: "stopped: the site does not answer",
    RunStatus.FAILED: "failed",
    RunStatus.RUNNING: "still open",
}
#: Types and issues that are named one by one; the rest is counted.
_NAMED: Final = 8


@dataclass(frozen=True, slots=True, kw_only=True)
class Summary:
    """A run and the archive after it. *start* has outcome and reason of each start address.

    A run that *fills* an empty archive is current as it goes.
    """

    run: RunLine
    exit_code: int
    fills: bool
    changes: dict[str, int]
    findings: list[dict[str, Any]]
    start: dict[str, tuple[str, str]]
    archive: Overview


def summary_of(archive: Path, run_id: int, exit_code: int) -> Summary:
    """Return what there is to say of a run that has ended."""
    with open_archive(archive) as opened, opened.connect() as connection:
        run = find_run(connection, run_id)
        assert run is not None  # noqa: S101  # it has just ended
        return Summary(
            run=run,
            exit_code=exit_code,
            fills=fills(connection, run_id),
            changes=count_changes(connection, run_id),
            findings=gate_findings(connection, run_id),
            start=start_addresses(connection, run_id),
            archive=overview(connection),
        )


def say_summary(summary: Summary, *, as_json: bool) -> None:
    """Print it."""
    if as_json:
        say_json(summary)
        return
    run = summary.run
    seconds = (run.ended_at - run.started_at).total_seconds() if run.ended_at else 0.0
    verdict = f", {run.verdict}" if run.verdict else ""
    say(f"Run {run.id}: {_WORDS[RunStatus(run.status)]}{verdict}, in {duration(seconds)}.")
    if run.status_reason:
        say(run.status_reason)
    for finding in _weighty(summary.findings):
        say(finding)
    # Some reasons say it themselves, with how long to wait.
    if run.status != RunStatus.COMPLETE and "same command" not in run.status_reason:
        say("The same command goes on where it stopped.")
    say()
    say_fields([*holdings(summary.archive), *_of_run(summary)])


def holdings(held: Overview) -> list[tuple[str, str]]:
    """Return what an archive holds, in words."""
    kinds = ", ".join(counted(count, kind) for kind, count in held.by_kind.items())
    types = {name or "(none)": count for name, count in held.by_type.items()}
    pairs = [
        ("Records", f"{held.records}: {kinds}" if kinds else "0"),
        ("Types", listed(types)),
        ("Files", _files(held)),
        ("Issues", f"{sum(held.issues.values())} open: {listed(held.issues)}"),
    ]
    if held.withdrawn:
        pairs.insert(1, ("Withdrawn", counted(held.withdrawn, "record")))
    return [(name, value) for name, value in pairs if value and not value.startswith("0 open")]


def listed(counts: Mapping[str, int]) -> str:
    """Return names with their counts, the most frequent first, the rarest together."""
    named = sorted(counts.items(), key=lambda pair: -pair[1])[:_NAMED]
    parts = [f"{name} {count}" for name, count in named]
    if rest := len(counts) - len(named):
        parts.append(f"and {rest} more")
    return " · ".join(parts)


def next_steps(summary: Summary, archive: Path) -> list[str]:
    """Return commands worth trying now."""
    option = archive_option(archive)
    run = summary.run
    if run.status != RunStatus.COMPLETE:
        left = (Outcome.PENDING, Outcome.BLOCKED, Outcome.FAILED)
        met = [
            f"run show {run.id} --outcome {each}{option}" for each in left if each in run.outcomes
        ]
        return met[:1] or [f"run report {run.id}{option}"]
    if run.verdict == Verdict.REFUSED:
        return [f"run report {run.id}{option}", f"run accept {run.id}{option}"]
    if run.verdict == Verdict.SUSPECT:
        return [f"run report {run.id}{option}", f"list --limit 20{option}"]
    steps = [f"list --limit 20{option}"]
    if summary.archive.issues:
        steps.append(f"issues{option}")
    return steps


def archive_option(archive: Path) -> str:
    """Return the option that names this archive, nothing where it is the one taken anyway."""
    if archive == Config.model_fields["archive"].default:
        return ""
    return f" --archive {shlex.quote(str(archive))}"


def _weighty(findings: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """Yield in a line each what gates found that made a run suspect or refused."""
    for one in findings:
        if one["severity"] in {Severity.SUSPECT, Severity.REFUSED}:
            of = f" ({one['subject']})" if one["subject"] else ""
            yield (
                f"{one['severity'].capitalize()}: {one['gate']}{of}: {one['figure']}; "
                f"expected {one['bound']} ({one['source']})."
            )


def _files(held: Overview) -> str:
    without = sum(count for status, count in held.texts.items() if status != "read")
    words = f"{held.files} ({size(held.file_bytes)}), {counted(held.pdf_pages, 'PDF page')} read"
    if without:
        words += f"; {counted(without, 'file')} not read in full"
    if held.texts_waiting:
        words += f"; {counted(held.texts_waiting, 'file')} still to be read"
    return words


def _of_run(summary: Summary) -> list[tuple[str, str]]:
    outcomes = {name.replace("-", " "): count for name, count in summary.run.outcomes.items()}
    pairs = [("Addresses", f"{sum(outcomes.values())}: {listed(outcomes)}")]
    if not summary.run.promoted_at and not summary.fills:
        pairs.append(("Changes", "none of it is current: the archive shows the run before"))
    elif summary.changes:
        pairs.append(("Changes", listed(summary.changes)))
    in_vain = {Outcome.GONE, Outcome.FAILED, Outcome.BLOCKED, Outcome.ROBOTS}
    for url, (outcome, reason) in summary.start.items():
        if outcome in in_vain:
            words = f"{outcome} ({reason})" if reason else outcome
            pairs.append(("Start", f"{url} brought nothing: {words}"))
    return pairs
