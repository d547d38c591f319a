"""`pnr upgrade`: an older archive, brought up to date."""

from __future__ import annotations

import typer

from archive.database import open_archive
from archive.locking import writer_lock
from archive.migrations import HEAD
from crawler.cli.options import ArchiveOption, JsonOption, settings
from crawler.cli.output import say, say_json

app = typer.Typer(add_completion=False)


@app.command("upgrade")
def upgrade(archive: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """Bring an older archive up to date.

    Whole or not at all; an archive that is up to date is left as it is. Make a `pnr backup` first.

    Example: pnr upgrade --archive old.sqlite
    """
    path = settings(archive).archive
    with writer_lock(path, "an upgrade"), open_archive(path, access="write") as opened:
        earlier = opened.upgraded_from
    if as_json:
        say_json({"archive": str(path), "schema": HEAD, "earlier": earlier})
    elif earlier is None:
        say(f"{path} is up to date (schema {HEAD}); nothing was to be done.")
    else:
        say(f"{path} was brought up to date, from schema {earlier} to {HEAD}.")
