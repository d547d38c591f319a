"""`pnr files`: the files, listed or laid out in a folder."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from archive.exporting.folder import lay_out
from archive.measures import size
from archive.queries.files import FileLine, list_files
from crawler.cli.options import ArchiveOption, JsonOption, reading
from crawler.cli.output import counted, say, say_json, say_table
from crawler.cli.publishing import unwritable

app = typer.Typer(add_completion=False)


@app.command("files")
def files(
    to: Annotated[
        Path | None, typer.Option("--to", metavar="DIR", help="Lay the files out in this folder.")
    ] = None,
    earlier: Annotated[
        bool, typer.Option("--earlier", help="With the bytes that were replaced since.")
    ] = False,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the files, or lay them out in a folder.

    Names are readable and safe. A file that is there already with the same content is left as it
    is; one with other content is never overwritten: ours then carries the start of its digest.
    In a pipe the columns stand between tabs: name, size, pages, text, records, sha256.

    Example: pnr files --to pdfs
    """
    with reading(archive) as connection:
        held = list_files(connection, earlier=earlier)
        written = None
        if to is not None:
            try:
                written = lay_out(connection, held, to)
            except OSError as error:
                raise unwritable(to, error) from error
    if as_json:
        say_json({"folder": str(to) if to else None, "written": written, "files": held})
    elif written is not None:
        new = sum(was_new for _, was_new in written.values())
        say(f"{counted(new, 'file')} written to {to}, {len(written) - new} there already.")
    else:
        say_table(
            ("Name", "Size", "Pages", "Text", "Records", "SHA-256"),
            [_row(file) for file in held],
        )


def _row(file: FileLine) -> tuple[object, ...]:
    return (
        file.name,
        size(file.size),
        file.page_count,
        file.text_status,
        file.records if file.current else "(earlier)",
        file.sha256[:12],
    )
