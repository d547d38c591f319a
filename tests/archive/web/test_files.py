"""Files in the reading room: their bytes, pictures of their pages, and a page with its text."""

from __future__ import annotations

import io
import json
import re
import shutil
import sqlite3
from contextlib import closing
from html import unescape
from typing import TYPE_CHECKING

import pytest
from PIL import Image

from archive.web import Limits, application
from archive.web.pages.reading import flowing
from archive.web.pictures import PictureKey, PictureShelf
from archive.web.ranges import range_of
from tests.archive.web.serving import visiting

if TYPE_CHECKING:
    from pathlib import Path

    import httpx

RECORD = "/records/node-1369"


@pytest.fixture(scope="module")
def stored(demo_archive: Path) -> tuple[str, bytes]:
    """Give digest and bytes of the file of the record."""
    with closing(sqlite3.connect(demo_archive)) as connection:
        row = connection.execute(
            "SELECT sqlar.sha256, sqlar.data FROM sqlar JOIN held_files USING (sha256) "
            "JOIN record_files USING (url) WHERE record_id = 'node-1369'"
        ).fetchone()
    return row[0], row[1]


def test_a_file_is_sent_as_it_was_received(room: httpx.Client, stored: tuple[str, bytes]) -> None:
    sha256, data = stored
    answer = room.get(f"/files/{sha256}")

    assert answer.content == data
    assert answer.headers["content-type"] == "application/pdf"
    assert answer.headers["content-length"] == str(len(data))
    assert answer.headers["content-disposition"].startswith("attachment; filename*=UTF-8''forets")
    assert "sandbox" in answer.headers["content-security-policy"]
    assert "content-encoding" not in answer.headers


@pytest.mark.parametrize(
    ("header", "status", "part"),
    [
        ("bytes=0-4", 206, slice(0, 5)),
        ("bytes=100-", 206, slice(100, None)),
        ("bytes=-7", 206, slice(-7, None)),
        ("bytes=5-99999999999", 206, slice(5, None)),
        ("bytes=9-2", 200, slice(None)),
        ("bytes=0-1,5-6", 200, slice(None)),
        ("lines=1-2", 200, slice(None)),
        ("bytes=99999999-", 416, slice(0, 0)),
        ("bytes=-0", 416, slice(0, 0)),
    ],
)
def test_parts_of_a_file_are_sent(
    room: httpx.Client, stored: tuple[str, bytes], header: str, status: int, part: slice
) -> None:
    sha256, data = stored
    answer = room.get(f"/files/{sha256}", headers={"range": header})

    assert answer.status_code == status
    assert answer.content == data[part]
    if status == 206:
        start, stop, size = map(int, re.findall(r"\d+", answer.headers["content-range"]))
        assert data[start : stop + 1] == answer.content
        assert size == len(data)


def test_a_file_already_had_is_not_sent_again(
    room: httpx.Client, stored: tuple[str, bytes]
) -> None:
    tag = f'"{stored[0]}"'

    assert room.get(f"/files/{stored[0]}", headers={"if-none-match": tag}).status_code == 304
    other = {"range": "bytes=0-4", "if-range": '"other"'}
    assert room.get(f"/files/{stored[0]}", headers=other).content == stored[1]
    head = room.head(f"/files/{stored[0]}")
    assert (head.headers["content-length"], head.content) == (str(len(stored[1])), b"")


@pytest.mark.parametrize("name", ["0" * 64, "abc", "..%2f..%2fetc%2fpasswd", "x" * 64])
def test_what_is_no_digest_of_a_file_is_not_found(room: httpx.Client, name: str) -> None:
    assert room.get(f"/files/{name}").status_code == 404
    assert room.get(f"/files/{name}/pages/1/cover.webp").status_code == 404


def test_a_page_is_a_picture(room: httpx.Client, stored: tuple[str, bytes]) -> None:
    answer = room.get(f"/files/{stored[0]}/pages/1/cover.webp")

    with Image.open(io.BytesIO(answer.content)) as picture:
        assert picture.width == pytest.approx(240, abs=1)
    assert "immutable" in answer.headers["cache-control"]
    for wrong in ("pages/0/cover.webp", "pages/1/huge.webp", "pages/x/cover.webp"):
        assert room.get(f"/files/{stored[0]}/{wrong}").status_code in {400, 404}


def test_a_page_that_cannot_be_drawn_is_a_sheet_of_paper(
    room: httpx.Client, stored: tuple[str, bytes]
) -> None:
    answer = room.get(f"/files/{stored[0]}/pages/999/page.webp")

    assert (answer.status_code, answer.headers["content-type"]) == (404, "image/svg+xml")


def test_a_file_too_large_to_be_held_is_not_drawn(
    demo_archive: Path, stored: tuple[str, bytes]
) -> None:
    with visiting(application(demo_archive, limits=Limits(file_mb=0))) as client:
        assert client.get(f"/files/{stored[0]}/pages/1/cover.webp").status_code == 404
        assert client.get(f"/files/{stored[0]}").content == stored[1]


