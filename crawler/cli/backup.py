"""`pnr backup`: a copy of the archive."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from archive.evidence.copying import back_up
from archive.measures import size
from crawler.cli.options import ArchiveOption, JsonOption, settings
from crawler.cli.output import say, say_json

app = typer.Typer(add_completion=False)


@app.command("backup")
def backup(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="Where the copy goes.")],
    force: Annotated[
        bool, typer.Option("--force", help="Replace the file if it is there.")
    ] = False,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Copy the archive, also while a crawl writes to it.

    The copy is the archive as it stands at one moment; it is checked, and there whole or not at
    all.

    Example: pnr backup backups/2026-11.sqlite
    """
    path = settings(archive).archive
    copied = back_up(path, file, replace=force)
    if as_json:
        say_json({"archive": str(path), "backup": str(file), "size": copied})
    else:
        say(f"{file} is a copy of {path} ({size(copied)}).")
