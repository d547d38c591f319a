"""`pnr report`: what happened in some days, as a person likes to read it."""

from __future__ import annotations

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer

from archive.queries.changes import ChangeFilter
from archive.reports.digest import draw_up_digest
from crawler.cli.options import ArchiveOption, reading, settings
from crawler.cli.output import as_json
from crawler.cli.publishing import new_file
from crawler.cli.spans import SinceOption, refuse_unknown_runs, since

app = typer.Typer(add_completion=False)


@app.command("report")
def report(
    since_: SinceOption = "7d",
    format_: Annotated[
        Literal["html", "md", "json"],
        typer.Option("--format", help="A page to open or print, Markdown for a mail, or JSON."),
    ] = "md",
    output: Annotated[
        Path | None, typer.Option("--output", metavar="PATH", help="Write here, as a whole.")
    ] = None,
    archive: ArchiveOption = None,
) -> None:
    """Sum up what is new, changed and gone, and what is worth a mail to the site's owner.

    The same edit on many pages is one entry. What only our own reader reads otherwise is counted
    apart. The page is self-contained and can be printed.

    Example: pnr report --since 7d --format html > week.html
    """
    moment, run = since(since_)
    with reading(archive) as connection:
        refuse_unknown_runs(connection, run)
        digest = draw_up_digest(
            connection,
            ChangeFilter(since=moment, since_run=run),
            archive=settings(archive).archive.name,
            until=datetime.now(UTC),
        )
    if format_ == "json":
        text = f"{as_json(digest.as_data(), indent=2)}\n"
    else:
        text = digest.as_html() if format_ == "html" else digest.as_markdown()
    if output is None:
        sys.stdout.write(text)
        return
    with new_file(output) as path:
        path.write_text(text, encoding="utf-8")
