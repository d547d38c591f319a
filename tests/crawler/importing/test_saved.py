"""Saved pages and PDFs: whose they are, and of when, as whoever saved them noted it."""

from __future__ import annotations

import os
import shutil
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from crawler.errors import UsageError
from crawler.importing.captures import LeftOut
from crawler.importing.saved import Given
from tests.archive.extraction.pdfs import with_lines
from tests.crawler.importing.capturing import SITE, address, download, page
from tests.golden import FIXTURES

if TYPE_CHECKING:
    from pathlib import Path

    from tests.crawler.importing.conftest import Shelf

_PRINTED = FIXTURES / "pages/printed/seed/page.txt"
_SAVED = datetime(2015, 4, 9, 8, 22, 33, tzinfo=UTC)


def _save(folder: Path, name: str, body: bytes) -> Path:
    path = folder / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(body)
    os.utime(path, (_SAVED.timestamp(), _SAVED.timestamp()))
    return path


def test_a_printed_page_names_its_own_source(shelf: Shelf) -> None:
    path = shelf.folder / "printed-page.txt"
    shutil.copy(_PRINTED, path)

    shelf.take_in(path, given=Given(at=datetime(2013, 8, 22, tzinfo=UTC)))

    (record,) = shelf.records("2013-12-31").values()
    assert record["url"] == (
        f"{SITE}/centre-de-ressources/document/"
        "lien-social-et-solidarites-de-proximite-lexperience-en-marche-du-parc"
    )
    assert (record["declared_pages"], record["updated_on"]) == (42, "2013-08-22")
    assert record["first_seen"] == record["last_seen"] == "2013-08-22T00:00:00+00:00"
    assert record["withdrawn_at"] is None


@pytest.mark.parametrize(
    ("before", "expected"),
    [
        (b"", "2015-04-09 08:22:33"),
        (
            b"HTTP/1.1 200 OK\r\nDate: Mon, 02 Jan 2012 10:00:00 GMT\r\n\r\n",
            "2012-01-02 10:00:00",
        ),
        (
            b"<!--\n Page saved with SingleFile \n url: http://x.org/a \n saved date: "
            b"Wed Mar 07 2018 10:22:33 GMT+0100 (heure normale)\n-->".replace(
                b"http://x.org/a", address(1).encode()
            ),
            "2018-03-07 09:22:33",
        ),
        (
            b"<!-- FILE ARCHIVED ON 10:11:12 Apr 09, 2014 AND RETRIEVED FROM THE INTERNET -->",
            "2014-04-09 10:11:12",
        ),
    ],
    ids=["file", "headers", "singlefile", "wayback"],
)
def test_a_page_is_of_the_day_that_it_says(shelf: Shelf, before: bytes, expected: str) -> None:
    path = _save(shelf.folder, "page.html", before + page(1))

    shelf.take_in(path)

    assert shelf.answers() == [(address(1), expected, 200, "stored")]


def test_what_the_browser_noted_outweighs_the_page(shelf: Shelf) -> None:
    note = f"<!-- saved from url=(0042){SITE}/node/1 -->".encode()
    path = _save(shelf.folder, "page.html", note + page(1))

    shelf.take_in(path)

    assert shelf.answers()[0][0] == f"{SITE}/node/1"
    assert shelf.records()["node-1"]["url"] == address(1)


def test_a_page_that_does_not_say_whose_it_is_needs_to_be_told(shelf: Shelf) -> None:
    body = page(1).replace(b'rel="canonical"', b"").replace(b'rel="shortlink"', b"")
    path = _save(shelf.folder, "page.html", body)

    untold, _ = shelf.take_in(path)
    told, imported = shelf.take_in(path, given=Given(url=address(1)))

    assert untold.left_out == {LeftOut.NO_ADDRESS: 1}
    assert not told.left_out
    assert imported.captures == 1
    with pytest.raises(UsageError, match="--url is the address of one file; 2 were given"):
        shelf.take_in(path, _PRINTED, given=Given(url=address(1)))


def test_a_mirrored_folder_gives_each_file_its_address(shelf: Shelf) -> None:
    mirror = shelf.folder / SITE[8:]
    _save(mirror, "centre-de-ressources/document/guide-1", page(1))
    _save(mirror, "centre-de-ressources/document/guide-2.html", page(2))
    _save(mirror, "sites/f/un guide.pdf", with_lines(["Une page de texte."]))
    _save(mirror, "style.css", b"p {}")
    _save(mirror, ".hidden/page.html", page(3))

    plan, _ = shelf.take_in(shelf.folder)

    assert sorted(url for url, *_ in shelf.answers()) == [
        address(1),
        address(2),
        f"{SITE}/sites/f/un%20guide.pdf",
    ]
    assert plan.left_out == {LeftOut.OTHER: 1}


def test_a_pdf_is_known_by_the_page_that_offers_it(shelf: Shelf) -> None:
    _save(shelf.folder, "page.html", page(1, more=download("/sites/f/guide.pdf")))
    _save(shelf.folder, "Guide.PDF", with_lines(["Une page de texte."]))
    _save(shelf.folder, "other.pdf", with_lines(["Une autre."]))

    plan, imported = shelf.take_in(shelf.folder)

    assert (imported.files, plan.left_out) == (1, {LeftOut.NO_ADDRESS: 1})
    (file,) = shelf.records()["node-1"]["files"]
    assert (file["url"], file["text_status"]) == (f"{SITE}/sites/f/guide.pdf", "pending")


def test_an_older_file_replaces_none(shelf: Shelf) -> None:
    pdf = f"{SITE}/sites/f/guide.pdf"
    saved = _save(shelf.folder, "page.html", page(1, more=download("/sites/f/guide.pdf")))
    new = _save(shelf.folder, "new.pdf", with_lines(["Nouvelle édition."]))
    old = _save(shelf.folder, "old.pdf", with_lines(["Ancienne édition."]))
    shelf.take_in(saved)
    shelf.take_in(new, given=Given(url=pdf, at=datetime(2020, 1, 1, tzinfo=UTC)))
    held = shelf.records()["node-1"]["files"][0]["sha256"]

    shelf.take_in(old, given=Given(url=pdf, at=datetime(2018, 1, 1, tzinfo=UTC)))

    assert shelf.records()["node-1"]["files"][0]["sha256"] == held
    then = shelf.records("2018-06-01")["node-1"]["files"][0]["sha256"]
    ((day, kind, _, before, after, _),) = shelf.changes()
    assert (day, kind) == ("2020-01-01", "file-replaced")
    assert (before["sha256"], after["sha256"]) == (then, held)


def test_the_same_bytes_with_another_file_date_are_no_news(shelf: Shelf) -> None:
    path = _save(shelf.folder, "page.html", page(1))
    shelf.take_in(path)
    path.touch()

    _, again = shelf.take_in(path)

    assert (again.captures, again.already) == (0, 1)
