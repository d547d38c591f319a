"""How a page or a PDF is read, for a person to see."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from crawler.demo import DemoSite

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from tests.crawler.cli.conftest import Ended

    Command = Callable[..., Ended]


@pytest.fixture(scope="module")
def site() -> Iterator[DemoSite]:
    with DemoSite() as served:
        yield served


def test_a_live_page_is_asked_once_and_robots_first(pnr: Command, site: DemoSite) -> None:
    site.requests.clear()

    told = pnr("inspect", f"{site.url}/node/1408", "--json").json

    assert told["source"] == "site"
    assert told["reading"]["record"]["id"] == "node-1408"
    asked = [(request.path, request.status) for request in site.requests]
    assert [path for path, _ in asked] == ["/robots.txt", *(path for path, _ in asked[1:])]
    assert sum(status == 200 for _, status in asked[1:]) == 1
    assert all("pnr-archive/" in request.headers["User-Agent"] for request in site.requests)


def test_each_label_is_told_with_its_field_and_place(pnr: Command, site: DemoSite) -> None:
    said = pnr("inspect", f"{site.url}/node/1408").out

    assert "Nombre de pages\tdeclared_pages\t26\t" in said
    assert "Links to a term: 4" in said
    assert "imprecise-date: août 2013" in said


def test_an_unknown_label_comes_with_the_lines_that_teach_it(pnr: Command, tmp_path: Path) -> None:
    saved = tmp_path / "saved.html"
    saved.write_text(
        "<html><body><h1>Un titre</h1><dl><dt>Type de document</dt><dd>Étude</dd>"
        "<dt>Auteur</dt><dd>ADEME</dd><dt>Code interne</dt><dd>X-7</dd></dl></body></html>"
    )

    said = pnr("inspect", saved, "--url", "https://www.example.org/node/12").out

    assert "Unknown labels: Code interne" in said
    assert '"Code interne" = "ignore"' in said


def test_a_printed_page_copied_as_text_is_read(pnr: Command, tmp_path: Path) -> None:
    saved = tmp_path / "printed.txt"
    saved.write_text(
        "# Un titre\n\nParc :\n\nPilat\n\n**Type de document :** Étude\n\n"
        "**Nombre de pages :** 12\n\n**Auteur(s) :** ADEME\n\n**Année du document :** 2012\n\n"
        "**Source URL:** https://www.example.org/centre-de-ressources/document/un-titre\n"
    )

    reading = pnr("inspect", saved, "--json").json["reading"]

    assert reading["record"]["document_type"] == "Étude"
    assert reading["record"]["declared_pages"] == 12


def test_an_archived_page_is_read_without_the_site(pnr: Command, demo_archive: Path) -> None:
    told = pnr("inspect", "media-31051", "--archived", "--archive", demo_archive, "--json").json

    assert told["source"] == "archive"
    assert told["reading"]["identity"] == "media-31051"


def test_where_nothing_answers_the_archived_page_is_read(pnr: Command, demo_archive: Path) -> None:
    url = pnr("show", "media-31051", "--archive", demo_archive, "--json").json["url"]

    ended = pnr("inspect", url, "--archive", demo_archive, "--json")

    assert ended.json["source"] == "archive"
    assert "does not answer" in ended.err


@pytest.mark.parametrize(
    ("page", "code", "words"),
    [
        ("http://127.0.0.1:1/x", 6, "does not answer"),
        ("ftp://example.org/x", 2, "is not an http or https address"),
        ("nothing.html", 2, "There is no file nothing.html."),
        (".", 2, "is a folder"),
    ],
)
def test_a_page_that_cannot_be_had_is_one_sentence(
    pnr: Command, page: str, code: int, words: str
) -> None:
    ended = pnr("inspect", page)

    assert ended.code == code
    assert words in ended.err
    assert ended.err.count("\n") == 1


def test_a_pdf_is_no_page(pnr: Command, tmp_path: Path) -> None:
    saved = tmp_path / "x.pdf"
    saved.write_bytes(b"%PDF-1.4\n")

    assert "`pnr read-pdf`" in pnr("inspect", saved).err


def test_a_pdf_is_read_page_by_page(pnr: Command, demo_archive: Path, tmp_path: Path) -> None:
    pnr("files", "--to", tmp_path / "pdfs", "--archive", demo_archive)
    pdf = tmp_path / "pdfs" / "demarches-habitat-parcs.pdf"

    told = pnr("read-pdf", pdf, "--pages", "2-3", "--json").json

    assert told["status"] == "read"
    assert [page["number"] for page in told["pages"]] == [2, 3]
    forced = pnr("read-pdf", pdf, "--pages", "2", "--engine", "pdfplumber", "--json").json
    assert [page["engine"] for page in forced["pages"]] == ["pdfplumber"]


@pytest.mark.parametrize(
    ("body", "words"),
    [(b"", "not-a-pdf"), (b"just text", "not-a-pdf"), (b"%PDF-1.4\n%%EOF", "damaged")],
    ids=["empty", "text", "nothing in it"],
)
def test_a_file_that_is_no_pdf_is_one_sentence(
    pnr: Command, tmp_path: Path, body: bytes, words: str
) -> None:
    file = tmp_path / "x.pdf"
    file.write_bytes(body)

    ended = pnr("read-pdf", file)

    assert ended.code == 2
    assert words in ended.err
    assert ended.err.count("\n") == 1


@pytest.mark.parametrize("pages", ["0", "5-3", "x", "1-"])
def test_pages_that_are_none_are_refused(pnr: Command, tmp_path: Path, pages: str) -> None:
    file = tmp_path / "x.pdf"
    file.write_bytes(b"%PDF-1.4\n")

    assert "is no list of pages" in pnr("read-pdf", file, "--pages", pages).err


@pytest.mark.parametrize(
    ("field", "found_by", "raw", "marked"),
    [
        ("declared_pages", "label", "26", "26"),
        ("authors_raw", "label", "Fédération des Parcs", "<p>Fédération"),
        ("title", "landmark", "Circuits courts", "Circuits courts"),
        ("id", "head", "/node/1408", "/node/1408"),
        ("body_text", "text", "Les données ont été réunies", "<p>Les données"),
    ],
)
def test_a_field_is_explained_by_its_place_on_the_page(
    ask: Command, field: str, found_by: str, raw: str, marked: str
) -> None:
    told = ask("inspect", "node-1408", "--archived", "--field", field, "--json").json

    origin = told["explained"]["origins"][0]
    assert told["explained"]["value"] == told["reading"]["record"][field]
    assert origin["found_by"] == found_by
    assert raw in origin["raw"]
    assert origin["selector"]
    assert marked in origin["html"].partition("\u27e6")[2].partition("\u27e7")[0]
    assert origin["html"].count("\u27e6") == 1


def test_a_field_is_told_with_snapshot_digest_and_reader(ask: Command) -> None:
    shown = ask("show", "node-1408", "--json").json

    said = ask("inspect", "node-1408", "--archived", "--field", "authors").out

    assert "found by  label “Auteur(s)”" in said
    assert "place     leading-strong" in said
    assert "\u27e6<p>Fédération" in said
    assert f"sha256    {shown['snapshot_sha256']}" in said
    assert f"reader    {shown['reader_version']}" in said
    assert f"snapshot  {shown['provenance']['snapshot_id']}, answered " in said


def test_one_field_of_a_live_page_and_of_a_file_is_explained(
    pnr: Command, site: DemoSite, tmp_path: Path
) -> None:
    saved = tmp_path / "saved.html"
    saved.write_text(
        "<h1>Un titre</h1><dl><dt>Année</dt><dd id='an'>2012</dd><dt>Cote</dt><dd>X-7</dd></dl>"
        "<div class='text-formatted'><p>Une phrase.</p><p>Une autre.</p></div>"
        "<p><a href='https://ailleurs.example.org/'>Ailleurs</a></p>"
    )

    live = pnr("inspect", f"{site.url}/node/1408", "--field", "declared_pages", "--json").json
    file = pnr("inspect", saved, "--field", "year_end", "--json").json

    assert (live["source"], live["snapshot"], live["explained"]["value"]) == ("site", None, 26)
    (origin,) = file["explained"]["origins"]
    assert (origin["label"], origin["place"], origin["raw"]) == ("Année", "definition-list", "2012")
    assert origin["selector"] == "dd#an"
    for field, found_by, raw in (
        ("body_text", "container", "Une phrase. Une autre."),
        ("links", "link", "Ailleurs"),
        ("extra", "label", "X-7"),
    ):
        told = pnr("inspect", saved, "--field", field, "--json").json
        (origin,) = told["explained"]["origins"]
        assert (origin["found_by"], origin["raw"]) == (found_by, raw)


def test_an_earlier_answer_is_read_by_its_number(ask: Command) -> None:
    number = ask("inspect", "node-1408", "--archived", "--json").json["snapshot"]["id"]

    assert ask("inspect", "node-1408", "--snapshot", number, "--json").json["source"] == "archive"
    ended = ask("inspect", "node-1707", "--snapshot", number)
    assert ended.code == 2
    assert f"The archive holds no snapshot {number} of node-1707." in ended.err


def test_a_field_that_no_record_has_is_one_sentence(ask: Command) -> None:
    ended = ask("inspect", "node-1408", "--archived", "--field", "auteur")

    assert ended.code == 2
    assert "'auteur' is no field of a record; choose from aliases, authors," in ended.err


def test_what_a_page_is_silent_about_is_said_so(ask: Command) -> None:
    said = ask("inspect", "node-1408", "--archived", "--field", "extra").out

    assert "Nothing on the page is read as this field." in said
