"""The same oddities as other producers make them: fpdf2, and LibreOffice where it is installed."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archive.extraction import ExtractionStatus, extract
from tests.archive.extraction import hostile, producers, texts

if TYPE_CHECKING:
    from pathlib import Path

WORDS = [word for line in texts.columns(1, seed=7, rows=40)[0] for word in line.split()]


@pytest.mark.parametrize("columns", [1, 2, 3])
def test_justified_columns_of_fpdf2_keep_every_word_in_order(columns: int) -> None:
    (page,) = extract(producers.flowing(" ".join(WORDS), columns=columns)).pages

    assert texts.recall([WORDS], page.text) >= 0.99
    assert texts.order([WORDS], page.text) >= 0.99


def test_words_that_fpdf2_parts_at_soft_hyphens_are_whole_again() -> None:
    (page,) = extract(producers.flowing(producers.parted(WORDS), columns=3)).pages

    assert texts.recall([WORDS], page.text) >= 0.99
    assert producers.SOFT_HYPHEN not in page.text
    assert page.joins
    assert f"{page.joins[0].was}" in page.raw_text


def test_ligatures_and_hard_spaces_of_an_embedded_font_are_written_out() -> None:
    lines = [
        "l’ef\ufb01cacité de l’œuvre :",
        "sans in\ufb02exion",
        "3\u00a0500\u00a0habitants",
    ]

    (page,) = extract(producers.with_fpdf2(lines)).pages

    assert page.text == "l’efficacité de l’œuvre :\nsans inflexion\n3 500 habitants"


def test_running_heads_of_fpdf2_are_left_out_of_the_body() -> None:
    bodies = [f"Le chapitre {name} parle d’autre chose" for name in ("un", "deux", "trois", "dix")]

    pages = extract(producers.with_fpdf2(*([b] for b in bodies), heading="Le guide")).pages

    assert [page.body for page in pages] == bodies
    assert {page.running_header for page in pages} == {("Le guide",)}
    assert pages[1].running_footer == ("page 2",)


def test_what_fpdf2_says_of_a_file_is_read() -> None:
    facts = extract(producers.flowing("Le paysage")).facts

    assert (facts.title, facts.language, facts.page_count) == ("Le guide du paysage", "fr-FR", 1)
    assert [(entry.title, entry.page) for entry in facts.outline] == [("Première partie", 1)]


@pytest.mark.parametrize("share", [0.5, 0.7, 0.9])
def test_a_file_of_fpdf2_cut_off_gives_the_pages_that_are_left(share: float) -> None:
    lines = [[f"Le guide du paysage, page {n}"] * 9 for n in range(9)]
    source = producers.with_fpdf2(*lines, font="Helvetica")

    extraction = extract(hostile.truncated(source, share))

    assert extraction.status is ExtractionStatus.PARTIAL
    assert "qpdf" in extraction.repair
    assert extraction.pages[0].text.startswith("Le guide du paysage, page 0")


def test_pages_whose_font_is_cut_off_are_damaged_and_no_scans() -> None:
    source = producers.with_fpdf2(*[["Le guide du paysage"] * 9] * 9)

    extraction = extract(hostile.truncated(source, 0.5))

    assert extraction.status is ExtractionStatus.DAMAGED
    assert "page 1: its letters are lost with their font" in extraction.detail


@pytest.mark.skipif(not producers.has_libreoffice(), reason="LibreOffice is not installed")
def test_a_document_of_libreoffice_reads_as_it_was_written(tmp_path: Path) -> None:
    words = " ".join(WORDS)
    html = (
        "<html lang='fr'><head><meta charset='utf-8'><title>Le guide</title></head><body>"
        f"<h1>Première partie</h1><p style='text-align: justify'>{words}</p>"
        f"<p>{producers.parted(WORDS[:80])}</p><p>l’efficacité de l’œuvre&nbsp;: 3&nbsp;500</p>"
        "</body></html>"
    )

    extraction = extract(producers.with_libreoffice(html, tmp_path))

    text = " ".join(page.text for page in extraction.pages)
    assert extraction.status is ExtractionStatus.READ
    assert texts.recall([WORDS + WORDS[:80]], text) >= 0.99
    assert texts.order([WORDS], text) >= 0.99
    assert "l’efficacité de l’œuvre : 3 500" in text
    assert producers.SOFT_HYPHEN not in text
    assert extraction.facts.producer.startswith("LibreOffice")
