"""Two records stay two, whatever their pages claim of themselves."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.crawler.crawling import crawl, query
from tests.crawler.misbehaving import LISTING, MisbehavingSite, document
from tests.crawler.misbehaving.pages import listing, record

if TYPE_CHECKING:
    from pathlib import Path

NAMES = ("forets", "paysages", "chartes")


@pytest.mark.parametrize("claimed", [LISTING, document("forets")])
def test_pages_that_all_claim_one_address_are_filed_apart(tmp_path: Path, claimed: str) -> None:
    archive = tmp_path / "archive.sqlite"
    with MisbehavingSite({}) as site:
        head = f'<link rel="canonical" href="{site.base}{claimed}">'
        site.resources[LISTING] = listing([document(name) for name in NAMES])
        for name in NAMES:
            site.resources[document(name)] = record(f"Guide des {name}", head=head)
        for _ in range(2):
            crawl(archive, start=[site.base + LISTING])

    rows = query(archive, "SELECT url, title FROM records ORDER BY title")
    assert rows == [(site.base + document(name), f"Guide des {name}") for name in sorted(NAMES)]
    assert query(archive, "SELECT count(*) FROM changes") == [(0,)]
