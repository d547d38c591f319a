"""`pnr list`: which records there are."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Annotated

import typer

from archive.queries.filtering import VOCABULARIES, RecordFilter, authors_of, labels_of
from archive.queries.records import RecordLine, list_records
from crawler.cli.filters import Filters, spread
from crawler.cli.options import (
    ArchiveOption,
    AsOfOption,
    JsonOption,
    reading,
)
from crawler.cli.output import plain, say_json, say_table

if TYPE_CHECKING:
    from sqlalchemy import Connection

app = typer.Typer(add_completion=False)


@app.command("list")
@spread
def list_(
    filters: Filters,
    limit: Annotated[
        int | None, typer.Option("--limit", min=1, metavar="N", help="At most so many.")
    ] = None,
    as_of: AsOfOption = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """List the records, the newest first.

    Words match without regard to case and accents: a whole label, or else every label that
    contains them. In a pipe the columns stand between tabs: id, kind, type, year, files, title.

    Example: pnr list --theme biodiversite --year 2010..2015
    """
    wanted = filters.meant()
    with reading(archive, as_of) as connection:
        records = list_records(connection, wanted, limit=limit)
        hint = "" if records else _hint(connection, wanted)
    if as_json:
        say_json(records)
    else:
        rows = [_row(record) for record in records]
        say_table(("Id", "Kind", "Type", "Year", "Files", "Title"), rows)
    if hint:
        sys.stderr.write(f"{hint}\n")


def years_of(start: int | None, end: int | None) -> str:
    """Return the years of a record.

    >>> years_of(2010, 2012), years_of(2011, 2011), years_of(None, None)
    ('2010-2012', '2011', '')
    """
    if start is None:
        return ""
    return f"{start}" if end in {None, start} else f"{start}-{end}"


def _row(record: RecordLine) -> tuple[object, ...]:
    title = record.title or "(no title)"
    return (
        record.id,
        record.kind,
        record.document_type,
        years_of(record.year_start, record.year_end),
        record.files,
        f"{title} (withdrawn)" if record.withdrawn_at else title,
    )


def _hint(connection: Connection, wanted: RecordFilter) -> str:
    """Say what might have been meant, when nothing was found."""
    for name, vocabulary in VOCABULARIES.items():
        if getattr(wanted, name):
            return _most_used(f"{vocabulary}s", labels_of(connection, vocabulary))
    if wanted.author:
        return _most_used("authors", authors_of(connection))
    return "No record is like that."


def _most_used(what: str, labels: list[str]) -> str:
    shown = " · ".join(plain(label) for label in labels[:8])
    return f"No record is like that. The most used {what}: {shown or 'none'}."
