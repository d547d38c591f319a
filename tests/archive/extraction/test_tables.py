"""Tables on ruled pages, OCR of scanned ones, and the cross-checks."""

from __future__ import annotations

import pytest

from archive.extraction import (
    Extraction,
    ExtractionLimits,
    ExtractionStatus,
    OcrUnavailableError,
    PageText,
    PdfFacts,
    TextSource,
    find_tables,
    ocr,
    ocr_available,
    read_pictures,
)
from archive.extraction.checks import check_page_count, check_size, check_title, check_year
from tests.archive.extraction import hostile, pdfs

ROWS = (("Commune", "Habitants"), ("Avallon", "6 500"), ("Quarré-les-Tombes", "600"))

needs_tesseract = pytest.mark.skipif(
    not ocr_available().available, reason=f"no OCR here: {ocr_available().detail}"
)


@pytest.mark.parametrize("degrees", [0, 90])
def test_a_ruled_table_is_rows_of_cells_however_it_is_turned(degrees: int) -> None:
    result = find_tables(pdfs.ruled_table(ROWS, turned=degrees))

    assert result.status is ExtractionStatus.READ
    assert [table.rows for table in result.tables] == [ROWS]
    assert (result.tables[0].page, result.tables[0].number) == (1, 1)


def test_a_page_without_lines_is_not_searched() -> None:
    assert find_tables(pdfs.with_lines(["a b c", "d e f"])).tables == ()


def test_a_drawing_is_left_out_and_said() -> None:
    result = find_tables(hostile.many_cells())

    assert result.status is ExtractionStatus.PARTIAL
    assert "page 1: not searched" in result.detail


def test_a_file_that_is_no_pdf_has_no_tables() -> None:
    assert find_tables(b"<html>").status is ExtractionStatus.NOT_A_PDF


@needs_tesseract
def test_a_scanned_page_is_read_by_ocr_and_says_so() -> None:
    extraction = read_pictures(pdfs.scanned_text("Le paysage du parc naturel"), [1])

    (page,) = extraction.pages
    assert page.text == "Le paysage du parc naturel"
    assert page.source is TextSource.OCR
    assert page.confidence is not None
    assert page.confidence > 0.8


@needs_tesseract
def test_ocr_keeps_to_its_time() -> None:
    limits = ExtractionLimits(seconds=5, page_seconds=0.01)

    extraction = read_pictures(pdfs.scanned_text("Le paysage"), [1], limits=limits)

    assert extraction.status is ExtractionStatus.TIMED_OUT


def test_without_tesseract_one_sentence_says_what_to_do(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "")
    ocr.ocr_available.cache_clear()
    try:
        with pytest.raises(OcrUnavailableError, match="install"):
            read_pictures(pdfs.scan(), [1])
    finally:
        ocr.ocr_available.cache_clear()


def test_pages_declared_and_real_are_compared() -> None:
    issue = check_page_count(42, PdfFacts(page_count=58))

    assert issue is not None
    assert "42" in issue.detail
    assert "58" in issue.detail
    assert check_page_count(42, PdfFacts(page_count=44)) is None
    assert check_page_count(None, PdfFacts(page_count=44)) is None


def test_a_file_finished_before_its_year_is_told() -> None:
    issue = check_year(2017, None, PdfFacts(created="2012-01-02", modified="2013"))

    assert issue is not None
    assert "2017" in issue.detail
    assert "2013" in issue.detail
    assert check_year(1998, 2001, PdfFacts(created="2012-01-02")) is None


def test_a_title_that_the_file_lacks_is_told() -> None:
    page = PageText(number=1, text="Inventaire des chauves-souris du Haut-Jura\n" + "texte " * 60)
    extraction = Extraction(status=ExtractionStatus.READ, pages=(page,))

    issue = check_title("Charte paysagère du plateau de Millevaches", extraction)

    assert issue is not None
    assert "Millevaches" in issue.detail
    assert "chauves-souris" in issue.detail
    assert check_title("L’inventaire des Chauves-Souris", extraction) is None


def test_a_size_is_wrong_beyond_rounding() -> None:
    assert check_size(1_500_000, 1_510_000) is None
    assert check_size(None, 5) is None
    issue = check_size(1_500_000, 400_000)
    assert issue is not None
    assert "400000" in issue.detail
