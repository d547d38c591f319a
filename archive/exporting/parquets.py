"""Parquet: a folder with one file per table. Needs the extra `parquet` (pyarrow)."""

from __future__ import annotations

from contextlib import ExitStack
from datetime import date, datetime
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from archive.errors import ArchiveError
from archive.exporting.tables import TABLES

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from archive.authority.entries import Authority
    from archive.exporting.tables import Table

#: Records whose rows are written at a time: one row group.
_BATCH: Final = 1000


class MissingExtraError(ArchiveError):
    """Raised when a format needs a package that is not installed."""


def write_parquet(
    folder: Path, records: Iterable[dict[str, Any]], authority: Authority
) -> dict[str, int]:
    """Write the records' tables into a folder, a file each; return how many rows each has.

    :raises MissingExtraError: pyarrow is not installed.
    """
    try:
        import pyarrow as pa  # noqa: PLC0415  # an extra
        from pyarrow import parquet  # noqa: PLC0415
    except ImportError as error:
        raise MissingExtraError(
            "Parquet needs the extra `parquet`: pip install 'pnr-archive[parquet]'."
        ) from error
    counts = {table.name: 0 for table in TABLES}
    schemas = {table.name: _schema(pa, table) for table in TABLES}
    with ExitStack() as stack:
        writers = {
            table.name: stack.enter_context(
                parquet.ParquetWriter(folder / f"{table.name}.parquet", schemas[table.name])
            )
            for table in TABLES
        }
        for batch in _batches(records):
            for table in TABLES:
                rows = [row for record in batch for row in table.rows(record, authority)]
                counts[table.name] += len(rows)
                columns = [_values(table, rows, at) for at in range(len(table.columns))]
                writers[table.name].write_table(pa.table(columns, schema=schemas[table.name]))
    return counts


def _schema(pa: Any, table: Table) -> Any:
    types = {
        "string": pa.string(),
        "object": pa.string(),
        "integer": pa.int64(),
        "date": pa.date32(),
        "datetime": pa.timestamp("us", tz="UTC"),
    }
    return pa.schema(
        [
            pa.field(column.name, types[column.type], metadata=_metadata(column))
            for column in table.columns
        ]
    )


def _metadata(column: Any) -> dict[str, str]:
    said = {"label": column.label, "description": column.description}
    return {name: value for name, value in said.items() if value}


def _values(table: Table, rows: list[tuple[Any, ...]], at: int) -> list[Any]:
    kind = table.columns[at].type
    values = [row[at] for row in rows]
    if kind == "date":
        return [date.fromisoformat(value) if value else None for value in values]
    if kind == "datetime":
        return [datetime.fromisoformat(value) if value else None for value in values]
    return values


def _batches(records: Iterable[dict[str, Any]]) -> Iterator[list[dict[str, Any]]]:
    rest = iter(records)
    while batch := list(islice(rest, _BATCH)):
        yield batch
