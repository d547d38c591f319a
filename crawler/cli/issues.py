"""`pnr issues`: what a person should look at."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from archive.queries.issues import count_issues, open_issues
from crawler.cli.options import ArchiveOption, JsonOption, reading
from crawler.cli.output import say_json, say_table
from crawler.cli.summary import listed

app = typer.Typer(add_completion=False)


@app.command("issues")
def issues(
    code: Annotated[
        str, typer.Option("--code", metavar="CODE", help="Only issues of this kind.")
    ] = "",
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """List what a person should look at.

    An issue is open from the run that finds it until a run that no longer does.

    Example: pnr issues --code unknown-label
    """
    with reading(archive) as connection:
        found = open_issues(connection, code=code)
        counts = count_issues(connection)
    if as_json:
        say_json(found)
        return
    say_table(
        ("Code", "Record", "Address", "Detail"),
        [(issue.code, issue.record_id, issue.url, issue.detail) for issue in found],
    )
    if not found:
        there_are = f" There are: {listed(counts)}." if counts else ""
        sys.stderr.write(f"No open issue{f' of the kind {code!r}' if code else ''}.{there_are}\n")
