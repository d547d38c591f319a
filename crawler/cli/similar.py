"""`pnr similar`: the records most like one."""

from __future__ import annotations

from typing import Annotated

import typer

from archive.searching.similar import similar_records
from crawler.cli.listing import years_of
from crawler.cli.options import ArchiveOption, JsonOption, reading, the_record
from crawler.cli.output import say_json, say_table

app = typer.Typer(add_completion=False)


@app.command("similar")
def similar(
    record: Annotated[str, typer.Argument(metavar="ID", help="An id, or any address of a record.")],
    limit: Annotated[
        int, typer.Option("--limit", min=1, max=100, metavar="N", help="At most so many.")
    ] = 10,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the records most like one: by the rare words of its page and its files, and by labels.

    In a pipe the columns stand between tabs: id, type, year, shared labels, title.

    Example: pnr similar node-2210
    """
    with reading(archive) as connection:
        found = similar_records(connection, the_record(connection, record), limit=limit)
    if as_json:
        say_json(found)
        return
    rows = [
        (
            each.id,
            each.document_type,
            years_of(each.year_start, each.year_end),
            ", ".join(each.shared),
            each.title,
        )
        for each in found
    ]
    say_table(("Id", "Type", "Year", "Shared", "Title"), rows)
