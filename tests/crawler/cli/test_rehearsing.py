"""A rehearsal looks before a crawl: it describes the site, and keeps nothing."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from crawler.demo import DemoSite
from tests.crawler.cli.conftest import pnr_alone

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture(scope="module")
def site() -> Iterator[DemoSite]:
    """Serve the demo on loopback."""
    with DemoSite() as served:
        yield served


def test_a_rehearsal_says_how_pages_read_and_what_a_crawl_would_take(
    site: DemoSite, tmp_path: Path
) -> None:
    start = [f"{site.url}/centre-de-ressources", f"{site.url}/mediatheque/ressources"]

    ended = pnr_alone(
        "rehearse",
        "--start",
        start[0],
        "--start",
        start[1],
        "--sample",
        "4",
        "--json",
        cwd=tmp_path,
    )

    told = json.loads(ended.out)
    rehearsal = told["rehearsal"]
    assert ended.code == 0
    assert sum(seen["pages"] for seen in rehearsal["layouts"] if seen["kind"] == "record") == 4
    assert rehearsal["fields"]["title"] == [4, 4]
    assert rehearsal["estimate"]["addresses"] > 60
    assert sorted(path.name for path in tmp_path.iterdir()) in ([], ["state"])


def test_what_is_not_recognised_comes_with_lines_to_try(site: DemoSite, tmp_path: Path) -> None:
    site.change_to("redesign-drops-all-labels")
    try:
        ended = pnr_alone(
            "rehearse",
            "--start",
            f"{site.url}/centre-de-ressources",
            "--start",
            f"{site.url}/no-such-list",
            "--sample",
            "3",
            cwd=tmp_path,
        )
    finally:
        site.change_to("first")

    assert "no-such-list: gone 404" in ended.out
    assert "Lines for pnr.toml to try" in ended.out
    assert "without a pause: as long as the site takes to answer" in ended.out
    assert f'start = ["{site.url}/centre-de-ressources"]' in ended.out


def test_a_site_that_does_not_answer_is_said_and_nothing_is_advised(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("PNR_RETRY_DELAY", "0.01")

    ended = pnr_alone("rehearse", "--start", "http://127.0.0.1:9/", cwd=tmp_path)

    assert ended.code == 6
    assert "Rehearsal: unreachable" in ended.out
    assert "run the same command later" in ended.out
    assert "Lines for pnr.toml" not in ended.out
