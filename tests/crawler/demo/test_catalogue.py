"""The catalogue is complete, evenly mixed, and holds the oddities it promises."""

from __future__ import annotations

import re
import unicodedata
from collections import Counter
from typing import TYPE_CHECKING, Final

import pytest

from crawler.demo import Layout
from crawler.demo.addresses import slug
from crawler.demo.oddfiles import READABLE
from crawler.demo.states import load_state

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.demo import Catalogue, Entry

FAMILIES: Final = {
    Layout.PRINTED: "printed",
    Layout.DRUPAL_7: "Drupal 7",
    Layout.BARTIK: "Drupal 7",
    Layout.DISPLAY_SUITE: "Drupal 7",
    Layout.DRUPAL_8: "Drupal 8",
    Layout.BARE: "Drupal 8",
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load_state("first").catalogue()


def test_there_are_eighty_records_of_all_three_kinds(catalogue: Catalogue) -> None:
    kinds = Counter(entry.kind for entry in catalogue)

    assert len(catalogue) == 80
    assert kinds["document"] > 30
    assert kinds["experience"] > 10
    assert kinds["resource"] > 25


def test_every_family_has_its_share_and_every_layout_its_records(catalogue: Catalogue) -> None:
    layouts = Counter(entry.layout for entry in catalogue)
    families = Counter(FAMILIES.get(entry.layout, "other") for entry in catalogue)

    assert all(layouts[layout] >= 2 for layout in Layout)
    assert all(families[name] >= 15 for name in ("printed", "Drupal 7", "Drupal 8"))
    assert families["other"] >= 6


def test_about_sixty_readable_pdfs_of_one_to_forty_pages(catalogue: Catalogue) -> None:
    readable = [file for file in catalogue.attachments.values() if file.made in READABLE]

    assert 55 <= len(readable) <= 70
    assert {1, 40} <= {file.pages for file in readable}
    assert all(1 <= file.pages <= 40 for file in readable)


def test_keys_addresses_and_numbers_are_unique(catalogue: Catalogue) -> None:
    for values in (
        [entry.key for entry in catalogue],
        [entry.address for entry in catalogue],
        [entry.number_address for entry in catalogue],
    ):
        assert len(values) == len(set(values))


def test_aliases_stay_within_pathautos_length(catalogue: Catalogue) -> None:
    assert all(len(entry.address) <= 101 for entry in catalogue)


@pytest.mark.parametrize(
    ("title", "folder", "expected"),
    [
        (
            "Lien social et solidarités de proximité. L'expérience en marche du Parc naturel",
            "centre-de-ressources/document",
            "lien-social-et-solidarites-de-proximite-lexperience-en-marche-du-parc",
        ),
        (
            "La démarche expérimentale « Lien social et solidarités de proximité » d'après",
            "centre-de-ressources/document",
            "la-demarche-experimentale-lien-social-et-solidarites-de-proximite",
        ),
        (
            "Actions conduites par le Parc Scarpe-Escaut en matière de développement social",
            "centre-de-ressources/experience",
            "actions-conduites-par-le-parc-scarpe-escaut-en-matiere-de",
        ),
    ],
)
def test_slugs_are_cut_where_the_real_site_cut_them(title: str, folder: str, expected: str) -> None:
    assert slug(title, folder) == expected


def test_related_records_exist(catalogue: Catalogue) -> None:
    keys = {entry.key for entry in catalogue}

    assert all(set(entry.related) <= keys - {entry.key} for entry in catalogue)


#: What each oddity looks like in the catalogue: a record that claims it must show it.
EVIDENCE: Final[dict[str, Callable[[Entry], object]]] = {
    "alias-collision": lambda e: e.slug.endswith("-3"),
    "date-in-previous-year": lambda e: e.updated.startswith("01/01/"),
    "date-in-words": lambda e: "1er mars" in e.updated,
    "empty-field": lambda e: e.empty and e.layout is Layout.TABLE,
    "et-in-authors": lambda e: " et " in e.authors,
    "file-name-nfd": lambda e: any(
        not unicodedata.is_normalized("NFC", use.path) for use in e.files
    ),
    "file-name-suffix": lambda e: e.files[0].path.endswith("_0.pdf"),
    "file-name-with-spaces": lambda e: " " in e.files[0].path,
    "found-by-related-link": lambda e: e.found == "related",
    "found-by-sitemap": lambda e: e.found == "sitemap",
    "found-by-term": lambda e: e.found == "term",
    "label-in-singular": lambda e: e.labels["authors"] == "Auteur",
    "ligature-in-title": lambda e: "œ" in e.title,
    "link-encoded-twice": lambda e: "%25" in e.files[0].href,
    "link-not-encoded": lambda e: " " in e.files[0].href,
    "link-with-download": lambda e: "?download=1" in e.files[0].href,
    "link-with-fragment": lambda e: "#page=3" in e.files[0].href,
    "links-in-body": lambda e: any("](http" in text for text in e.body),
    "logo-as-text": lambda e: e.logo,
    "long-date": lambda e: e.updated.startswith("Jeu, "),
    "misspelt-label": lambda e: e.labels,
    "misspelt-park": lambda e: "Scarpe-Escout" in e.parks,
    "mojibake": lambda e: "Ã©" in e.authors,
    "month-only-date": lambda e: e.updated == "août 2013",
    "no-alias": lambda e: not e.alias,
    "no-break-space": lambda e: {"\u00a0", "\u202f"} <= set("".join(e.labels.values())),
    "no-file": lambda e: not e.files,
    "no-park": lambda e: not e.parks,
    "no-shortlink": lambda e: not e.shortlink,
    "no-title": lambda e: not e.title,
    "no-type": lambda e: not e.type,
    "no-year": lambda e: e.year == "s.d.",
    "off-site-file": lambda e: e.offsite[0].url.endswith(".pdf"),
    "off-site-link": lambda e: not e.offsite[0].url.endswith(".pdf"),
    "pages-times": lambda e: e.pages == "2 x 24 p.",
    "pages-unknown": lambda e: e.pages == "n.c.",
    "pages-with-unit": lambda e: re.fullmatch(r"\d+ (p\.|pages)", e.pages),
    "person-with-affiliation": lambda e: "(" in e.contributors,
    "quotes-in-title": lambda e: "«" in e.title,
    "repeated-label": lambda e: e.repeat,
    "semicolon-authors": lambda e: ";" in e.authors,
    "several-files": lambda e: len(e.files) > 1,
    "several-parks": lambda e: len(e.parks) > 1,
    "several-themes": lambda e: len(e.themes) > 1,
    "soft-hyphen": lambda e: "\u00ad" in e.title,
    "torn-colon": lambda e: e.layout in {Layout.PRINTED, Layout.DISPLAY_SUITE},
    "unknown-label": lambda e: "Public visé" in e.extra,
    "year-in-brackets": lambda e: e.year.startswith("["),
    "year-range": lambda e: re.fullmatch(r"\d{4}[-/]\d{4}", e.year),
    "year-with-month": lambda e: e.year == "Septembre 2012",
}
#: Oddities of a file, by how it is made.
MADE: Final = {
    "damaged": "damaged",
    "empty-file": "empty",
    "encrypted": "encrypted",
    "html-for-pdf": "html",
    "missing-file": "missing",
    "scan": "scan",
    "two-columns": "columns",
}


@pytest.mark.parametrize("oddity", sorted(EVIDENCE))
def test_an_oddity_is_there_and_is_what_it_says(catalogue: Catalogue, oddity: str) -> None:
    claiming = [entry for entry in catalogue if oddity in entry.oddities]

    assert claiming
    assert all(EVIDENCE[oddity](entry) for entry in claiming)


@pytest.mark.parametrize("oddity", sorted(MADE))
def test_an_odd_file_is_there_and_is_made_as_it_says(catalogue: Catalogue, oddity: str) -> None:
    claiming = [entry for entry in catalogue if oddity in entry.oddities]

    assert claiming
    for entry in claiming:
        assert catalogue.attachments[entry.files[0].path].made == MADE[oddity]


def test_declared_and_real_pages_differ_where_the_catalogue_says_so(catalogue: Catalogue) -> None:
    for entry in catalogue:
        if "pages-differ" in entry.oddities:
            assert int(entry.pages.split()[0]) != catalogue.attachments[entry.files[0].path].pages


def test_one_file_lies_about_its_length_and_one_is_linked_twice(catalogue: Catalogue) -> None:
    uses = Counter(use.path for entry in catalogue for use in entry.files)

    assert catalogue.attachments[catalogue["residences"].files[0].path].length == 99999
    assert (
        catalogue["classes-dehors"].files[0].path == catalogue["education-territoire"].files[0].path
    )
    assert max(uses.values()) == 2


def test_no_oddity_is_claimed_that_nobody_checks(catalogue: Catalogue) -> None:
    checked = {*EVIDENCE, *MADE, "pages-differ", "lying-length", "shared-file", "other-attachment"}

    assert {oddity for entry in catalogue for oddity in entry.oddities} == checked
