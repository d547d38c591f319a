"""Fixtures of the archive's tests: a real archive on disk."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archive.database import open_archive

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from archive.database import Archive


@pytest.fixture
def archive(tmp_path: Path) -> Iterator[Archive]:
    """Give an empty archive, open for writing."""
    with open_archive(tmp_path / "archive.sqlite", access="create") as opened:
        yield opened


@pytest.fixture
def connection(archive: Archive) -> Iterator[Connection]:
    """Give a connection in a transaction."""
    with archive.transaction() as opened:
        yield opened
