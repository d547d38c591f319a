"""Columns, running heads, facts, results: the parts that need no process."""

from __future__ import annotations

import json
import tomllib
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

import archive
from archive.extraction import (
    OCR_LIMITS,
    TABLE_LIMITS,
    Extraction,
    ExtractionLimits,
    ExtractionStatus,
    Join,
    PageStatus,
    PageText,
    TextSource,
    extract,
    extraction_from_json,
    extraction_to_json,
    ocr_available,
)
from archive.extraction.assembling import Assembly
from archive.extraction.facts import parse_pdf_date
from archive.extraction.results import page_from_json, page_to_json
from archive.extraction.running_heads import Edges, edges_of, find_running_heads
from tests.archive.extraction import pdfs, texts

if TYPE_CHECKING:
    from collections.abc import Sequence

    import pytest
    from reportlab.pdfgen.canvas import Canvas

PAGES = st.builds(
    PageText,
    number=st.integers(min_value=1),
    text=st.text(),
    status=st.sampled_from(PageStatus),
    source=st.sampled_from(TextSource),
    confidence=st.none() | st.floats(0, 1),
    joins=st.tuples(st.builds(Join, position=st.integers(), was=st.text())),
    flags=st.tuples(st.text()),
    running_header=st.tuples(st.text()),
)


@given(PAGES)
def test_a_page_crosses_as_json(page: PageText) -> None:
    assert page_from_json(json.loads(json.dumps(page_to_json(page)))) == page


def test_an_extraction_crosses_as_json() -> None:
    extraction = extract(pdfs.with_lines(["Le parc"], ["l’aména-", "gement"]))

    crossed = extraction_from_json(json.loads(json.dumps(extraction_to_json(extraction))))

    assert crossed == extraction


def test_one_two_and_three_columns_keep_every_word_in_order() -> None:
    for count in (1, 2, 3):
        columns = texts.columns(count, seed=count)
        for row_by_row in (False, True):
            page = extract(pdfs.columns(columns, row_by_row=row_by_row)).pages[0]

            assert texts.recall(columns, page.text) >= 0.99
            assert texts.order(columns, page.text) >= 0.99


def test_a_table_stays_row_by_row() -> None:
    rows = [[f"Commune {n}", f"{n} habitants"] for n in range(30)]
    cells: Sequence[Sequence[str]] = list(zip(*rows, strict=True))

    page = extract(pdfs.columns(cells, row_by_row=True)).pages[0]

    assert page.text.split("\n")[3] == "Commune 3 3 habitants"


def test_heads_return_with_other_figures_and_strangers_do_not() -> None:
    pages = {n: Edges(top=("Guide", f"Chapitre {n}"), bottom=(f"{n}",)) for n in range(1, 5)}
    pages[2] = Edges(top=("Une ligne d’ici", "Guide"), bottom=())

    heads = find_running_heads(pages)

    assert heads[3] == Edges(top=("Guide", "Chapitre 3"), bottom=("3",))
    assert heads[2] == Edges(top=("Guide",), bottom=())


def test_only_lines_at_the_edge_can_be_heads() -> None:
    edges = edges_of(["milieu", "haut", "bas"], [0.5, 0.95, 0.05])

    assert edges == Edges(top=("haut",), bottom=("bas",))


def test_on_a_small_page_the_outermost_line_can_be_a_head() -> None:
    edges = edges_of(["le titre", "le texte", "sa fin", "20"], [0.86, 0.82, 0.2, 0.157])

    assert edges == Edges(top=("le titre",), bottom=("20",))
    assert edges_of(["un texte", "court"], [0.7, 0.3]) == Edges()


def test_a_file_says_what_it_is() -> None:
    def draw(canvas: Canvas) -> None:
        canvas.setTitle("Charte du parc")
        canvas.setAuthor("Élise Œuvrard")
        canvas.bookmarkPage("un")
        canvas.addOutlineEntry("Première partie", "un", level=0)
        canvas.drawString(72, 700, "Le parc")

    facts = extract(pdfs.drawn(draw, draw)).facts

    assert (facts.title, facts.author, facts.page_count) == ("Charte du parc", "Élise Œuvrard", 2)
    assert facts.outline[0].title == "Première partie"
    assert facts.page_sizes == ((595.3, 841.9, 2),)
    assert facts.pdf_version.startswith("1.")


def test_language_script_attachments_and_claims_are_noted() -> None:
    facts = extract(pdfs.with_extras()).facts

    assert facts.language == "fr-FR"
    assert facts.attachments == ("données.csv",)
    assert facts.has_javascript
    assert facts.pdfa == "2b"


def test_a_script_that_runs_when_the_file_opens_is_noted() -> None:
    assert extract(pdfs.opening_with_a_script()).facts.has_javascript
    assert not extract(pdfs.with_lines(["un /JS sans rien"])).facts.has_javascript


def test_a_page_is_given_up_before_its_file() -> None:
    for limits in (ExtractionLimits(), TABLE_LIMITS, OCR_LIMITS):
        assert limits.page_seconds < limits.wall_seconds(1)


def test_ocr_without_its_extra_says_in_one_sentence_how_to_have_it(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    project = tomllib.loads((Path(archive.__file__).parents[1] / "pyproject.toml").read_text())
    monkeypatch.setattr("archive.extraction.ocr.find_spec", lambda _name: None)

    available = ocr_available.__wrapped__()

    assert project["project"]["optional-dependencies"]["ocr"]
    assert not available.available
    assert available.detail == (
        "Pillow is not installed: install it with `pip install 'pnr-archive[ocr]'`"
    )


def test_dates_are_as_precise_as_they_are() -> None:
    assert parse_pdf_date("D:20240102030405Z") == "2024-01-02T03:04:05+00:00"
    assert parse_pdf_date("D:20240102") == "2024-01-02"
    assert parse_pdf_date("20249999") == ""
    assert parse_pdf_date("") == ""


@given(st.text())
def test_no_date_breaks_the_reader(raw: str) -> None:
    assert isinstance(parse_pdf_date(raw), str)


def test_a_worker_that_never_ended_keeps_what_it_told() -> None:
    assembly = Assembly()
    page = page_to_json(PageText(number=1, text="Le parc"))
    facts = extraction_to_json(Extraction(status=ExtractionStatus.READ))["facts"]
    assembly.take({"event": "opened", "pages": 3, "facts": facts})
    assembly.take({"event": "page", "page": page, "top": [], "bottom": []})

    result = assembly.finish(1.0, how="timed-out", detail="too slow")

    assert result.status is ExtractionStatus.PARTIAL
    assert result.detail == "stopped at page 2: too slow"
    assert replace(result.pages[0]).text == "Le parc"
