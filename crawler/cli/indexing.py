"""`pnr index`: how the search index stands; make it anew."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console
from rich.progress import Progress

from archive.database import open_archive
from archive.locking import writer_lock
from archive.searching.rebuilding import index_standing, rebuild
from crawler.cli.options import ArchiveOption, JsonOption, reading, settings
from crawler.cli.output import say_fields, say_json

if TYPE_CHECKING:
    from pathlib import Path

app = typer.Typer(add_completion=False)


@app.command("index")
def index(
    anew: Annotated[
        bool, typer.Option("--rebuild", help="Make it anew; searches go on meanwhile.")
    ] = False,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell how the search index stands, or make it anew.

    It is kept current by itself. Make it anew after an upgrade that says so, after `pnr forget`,
    or when many of its rows are left behind. Broken off, it leaves the old one as it was.

    Example: pnr index --rebuild
    """
    if anew:
        _rebuild(settings(archive).archive)
    with reading(archive) as connection:
        standing = index_standing(connection)
    if as_json:
        say_json(standing)
        return
    say_fields(
        (
            ("Of this version", standing.current),
            ("Records", standing.records),
            ("Files", standing.files),
            ("Pages of files", standing.pages),
            ("Rows left behind", standing.left_behind),
        )
    )


def _rebuild(path: Path) -> None:
    with (
        writer_lock(path, "a new search index"),
        open_archive(path, access="write") as opened,
        Progress(console=Console(stderr=True), disable=not sys.stderr.isatty()) as progress,
    ):
        task = progress.add_task("Indexing records", total=None)
        for step in rebuild(opened):
            progress.update(task, completed=step.done, total=step.total)
