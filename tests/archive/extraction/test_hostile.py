"""Files that mean harm, or are broken: each ends in a status, soon, and the next file is read."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest

from archive.extraction import ExtractionLimits, ExtractionStatus, PageStatus, extract
from tests.archive.extraction import hostile, pdfs

if TYPE_CHECKING:
    from collections.abc import Callable

LIMITS = ExtractionLimits(
    seconds=10, page_seconds=4, memory_mb=300, max_pages=200, max_chars_per_page=50_000
)
GUIDE = pdfs.with_lines(*[[f"Le guide du paysage, page {n}"] * 8 for n in range(4)])

MENDED = {
    "truncated": lambda: hostile.truncated(GUIDE),
    "behind two kilobytes of nothing": lambda: hostile.without_header(GUIDE),
    "behind ten kilobytes of something": lambda: b"From: parc\n" * 1000 + GUIDE,
    "without its first line": lambda: GUIDE.partition(b"\n")[2],
    "cut off before its catalogue": lambda: hostile.without_its_catalogue(GUIDE),
    "cut off, its objects packed": lambda: hostile.without_its_catalogue(GUIDE, packed=True),
    "without a root": lambda: GUIDE.replace(b"/Root", b"/Rxxt"),
}

REFUSED = {
    "an HTML page": (b"<!DOCTYPE html><title>404</title>", "not-a-pdf"),
    "an HTML page about PDFs": (b"<html><p>begins with %PDF-1.4</html>", "not-a-pdf"),
    "answers to a form": (b"%FDF-1.2\n1 0 obj << /FDF << >> >> endobj", "not-a-pdf"),
    "a ZIP archive": (b"PK\x03\x04rest", "not-a-pdf"),
    "an empty file": (b"", "not-a-pdf"),
    "anything": (b"\x00\x01\x02" * 900, "not-a-pdf"),
    "a header alone": (b"%PDF-1.4", "damaged"),
    "bytes under a header": (b"%PDF-1.4\n" + bytes(range(256)) * 40, "damaged"),
    "a lock of another maker": (
        pdfs.encrypted(GUIDE, user="").replace(b"/Standard", b"/Stranger"),
        "encrypted",
    ),
    "a password": (pdfs.encrypted(GUIDE, user="secret"), "encrypted"),
}

CONTAINED: dict[str, tuple[Callable[[], bytes], set[str]]] = {
    "a bomb": (lambda: hostile.inflating_bomb(100), {"empty"}),
    "a bomb in a bomb": (lambda: hostile.nested_bomb(40), {"empty", "out-of-memory"}),
    "forms in forms": (hostile.form_bomb, {"out-of-memory", "timed-out"}),
    "a form that draws itself": (hostile.form_loop, {"empty", "damaged"}),
    "a page tree in a ring": (hostile.page_tree_loop, {"damaged"}),
    "a deep page tree": (lambda: hostile.deep_page_tree(3000), {"damaged", "empty"}),
    "deep arrays": (lambda: hostile.deep_arrays(50_000), {"empty", "damaged"}),
    "an outline in a ring": (hostile.outline_loop, {"empty"}),
    "content that is no deflated data": (hostile.corrupt_flate, {"damaged"}),
    "content in letters that are none": (hostile.corrupt_letters, {"damaged"}),
    "a font that inflates": (hostile.hungry_font, {"out-of-memory"}),
    "a gigantic page": (hostile.gigantic_page, {"read"}),
    "twenty thousand cells": (hostile.many_cells, {"read"}),
    "a million glyphs": (hostile.many_glyphs, {"partial", "out-of-memory"}),
    "a hundred thousand pages": (hostile.many_pages, {"empty"}),
}


@pytest.mark.parametrize("name", MENDED)
def test_a_broken_file_is_mended_and_says_so(name: str) -> None:
    extraction = extract(MENDED[name](), limits=LIMITS)

    assert extraction.status is ExtractionStatus.PARTIAL
    assert "qpdf" in extraction.repair
    assert extraction.pages[0].text.startswith("Le guide du paysage, page 0")


def test_what_stood_on_a_page_and_is_cut_off_is_lost_and_not_blank() -> None:
    extraction = extract(hostile.with_content_cut_off(GUIDE), limits=LIMITS)

    assert extraction.status is ExtractionStatus.DAMAGED
    assert {page.status for page in extraction.pages} == {PageStatus.DAMAGED}
    assert "page 1: its content is lost" in extraction.detail


@pytest.mark.parametrize(
    ("spoil", "said"),
    [
        (lambda data: data[:200] + b"\xff" * 8 + data[208:], "corrupt, and its text ends there"),
        (lambda data: data[: len(data) // 2], "cut off, and its text ends there"),
        (lambda data: data[:-1] + bytes([data[-1] ^ 1]), "corrupt, and its text may be wrong"),
    ],
    ids=["overwritten", "cut off", "with another checksum"],
)
def test_content_that_is_corrupt_in_the_middle_is_said_with_its_page(
    spoil: Callable[[bytes], bytes], said: str
) -> None:
    extraction = extract(hostile.with_spoilt_content(2, spoil), limits=LIMITS)

    assert extraction.status is ExtractionStatus.PARTIAL
    assert extraction.detail == f"page 2: its content is {said}"
    assert [page.flags for page in extraction.pages] == [(), ("cut",), ()]
    assert extraction.pages[1].text.startswith("Ligne 0 : la charte du parc")


def test_corrupt_letters_around_deflated_content_are_said_too() -> None:
    extraction = extract(hostile.with_spoilt_letters(), limits=LIMITS)

    assert extraction.status is ExtractionStatus.PARTIAL
    assert extraction.detail.startswith("page 1: its content is corrupt")


@pytest.mark.parametrize(
    "spoil",
    [lambda data: data[:-4], lambda data: data + b"\r\n"],
    ids=["no checksum", "a wrong length"],
)
def test_what_producers_get_wrong_at_the_end_of_content_is_no_damage(
    spoil: Callable[[bytes], bytes],
) -> None:
    extraction = extract(hostile.with_spoilt_content(2, spoil), limits=LIMITS)

    assert (extraction.status, extraction.detail) == (ExtractionStatus.READ, "")


@pytest.mark.parametrize(("count", "status"), [(2, "partial"), (0, "read"), (-1, "read")])
def test_pages_that_the_file_does_not_count_are_read_too(count: int, status: str) -> None:
    extraction = extract(hostile.counting(GUIDE, count), limits=LIMITS)

    assert extraction.status == status
    assert [page.text[-1] for page in extraction.pages] == ["0", "1", "2", "3"]
    assert extraction.repair == (
        "rebuilt with qpdf: it says that it has 2 pages" if count == 2 else ""
    )


def test_a_file_that_cannot_be_mended_gives_the_pages_it_counts() -> None:
    nowhere_to_write = ExtractionLimits(scratch_mb=0)

    extraction = extract(hostile.counting(GUIDE, 2), limits=nowhere_to_write)

    assert [page.text[-1] for page in extraction.pages] == ["0", "1"]


@pytest.mark.parametrize("name", REFUSED)
def test_what_cannot_be_read_says_why(name: str) -> None:
    source, status = REFUSED[name]

    extraction = extract(source, limits=LIMITS)

    assert extraction.status == status
    assert extraction.detail
    assert not extraction.pages


def test_an_empty_password_opens() -> None:
    extraction = extract(pdfs.encrypted(GUIDE, user=""), limits=LIMITS)

    assert extraction.status is ExtractionStatus.READ
    assert extraction.facts.encrypted


def test_a_wrong_pointer_is_no_damage() -> None:
    assert extract(hostile.without_xref(GUIDE), limits=LIMITS).status is ExtractionStatus.READ


@pytest.mark.parametrize("name", CONTAINED)
def test_harm_is_contained(name: str) -> None:
    make, statuses = CONTAINED[name]

    extraction = extract(make(), limits=LIMITS)

    assert extraction.status.value in statuses, extraction.detail
    assert extraction.seconds < LIMITS.seconds + 3
    assert len(extraction.detail) < 1000


def test_a_page_that_takes_too_much_costs_itself_alone() -> None:
    bomb = hostile.form_bomb()

    extraction = extract(hostile.between_good_pages(bomb), limits=LIMITS)

    assert extraction.status is ExtractionStatus.PARTIAL
    assert [page.text for page in extraction.pages] == ["Avant la bombe", "", "Après la bombe"]
    assert extraction.pages[1].status in {PageStatus.OUT_OF_MEMORY, PageStatus.TIMED_OUT}
    assert "page 2" in extraction.detail


def test_a_page_that_pdfplumber_does_not_end_costs_itself_alone() -> None:
    endless = hostile.between_good_pages(pdfs.with_content(b"q " * 400_000))

    extraction = extract(endless, engine="pdfplumber", limits=replace(LIMITS, page_seconds=2))

    assert extraction.status is ExtractionStatus.PARTIAL
    assert [page.text for page in extraction.pages] == ["Avant la bombe", "", "Après la bombe"]
    assert extraction.pages[1].status is PageStatus.TIMED_OUT
    assert extraction.detail == "page 2: one page took more than 2 s"


def test_too_many_pages_are_cut_and_said() -> None:
    source = pdfs.with_lines(*[[f"Ceci est la page {n}"] for n in range(5)])

    extraction = extract(source, limits=ExtractionLimits(max_pages=3))

    assert extraction.status is ExtractionStatus.PARTIAL
    assert len(extraction.pages) == 3
    assert "first 3 of 5 pages" in extraction.detail


def test_too_large_a_file_is_not_opened() -> None:
    extraction = extract(GUIDE + b" " * 1_000_000, limits=ExtractionLimits(max_file_mb=1))

    assert extraction.status is ExtractionStatus.TOO_LARGE
