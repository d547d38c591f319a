"""`pnr reread`: read archived pages again with today's reader."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from dataclasses import asdict
from typing import TYPE_CHECKING, Annotated, Any

import typer

from archive.rereading.blast_radius import BlastRadius
from archive.rereading.judging import findings_of
from archive.rereading.selecting import Selection
from archive.runs.gating import Verdict, verdict_of
from crawler.cli.blast_radius import say_blast_radius
from crawler.cli.filters import Filters, spread
from crawler.cli.options import (
    ArchiveOption,
    JsonOption,
    settings,
)
from crawler.cli.output import counted, say, say_json
from crawler.cli.working import progress_of
from crawler.errors import ExitCode
from crawler.reading import page_reader
from crawler.rereading import count_left, rereading, would_change

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from archive.runs.gates import GateFinding
    from crawler.config import Config
    from crawler.rereading import Reread

app = typer.Typer(add_completion=False)


@app.command("reread")
@spread
def reread(
    filters: Filters,
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say what would change; write nothing at all.")
    ] = False,
    yes: Annotated[
        bool, typer.Option("--yes", help="Make it current even where much would be lost.")
    ] = False,
    layout: Annotated[
        str, typer.Option("--layout", metavar="NAME", help="Only records in this layout.")
    ] = "",
    older_than: Annotated[
        str,
        typer.Option(
            "--older-than",
            metavar="VERSION",
            help="Only what an older reader (or an older pnr, by its version) read last.",
        ),
    ] = "",
    workers: Annotated[
        int | None,
        typer.Option("--workers", min=0, max=64, help="Processes; 0: one per processor."),
    ] = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read archived pages again with today's reader, after it was taught something.

    The site is asked nothing. First comes the blast radius: which fields are gained, lost and
    altered, with examples. Then what was read becomes current, as a whole, each change with the
    cause `reader`; where much would be lost it does only if you say so (code 5 else). Pages that
    this reader has read already are left out, so that what was stopped, or killed, goes on.

    Example: pnr reread --dry-run --layout drupal7-fields
    """
    config = settings(archive)
    selection = Selection(
        filters=filters.meant(),
        layout=layout,
        older_than=older_than,
    )
    count = config.workers if workers is None else workers
    if dry_run:
        _try(config, selection, count, as_json=as_json)
    else:
        _carry_out(config, selection, count, anyway=yes, as_json=as_json)


def _try(config: Config, selection: Selection, workers: int, *, as_json: bool) -> None:
    left = count_left(config, selection)
    with _progress("Reading", left) as told:
        radius = would_change(config, selection, workers=workers, told=told)
    findings = findings_of(radius, most_lost=config.gates.lost_by_reader)
    verdict = verdict_of(findings)
    if as_json:
        _say_json(config, radius, findings, verdict, run=None, is_current=False)
    elif not left:
        _say_nothing_to_do(config, as_json=False)
    else:
        say_blast_radius(radius, findings, page_reader(config).version)
        say("\nThis was a dry run: nothing is changed.")
    raise typer.Exit(ExitCode.REFUSED if verdict is Verdict.REFUSED else ExitCode.GOOD)


def _carry_out(
    config: Config, selection: Selection, workers: int, *, anyway: bool, as_json: bool
) -> None:
    """Read, say what would change, and make it so unless too much would be lost."""
    with rereading(config, selection) as begun:
        if begun is None:
            _say_nothing_to_do(config, as_json=as_json)
            return
        with _progress("Reading", count_left(config, selection)) as told:
            begun.read(workers=workers, told=told)
        radius, verdict, findings = begun.judge()
        if not as_json:
            say_blast_radius(radius, findings, page_reader(config).version)
        is_current = verdict is not Verdict.REFUSED or anyway or _is_wanted(begun, as_json=as_json)
        if is_current:
            with _progress("Making current", radius.pages) as told:
                begun.promote(verdict, told=told)
    if as_json:
        _say_json(config, radius, findings, verdict, run=begun.run_id, is_current=is_current)
    else:
        _say_end(begun, radius, is_current=is_current)
    raise typer.Exit(ExitCode.GOOD if is_current else ExitCode.REFUSED)


def _is_wanted(begun: Reread, *, as_json: bool) -> bool:
    """Ask a person, where there is one, whether what was refused is to become current."""
    if as_json or not (sys.stdin.isatty() and sys.stdout.isatty()):
        return False
    return typer.confirm(f"\nMake run {begun.run_id} current all the same?")


@contextmanager
def _progress(what: str, total: int) -> Iterator[Callable[[], None]]:
    with progress_of(what, total) as advance:
        yield lambda: advance("", None)


def _say_nothing_to_do(config: Config, *, as_json: bool) -> None:
    if as_json:
        _say_json(config, BlastRadius(), [], Verdict.GOOD, run=None, is_current=False)
    else:
        version = page_reader(config).version
        say(f"Nothing to do: reader {version} has read every page that is meant.")


def _say_end(begun: Reread, radius: BlastRadius, *, is_current: bool) -> None:
    number = begun.run_id
    if is_current:
        changed = counted(radius.changed, "page reads", "pages read")
        say(f"\nRun {number} is current: {changed} otherwise than before.")
    else:
        say(
            f"\nRun {number} is refused, and nothing has changed: `pnr run accept {number}` makes "
            f"it current, `pnr run drop {number}` puts it aside."
        )


def _say_json(
    config: Config,
    radius: BlastRadius,
    findings: list[GateFinding],
    verdict: Verdict,
    *,
    run: int | None,
    is_current: bool,
) -> None:
    said: dict[str, Any] = {
        "run": run,
        "reader_version": page_reader(config).version,
        "verdict": verdict,
        "current": is_current,
        "changed": radius.changed,
    }
    say_json(said | asdict(radius) | {"findings": findings})
