"""`pnr cite`: one record as a citation."""

from __future__ import annotations

from typing import Annotated

import typer

from archive.authority.storing import stored_authority
from archive.citing import CiteFormat, cite
from archive.citing.works import cited_at, work_of
from archive.queries.records import records_by_id
from crawler.cli.options import ArchiveOption, AsOfOption, reading, the_record
from crawler.cli.output import plain, say

app = typer.Typer(add_completion=False)


@app.command("cite")
def cite_record(
    record: Annotated[
        str, typer.Argument(metavar="URL|ID", help="The record: its id, or any of its addresses.")
    ],
    form: Annotated[
        CiteFormat, typer.Option("--format", help="For programs, or in a style for people.")
    ] = CiteFormat.ISO690,
    page: Annotated[
        int | None, typer.Option("--page", min=1, metavar="N", help="Cite this page of the PDF.")
    ] = None,
    file: Annotated[
        str,
        typer.Option(
            "--file", metavar="NAME", help="Of several PDFs, the one that is cited: its file name."
        ),
    ] = "",
    as_of: AsOfOption = None,
    archive: ArchiveOption = None,
) -> None:
    """Print one record as a citation.

    The archived version is part of it: the digests of the page and of the PDF that were read, and
    the day on which the site last showed them. docs/citing.md has the tables behind it.

    Example: pnr cite node-4217 --page 12 --format apa
    """
    with reading(archive, as_of) as connection:
        record_id = the_record(connection, record)
        (whole,) = records_by_id(connection, [record_id])
        work = work_of(whole, stored_authority(connection))
    say(plain(cite(cited_at(work, file=file, page=page), form)))
