"""`pnr feed`: what changed, as a feed reader takes it."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archive.queries.changes import ChangeFilter, ChangeKind
from archive.reports.feeds import MOST, feed, title_of
from archive.searching.saved import records_of_saved
from crawler.cli.filters import OfRecords, spread
from crawler.cli.options import ArchiveOption, reading
from crawler.cli.publishing import new_file
from crawler.cli.spans import SinceOption, refuse_unknown_runs, since
from crawler.errors import UsageError
from crawler.urls import UnusableUrlError, canonical_url

if TYPE_CHECKING:
    from sqlalchemy import Connection

app = typer.Typer(add_completion=False)


@app.command("feed")
@spread
def feed_(
    of_records: OfRecords,
    kind: Annotated[
        list[ChangeKind] | None,
        typer.Option(
            "--kind",
            help="Only this: added, changed, withdrawn, restored or file-replaced; may repeat.",
        ),
    ] = None,
    withdrawn: Annotated[
        bool, typer.Option("--withdrawn", help="Only what was withdrawn.")
    ] = False,
    files: Annotated[bool, typer.Option("--files", help="Only replaced PDFs.")] = False,
    saved: Annotated[
        str,
        typer.Option("--saved", metavar="NAME", help="Only records that this saved search finds."),
    ] = "",
    since_: SinceOption = "",
    limit: Annotated[
        int, typer.Option("--limit", min=1, metavar="N", help="Of so many records at most.")
    ] = MOST,
    url: Annotated[
        str, typer.Option("--url", metavar="URL", help="Where the feed will stand.")
    ] = "",
    output: Annotated[
        Path | None, typer.Option("--output", metavar="PATH", help="Write here, as a whole.")
    ] = None,
    archive: ArchiveOption = None,
) -> None:
    """Write the changes as an Atom feed: all of them, or of a park, a theme, an author and so on.

    An entry is one record in one run, under a name that stays the same. What our own reader reads
    otherwise is no change of the site, and is not in it.

    Example: pnr feed --park Scarpe-Escaut > feed.xml
    """
    kinds = [*(kind or ())]
    kinds += [ChangeKind.WITHDRAWN] * withdrawn + [ChangeKind.FILE_REPLACED] * files
    records = of_records.meant()
    moment, run = since(since_)
    with reading(archive) as connection:
        refuse_unknown_runs(connection, run)
        wanted = ChangeFilter(
            since=moment,
            since_run=run,
            kinds=tuple(dict.fromkeys(kinds)),
            records=records,
            record_ids=_found_by(connection, saved),
        )
        title = title_of(wanted, saved=saved)
        made = feed(connection, wanted, title=title, own_url=_address(url), limit=limit)
    if output is None:
        sys.stdout.write(made.text)
        return
    with new_file(output) as path:
        path.write_text(made.text, encoding="utf-8")


def _found_by(connection: Connection, saved: str) -> list[str]:
    """Return the ids that a saved search finds; one that is no record's where it finds none."""
    return (records_of_saved(connection, saved) or [""]) if saved else []


def _address(url: str) -> str:
    try:
        return canonical_url(url) and url if url else ""
    except UnusableUrlError as error:
        raise UsageError(f"--url: {error}.") from error
