"""Captures take their place in the order of time, whatever the order in which they come."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archive.catalogue.as_of import NothingThenError
from tests.crawler.importing.capturing import Kept, address, page, write_warc

if TYPE_CHECKING:
    from pathlib import Path

    from tests.crawler.importing.conftest import Shelf

_CAPTURES = (
    Kept(url=address(1), date="2013-05-01T10:00:00Z", body=page(1, title="Guide d'abord")),
    Kept(url=address(1), date="2015-05-01T10:00:00Z", body=page(1, title="Guide d'abord")),
    Kept(url=address(1), date="2017-05-01T10:00:00Z", body=page(1, title="Guide ensuite")),
    Kept(
        url=address(1),
        date="2019-05-01T10:00:00Z",
        body=page(1, title="Guide enfin", body="Un autre paragraphe."),
    ),
)
_CHANGES = [
    ("2017-05-01", "changed", "title", "Guide d'abord", "Guide ensuite", "content"),
    ("2019-05-01", "changed", "body_text", "Un paragraphe.", "Un autre paragraphe.", "content"),
    ("2019-05-01", "changed", "title", "Guide ensuite", "Guide enfin", "content"),
]


def _file(folder: Path, number: int) -> Path:
    return write_warc(folder / f"{number}.warc.gz", [_CAPTURES[number]])


@pytest.mark.parametrize(
    "order", [(0, 1, 2, 3), (3, 2, 1, 0), (2, 0, 3, 1), (1, 3, 0, 2), (3, 0, 2, 1)], ids=str
)
def test_the_order_of_imports_makes_no_difference(shelf: Shelf, order: tuple[int, ...]) -> None:
    for number in order:
        shelf.take_in(_file(shelf.folder, number))

    assert shelf.changes() == _CHANGES
    assert shelf.versions("node-1") == [
        (1, "2013-05-01", "Guide d'abord"),
        (2, "2017-05-01", "Guide ensuite"),
        (3, "2019-05-01", "Guide enfin"),
    ]
    assert shelf.titles() == {"node-1": "Guide enfin"}


def test_every_day_answers_as_it_was(shelf: Shelf) -> None:
    shelf.take_in(write_warc(shelf.folder / "all.warc.gz", _CAPTURES))

    titles = [
        shelf.records(f"{year}-12-31")["node-1"]["title"] for year in (2013, 2015, 2017, 2019)
    ]

    assert titles == ["Guide d'abord", "Guide d'abord", "Guide ensuite", "Guide enfin"]
    assert shelf.records() == shelf.records("2026-01-01")
    with pytest.raises(NothingThenError):
        shelf.records("2013-04-30")


def test_labels_of_long_ago_are_known_when_one_looks_back(shelf: Shelf) -> None:
    new = page(1).replace(b">Guide<", "Étude".encode().join((b">", b"<")))
    shelf.take_in(
        write_warc(
            shelf.folder / "a.warc",
            [Kept(url=address(1), date="2019-05-01T10:00:00Z", body=new), _CAPTURES[0]],
            gzip=False,
        )
    )

    then, now = shelf.records("2014-01-01")["node-1"], shelf.records()["node-1"]

    assert (then["document_type"], now["document_type"]) == ("Guide", "Étude")


def test_a_record_is_first_seen_when_it_was_first_captured(shelf: Shelf) -> None:
    shelf.take_in(_file(shelf.folder, 2))
    shelf.take_in(_file(shelf.folder, 0))

    record = shelf.records()["node-1"]

    assert record["first_seen"] == "2013-05-01T10:00:00+00:00"
    assert record["last_seen"] == "2017-05-01T10:00:00+00:00"


def test_an_old_page_takes_no_address_from_todays(shelf: Shelf) -> None:
    today = page(1).replace(b"/node/1", b"/media/7").replace(b"page-node-1", b"path-media")
    shelf.take_in(
        write_warc(
            shelf.folder / "a.warc.gz",
            [Kept(url=address(1), date="2024-05-01T10:00:00Z", body=today)],
        )
    )
    shelf.take_in(_file(shelf.folder, 0))

    records = shelf.records()

    assert set(records) == {"media-7", "node-1"}
    assert address(1) == records["media-7"]["url"]
    assert address(1) not in records["node-1"]["aliases"]


def test_importing_again_adds_nothing(shelf: Shelf) -> None:
    path = write_warc(shelf.folder / "all.warc.gz", _CAPTURES)
    shelf.take_in(path)
    before = shelf.answers()

    _, again = shelf.take_in(path, path)

    assert (again.captures, again.already, again.runs) == (0, 4, [])
    assert shelf.answers() == before
