"""The reading room over the demo's archive, made once for all tests."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from playwright.sync_api import expect, sync_playwright

from tests.archive.web.browsing import ARGUMENTS, CHROMIUM, PATIENCE
from tests.archive.web.serving import visitor_of
from tests.crawler.cli.conftest import ask, demo_archive, demo_run, pnr

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx
    from playwright.sync_api import Browser

__all__ = ["ask", "demo_archive", "demo_run", "pnr"]


@pytest.fixture(scope="session")
def room(demo_archive: Path) -> Iterator[httpx.Client]:
    """Give a visitor of the demo's archive, whose browser is English."""
    with visitor_of(demo_archive) as client:
        yield client


@pytest.fixture(scope="session")
def french_room(demo_archive: Path) -> Iterator[httpx.Client]:
    """Give a visitor of the demo's archive, whose browser is French."""
    with visitor_of(demo_archive) as client:
        client.headers["accept-language"] = "fr"
        yield client


@pytest.fixture(scope="module")
def browser() -> Iterator[Browser]:
    """Give a browser without a past."""
    expect.set_options(timeout=PATIENCE)
    with sync_playwright() as playwright:
        opened = playwright.chromium.launch(executable_path=CHROMIUM, args=list(ARGUMENTS))
        yield opened
        opened.close()