def test_pictures_leave_room_for_others() -> None:
    shelf = PictureShelf(100)
    first, second, third = (PictureKey("a" * 64, number, 240) for number in (1, 2, 3))
    shelf.keep(first, b"x" * 40)
    shelf.keep(second, b"x" * 40)
    assert shelf.get(first) is not None, "asked for lately"
    shelf.keep(third, b"x" * 40)

    assert shelf.get(second) is None
    assert shelf.get(first) == shelf.get(third) == b"x" * 40
    shelf.keep(first, b"")
    assert shelf.get(first) == b""


def test_what_is_forgotten_is_shown_no_more(
    demo_archive: Path, stored: tuple[str, bytes], tmp_path: Path
) -> None:
    own = tmp_path / "own.sqlite"
    shutil.copy(demo_archive, own)
    with visiting(application(own)) as client:
        assert client.get(f"/files/{stored[0]}/pages/1/cover.webp").status_code == 200
        with closing(sqlite3.connect(own)) as connection, connection:
            connection.execute("DELETE FROM sqlar WHERE sha256 = ?", (stored[0],))
        assert client.get(f"/files/{stored[0]}/pages/1/cover.webp").status_code == 404
        assert client.get(f"/files/{stored[0]}").status_code == 404
        page = client.get(RECORD).text
        assert "does not have this file" in page
        assert f'href="/files/{stored[0]}"' not in page
        assert "cover.webp" not in page


def test_a_page_stands_beside_its_text_with_the_words_marked(
    room: httpx.Client, stored: tuple[str, bytes]
) -> None:
    page = room.get(f"{RECORD}/files/{stored[0]}", params={"page": 2, "q": "forêt"}).text
    words = json.loads(unescape(re.findall(r'data-words="([^"]*)"', page)[0]))

    assert {"Forêts", "forêts", "forêt"} == set(words)
    assert "<mark>forêts</mark>" in page
    assert f'src="/files/{stored[0]}/pages/2/page.webp"' in page
    assert "Result 2 of 16" in page
    assert "cite?file=" in page


def test_hits_are_gone_through_from_the_first_to_the_last(
    room: httpx.Client, stored: tuple[str, bytes]
) -> None:
    href = f"{RECORD}/files/{stored[0]}?page=1&q=tourbi%C3%A8re"
    seen: list[str] = []
    while href and len(seen) < 40:
        page = room.get(href).text
        seen.append(re.findall(r'data-page="(\d+)"', page)[0])
        following = re.findall(r'href="([^"]+)" aria-label="Next result"', page)
        href = unescape(next(iter(following), ""))

    assert len(seen) > 3
    assert seen == sorted(seen, key=int)


def test_tables_of_a_page_stand_beside_it(
    demo_archive: Path, stored: tuple[str, bytes], tmp_path: Path
) -> None:
    own = tmp_path / "own.sqlite"
    shutil.copy(demo_archive, own)
    rows = json.dumps([["Année", "Mares"], ["2012", "<b>58</b>"]])
    with closing(sqlite3.connect(own)) as connection, connection:
        connection.execute(
            "INSERT INTO file_tables VALUES (?, 2, 1, ?, '[0, 0, 1, 1]')", (stored[0], rows)
        )
    with visiting(application(own)) as client:
        page = client.get(f"{RECORD}/files/{stored[0]}?page=2").text

    assert "<td>Mares</td>" in page
    assert "<td>&lt;b&gt;58&lt;/b&gt;</td>" in page


@pytest.mark.parametrize("page", ["17", "0x1", "99999999999"])
def test_a_page_the_file_has_not_is_not_shown(
    room: httpx.Client, stored: tuple[str, bytes], page: str
) -> None:
    assert room.get(f"{RECORD}/files/{stored[0]}?page={page}").status_code in {400, 404}


def test_a_file_of_another_record_is_not_shown_under_this_one(
    room: httpx.Client, stored: tuple[str, bytes]
) -> None:
    assert room.get(f"/records/node-1408/files/{stored[0]}").status_code == 404


def test_running_text_keeps_the_place_of_every_letter() -> None:
    lines = (
        "Une ligne pleine qui va",
        "jusqu'au bord de sa page.",
        "Titre",
        "",
        "Une autre",
        "fin.",
    )
    text = "\n".join(lines)

    flowed = flowing(text)

    assert len(flowed) == len(text)
    assert flowed.replace("\n", " ") == text.replace("\n", " ")
    assert flowed.startswith("Une ligne pleine qui va jusqu'au bord de sa page.\nTitre\n\nUne")


def test_a_range_beyond_reason_is_none() -> None:
    assert range_of("bytes=" + "9" * 400 + "-", 10) is None
