"""docs/search.md tells of everything there is."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import text

from archive.searching.grammar import FIELDS, PLACES, understand
from archive.searching.rebuilding import INDEXES

if TYPE_CHECKING:
    from archive.database import Archive

PAGE = (Path(__file__).parents[3] / "docs/search.md").read_text("utf-8")


def test_every_field_is_documented() -> None:
    """Fields and places, under each of their names."""
    folded = PAGE.lower().replace("é", "e").replace("è", "e")
    assert not [name for name in (*FIELDS, *PLACES) if name not in folded]


def test_every_table_is_documented(library: Archive) -> None:
    """The tables of the index, and those that explain them."""
    with library.connect() as connection:
        names = connection.scalars(
            text("SELECT name FROM sqlite_master WHERE name LIKE 'search%' OR name LIKE 'saved%'")
        ).all()
    assert not [name for name in (*names, *INDEXES) if f"`{name}`" not in PAGE]


@pytest.mark.parametrize("asked", re.findall(r"^\| `(.+?)`", PAGE, re.MULTILINE))
def test_every_example_is_understood(asked: str) -> None:
    """The first example of each line of the tables is read without a note."""
    assert understand(asked).notes == ()


def test_the_sql_example_runs(library: Archive) -> None:
    """It finds the pages it asks for."""
    [statement] = re.findall(r"```sql\n(.*?)```", PAGE, re.DOTALL)
    with library.connect() as connection:
        rows = connection.exec_driver_sql(statement).fetchall()
    assert rows[0][2] == 1
