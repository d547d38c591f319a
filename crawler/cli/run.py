"""`pnr run`: the runs, and every address of each."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from archive.locking import writing
from archive.queries.runs import RunLine, count_changes, find_run, list_runs, visits_of
from archive.reports.run_report import RunTrouble, report_run, trouble_of
from archive.runs.gating import accept_run, drop_run
from archive.runs.ledger import Outcome
from archive.runs.lifecycle import RunKind
from crawler.cli.options import ArchiveOption, JsonOption, reading, settings
from crawler.cli.output import moment, say, say_fields, say_json, say_table
from crawler.cli.status import say_runs
from crawler.cli.summary import listed
from crawler.errors import UsageError

if TYPE_CHECKING:
    from contextlib import AbstractContextManager

    from archive.database import Archive

app = typer.Typer(add_completion=False, no_args_is_help=True)


RunNumber = Annotated[int, typer.Argument(metavar="N", help="The run's number.")]


@app.callback()
def run() -> None:
    """Look at runs: list, show, report; decide about refused ones: accept, drop.

    Example: pnr run report 3
    """


@app.command("list")
def run_list(
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, metavar="N", help="At most so many.")
    ] = None,
    kind: Annotated[
        RunKind | None, typer.Option("--kind", help="Only crawls, rereadings or imports.")
    ] = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the runs, the newest first.

    Example: pnr run list --kind crawl --limit 5
    """
    with reading(archive) as connection:
        runs = list_runs(connection, limit=limit, kind=kind)
    if as_json:
        say_json(runs)
    else:
        say_runs(runs)


@app.command("show")
def run_show(
    number: RunNumber,
    outcome: Annotated[
        Outcome | None,
        typer.Option(
            "--outcome", help="Only addresses that came to this; docs/failures.md has all."
        ),
    ] = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show a run, and what became of each of its addresses.

    A failed address names its class, which is a heading in docs/failures.md, and the next command.
    In a pipe the columns stand between tabs: outcome, kind, address, reason, found on, failure,
    next.

    Example: pnr run show 3 --outcome failed
    """
    with reading(archive) as connection:
        found = find_run(connection, number)
        if found is None:
            raise UsageError(f"There is no run {number}; `pnr run list` lists them.")
        changes = count_changes(connection, number)
        trouble = trouble_of(connection, number)
        visits = list(visits_of(connection, number, outcome=outcome or ""))
    if as_json:
        say_json({"run": found, "changes": changes, "trouble": trouble, "addresses": visits})
        return
    say_fields(_facts(found, changes, trouble))
    say()
    say_table(
        ("Outcome", "Kind", "Address", "Reason", "Found on", "Failure", "Next"),
        [
            (
                each.outcome,
                each.kind,
                each.url,
                each.reason,
                each.found_on or each.found_in,
                each.failure and f"docs/failures.md#{each.failure}",
                each.next_step,
            )
            for each in visits
        ],
    )


def _facts(
    run: RunLine, changes: dict[str, int], trouble: RunTrouble | None
) -> list[tuple[str, object]]:
    class_ = trouble and f"{trouble.name}: {trouble.meaning} (docs/failures.md#{trouble.name})"
    pairs = {
        "run": run.id,
        "kind": run.kind,
        "status": run.status,
        "why": run.status_reason,
        "verdict": run.verdict,
        "class": class_,
        "next": trouble and trouble.next_step,
        "begun": f"{moment(run.started_at)} UTC",
        "ended": f"{moment(run.ended_at)} UTC" if run.ended_at else "",
        "current since": f"{moment(run.promoted_at)} UTC" if run.promoted_at else "",
        "start": "\n".join(run.scope.get("start", ())),
        "hosts": run.scope.get("hosts", []),
        "user agent": run.user_agent,
        "software": run.software,
        "reader version": run.reader_version,
        "addresses": f"{sum(run.outcomes.values())}: {listed(run.outcomes)}" * bool(run.outcomes),
        "changes": listed(changes),
    }
    return [(name, value) for name, value in pairs.items() if value]


@app.command("report")
def run_report(
    number: RunNumber,
    format_: Annotated[
        Literal["text", "json", "html"], typer.Option("--format", help="How to write it.")
    ] = "text",
    archive: ArchiveOption = None,
) -> None:
    """Print the report of a run: gates, failures, politeness certificate, next steps.

    The same report stands beside the archive, written when the run ended.

    Example: pnr run report 3 --format html > run-3.html
    """
    with reading(archive) as connection:
        drawn_up = report_run(connection, number)
    if format_ == "json":
        say_json(drawn_up.as_data())
    else:
        sys.stdout.write(drawn_up.as_html() if format_ == "html" else drawn_up.as_text())


@app.command("accept")
def run_accept(number: RunNumber, archive: ArchiveOption = None) -> None:
    """Make a refused run current after all: the site is like this now.

    Later runs are then held against this one, and no longer against those before it.

    Example: pnr run accept 3
    """
    absent = settings(archive).withdraw_after
    with _deciding(archive) as opened, opened.transaction() as connection:
        done = accept_run(connection, number, absent_runs=absent)
    say(
        f"Run {number} is current: {done.added} records added, {done.changed} changed, "
        f"{done.withdrawn} withdrawn, {done.restored} restored."
    )


@app.command("drop")
def run_drop(number: RunNumber, archive: ArchiveOption = None) -> None:
    """Put a refused run aside for good; what it was answered stays in the archive.

    Example: pnr run drop 3
    """
    with _deciding(archive) as opened, opened.transaction() as connection:
        drop_run(connection, number)
    say(f"Run {number} is dropped; the last good state stays current.")


def _deciding(archive: Path | None) -> AbstractContextManager[Archive]:
    return writing(settings(archive).archive, "a decision about a run")
