"""`pnr crawl`: fetch what is new, and keep it."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated, Any

import typer

from archive.runs.gating import Verdict
from crawler.cli.displays import JsonDisplay, LineDisplay, LiveDisplay, NoDisplay, log_line
from crawler.cli.logs import log_to_screen
from crawler.cli.options import ArchiveOption, JsonOption
from crawler.cli.output import program, say
from crawler.cli.summary import archive_option, next_steps, say_summary, summary_of
from crawler.config import Config, load_config
from crawler.errors import ExitCode
from crawler.running import crawl as run_crawl
from crawler.scope import is_loopback
from crawler.usable_settings import require_usable

if TYPE_CHECKING:
    from crawler.cli.summary import Summary

app = typer.Typer(add_completion=False)


@app.command("crawl")
def crawl(
    start: Annotated[
        list[str] | None,
        typer.Option("--start", metavar="URL", help="Begin here; may be given several times."),
    ] = None,
    host: Annotated[
        list[str] | None,
        typer.Option(
            "--host", metavar="HOST[:PORT]", help="Ask only this host; may be given several times."
        ),
    ] = None,
    delay: Annotated[
        float | None,
        typer.Option(
            "--delay", min=0, metavar="SECONDS", help="Between two requests; robots.txt may add."
        ),
    ] = None,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, metavar="N", help="Stop after so many records.")
    ] = None,
    contact: Annotated[
        str | None,
        typer.Option("--contact", metavar="TEXT", help="How the site can reach you."),
    ] = None,
    strict: Annotated[
        bool, typer.Option("--strict", help="End with code 9 where a gate finds the run suspect.")
    ] = False,
    quiet: Annotated[bool, typer.Option("--quiet", "-q", help="Say only what went wrong.")] = False,
    log_json: Annotated[
        bool, typer.Option("--log-json", help="Progress, messages and the ending as JSON lines.")
    ] = False,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Crawl the resource centre into the archive.

    Politely: robots.txt and its Crawl-delay are obeyed, one request at a time. A crawl that was
    stopped, by Ctrl-C or a power cut, goes on where it was when the same command runs again.

    Example: pnr crawl --contact archive@example.org
    """
    config = load_config(
        archive=archive,
        start=tuple(start) if start else None,
        hosts=tuple(host) if host else None,
        delay=delay,
        limit=limit,
        contact=contact,
    ).config
    if not quiet:
        _note_missing_contact(config, as_json=log_json)
    summary = crawl_and_sum_up(config, quiet=quiet, log_json=log_json)
    went_wrong = summary.exit_code != ExitCode.GOOD or summary.run.verdict == Verdict.SUSPECT
    if log_json and (went_wrong or not quiet):
        _log_ending(summary, went_wrong=went_wrong)
    if as_json:
        say_summary(summary, as_json=True)
    elif quiet and went_wrong and not log_json:
        _say_what_went_wrong(summary, config)
    elif not quiet:
        say_summary(summary, as_json=False)
        say_next(next_steps(summary, config.archive))
    suspect = strict and summary.run.verdict == Verdict.SUSPECT
    raise typer.Exit(ExitCode.SUSPECT if suspect else summary.exit_code)


def crawl_and_sum_up(config: Config, *, quiet: bool = False, log_json: bool = False) -> Summary:
    """Run one crawl with its progress shown as the place allows; return how it went."""
    require_usable(config)
    log_to_screen(as_json=log_json)
    result = run_crawl(
        config,
        scrapy_settings={"LOG_ENABLED": False, "PNR_DISPLAY": _display(quiet, log_json)},
    )
    return summary_of(config.archive, result.run_id, result.exit_code)


def say_next(commands: list[str]) -> None:
    """Print commands to try."""
    say("\nNext:")
    for command in commands:
        say(f"  {program()} {command}")


def _display(quiet: bool, log_json: bool) -> type[Any]:
    if quiet:
        return NoDisplay
    if log_json:
        return JsonDisplay
    return LiveDisplay if sys.stderr.isatty() else LineDisplay


def _log_ending(summary: Summary, *, went_wrong: bool) -> None:
    run = summary.run
    log_line(
        "ended",
        level="warning" if went_wrong else "info",
        run_id=run.id,
        status=run.status,
        verdict=run.verdict,
        reason=run.status_reason,
        exit_code=summary.exit_code,
        outcomes=run.outcomes,
        changes=summary.changes,
    )


def _say_what_went_wrong(summary: Summary, config: Config) -> None:
    """Say it in a few words: a timer's mail is then not empty."""
    run = summary.run
    words = f"Run {run.id}: {run.status}{', ' * bool(run.verdict)}{run.verdict}."
    command = f"{program()} run report {run.id}{archive_option(config.archive)}"
    sys.stderr.write(f"{f'{words} {run.status_reason}'.strip()} `{command}` says more.\n")


def _note_missing_contact(config: Config, *, as_json: bool) -> None:
    if config.contact or all(is_loopback(url) for url in config.start):
        return
    note = (
        "no contact is set; the site sees only the project's name. "
        "Set `contact` in pnr.toml, or give --contact."
    )
    if as_json:
        log_line("log", level="warning", message=note)
    else:
        sys.stderr.write(f"note: {note}\n")
