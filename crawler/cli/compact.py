"""`pnr compact`: unused room, given back."""

from __future__ import annotations

import typer

from archive.database import open_archive
from archive.locking import writer_lock
from archive.measures import size
from crawler.cli.options import ArchiveOption, JsonOption, settings
from crawler.cli.output import say, say_json
from crawler.cli.status import disk_use

app = typer.Typer(add_completion=False)


@app.command("compact")
def compact(archive: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """Give unused room back to the disk.

    Needs as much free room as the archive takes. Nothing else may write meanwhile; reading goes
    on.

    Example: pnr compact
    """
    path = settings(archive).archive
    open_archive(path).close()
    before = disk_use(path)
    with writer_lock(path, "compacting"), open_archive(path, access="write") as opened:
        opened.execute_alone("VACUUM", "PRAGMA wal_checkpoint(TRUNCATE)")
    after = disk_use(path)
    if as_json:
        say_json({"archive": str(path), "before": before, "after": after})
    else:
        say(f"{path}: {size(before)} before, {size(after)} now.")
