"""`pnr datasette-metadata`: the archive for Datasette."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from archive.exporting.datasette import datasette_metadata
from crawler.cli.options import ArchiveOption, settings
from crawler.cli.output import as_json, say_json
from crawler.cli.publishing import new_file

app = typer.Typer(add_completion=False)


@app.command("datasette-metadata")
def write_metadata(
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="FILE", help="Write here instead of standard output."),
    ] = None,
    archive: ArchiveOption = None,
) -> None:
    """Write what Datasette needs to show the archive: titles, columns, facets, search.

    Example: pnr datasette-metadata --output metadata.json, then
    datasette pnr-archive.sqlite -m metadata.json
    """
    metadata = datasette_metadata(settings(archive).archive.stem)
    if output is None:
        say_json(metadata)
        return
    with new_file(output) as new:
        new.write_text(f"{as_json(metadata, indent=2)}\n", encoding="utf-8")
