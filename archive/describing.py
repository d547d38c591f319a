"""The data dictionary: every table and column, in the words of the models. Pure."""

from __future__ import annotations

import inspect
from typing import TYPE_CHECKING, Any, Final

from archive.models import Base
from archive.queries.records import FILE_FIELDS, RECORD_FIELDS
from archive.views import plain_views

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Column, Table

_HEAD: Final = """\
# Data model

*Written by `make docs` from the comments of `archive/models/`; a test holds it current.*

One SQLite file holds everything. Two rules hold throughout: what the site answered is only ever
added to, and what we make of it can be rebuilt from that. Times are UTC. Any SQLite opens it:
`sqlite3 archive.sqlite .schema` shows these comments too, and `sqlite3 archive.sqlite -Ax` lays
the files out.

"""


def data_model_page() -> str:
    """Return the data dictionary as Markdown."""
    return _HEAD + "".join((*_fields(), *_views(), *_tables()))


def _fields() -> Iterator[str]:
    yield "## The fields of a record\n\nAs every export and every `--json` names them, in order:\n"
    yield 'absent text is `""`, an absent number or date `null`, a list may be empty.\n\n'
    yield ", ".join(f"`{name}`" for name in RECORD_FIELDS) + ".\n\n"
    yield "A record that a person joined to others (`pnr same-as`) has `same_as` behind them:\n"
    yield "links, each with the other record's id as its `label`.\n\n"
    yield "Each of `files`: " + ", ".join(f"`{name}`" for name in FILE_FIELDS) + ".\n"


def _views() -> Iterator[str]:
    yield "\n# Plain views\n\nFor SQL, R, pandas and Datasette: start here. The label a value has\n"
    yield "on the site stands in parentheses. [cookbook.md](cookbook.md) uses them.\n"
    for view in plain_views():
        yield f"\n## {view.name}\n\n{view.words}\n\n| column | what it is |\n|---|---|\n"
        for column, words in view.columns.items():
            yield f"| `{column}` | {words} |\n"
    yield "\n# Tables\n"


def _tables() -> Iterator[str]:
    classes: dict[str, Any] = {each.class_.__tablename__: each for each in Base.registry.mappers}
    for name, mapper in sorted(classes.items()):
        table = mapper.local_table
        yield f"\n## {name}\n\n{inspect.getdoc(mapper.class_)}\n\n"
        yield "| column | type | what it is |\n|---|---|---|\n"
        for column in table.columns:
            yield f"| `{column.name}` | {_type(column)} | {_words(column, table)} |\n"


def _type(column: Column[Any]) -> str:
    name = type(column.type).__name__
    plain = {"UtcDateTime": "time", "Json": "JSON", "LargeBinary": "bytes"}.get(name, name.lower())
    return plain + (" or null" if column.nullable else "")


def _words(column: Column[Any], table: Table) -> str:
    parts = [column.comment] if column.comment else []
    if column.primary_key:
        parts.append("primary key" if len(table.primary_key) == 1 else "part of the primary key")
    parts += [f"→ `{key.target_fullname}`" for key in column.foreign_keys]
    return "; ".join(parts).replace("|", "\\|")
