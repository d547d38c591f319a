"""Every page in ``tests/fixtures/pages`` is read as a person has approved."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from archive.records import FetchedPage
from crawler.reading import ReadingRules
from spiders.pages import PageReader
from tests.golden import Golden, cases

if TYPE_CHECKING:
    from pathlib import Path


def page_of(case: Path) -> FetchedPage:
    """Load the page of a case as it was answered."""
    meta = json.loads((case / "meta.json").read_text(encoding="utf-8"))
    (body,) = case.glob("page.*")
    return FetchedPage(
        url=meta["url"],
        body=body.read_bytes(),
        content_type=meta["content_type"],
        status=meta["status"],
    )


def rules_of(case: Path) -> ReadingRules:
    """Return what a case teaches the reader, as `pnr.toml` would."""
    taught = json.loads((case / "meta.json").read_text(encoding="utf-8")).get("reader", {})
    return ReadingRules(
        labels=taught.get("labels", {}),
        listing_selectors=tuple(taught.get("listing_selectors", ())),
        body_selectors=tuple(taught.get("body_selectors", ())),
    )


@pytest.mark.parametrize("case", cases("pages"))
def test_page_is_read_as_approved(case: Path, golden: Golden) -> None:
    reading = PageReader(rules_of(case)).read(page_of(case))

    golden.check(case / "expected.json", reading)
