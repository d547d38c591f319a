"""`pnr verify`: whether everything is still what it was."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import typer
from rich.console import Console
from rich.progress import Progress

from archive.evidence.verifying import Verification
from archive.evidence.verifying import verify as verify_archive
from archive.measures import size
from crawler.cli.options import ArchiveOption, JsonOption, reading
from crawler.cli.output import counted, say, say_json, say_table
from crawler.errors import ExitCode

if TYPE_CHECKING:
    from sqlalchemy import Connection

app = typer.Typer(add_completion=False)


@app.command("verify")
def verify(archive: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """Check every byte of the archive against its digest.

    Also every text against its file, what is missing, what nothing refers to, and SQLite's own
    checks. Reads only; ends with code 3 if anything is wrong.

    Example: pnr verify --archive backup.sqlite
    """
    with reading(archive) as connection:
        result = _with_progress(connection)
    if as_json:
        say_json({"sound": result.is_sound, "result": result})
    else:
        _say(result)
    raise typer.Exit(ExitCode.GOOD if result.is_sound else ExitCode.ARCHIVE)


def _with_progress(connection: Connection) -> Verification:
    if not sys.stderr.isatty():
        return verify_archive(connection)
    with Progress(console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task("Checking", total=None)
        return verify_archive(
            connection, tell=lambda done, total: progress.update(task, completed=done, total=total)
        )


def _say(result: Verification) -> None:
    looked = f"{counted(result.blobs, 'body', 'bodies')} ({size(result.bytes)})"
    if result.is_sound:
        say(f"Sound: {looked} and {counted(result.texts, 'text')} are what they were.")
        return
    say_table(
        ("Flaw", "Where", "What"),
        [(problem.flaw, problem.subject, problem.detail) for problem in result.problems],
    )
    problems = counted(len(result.problems), "problem")
    sys.stderr.write(f"{problems} in {looked}; `pnr restore` puts a backup in its place.\n")
