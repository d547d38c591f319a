"""`pnr status`: how the archive stands."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from archive.extraction import can_leave_network
from archive.locking import holder_of
from archive.measures import duration, size
from archive.queries.growth import Growth, growth_by_month, growth_by_run
from archive.queries.overview import overview
from archive.queries.runs import RunLine, list_runs
from archive.runs.lifecycle import RunKind, RunStatus
from crawler.cli.options import ArchiveOption, JsonOption, reading, settings
from crawler.cli.output import counted, moment, say, say_fields, say_json, say_table
from crawler.cli.summary import archive_option, holdings
from crawler.errors import ExitCode, UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

app = typer.Typer(add_completion=False)

_UNITS: Final = {"h": timedelta(hours=1), "d": timedelta(days=1), "w": timedelta(weeks=1)}
_SHOWN: Final = 5
_WITH_NETWORK: Final = (
    "Here the network cannot be taken away from the processes that read PDFs; all their other "
    "bounds hold (docs/extraction.md)."
)


@app.command("status")
def status(
    overdue: Annotated[
        str,
        typer.Option(
            "--overdue", metavar="TIME", help="End with code 9 if no run is that recent: 36h, 8d."
        ),
    ] = "",
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell how the archive stands.

    What it holds, how large it is, how the last runs went, and what to do if something is wrong.

    Example: pnr status --overdue 8d
    """
    patience = _timespan(overdue) if overdue else None
    config = settings(archive)
    with reading(archive) as connection:
        held, runs = overview(connection), list_runs(connection)
        imports = [run for run in runs if run.kind == RunKind.IMPORT]
        others = [run for run in runs if run.kind != RunKind.IMPORT]
        months, by_run = growth_by_month(connection), growth_by_run(connection)
    holder = holder_of(config.archive)
    late = patience is not None and _is_overdue(runs, patience)
    facts: dict[str, Any] = {
        "path": str(config.archive),
        "size": disk_use(config.archive),
        "being_written_by": holder,
        "overdue": late,
        "network_taken_from_pdfs": can_leave_network(),
        "next": _next_step(others, holder, config.archive, late=late),
    }
    if as_json:
        growth = {"by_month": months, "by_run": by_run}
        say_json({"archive": facts, "growth": growth, "holds": held, "runs": runs})
    else:
        facts_shown = [("Archive", f"{config.archive} ({size(facts['size'])})")]
        facts_shown += [("Growth", _grown(months, by_run))] if months else []
        say_fields([*facts_shown, *holdings(held)])
        _say_runs(others[:_SHOWN], imports)
        writer = holder and f"Being written by {holder}."
        network = "" if facts["network_taken_from_pdfs"] else _WITH_NETWORK
        for line in filter(None, (writer, network, facts["next"])):
            say(f"\n{line}")
    raise typer.Exit(ExitCode.SUSPECT if late else ExitCode.GOOD)


def disk_use(archive: Path) -> int:
    """Return the bytes that the archive and its companions take."""
    names = (archive.with_name(archive.name + suffix) for suffix in ("", "-wal", "-shm"))
    return sum(name.stat().st_size for name in names if name.exists())


def _grown(months: Sequence[Growth], by_run: Sequence[Growth]) -> str:
    lines = [
        " · ".join(f"{one.when} +{size(one.bytes)}" for one in months[:_SHOWN]),
        " · ".join(f"run {one.when} +{size(one.bytes)}" for one in by_run[:_SHOWN]),
    ]
    return "\n".join(lines)


def say_runs(runs: Sequence[RunLine]) -> None:
    """Print runs, a line each."""
    say_table(
        ("Run", "Kind", "Begun (UTC)", "Took", "Status", "Verdict", "Addresses", "Why"),
        [
            (
                run.id,
                run.kind,
                moment(run.started_at),
                _took(run),
                run.status,
                run.verdict,
                sum(run.outcomes.values()),
                run.status_reason,
            )
            for run in runs
        ],
    )


def _say_runs(runs: Sequence[RunLine], imports: Sequence[RunLine]) -> None:
    say()
    if runs:
        say_runs(runs)
    else:
        say("No crawl yet." if imports else "No run yet.")
    if imports:
        first, last = (end(one.started_at for one in imports) for end in (min, max))
        many = counted(len(imports), "import")
        say(f"{many} of captures from {first:%Y-%m-%d} to {last:%Y-%m-%d}")


def _took(run: RunLine) -> str:
    return duration((run.ended_at - run.started_at).total_seconds()) if run.ended_at else ""


def _timespan(text: str) -> timedelta:
    found = re.fullmatch(r"(\d+)([hdw])", text.strip().lower())
    if found is None:
        raise UsageError(f"--overdue {text!r} is no time; write 36h, 8d or 2w.")
    return int(found[1]) * _UNITS[found[2]]


def _is_overdue(runs: Sequence[RunLine], patience: timedelta) -> bool:
    crawls = [run for run in runs if run.kind == RunKind.CRAWL and not run.limited]
    ends = [run.ended_at for run in crawls if run.promoted_at and run.ended_at]
    return not ends or datetime.now(UTC) - max(ends) > patience


def _next_step(runs: Sequence[RunLine], holder: str, archive: Path, *, late: bool) -> str:
    option = archive_option(archive)
    if holder:
        return ""
    if not runs:
        return f"Next: pnr crawl{option}"
    last = runs[0]
    if last.status == RunStatus.RUNNING:
        # Nobody writes, and nobody closed it.
        return f"Run {last.id} was cut short; the same `pnr {last.kind}` goes on with it."
    if last.status != RunStatus.COMPLETE:
        return f"Run {last.id} is {last.status}; the same `pnr {last.kind}` goes on with it."
    if last.verdict == "refused" or (last.verdict == "suspect" and not late):
        found = "was refused by a gate" if last.verdict == "refused" else "wants a look"
        return f"Run {last.id} {found}; `pnr run report {last.id}{option}` says why."
    return f"Overdue: run `pnr crawl{option}`." if late else ""
