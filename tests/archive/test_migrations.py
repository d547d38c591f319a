"""The schema that migrations make is the one that the models say."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any, Final

import pytest
from alembic import command
from alembic.config import Config
from sqlalchemy import create_engine

from archive import migrations
from archive.database import APPLICATION_ID, open_archive
from archive.models import Base

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection

    from archive.database import Archive


#: Everything a schema says of a table but the words of its constraints.
_ASPECTS: Final = {
    "columns": 'SELECT name, type, "notnull", pk FROM pragma_table_info(?) ORDER BY name',
    "foreign keys": 'SELECT "from", "table", "to" FROM pragma_foreign_key_list(?) ORDER BY 1, 2',
    "indexes": 'SELECT l.origin, l."unique", l.partial, group_concat(i.name) '
    "FROM pragma_index_list(?) l JOIN pragma_index_info(l.name) i GROUP BY l.name ORDER BY 1, 4",
}


def _described(connection: Connection) -> dict[tuple[str, str], list[Any]]:
    """Return what the database says of each table that a model describes."""
    return {
        (table, aspect): [tuple(row) for row in connection.exec_driver_sql(sql, (table,))]
        for table in Base.metadata.tables
        for aspect, sql in _ASPECTS.items()
    }


@pytest.fixture(scope="module")
def modelled() -> dict[tuple[str, str], list[Any]]:
    """Return what the models say."""
    engine = create_engine("sqlite://")
    with engine.begin() as connection:
        for table in Base.metadata.tables.values():
            table.create(connection)
        described = _described(connection)
    engine.dispose()
    return described


def test_migrations_lead_to_what_the_models_say(
    archive: Archive, modelled: dict[tuple[str, str], list[Any]]
) -> None:
    with archive.connect() as connection:
        made = _described(connection)

    for name, rows in modelled.items():
        assert made[name] == rows, name


@pytest.mark.parametrize("revision", migrations.EARLIER)
def test_an_archive_of_any_earlier_version_is_brought_up_to_date(
    tmp_path: Path, revision: str, modelled: dict[tuple[str, str], list[Any]]
) -> None:
    path = tmp_path / "archive.sqlite"
    make_earlier(path, revision)

    with open_archive(path, access="write") as archive, archive.connect() as connection:
        assert migrations.revision_of(connection) == migrations.HEAD
        assert _described(connection) == modelled


def make_earlier(path: Path, revision: str) -> None:
    """Make an archive as an earlier version made it."""
    with closing(sqlite3.connect(path)) as made:
        made.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    config = Config()
    config.set_main_option("script_location", migrations.__path__[0])
    config.set_main_option("path_separator", "os")
    engine = create_engine(f"sqlite:///{path}")
    with engine.begin() as connection:
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()
