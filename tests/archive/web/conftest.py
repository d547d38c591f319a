"""The reading room over the demo's archive, made once for all tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.archive.web.serving import visitor_of
from tests.crawler.cli.conftest import ask, demo_archive, demo_run, pnr

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

__all__ = ["ask", "demo_archive", "demo_run", "pnr"]


@pytest.fixture(scope="session")
def room(demo_archive: Path) -> Iterator[httpx.Client]:
    """Give a visitor of the demo's archive, whose browser is English."""
    with visitor_of(demo_archive) as client:
        yield client
