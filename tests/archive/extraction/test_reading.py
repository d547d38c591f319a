"""The text of a page, one oddity at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archive.extraction import ExtractionStatus, PageStatus, PageText, extract
from tests.archive.extraction import pdfs

if TYPE_CHECKING:
    from reportlab.pdfgen.canvas import Canvas


def only_page(source: bytes, **options: str) -> PageText:
    """Return the one page of *source*."""
    (page,) = extract(source, **options).pages  # type: ignore[arg-type]  # `engine` is a word
    return page


def test_fake_bold_is_read_once() -> None:
    assert only_page(pdfs.fake_bold("Charte du parc")).text == "Charte du parc"


def test_an_invisible_layer_is_text() -> None:
    assert only_page(pdfs.invisible("couche de texte")).text == "couche de texte"


def test_white_on_white_is_not_lost() -> None:
    assert only_page(pdfs.white_on_white("blanc sur blanc")).text == "blanc sur blanc"


@pytest.mark.parametrize("degrees", [90, 180, 270])
def test_a_turned_page_reads_as_it_is_shown(degrees: int) -> None:
    page = only_page(pdfs.turned(["Le paysage tourné", "est lisible"], degrees))

    assert page.text == "Le paysage tourné\nest lisible"
    assert page.rotation == degrees
    assert (page.width > page.height) == (degrees != 180)


def test_text_that_the_crop_box_hides_is_kept_aside() -> None:
    page = only_page(pdfs.cropped("dans la page", "repère de coupe"))

    assert (page.text, page.outside) == ("dans la page", "repère de coupe")


def test_a_crop_box_beside_the_sheet_hides_nothing() -> None:
    assert only_page(pdfs.cropped_away("dans la page")).text == "dans la page"


def test_text_kept_aside_is_as_clean_as_any() -> None:
    page = only_page(pdfs.off_the_page("dans la page", "l’efficacité\xa0", "mé-", "sange"))

    assert page.outside == "l’efficacité\nmésange"


def test_a_page_of_blanks_is_blank() -> None:
    page = only_page(pdfs.with_content(b"BT /F1 11 Tf 72 700 Td ( ) Tj 0 -20 Td (   ) Tj ET"))

    assert page.status is PageStatus.BLANK


def test_text_beyond_the_sheet_is_kept_aside() -> None:
    page = only_page(pdfs.off_the_page("dans la page", "au-delà"))

    assert (page.text, page.outside) == ("dans la page", "au-delà")


def test_a_hyphen_at_a_line_end_is_joined_and_stays_reachable() -> None:
    page = only_page(pdfs.with_lines(["l’aména-", "gement du pays"]))

    assert page.text == "l’aménagement du pays"
    assert page.raw_text == "l’aména-\ngement du pays"


def test_letters_named_with_private_characters_are_told_by_their_words() -> None:
    text = "la beauté\nla liberté\nun marché\nla santé\nune forêt\nla tempête\nla fenêtre\nla fête"

    page = only_page(pdfs.with_private_letters(text, "éê"))

    assert page.text == text
    assert "letters-named" in page.flags


def test_what_steers_the_direction_of_writing_goes_and_its_text_stays_as_it_is() -> None:
    # Drawn as it is seen, from left to right: the last letter of the word first.
    page = only_page(pdfs.with_private_letters("Le mot \u202bםולש\u202c veut dire paix", ""))

    assert page.text == "Le mot שלום veut dire paix"


def test_a_letter_that_nothing_tells_shows_as_lost() -> None:
    page = only_page(pdfs.with_private_letters("Zqxéwk", "é"))

    assert page.text == "Zqx\ufffdwk"
    assert "foreign" in page.flags


def test_a_scan_is_empty_and_wants_ocr() -> None:
    extraction = extract(pdfs.scan(2))

    assert extraction.status is ExtractionStatus.EMPTY
    assert all(page.wants_ocr for page in extraction.pages)


def test_a_stamp_on_a_scan_is_kept_and_no_success() -> None:
    extraction = extract(pdfs.scan(stamp="Archives 12"))

    assert extraction.status is ExtractionStatus.PARTIAL
    assert extraction.pages[0].text == "Archives 12"
    assert extraction.pages[0].status is PageStatus.THIN


def test_the_blank_back_of_a_page_is_no_loss() -> None:
    extraction = extract(pdfs.with_lines(["Le titre du guide"], [], ["La suite du guide"]))

    assert extraction.status is ExtractionStatus.READ
    assert extraction.pages[1].status is PageStatus.BLANK


def test_running_heads_are_recognised_and_left_out_of_the_body() -> None:
    pages = [
        pdfs.together(
            pdfs.lines_at(72, 810, ["Guide du paysage"]),
            pdfs.lines_at(72, 500, [f"Le chapitre {name} parle d’autre chose"]),
            pdfs.lines_at(72, 30, [f"page {number}/4"]),
        )
        for number, name in enumerate(["un", "deux", "trois", "quatre"], start=1)
    ]

    second = extract(pdfs.drawn(*pages)).pages[1]

    assert second.running_header == ("Guide du paysage",)
    assert second.running_footer == ("page 2/4",)
    assert second.body == "Le chapitre deux parle d’autre chose"


def test_only_the_pages_asked_for_are_read() -> None:
    source = pdfs.with_lines(*[[f"Ceci est la page {number}"] for number in range(1, 6)])

    extraction = extract(source, pages=[2, 4, 99])

    assert [page.number for page in extraction.pages] == [2, 4]
    assert extraction.facts.page_count == 5


def test_pdfplumber_can_be_asked_for() -> None:
    page = only_page(pdfs.with_lines(["Le paysage du parc naturel"]), engine="pdfplumber")

    assert (page.engine, page.text) == ("pdfplumber", "Le paysage du parc naturel")


def test_what_is_written_into_a_form_or_over_a_page_is_text() -> None:
    source = pdfs.with_notes("Le questionnaire", Widget="Oui, avec le parc", FreeText="Reçu en mai")

    text = only_page(source).text

    assert text.startswith("Le questionnaire\n")
    assert "Oui, avec le parc" in text
    assert "Reçu en mai" in text


def test_a_form_that_only_adobe_shows_is_not_read_in_full() -> None:
    extraction = extract(pdfs.dynamic_form("Please wait..."))

    assert extraction.status is ExtractionStatus.PARTIAL
    assert extraction.detail == "its form (XFA) is shown by Adobe's reader alone"


def test_letters_set_apart_are_words_again() -> None:
    def draw(canvas: Canvas) -> None:
        for row in range(12):
            for place, letter in enumerate("entretien du bocage et des haies vives"):
                canvas.drawString(72 + 7 * place, 700 - 20 * row, letter)

    page = only_page(pdfs.drawn(draw))

    assert page.text.split("\n")[0] == "entretien du bocage et des haies vives"
    assert "words-mended" in page.flags
