"""Bodies keep their names whole; people are told from them, with their particles."""

from __future__ import annotations

import pytest

from archive.authority.entries import Authority, Entry, EntryKind, Joint
from archive.citing.names import person, read_name
from tests.archive.citing.works import agent, work


@pytest.mark.parametrize(
    ("text", "inverted"),
    [
        ("Vincent Chassagne", "Chassagne, Vincent"),
        ("Alexis de Tocqueville", "Tocqueville, Alexis de"),
        ("Joachim du Bellay", "du Bellay, Joachim"),
        ("Jean de La Fontaine", "La Fontaine, Jean de"),
        ("Guillaume d’Ornano", "Ornano, Guillaume d’"),
        ("Jean-Jacques Rousseau", "Rousseau, Jean-Jacques"),
        ("J.-J. Rousseau", "Rousseau, J.-J."),
        ("Vincent CHASSAGNE", "CHASSAGNE, Vincent"),
    ],
)
def test_a_person_is_sorted_as_french_libraries_do(text: str, inverted: str) -> None:
    assert read_name(text).inverted == inverted


@pytest.mark.parametrize(
    "text",
    [
        "ADEME",
        "Mairie-conseils",
        "Marie-Conseils",
        "Parc naturel régional du Pilat",
        "Caisse des dépôts et consignations",
        "Université Grenoble Alpes",
        "Martin pêcheur",
        "LEADER France",
        "Pierre",
    ],
)
def test_what_is_not_certainly_a_person_stays_in_one_piece(text: str) -> None:
    assert not read_name(text).is_person


def test_a_family_name_without_a_capital_is_none() -> None:
    name = person("Alexis de", given="Alexis", family="de")

    assert not name.is_person


def test_the_authority_says_who_is_meant_and_who_is_a_person() -> None:
    body = Entry(kind=EntryKind.BODY, name="Mairie-conseils", variants=("Marie-Conseils",))
    someone = Entry(
        kind=EntryKind.PERSON,
        name="Élisée Reclus",
        variants=("E. RECLUS",),
        given="Élisée",
        family="Reclus",
    )
    authority = Authority(
        entries=(body, someone),
        joints=(Joint(spelling="Reclus et Mairie", names=("Élisée Reclus", "Mairie-conseils")),),
    )

    cited = work(
        authority=authority,
        authors=[agent("E. RECLUS", "Marie-Conseils"), agent("Reclus et Mairie")],
    )

    assert [name.inverted for name in cited.authors] == ["Reclus, Élisée", "Mairie-conseils"]
    assert cited.affiliations == (("Élisée Reclus", "Mairie-conseils"),)
