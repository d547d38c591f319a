"""Pages as pictures, drawn in the worker: as wide as asked, and an answer whatever the file is."""

from __future__ import annotations

import io

import pytest
from PIL import Image

from archive.extraction import ExtractionStatus, draw_page
from archive.extraction.extractor import Extractor
from archive.extraction.limits import ExtractionLimits
from tests.archive.extraction import hostile, pdfs

GUIDE = pdfs.with_lines(["Le guide du paysage"] * 8, ["Deuxième page"])


def test_a_page_is_drawn_as_wide_as_asked() -> None:
    picture = draw_page(GUIDE, 2, width=300)

    with Image.open(io.BytesIO(picture.data)) as drawn:
        assert drawn.format == "WEBP"
        assert drawn.width == pytest.approx(300, abs=1)
        assert drawn.height > drawn.width
        extrema = drawn.convert("L").getextrema()
    assert (picture.status, picture.detail) == (ExtractionStatus.READ, "")
    assert extrema[1] == 255, "a page is paper"
    assert extrema[0] < 100, "and something is written on it"


def test_a_gigantic_page_is_drawn_smaller() -> None:
    picture = draw_page(hostile.gigantic_page(), 1, width=200_000)

    with Image.open(io.BytesIO(picture.data)) as drawn:
        assert drawn.width * drawn.height <= 12_100_000


@pytest.mark.parametrize(
    ("source", "number", "status"),
    [
        (GUIDE, 3, "damaged"),
        (b"<!DOCTYPE html><title>404</title>", 1, "not-a-pdf"),
        (b"%PDF-1.4\n" + bytes(range(256)) * 40, 1, "damaged"),
        (pdfs.encrypted(GUIDE, user="secret"), 1, "encrypted"),
    ],
)
def test_what_cannot_be_drawn_says_why(source: bytes, number: int, status: str) -> None:
    picture = draw_page(source, number, width=300)

    assert picture.data == b""
    assert picture.status == status
    assert picture.detail


def test_a_page_that_harms_its_reader_costs_its_picture_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    limits = ExtractionLimits(
        seconds=4, seconds_per_page=0, page_seconds=3, memory_mb=200, crashes=1
    )
    monkeypatch.setattr("archive.extraction.extractor.PICTURE_LIMITS", limits)
    extractor = Extractor()
    try:
        harmed = extractor.draw_page(hostile.form_bomb(), 1, width=300)
        after = extractor.draw_page(GUIDE, 1, width=300)
    finally:
        extractor.close()

    assert (harmed.data, bool(harmed.detail)) == (b"", True)
    assert after.data
