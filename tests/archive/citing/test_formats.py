"""What is written is read back by the programs it is written for, and nothing is lost."""

from __future__ import annotations

import json
import re
from typing import Any

import pytest
import rispy
from pybtex.database import parse_string
from pybtex.richtext import Text

from archive.citing import CiteFormat, cite
from archive.citing.bibtex import bibtex_entry
from archive.citing.csl import csl_item
from archive.citing.ris import ris_entry
from archive.citing.styled import STYLES, styled
from archive.citing.works import cited_at
from tests.archive.citing.works import FEDERATION, PAGE, PDF, agent, work


def _entry(text: str) -> Any:
    return next(iter(parse_string(text, "bibtex").entries.values()))


def _read(value: str) -> str:
    """Return what LaTeX would set."""
    # Half a pair of braces that is there for BibTeX only is never seen.
    value = value.replace(r"\vphantom{\}}", "").replace(r"\vphantom{\{}", "")
    plain = str(Text.from_latex(value))
    return plain.replace("\\textasciitilde", "~").replace("\\textbackslash", "\\")


def test_bibtex_is_read_back_by_pybtex() -> None:
    entry = _entry(bibtex_entry(work()))

    assert entry.type == "techreport"
    assert [str(each) for each in entry.persons["author"]] == [
        "{Parc naturel régional Scarpe-Escaut}",
        "{Mairie-conseils}",
    ]
    assert _read(entry.fields["title"]) == "Lien social & solidarités : 100 % d’« expérience »"
    assert entry.fields["institution"] == FEDERATION
    assert (entry.fields["year"], entry.fields["date"]) == ("2010--2012", "2010/2012")
    assert (entry.fields["pagetotal"], entry.fields["urldate"]) == ("42", "2026-11-23")
    assert entry.fields["url"] == PAGE
    assert _read(entry.fields["note"]).split("; ") == [
        "42 p.",
        "Avec la contribution de : ADEME",
        f"PDF : {PDF}",
        f"Page archivée : sha256:{'a' * 64}",
        f"PDF archivé : sha256:{'b' * 64}",
    ]


def test_bibtex_gives_a_person_with_particle_in_the_form_it_sorts() -> None:
    entry = _entry(bibtex_entry(work(authors=[agent("Alexis de Tocqueville")])))

    (someone,) = entry.persons["author"]
    assert someone.prelast_names == ["de"]
    assert someone.last_names == ["Tocqueville"]
    assert someone.first_names == ["Alexis"]


@pytest.mark.parametrize("title", ["a } b", "{", "\\end{x}", "100 % # $ _ ^ ~ & é", "}{"])
def test_no_title_breaks_a_bibtex_entry_out_of_its_braces(title: str) -> None:
    entry = _entry(bibtex_entry(work(title=title)))

    assert entry.fields["year"] == "2010--2012"


def test_ris_is_read_back_by_rispy() -> None:
    (entry,) = rispy.loads(ris_entry(work()))

    assert entry["type_of_reference"] == "RPRT"
    assert entry["title"] == "Lien social & solidarités : 100 % d’« expérience »"
    assert entry["authors"] == ["Parc naturel régional Scarpe-Escaut", "Mairie-conseils"]
    assert (entry["year"], entry["date"]) == ("2010", "2010-2012")
    assert entry["publisher"] == FEDERATION
    assert entry["start_page"] == "42"
    assert entry["urls"] == [PAGE]
    assert entry["file_attachments1"] == PDF
    assert entry["access_date"] == "2026/11/23"
    assert entry["keywords"] == ["Scarpe-Escaut", "Développement social", "Social", "Habitants"]
    assert entry["type_of_work"] == "Guide méthodologique"
    assert f"Page archivée : sha256:{'a' * 64}" in entry["notes"]


def test_every_line_of_ris_is_a_tag_as_zotero_expects() -> None:
    lines = ris_entry(work(body_text="Un\nDeux\n\nER  - ")).split("\r\n")

    assert all(re.fullmatch(r"[A-Z][A-Z0-9]  - .*", line) for line in lines[:-2])
    assert [line[:2] for line in lines].count("ER") == 1
    assert lines[-3:] == ["ER  - ", "", ""]


