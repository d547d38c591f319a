"""The truth about a record, as a reader should find it."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

import pytest

from archive.records import Agent, Link, RecordKind

if TYPE_CHECKING:
    from crawler.demo import DemoSite


def test_the_seeds_record_is_complete(site: DemoSite) -> None:
    seed = site.expected("lien-social")

    assert seed.id == "node-2210"
    assert seed.kind is RecordKind.DOCUMENT
    assert seed.document_type == "Guide méthodologique"
    assert (seed.declared_pages, seed.year_start, seed.year_end) == (42, 2012, 2012)
    assert seed.updated_on == date(2013, 8, 22)
    assert seed.parks == ("Scarpe-Escout",)
    assert [author.name for author in seed.authors] == [
        "Scarpe-Escaut",
        "Caisse des dépôts et consignations",
        "Marie-conseils",
        "Fédération des Parcs naturels régionaux de France",
    ]
    assert seed.contributors == (Agent(name="Vincent Chassagne", affiliation="Marie-Conseils"),)
    assert [tag.label for tag in seed.tags] == [
        "Renforcer la cohésion sociale",
        "Promouvoir la solidarité entre territoires",
        "Social",
    ]
    assert seed.body_text.count("\n") == 8
    assert seed.body_text.startswith("En 2010, dans le cadre de la mission d'appui")
    assert [link.label[:18] for link in seed.related_documents] == ["La démarche expéri"]
    assert [link.label[:18] for link in seed.related_experiences] == ["Actions conduites "]
    assert seed.files[0].filename == "demarcheliensocialpnr-se.pdf"


@pytest.mark.parametrize(
    ("key", "name", "value"),
    [
        ("loisirs-motorises", "year_start", 2010),
        ("loisirs-motorises", "year_end", 2012),
        ("loisirs-motorises", "declared_pages", None),
        ("loisirs-motorises", "declared_pages_raw", "2 x 24 p."),
        ("loisirs-motorises", "updated_on", date(2012, 3, 1)),
        ("energie-acteurs", "updated_on", date(2014, 11, 20)),
        ("circuits-courts", "updated_on", None),
        ("circuits-courts", "updated_raw", "août 2013"),
        ("ecotourisme", "year_start", None),
        ("ecotourisme", "year_raw", "s.d."),
        ("charte-tourisme", "year_start", 2011),
        ("velo", "year_start", 2012),
        ("urbanisme-rural", "declared_pages", 23),
        ("signature-charte", "updated_on", date(2014, 1, 1)),
        (
            "artisanat",
            "title",
            "Savoir-faire et artisanat d'art : une ressource pour le territoire",
        ),
        ("commerce", "authors", (Agent(name="Parc naturel régional Périgord-Limousin"),)),
        ("marque", "extra", {"Public visé": "Producteurs, hébergeurs, agents des Parcs"}),
        ("sans-titre", "title", ""),
        ("geologie", "id", ""),
        ("chauves-souris", "declared_pages_raw", ""),
    ],
)
def test_an_odd_value_is_read_for_what_it_is(
    site: DemoSite, key: str, name: str, value: object
) -> None:
    assert getattr(site.expected(key), name) == value


@pytest.mark.parametrize("key", ["circuits-courts", "energie-acteurs", "europe-cooperation"])
def test_an_odd_link_leads_to_the_files_one_address(site: DemoSite, key: str) -> None:
    [file] = site.expected(key).files

    assert "%25" not in file.url
    assert "#" not in file.url
    assert "?" not in file.url
    assert file.url.startswith(f"{site.url}/sites/federationpnr/files/")


def test_a_file_of_another_site_is_a_file_and_a_page_that_shows_one_a_link(
    site: DemoSite,
) -> None:
    [_, guide] = site.expected("urbanisme-outils").files
    [viewer] = site.expected("magazine-78").links

    assert guide.url.startswith("https://documents.example.org/")
    assert guide.media_type == "application/pdf"
    assert viewer.label == "Feuilleter en ligne"
    assert site.expected("magazine-78").files == ()


def test_links_in_the_body_are_text_there_and_links_when_they_leave_the_site(
    site: DemoSite,
) -> None:
    record = site.expected("sobriete")

    assert record.links == (
        Link(label="le portail de la sobriété", url="https://www.example.org/sobriete"),
    )
    assert "figure sur le portail de la sobriété." in record.body_text
    assert "[" not in record.body_text


def test_authors_are_told_apart_by_semicolons_or_by_commas_outside_brackets(
    site: DemoSite,
) -> None:
    names = [author.name for author in site.expected("mobilite").authors]

    assert names == ["Parc naturel régional du Vercors", "ADEME", "Université Grenoble Alpes"]
    assert site.expected("littoral").contributors == (
        Agent(name="Université de Montpellier", affiliation="laboratoire de géographie"),
        Agent(name="Cerema"),
    )
