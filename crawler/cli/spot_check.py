"""`pnr spot-check`: a sample of the archive, held against the live site."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archive.comparing.companions import worth_telling
from archive.database import open_archive
from archive.locking import spot_check_lock
from archive.reports.spot_check_report import SpotCheckReport, report_spot_check
from archive.spot_checks.keeping import (
    SpotCheckLine,
    items_to_ask,
    list_spot_checks,
)
from archive.spot_checks.outcomes import OUTCOME_WORDS, ItemOutcome
from archive.spot_checks.reviewing import compared_rates, differences_of, error_rates
from crawler.cli.drawing import Drawing
from crawler.cli.filters import spread
from crawler.cli.options import ArchiveOption, JsonOption, reading, settings
from crawler.cli.output import moment, plain, say, say_json, say_table
from crawler.cli.reviewing import rates_data, review_differences, say_comparison, say_rates
from crawler.cli.working import progress_of
from crawler.errors import ExitCode, StoppedError, UsageError
from crawler.publishing import write_spot_check
from crawler.spot_checking import make_way_for_a_crawl, run_spot_check

if TYPE_CHECKING:
    from crawler.config import Config

app = typer.Typer(add_completion=False)

Number = Annotated[int, typer.Argument(metavar="N", help="The spot-check's number.")]


@app.callback(invoke_without_command=True)
@spread
def spot_check(
    context: typer.Context,
    drawing: Drawing,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Hold a sample of the archive against the live site.

    Draws a stratified random sample of the records, asks for their pages as politely as a crawl,
    reads them, and says what differs, why, and what follows for the whole archive. Files are held
    against their validators. Nothing in the archive changes but the spot-check's own record; a
    report with both pages side by side stands beside the archive. Exit code: 0 all the same, 10
    the site says something else, 11 reading is in doubt. See docs/spot-checks.md.

    Example: pnr spot-check --sample 59 --by type,year
    """
    if context.invoked_subcommand is not None:
        _refuse_options_before(context)
        return
    config = settings(archive)
    make_way_for_a_crawl(config.archive)
    open_archive(config.archive).close()
    with spot_check_lock(config.archive):
        number = drawing.number(config)
        _run(config, number)
    report, path = _reported(config, number)
    code = ending_of(report.check)
    if as_json:
        say_json({**report.as_data(), "report": path and str(path), "exit_code": code})
    else:
        sys.stdout.write(plain(report.as_text()))
        if path is not None:
            say(f"Report   {path}")
        if any(item.differences for item in report.items):
            say(f"Review   pnr spot-check review {number}")
    raise typer.Exit(code)


def ending_of(check: SpotCheckLine) -> ExitCode:
    """Return the exit code of a spot-check: the gravest of what was found, 0 if all is the same."""
    if check.status in {"blocked", "unreachable"}:
        return ExitCode.BLOCKED if check.status == "blocked" else ExitCode.UNREACHABLE
    codes = (
        (ExitCode.READING, (ItemOutcome.LAYOUT, ItemOutcome.UNREADABLE)),
        (ExitCode.CHANGED, (ItemOutcome.CONTENT, ItemOutcome.GONE)),
        (ExitCode.BLOCKED, (ItemOutcome.BLOCKED,)),
        (ExitCode.UNREACHABLE, (ItemOutcome.UNREACHABLE,)),
    )
    found = (code for code, outcomes in codes if any(each in check.outcomes for each in outcomes))
    return next(found, ExitCode.GOOD)


@app.command("list")
def list_(archive: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """List the spot-checks, the newest first.

    Example: pnr spot-check list
    """
    with reading(archive) as connection:
        checks = list_spot_checks(connection)
    if as_json:
        say_json(checks)
        return
    say_table(
        ("N", "Started", "Status", "Records", "Seed", "Outcomes"),
        [
            (
                check.id,
                moment(check.started_at),
                check.status,
                f"{check.records} of {check.population}",
                "chosen" if check.seed is None else check.seed,
                _outcomes_in_words(check),
            )
            for check in checks
        ],
    )


@app.command("show")
def show(number: Number, archive: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """Show a spot-check: its table, what differs, what follows.

    Example: pnr spot-check show 3
    """
    with reading(archive) as connection:
        report = report_spot_check(connection, number)
    if as_json:
        say_json(report.as_data())
    else:
        sys.stdout.write(plain(report.as_text()))


@app.command("review")
def review(
    number: Number,
    show_: Annotated[
        bool, typer.Option("--show", help="Only print the rates and every verdict so far.")
    ] = False,
    again: Annotated[
        bool, typer.Option("--again", help="Also ask for what has a verdict; both are kept.")
    ] = False,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Go through the differences one by one, and say whether what is read today is right.

    Answer with r (right), w (wrong), u (unsure), s (skip) or q (quit), and a note behind it if
    there is something to say. Every answer is kept at once; the same command goes on. At the end
    stand the error rates per field, with their bounds.

    Example: pnr spot-check review 3
    """
    if not (show_ or as_json):
        review_differences(settings(archive).archive, number, again=again)
    with reading(archive) as connection:
        rates, differences = error_rates(connection, number), differences_of(connection, number)
    if as_json:
        say_json(rates_data(rates, differences))
    else:
        say_rates(rates, worth_telling(differences) if show_ else [])


@app.command("compare")
def compare(archive: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """Compare the error rates of all reviewed spot-checks, the oldest first.

    Example: pnr spot-check compare
    """
    with reading(archive) as connection:
        rates = compared_rates(connection)
    if as_json:
        say_json([rates_data(each, []) for each in rates])
    else:
        say_comparison(rates)


def _refuse_options_before(context: typer.Context) -> None:
    """Refuse options that a subcommand would never see."""
    given = [
        name
        for name in context.params
        if (source := context.get_parameter_source(name)) and source.name == "COMMANDLINE"
    ]
    if given:
        raise UsageError(
            f"Options stand behind the subcommand: pnr spot-check {context.invoked_subcommand} …"
        )


def _run(config: Config, number: int) -> None:
    with open_archive(config.archive) as opened, opened.connect() as connection:
        total = len(items_to_ask(connection, number))
    with progress_of("Spot-check", total) as told:
        try:
            run_spot_check(config, number, told)
        except KeyboardInterrupt:
            raise StoppedError(
                f"Spot-check {number} was stopped; `pnr spot-check show {number}` has what was "
                "checked, `pnr spot-check --resume` goes on."
            ) from None


def _reported(config: Config, number: int) -> tuple[SpotCheckReport, Path | None]:
    with open_archive(config.archive) as opened, opened.connect() as connection:
        report = report_spot_check(connection, number, with_pages=True)
    return report, write_spot_check(report, config.reports_folder)


def _outcomes_in_words(check: SpotCheckLine) -> str:
    return ", ".join(
        f"{count} {OUTCOME_WORDS[ItemOutcome(name)]}" for name, count in check.outcomes.items()
    )