def test_zotero_splits_no_body_at_a_comma() -> None:
    ris = ris_entry(work(authors=[agent("Forêt, bois et territoires")]))

    # Its importer parts every creator at the comma, into last and first name.
    assert "AU  - Forêt – bois et territoires\r\n" in ris


def test_zotero_takes_no_type_for_a_doi() -> None:
    proceedings = ris_entry(work(document_type="Actes"))

    assert "M3" not in proceedings
    assert "N1  - Actes\r\n" in proceedings


def test_csl_json_has_bodies_as_literals_and_ranges_of_years() -> None:
    item = csl_item(work(page=12))

    assert item["author"][1] == {"literal": "Mairie-conseils"}
    assert item["contributor"] == [{"literal": "ADEME"}]
    assert item["issued"] == {"date-parts": [[2010], [2012]]}
    assert item["accessed"] == {"date-parts": [[2026, 11, 23]]}
    assert (item["number-of-pages"], item["page"]) == ("42", "12")
    assert item["custom"]["files"] == [{"url": PDF, "sha256": "b" * 64}]
    assert f"PDF : {PDF}#page=12" in item["note"].split("\n")


def test_csl_json_parts_particles_from_the_family_name() -> None:
    item = csl_item(work(authors=[agent("Alexis de Tocqueville"), agent("Joachim du Bellay")]))

    assert item["author"] == [
        {"family": "Tocqueville", "given": "Alexis", "dropping-particle": "de"},
        {"family": "Bellay", "given": "Joachim", "non-dropping-particle": "du"},
    ]


def test_without_a_year_nothing_is_invented() -> None:
    silent = work(year_start=None, year_end=None)

    assert "issued" not in csl_item(silent)
    assert _entry(bibtex_entry(silent)).fields["year"] == "s. d."
    assert "PY" not in ris_entry(silent)
    assert "N1  - s. d.\r\n" in ris_entry(silent)
    assert "s.\u00a0d." in styled(silent, "apa").reference


@pytest.mark.parametrize("style", STYLES)
def test_styles_name_everything_once(style: Any) -> None:
    said = styled(work(page=12, authors=[]), style)

    assert said.reference.count("Lien social & solidarités : 100 % d’« expérience »") == 1
    assert "2010–2012" in said.reference
    assert PAGE in said.reference
    assert "12" in said.in_text


def test_apa_names_a_publisher_who_is_the_author_once() -> None:
    said = styled(work(authors=[agent(FEDERATION)]), "apa")

    assert said.reference.count(FEDERATION) == 1


def test_iso_690_is_the_french_one() -> None:
    said = cite(work(page=12), CiteFormat.ISO690).split("\n")

    assert said[0].startswith("PARC NATUREL RÉGIONAL SCARPE-ESCAUT et MAIRIE-CONSEILS, 2010–2012. ")
    assert "[Consulté\u00a0le\u00a023\u00a0novembre\u00a02026]" in said[0]
    assert said[1].endswith("p.\u00a012)")
    assert said[2:] == [
        f"PDF : {PDF}#page=12",
        f"Page archivée : sha256:{'a' * 64}",
        f"PDF archivé : sha256:{'b' * 64}",
    ]


@pytest.mark.parametrize("form", list(CiteFormat))
def test_french_typography_is_left_as_it_is(form: CiteFormat) -> None:
    title = "L’« œuvre »\u00a0: l'été\u202f!"

    said = cite(work(title=title), form)

    assert title in (json.loads(said)[0]["title"] if form is CiteFormat.CSL_JSON else said)


@pytest.mark.parametrize("style", STYLES)
def test_a_title_that_begins_like_the_type_takes_nothing_of_it(style: Any) -> None:
    said = styled(work(title="Guide", authors=[]), style).reference

    assert said.startswith("Guide")
    assert "Guide méthodologique" in said
    assert said.count("Guide") == 2


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize("authors", [[], [agent("ADEME")]], ids=["no author", "author"])
@pytest.mark.parametrize(
    "title", ["Qui a peur du loup\u00a0?", "Haies\u00a0!", "Et demain…", "Fin."]
)
def test_a_title_that_ends_by_itself_has_no_second_stop(
    title: str, authors: list[dict[str, str]], style: Any
) -> None:
    said = styled(work(title=title, authors=authors), style).reference

    assert said.count(title) == 1
    assert f"{title}." not in said


