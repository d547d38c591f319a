"""`pnr cite`: one record as a citation."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Annotated

import typer

from archive.authority.storing import stored_authority
from archive.citing import CiteFormat, cite
from archive.citing.works import work_of
from archive.queries.records import records_by_id
from crawler.cli.options import ArchiveOption, AsOfOption, reading, the_record
from crawler.cli.output import plain, say
from crawler.errors import UsageError

if TYPE_CHECKING:
    from archive.citing.works import Work

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
    say(plain(cite(_at(work, file, page), form)))


def _at(work: Work, filename: str, page: int | None) -> Work:
    """Return the work cited at a page of one of its files."""
    if filename:
        chosen = [file for file in work.files if filename in {file.filename, file.url}]
        if not chosen:
            names = ", ".join(file.filename for file in work.files) or "none"
            raise UsageError(f"{work.id} has no PDF {filename!r}; it has {names}.")
        work = replace(work, files=tuple(dict.fromkeys((*chosen, *work.files))))
    if page is None:
        return work
    if not work.files:
        raise UsageError(f"{work.id} has no PDF; it has no page {page} to cite.")
    last = work.files[0].page_count
    if last is not None and page > last:
        raise UsageError(f"{work.files[0].filename} has no page {page}; its last is {last}.")
    return replace(work, page=page)
