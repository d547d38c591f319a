"""`pnr tables`: the tables of a file."""

from __future__ import annotations

import csv
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from sqlalchemy import select

from archive.extraction import ExtractionStatus, find_tables
from archive.models import Extraction, FileTable, HeldFile
from crawler.cli.options import ArchiveOption, JsonOption, names_of, reading
from crawler.cli.output import counted, plain, say, say_json
from crawler.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

app = typer.Typer(add_completion=False)

Table = tuple[int, int, list[list[str]]]


@app.command("tables")
def tables(
    file: Annotated[
        str, typer.Argument(metavar="FILE|URL", help="A PDF on this machine, or an archived one.")
    ],
    csv_: Annotated[
        Path | None,
        typer.Option("--csv", metavar="DIR", help="Write each table to a CSV file in this folder."),
    ] = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show the tables with ruling lines that a PDF has.

    Of an archived file those that `pnr extract --tables` found are shown.

    Example: pnr tables rapport.pdf --csv tables
    """
    path = Path(file)
    if path.is_file():
        found = _of_local_file(path)
    else:
        with reading(archive) as connection:
            found = _of_archived_file(connection, file)
    if csv_ is not None:
        _write(found, csv_, path.stem if path.is_file() else "table")
    if as_json:
        say_json([{"page": page, "number": number, "rows": rows} for page, number, rows in found])
    elif csv_ is not None:
        say(f"{counted(len(found), 'table')} written to {csv_}.")
    else:
        _say(found)


def _of_local_file(path: Path) -> list[Table]:
    result = find_tables(path)
    if result.status not in {ExtractionStatus.READ, ExtractionStatus.PARTIAL}:
        raise UsageError(f"{path} cannot be searched, {result.status}: {result.detail}.")
    return [(one.page, one.number, [list(row) for row in one.rows]) for one in result.tables]


def _of_archived_file(connection: Connection, text: str) -> list[Table]:
    held = select(HeldFile.sha256).where(HeldFile.url.in_(names_of(connection, text)))
    sha256 = connection.scalar(held) or text
    status = connection.scalar(select(Extraction.tables_status).where(Extraction.sha256 == sha256))
    if status is None:
        raise UsageError(f"{text!r} is no file on this machine and no archived one; `pnr files`.")
    if status == "":
        raise UsageError(f"{text} was not searched for tables yet; `pnr extract --tables` does it.")
    query = (
        select(FileTable.page, FileTable.number, FileTable.rows)
        .where(FileTable.sha256 == sha256)
        .order_by(FileTable.page, FileTable.number)
    )
    return [(row.page, row.number, row.rows) for row in connection.execute(query)]


def _write(found: Sequence[Table], folder: Path, stem: str) -> None:
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for page, number, rows in found:
            path = folder / f"{stem}-p{page:03d}-{number}.csv"
            with path.open("w", encoding="utf-8", newline="") as file:
                csv.writer(file).writerows(rows)
    except OSError as error:
        raise UsageError(f"{folder} cannot be written: {error.strerror}.") from error


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
