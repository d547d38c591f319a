"""`pnr restore`: a backup in the archive's place."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from archive.evidence.copying import restore as restore_archive
from crawler.cli.options import ArchiveOption, JsonOption, settings
from crawler.cli.output import say, say_json

app = typer.Typer(add_completion=False)


@app.command("restore")
def restore(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="The backup.")],
    force: Annotated[bool, typer.Option("--force", help="Replace the archive if there is one.")] = (
        False
    ),
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Put a backup in the archive's place.

    The backup is checked first; an archive that is there is only replaced with --force.

    Example: pnr restore backups/2026-11.sqlite --force
    """
    path = settings(archive).archive
    restore_archive(path, file, replace=force)
    if as_json:
        say_json({"archive": str(path), "backup": str(file)})
    else:
        say(f"{path} is now what {file} holds.")
