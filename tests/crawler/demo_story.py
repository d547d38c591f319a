"""The demo crawled once for whoever asks: in its first state, unchanged, and in its second.

What the demo says of each state is kept beside what the crawl found.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit
from urllib.request import urlopen

from archive.catalogue.versions import record_data
from crawler.demo import DemoSite, Layout, Request
from tests.crawler.crawling import Crawled, crawl
from tests.crawler.sharing import made_once

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

_START = ("/centre-de-ressources", "/mediatheque/ressources", "/mediatheque/magazines")


@dataclass(frozen=True, slots=True, kw_only=True)
class State:
    """The demo in one of its states, as it stood when it was crawled."""

    records: dict[str, dict[str, Any]]
    """What a reader should make of each record that answers, by its address."""
    layouts: dict[str, Layout]
    gone: set[str]
    """Addresses of records that no longer answer."""
    files: dict[str, str]
    """The digest of each file that a record offers, by its address."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawl:
    """One crawl: how it ended, what the demo was asked, and what was in the archive then."""

    state: State
    crawled: Crawled
    requests: list[Request]
    blobs: set[str]
    current: dict[str, dict[str, Any]]
    """Every record's current fields, by its address."""


def demo_story(factory: pytest.TempPathFactory) -> list[Crawl]:
    """Return three crawls of the demo into one archive: first state, unchanged, second state."""
    return made_once(factory, "demo", _crawled_three_times)


def _crawled_three_times(folder: Path) -> list[Crawl]:
    archive = folder / "archive.sqlite"
    crawls = []
    with DemoSite() as site:
        for name in ("first", "first", "second"):
            site.change_to(name)
            state = _state(site)
            site.requests.clear()
            crawled = crawl(archive, start=addresses(site, *_START, "/sitemap.xml"), workers=2)
            crawls.append(
                Crawl(
                    state=state,
                    crawled=crawled,
                    requests=list(site.requests),
                    blobs={row[0] for row in crawled.query("SELECT sha256 FROM blobs")},
                    current=_current(crawled),
                )
            )
    return crawls


def addresses(site: DemoSite, *paths: str) -> list[str]:
    """Return paths as addresses of the demo."""
    return [site.url + path for path in paths]


def _state(site: DemoSite) -> State:
    there = [entry for entry in site.catalogue if entry.status == 200]
    records = {entry.key: record_data(site.expected(entry.key)) for entry in there}
    files = {file["url"] for record in records.values() for file in record["files"]}
    return State(
        records={record["url"]: record for record in records.values()},
        layouts={records[entry.key]["url"]: entry.layout for entry in there},
        gone={site.url + entry.address for entry in site.catalogue if entry.status != 200},
        files={url: digest for url in files if (digest := _digest(url))},
    )


def _digest(url: str) -> str:
    """Return the digest of a PDF as the demo serves it now, ``""`` where it serves none."""
    if not url.startswith("http://127.0.0.1") or not urlsplit(url).path.endswith(".pdf"):
        return ""
    try:
        with urlopen(url) as answer:  # noqa: S310  # the demo, on loopback
            body: bytes = answer.read()
    except OSError:
        return ""
    return hashlib.sha256(body).hexdigest() if b"%PDF-" in body[:1024] else ""


def _current(crawled: Crawled) -> dict[str, dict[str, Any]]:
    rows = crawled.query(
        "SELECT r.url, v.data FROM records r JOIN record_versions v ON v.id = r.version_id"
    )
    return {url: json.loads(data) for url, data in rows}
