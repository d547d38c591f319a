"""One demo site for all its tests; each finds it in its first state."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.demo import DemoSite
from tests.crawler.demo.asking import Asker

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def running_site() -> Iterator[DemoSite]:
    """Serve the demo once: its PDFs are made once, too."""
    with DemoSite() as site:
        yield site


@pytest.fixture
def site(running_site: DemoSite) -> DemoSite:
    """Return the demo in its first state."""
    running_site.change_to("first")
    running_site.requests.clear()
    return running_site


@pytest.fixture
def ask(site: DemoSite) -> Iterator[Asker]:
    """Return one connection to the demo."""
    with Asker(site) as asker:
        yield asker
