"""The small archive, built once for all who only ask it."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.archive.searching.building import small_archive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from archive.database import Archive


@pytest.fixture(scope="session")
def library(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Archive]:
    """Give an archive that holds library.toml; it is not to be written."""
    with small_archive(tmp_path_factory.mktemp("library") / "archive.sqlite") as archive:
        yield archive


@pytest.fixture
def asked(library: Archive) -> Iterator[Connection]:
    """Give a connection to ask the small archive."""
    with library.connect() as connection:
        yield connection


@pytest.fixture
def own(tmp_path: Path) -> Iterator[Archive]:
    """Give an archive like it that a test may change."""
    with small_archive(tmp_path / "archive.sqlite") as archive:
        yield archive
