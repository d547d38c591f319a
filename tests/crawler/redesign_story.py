"""The demo as its site and its reader change by turns, crawled once for whoever asks.

Run 2 reads the unchanged site with a reader that was taught a label; in run 3 the site is
redesigned; in run 4 the new theme no longer prints "Auteur(s)", which is refused, and accepted.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from archive.locking import writing
from archive.runs.gating import accept_run
from crawler.demo import DemoSite
from tests.crawler.crawling import crawl
from tests.crawler.demo_story import addresses
from tests.crawler.sharing import made_once

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

_TAUGHT: Final = {"reader": {"labels": {"Public visé": "ignore"}}}
_TURNS: Final[tuple[tuple[str, dict[str, Any]], ...]] = (
    ("first", {}),
    ("first", _TAUGHT),
    ("redesign", _TAUGHT),
    ("redesign-drops-a-label", _TAUGHT),
)


def redesign_story(factory: pytest.TempPathFactory) -> Path:
    """Return the archive of the four runs."""
    return made_once(factory, "redesign", _crawled)


def _crawled(folder: Path) -> Path:
    archive = folder / "archive.sqlite"
    with DemoSite() as site:
        for state, taught in _TURNS:
            site.change_to(state)
            start = addresses(site, "/centre-de-ressources", "/mediatheque/ressources")
            crawl(archive, start=start, extract="later", **taught)
    with writing(archive, "a test") as opened, opened.transaction() as connection:
        accept_run(connection, len(_TURNS))
    return archive
