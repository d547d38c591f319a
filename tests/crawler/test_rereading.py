"""A crawl after the reader has changed, with and without a rereading between them."""

from __future__ import annotations

import shutil
import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from archive.rereading.selecting import Selection
from crawler.config import load_config
from crawler.rereading import rereading, would_change
from tests.crawler.crawling import assert_sound, crawl, query
from tests.crawler.misbehaving import LISTING, MisbehavingSite, document
from tests.crawler.misbehaving.pages import listing, page

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_RECORDS = 6
_TERRITORIES = 2
_TAUGHT = {"labels": {"Territoire": "parks"}}
_CHANGES = "SELECT record_id, field, before, after, cause FROM changes ORDER BY 1, 2"


def _record(number: int, *, title: str = "") -> bytes:
    fields = [("Type de document", "Étude"), ("Auteurs", "ADEME"), ("Format", f"A{number}")]
    if number < _TERRITORIES:
        fields.append(("Territoire", f"Pilat {number}"))
    text = "Ici le lecteur tombe." if number == _RECORDS - 1 else "Ce que le Parc en dit."
    main = "".join(
        f'<div class="field"><div class="field__label">{label}</div>'
        f'<div class="field__item">{value}</div></div>'
        for label, value in fields
    )
    return page(title or f"Le document {number}", f"{main}<p>{text}</p>")


@pytest.fixture(scope="module")
def site() -> Iterator[MisbehavingSite]:
    rows = [document(f"n-{number}") for number in range(_RECORDS)]
    resources: dict[str, Any] = {"/robots.txt": b"User-agent: *\n", LISTING: listing(rows)}
    resources |= {row: _record(number) for number, row in enumerate(rows)}
    with MisbehavingSite(resources) as running:
        yield running


@pytest.fixture(scope="module")
def crawled(site: MisbehavingSite, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give an archive that a reader has filled who knows of no territories."""
    archive = tmp_path_factory.mktemp("crawled") / "archive.sqlite"
    crawl(archive, start=[site.base + LISTING])
    return archive


@pytest.fixture
def archive(crawled: Path, tmp_path: Path) -> Path:
    own = tmp_path / "archive.sqlite"
    shutil.copy(crawled, own)
    return own


def _reread(archive: Path, **reader: Any) -> bool:
    """Read everything again by such a reader; tell whether there was anything to read."""
    config = load_config(archive=archive, reader=reader).config
    with rereading(config, Selection()) as begun:
        if begun is None:
            return False
        begun.read(workers=1)
        _, verdict, _ = begun.judge()
        begun.promote(verdict)
    assert_sound(archive)
    return True


def test_a_crawl_after_the_rereading_finds_nothing_changed(
    site: MisbehavingSite, archive: Path
) -> None:
    _reread(archive, **_TAUGHT)
    reread, readings = query(archive, _CHANGES), query(archive, "SELECT count(*) FROM readings")

    crawl(archive, start=[site.base + LISTING], reader=_TAUGHT)

    assert len(reread) == 2 * _TERRITORIES
    assert {(row.field, row.cause) for row in reread} == {("parks", "reader"), ("extra", "reader")}
    assert query(archive, _CHANGES) == reread
    # Nothing was parsed twice either: only the list, which no rereading reads, is a new reading.
    assert query(archive, "SELECT count(*) FROM readings")[0][0] == readings[0][0] + 1
    assert not _reread(archive, **_TAUGHT)


def test_without_a_rereading_the_crawl_finds_the_same_changes_by_the_reader(
    site: MisbehavingSite, archive: Path, tmp_path: Path
) -> None:
    other = tmp_path / "other.sqlite"
    shutil.copy(archive, other)
    _reread(archive, **_TAUGHT)

    crawl(other, start=[site.base + LISTING], reader=_TAUGHT)

    assert query(other, _CHANGES) == query(archive, _CHANGES)
    assert not _reread(other, **_TAUGHT)


def test_what_a_rereading_has_emptied_does_not_refuse_the_next_crawl(
    site: MisbehavingSite, archive: Path
) -> None:
    labels = {"Territoire": "parks", "Format": "ignore"}
    _reread(archive, labels=labels)

    crawl(archive, start=[site.base + LISTING], reader={"labels": labels})

    assert query(archive, "SELECT count(*) FROM records WHERE extra <> '{}'") == [(0,)]
    verdicts = query(archive, "SELECT kind, verdict FROM runs ORDER BY id")
    assert [tuple(row) for row in verdicts] == [
        ("crawl", "good"),
        ("reread", "good"),
        ("crawl", "good"),
    ]


def test_what_the_site_edits_after_a_rereading_is_content_alone(
    site: MisbehavingSite, archive: Path
) -> None:
    _reread(archive, **_TAUGHT)
    reread = query(archive, _CHANGES)
    row = document("n-0")
    before, site.resources[row] = site.resources[row], _record(0, title="Un autre titre")
    try:
        crawl(archive, start=[site.base + LISTING], reader=_TAUGHT)
    finally:
        site.resources[row] = before

    new = [change for change in query(archive, _CHANGES) if change not in reread]
    assert [(change.field, change.cause) for change in new] == [("title", "content")]


def test_another_selector_for_lists_changes_no_record(archive: Path) -> None:
    selectors = {"listing_selectors": (".views-row h3",)}
    config = load_config(archive=archive, reader=selectors).config

    radius = would_change(config, Selection(), workers=1)

    assert (radius.pages, radius.changed) == (_RECORDS, 0)
    assert _reread(archive, **selectors)
    assert query(archive, _CHANGES) == []
    assert query(archive, "SELECT count(*) FROM record_versions") == [(_RECORDS,)]
    assert not _reread(archive, **selectors)


def test_a_reader_that_falls_over_a_page_is_told_so(
    archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("crawler.readers.PAGE_READER", "tests.crawler.falling.FallingReader")
    config = load_config(archive=archive, reader=_TAUGHT).config

    radius = would_change(config, Selection(), workers=1)

    assert sum(each.count for each in radius.failed.values()) > 0
    assert all(
        why.startswith("the reader fails: RuntimeError in falling.py") for why in radius.failed
    )


def test_rereadings_prove_nothing_of_the_site(
    archive: Path,
) -> None:
    for label in ("parks", "contributors", "ignore"):
        _reread(archive, labels={"Territoire": label})

    kinds = query(archive, "SELECT kind, count(*) FROM runs GROUP BY kind ORDER BY kind")

    assert [tuple(row) for row in kinds] == [("crawl", 1), ("reread", 3)]
    assert query(archive, "SELECT count(*) FROM changes WHERE kind = 'withdrawn'") == [(0,)]


def test_the_last_answer_is_read_again_not_the_last_that_was_taken_in(
    site: MisbehavingSite, archive: Path
) -> None:
    crawl(archive, start=[site.base + LISTING])
    numbers = query(archive, "SELECT id, run_id FROM snapshots WHERE url LIKE '%/n-0' ORDER BY id")
    with closing(sqlite3.connect(archive)) as connection, connection:
        # As if the second answer were an earlier capture, found and taken in later.
        connection.execute(
            "UPDATE snapshots SET fetched_at = '2010-01-01 00:00:00' WHERE run_id = 2"
        )

    _reread(archive, **_TAUGHT)

    read = query(
        archive,
        "SELECT snapshot_id FROM run_records WHERE run_id = 3 AND snapshot_id IN (?, ?)",
        *(row.id for row in numbers),
    )
    assert [tuple(row) for row in read] == [(numbers[0].id,)]
