"""The files are what the catalogue says: real PDFs with text, and odd ones as odd as said."""

from __future__ import annotations

import time
import zipfile
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Final

import pypdfium2
import pytest

from crawler.demo.oddfiles import READABLE, make_file
from crawler.demo.pdfs import page_count, page_lines
from crawler.demo.states import load_state, state_names
from crawler.demo.typesetting import Measure, wrapped

if TYPE_CHECKING:
    from crawler.demo import Attachment

FILES: Final = {file.name: file for file in load_state("first").catalogue().attachments.values()}
READABLE_FILES: Final = [file for file in FILES.values() if file.made in READABLE]


def file_like(made: str) -> Attachment:
    return next(file for file in FILES.values() if file.made == made)


def page_texts(content: bytes) -> list[str]:
    document = pypdfium2.PdfDocument(content)
    try:
        return [page.get_textpage().get_text_bounded() for page in document]
    finally:
        document.close()


def letters(text: str) -> str:
    """Return the letters alone: engines differ in what they make of spaces and hyphens."""
    return "".join(filter(str.isalpha, text))


def test_every_readable_pdf_opens_and_has_the_pages_of_the_catalogue() -> None:
    """All of them are made in a few seconds of one processor."""
    start = time.process_time()
    made = {file.name: make_file(file) for file in READABLE_FILES}
    spent = time.process_time() - start

    for file in READABLE_FILES:
        document = pypdfium2.PdfDocument(made[file.name])
        assert len(document) == file.pages, file.name
        document.close()
    # Four seconds where it was measured, with room for a slow machine.
    assert spent < 12


@pytest.mark.parametrize("made", ["text", "columns", "encrypted", "scan", "damaged", "odt", "zip"])
def test_a_file_has_the_same_bytes_every_time(made: str) -> None:
    file = file_like(made)

    assert make_file(file) == make_file(file)


def test_the_text_of_a_pdf_is_the_text_that_was_set() -> None:
    file = FILES["demarcheliensocialpnr-se.pdf"]

    for text, lines in zip(page_texts(make_file(file)), page_lines(file), strict=True):
        assert letters(" ".join(lines)) in letters(text)


def test_a_pdf_says_title_author_and_year() -> None:
    file = FILES["forets_anciennes.pdf"]
    document = pypdfium2.PdfDocument(make_file(file))

    facts = document.get_metadata_dict()
    document.close()

    assert facts["Title"].startswith("Forêts anciennes")
    assert "DREAL" in facts["Author"]
    assert facts["CreationDate"].startswith("D:2013")


def test_texts_have_hyphens_at_line_ends_ligatures_and_two_columns() -> None:
    lines = [line for file in READABLE_FILES for page in page_lines(file) for line in page]

    assert sum(line.endswith("-") for line in lines) > 1000
    assert sum("ﬁ" in line for line in lines) > 100
    assert any("œuvre" in line for line in lines)
    columns = file_like("columns")
    assert len(page_lines(columns)[0]) > 1.5 * len(page_lines(FILES["cantines_pilat.pdf"])[0])


def test_a_divided_word_keeps_its_letters() -> None:
    text = "les continuités écologiques dépendent essentiellement des aménagements communautaires"

    lines = list(wrapped(text, 120, Measure("Helvetica", 10.5)))

    assert len(lines) > 3
    assert "".join(f"{line} ".replace("- ", "") for line in lines).strip() == text


def test_a_scan_has_pages_and_no_text() -> None:
    file = file_like("scan")

    assert [text.strip() for text in page_texts(make_file(file))] == [""] * file.pages


def test_an_encrypted_pdf_opens_without_a_password() -> None:
    content = make_file(file_like("encrypted"))

    assert b"/Encrypt" in content
    assert "Parc" in page_texts(content)[0]


def test_a_damaged_pdf_starts_like_one_and_does_not_open() -> None:
    content = make_file(file_like("damaged"))

    assert content.startswith(b"%PDF-")
    with pytest.raises(pypdfium2.PdfiumError):
        pypdfium2.PdfDocument(content)


def test_files_that_are_no_pdf_are_what_their_ending_or_their_oddity_says() -> None:
    assert make_file(file_like("doc")).startswith(bytes.fromhex("d0cf11e0"))
    assert zipfile.is_zipfile(BytesIO(make_file(file_like("odt"))))
    assert zipfile.is_zipfile(BytesIO(make_file(file_like("zip"))))
    assert make_file(file_like("html")).startswith(b"<!DOCTYPE html>")
    assert make_file(file_like("empty")) == b""


def test_a_revised_pdf_has_a_page_more_and_other_words() -> None:
    file = FILES["energie_mobiliser_acteurs.pdf"]
    revised = replace(file, revision=2)

    before, after = page_texts(make_file(file)), page_texts(make_file(revised))

    assert len(after) == page_count(revised) == len(before) + 1
    assert after[1] not in before


def test_a_pdf_exported_again_has_the_same_text_in_other_bytes() -> None:
    file = FILES["forets_anciennes.pdf"]
    again = replace(file, export=2)

    assert make_file(file) != make_file(again)
    assert page_texts(make_file(file)) == page_texts(make_file(again))


def test_files_of_all_states_can_be_made() -> None:
    new = {
        file
        for name in state_names()
        for file in load_state(name).catalogue().attachments.values()
        if file not in FILES.values()
    }

    assert len(new) >= 5
    assert all(make_file(file) for file in new)
