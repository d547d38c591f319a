"""`pnr facets`: what is found, counted by type, year, park, theme, tag and author."""

from __future__ import annotations

from typing import Annotated

import typer

from archive.searching.answering import facets_of
from crawler.cli.filters import Asked, spread
from crawler.cli.options import (
    ArchiveOption,
    AsOfOption,
    JsonOption,
    reading,
)
from crawler.cli.output import counted, say_json, say_table

app = typer.Typer(add_completion=False)


@app.command("facets")
@spread
def facets(
    asked: Asked,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[QUERY]", help="As for `pnr search`.")
    ] = None,
    most: Annotated[
        int, typer.Option("--limit", min=1, max=10_000, metavar="N", help="Values of each.")
    ] = 12,
    as_of: AsOfOption = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Count what is found by type, year, park, theme, tag and author; without QUERY, everything.

    In a pipe the columns stand between tabs: facet, value, count.

    Example: pnr facets forêt
    """
    query = asked.query(words or [])
    with reading(archive, as_of) as connection:
        total, found = facets_of(connection, query, most=most)
    if as_json:
        say_json({"total": total, "facets": found})
        return
    rows = [(facet.name, each.label, each.count) for facet in found for each in facet.values[:most]]
    say_table(("Facet", "Value", "Records"), rows)
    typer.echo(f"{counted(total, 'record')} found.", err=True)
