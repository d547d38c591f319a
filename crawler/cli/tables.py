"""`pnr tables`: the tables of a file."""

from __future__ import annotations

import csv
import sys
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from sqlalchemy import select

from archive.evidence.blobs import read_blob
from archive.extraction import ExtractionStatus, find_tables
from archive.models import Extraction, FileTable
from archive.queries.files import list_files
from crawler.cli.files_given import archived_file, given_file
from crawler.cli.options import ArchiveOption, JsonOption, reading
from crawler.cli.output import counted, plain, say, say_json
from crawler.cli.publishing import unwritable
from crawler.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

app = typer.Typer(add_completion=False)

Table = tuple[int, int, list[list[str]]]


@app.command("tables")
def tables(
    file: Annotated[
        str,
        typer.Argument(
            metavar="FILE|URL|ID|SHA256",
            help="A PDF on this machine; or an archived one, by address, name or digest, or by "
            "the record that offers it.",
        ),
    ],
    csv_: Annotated[
        Path | None,
        typer.Option("--csv", metavar="DIR", help="Write each table to a CSV file in this folder."),
    ] = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the tables with ruling lines that a PDF has.

    Of an archived file those that `pnr extract --tables` found are shown, else it is searched now.

    Example: pnr tables rapport.pdf --csv tables
    """
    path = Path(file)
    if path.is_file():
        found, stem = _searched(given_file(path), file), path.stem
    else:
        with reading(archive) as connection:
            sha256 = archived_file(connection, file)
            (held,) = list_files(connection, sha256=sha256)
            found, stem = _of_archived_file(connection, sha256, file), Path(held.name).stem
    written = _write(found, csv_, stem) if csv_ is not None else []
    if as_json:
        say_json(
            [
                {"page": page, "number": number, "rows": rows, "csv": name}
                for (page, number, rows), name in zip_longest(found, written)
            ]
        )
    elif csv_ is not None:
        say(f"{counted(len(found), 'table')} written to {csv_}.")
    else:
        _say(found)


def _searched(source: Path | bytes, name: str) -> list[Table]:
    result = find_tables(source)
    if result.status not in {ExtractionStatus.READ, ExtractionStatus.PARTIAL}:
        raise UsageError(f"{name} cannot be searched, {result.status}: {result.detail}.")
    if result.detail:
        sys.stderr.write(f"{result.detail}\n")
    return [(one.page, one.number, [list(row) for row in one.rows]) for one in result.tables]


def _of_archived_file(connection: Connection, sha256: str, name: str) -> list[Table]:
    """Return the tables that are kept of a file, found now where it was not searched yet."""
    status = connection.scalar(select(Extraction.tables_status).where(Extraction.sha256 == sha256))
    if not status:
        return _searched(read_blob(connection, sha256), name)
    query = (
        select(FileTable.page, FileTable.number, FileTable.rows)
        .where(FileTable.sha256 == sha256)
        .order_by(FileTable.page, FileTable.number)
    )
    return [(row.page, row.number, row.rows) for row in connection.execute(query)]


def _write(found: Sequence[Table], folder: Path, stem: str) -> list[str]:
    """Write each table to a file of its own, and return the files."""
    written: list[str] = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for page, number, rows in found:
            path = folder / f"{stem}-p{page:03d}-{number}.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows(rows)
            written.append(str(path))
    except OSError as error:
        raise unwritable(folder, error) from error
    return written


def _say(found: Sequence[Table]) -> None:
    if not found:
        say("No tables.")
    for page, number, rows in found:
        say(f"Page {page}, table {number}")
        widths = [max(len(cell) for cell in column) for column in zip(*rows, strict=True)]
        for row in rows:
            cells = (
                plain(cell).replace("\n", " ").ljust(width)
                for cell, width in zip(row, widths, strict=True)
            )
            say("  " + " | ".join(cells).rstrip())
        say()