def test_a_year_that_is_approximate_is_said_to_be() -> None:
    cited = work(year_start=2010, year_end=2010, year_raw="vers 2010")

    assert csl_item(cited)["issued"] == {"date-parts": [[2010]], "circa": True}
    assert "(v. 2010)" in styled(cited, "apa").reference
    assert "[2010?]" in styled(cited, "chicago").reference


def test_iso_690_says_the_year_and_the_publisher_of_a_web_page_once() -> None:
    page = work(kind="experience", document_type="", year_end=None, authors=[agent("ADEME")])

    said = styled(page, "iso690").reference

    assert said.startswith(f"ADEME, 2010. {page.title} [en\u00a0ligne]. {FEDERATION}. [Consulté")
    assert said.count("2010") == 1


@pytest.mark.parametrize("kind", ["document", "experience"])
def test_iso_690_puts_no_stop_before_the_medium_of_a_work_without_author(kind: str) -> None:
    said = styled(work(kind=kind, document_type="", authors=[], year_end=None), "iso690").reference

    assert "2010 [en\u00a0ligne]. " in said


@pytest.mark.parametrize("form", list(CiteFormat))
def test_what_has_no_title_is_said_to_have_none(form: CiteFormat) -> None:
    assert cite(work(title=""), form).count("[Sans titre]") == 1
    assert cite(work(title="", authors=[]), form).count("[Sans titre]") == 1


@pytest.mark.parametrize("form", list(CiteFormat))
def test_what_the_site_has_taken_away_is_cited_as_such(form: CiteFormat) -> None:
    said = cite(work(withdrawn_at="2026-12-01T08:00:00+00:00"), form)

    assert "Retiré du site (constaté le 1er décembre 2026)" in said
    assert "Retiré" not in cite(work(), form)


_VOLUMES: list[dict[str, Any]] = [
    {
        "url": f"https://parcs.example.org/tome{number}.pdf",
        "filename": f"tome{number}.pdf",
        "media_type": "application/pdf",
        "sha256": str(number) * 64,
        "page_count": 10,
    }
    for number in (1, 2)
]


@pytest.mark.parametrize("form", list(CiteFormat))
def test_of_several_pdfs_all_are_cited_and_of_one_that_is_named_no_other(form: CiteFormat) -> None:
    both = work(files=_VOLUMES)

    said = cite(both, form)
    second = cite(cited_at(both, file="tome2.pdf", page=3), form).replace("\\", "")

    assert all(text in said for text in ("/tome1.pdf", "/tome2.pdf", "1" * 64, "2" * 64))
    assert "/tome2.pdf#page=3" in second
    assert "2" * 64 in second
    assert "tome1.pdf" not in second


def test_french_has_no_comma_between_the_last_two_bodies() -> None:
    two = [agent("Parc naturel régional du Pilat"), agent("ADEME")]
    three = [agent("Cerema"), *two]

    assert styled(work(authors=two), "apa").reference.startswith(f"{two[0]['name']} & ADEME. ")
    assert styled(work(authors=two), "chicago").reference.startswith(f"{two[0]['name']} et ADEME. ")
    assert "Cerema, Parc naturel régional du Pilat et ADEME" in cite(
        work(authors=three), CiteFormat.CHICAGO
    )
    assert "(Parc naturel régional du Pilat et ADEME 2010–2012)" in (
        styled(work(authors=two), "iso690").in_text
    )


def test_apa_keeps_the_comma_behind_an_inverted_name() -> None:
    said = styled(work(authors=[agent("Jean Durand"), agent("Marie Petit")]), "apa").reference

    assert said.startswith("Durand, J., & Petit, M. ")


def test_apa_says_in_french_when_it_was_consulted() -> None:
    said = styled(work(year_start=None, year_end=None), "apa").reference

    assert "Consulté le 23 novembre 2026, à l'adresse https" in said
