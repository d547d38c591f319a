"""CSV: a folder with one file per table, its schema beside them."""

from __future__ import annotations

import csv
import io
from contextlib import ExitStack
from typing import TYPE_CHECKING, Any, Final

from archive.exporting.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from pathlib import Path

    from archive.authority.entries import Authority
    from archive.exporting.tables import Table

#: A spreadsheet takes a cell that begins like this for a formula, and runs it.
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")


def write_csv(
    folder: Path, records: Iterable[dict[str, Any]], authority: Authority, *, excel: bool = False
) -> dict[str, int]:
    """Write the records' tables into a folder, a file each; return how many rows each has.

    Commas, line feeds, UTF-8. With *excel*, as a French Excel opens it right by a double click:
    semicolons, a byte order mark, and an apostrophe before what it would take for a formula.
    """
    counts = {table.name: 0 for table in TABLES}
    with ExitStack() as stack:
        writers = {}
        for table in TABLES:
            encoding = "utf-8-sig" if excel else "utf-8"
            path = folder / f"{table.name}.csv"
            file = stack.enter_context(path.open("w", encoding=encoding, newline=""))
            writers[table.name] = csv.writer(
                file, delimiter=delimiter(excel=excel), lineterminator="\r\n" if excel else "\n"
            )
            writers[table.name].writerow(column.name for column in table.columns)
        for record in records:
            for table in TABLES:
                for row in table.rows(record, authority):
                    counts[table.name] += 1
                    writers[table.name].writerow(map(_harmless, row) if excel else row)
    return counts


def csv_lines(
    table: Table, records: Iterable[dict[str, Any]], authority: Authority, *, excel: bool = False
) -> Iterator[str]:
    """Yield one of the records' tables as rows of CSV, its head first; forms as `write_csv`."""
    rows = (row for record in records for row in table.rows(record, authority))
    return csv_rows([column.name for column in table.columns], rows, excel=excel)


def csv_rows(
    names: Sequence[str], rows: Iterable[Sequence[Any]], *, excel: bool = False
) -> Iterator[str]:
    """Yield rows as CSV, their names first; forms as `write_csv`."""
    line = io.StringIO()
    writer = csv.writer(
        line, delimiter=delimiter(excel=excel), lineterminator="\r\n" if excel else "\n"
    )
    line.write("\ufeff" if excel else "")
    writer.writerow(names)
    for row in rows:
        writer.writerow(map(_harmless, row) if excel else row)
        yield line.getvalue()
        line.seek(0)
        line.truncate()
    yield line.getvalue()


def delimiter(*, excel: bool) -> str:
    """Return what stands between two cells."""
    return ";" if excel else ","


def _harmless(value: Any) -> Any:
    """Return a cell that is shown and never run."""
    if isinstance(value, str) and value.startswith(_FORMULA):
        return f"'{value}"
    return value
