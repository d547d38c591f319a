"""`pnr run`: look at runs, and decide about those a gate refused."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal

import typer

from archive.database import open_archive
from archive.gating import accept_run, drop_run
from archive.ledger import Outcome
from archive.locking import writer_lock
from archive.queries.runs import find_run, list_runs, visits_of
from archive.reports.run_report import NoSuchRunError, report_run
from crawler.cli.options import ArchiveOption, JsonOption, reading
from crawler.cli.output import say_json, say_table
from crawler.config import load_config

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

app = typer.Typer(add_completion=False, no_args_is_help=True)

RunNumber = Annotated[int, typer.Argument(metavar="N", help="The run's number.")]


@app.callback()
def run() -> None:
    """Look at runs: list, show, report; decide about refused ones: accept, drop.

    Example: pnr run report 3
    """


@app.command("list")
def list_(archive: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """List the runs, the newest first.

    Example: pnr run list
    """
    with reading(archive) as connection:
        runs = list_runs(connection)
    if as_json:
        say_json(runs)
        return
    say_table(
        ("Run", "Started", "Status", "Verdict", "Current", "Addresses", "Why"),
        [
            (
                line.id,
                f"{line.started_at:%Y-%m-%d %H:%M}",
                line.status,
                line.verdict,
                "yes" if line.promoted_at else "",
                sum(line.outcomes.values()),
                line.status_reason,
            )
            for line in runs
        ],
        wide="Why",
    )


@app.command("show")
def show(
    number: RunNumber,
    outcome: Annotated[
        Outcome | None, typer.Option("--outcome", help="Only addresses that came to this.")
    ] = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the addresses of a run: what became of each, why, and where it was discovered.

    Example: pnr run show 3 --outcome failed
    """
    with reading(archive) as connection:
        if find_run(connection, number) is None:
            raise NoSuchRunError(f"There is no run {number}; `pnr run list` shows all.")
        visits = list(visits_of(connection, number, outcome=outcome or ""))
    if as_json:
        say_json(visits)
        return
    say_table(
        ("Outcome", "Reason", "Address", "Found in", "Found on"),
        [(line.outcome, line.reason, line.url, line.found_in, line.found_on) for line in visits],
        wide="Address",
    )


@app.command("report")
def report(
    number: RunNumber,
    format_: Annotated[
        Literal["text", "json", "html"], typer.Option("--format", help="How to write it.")
    ] = "text",
    archive: ArchiveOption = None,
) -> None:
    """Print the report of a run: findings, failures, politeness certificate, next steps.

    Example: pnr run report 3 --format html > run-3.html
    """
    with reading(archive) as connection:
        drawn_up = report_run(connection, number)
    if format_ == "json":
        say_json(drawn_up.as_data())
    else:
        sys.stdout.write(drawn_up.as_html() if format_ == "html" else drawn_up.as_text())


@app.command("accept")
def accept(number: RunNumber, archive: ArchiveOption = None) -> None:
    """Make a refused run current after all: the site is like this now.

    Later runs are then held against this one, and no longer against those before it.

    Example: pnr run accept 3
    """
    with _deciding(archive) as connection:
        done = accept_run(connection, number)
    typer.echo(
        f"Run {number} is current: {done.added} records added, {done.changed} changed, "
        f"{done.withdrawn} withdrawn, {done.restored} restored."
    )


@app.command("drop")
def drop(number: RunNumber, archive: ArchiveOption = None) -> None:
    """Put a refused run aside for good; what it was answered stays in the archive.

    Example: pnr run drop 3
    """
    with _deciding(archive) as connection:
        drop_run(connection, number)
    typer.echo(f"Run {number} is dropped; the last good state stays current.")


@contextmanager
def _deciding(archive: Path | None) -> Iterator[Connection]:
    """Open the archive to be written, under its one writer lock."""
    path = load_config(archive=archive).config.archive
    with (
        open_archive(path, access="write") as opened,
        writer_lock(path, "a decision about a run"),
        opened.transaction() as connection,
    ):
        yield connection
