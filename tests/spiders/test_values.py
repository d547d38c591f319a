"""Texts become values where they say one, and nothing where they do not."""

from __future__ import annotations

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.records import Agent
from spiders.pages.values import (
    Years,
    cleaned,
    date_in,
    is_given,
    mended,
    names_a_month,
    pages_in,
    people_in,
    without_contacts,
    years_in,
)

MONTHS = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
DAYS = st.dates(min_value=date(1900, 1, 1), max_value=date(2099, 12, 31))
WORDS = st.text(alphabet="abcdéèçîôABCDÉ'-. ", min_size=1, max_size=30).filter(
    lambda text: bool(text.strip(" .-'"))
)


@given(DAYS)
def test_a_date_is_read_in_every_form_in_which_the_site_writes_it(day: date) -> None:
    ordinal = "1er" if day.day == 1 else str(day.day)

    for text in (
        f"{day:%d/%m/%Y}",
        f"{day.day}/{day.month}/{day.year}",
        f"Jeu, {day:%d/%m/%Y} - 10:12",
        f"{ordinal} {MONTHS[day.month - 1]} {day.year}",
        f"le {ordinal}\u00a0{MONTHS[day.month - 1].upper()}\u202f{day.year}",
        day.isoformat(),
    ):
        assert date_in(text) == day, text


@pytest.mark.parametrize("text", ["", "2013", "août 2013", "31/02/2013", "22/13/2013", "bientôt"])
def test_what_is_no_full_date_is_none(text: str) -> None:
    assert date_in(text) is None


@pytest.mark.parametrize(
    ("text", "month"), [("août 2013", True), ("08/2013", True), ("hier", False)]
)
def test_a_month_is_told_from_nonsense(text: str, month: bool) -> None:  # noqa: FBT001 - a parameter
    assert names_a_month(text) is month


@given(st.text(max_size=300))
def test_any_text_may_be_asked_for_values(text: str) -> None:
    """No text raises; what is read lies in the text."""
    day, years, pages = date_in(text), years_in(text), pages_in(text)

    assert day is None or str(day.year) in text
    assert years == Years() or (years.start is not None and years.end is not None)
    assert pages is None or 0 < pages < 100_000


@pytest.mark.parametrize(
    ("text", "start", "end"),
    [
        ("2012", 2012, 2012),
        ("2010-2012", 2010, 2012),
        ("2010 – 2012", 2010, 2012),
        ("2010/2012", 2010, 2012),
        ("2010 à 2012", 2010, 2012),
        ("[2012]", 2012, 2012),
        ("Septembre 2012", 2012, 2012),
        ("22/08/2013", 2013, 2013),
        ("s.d.", None, None),
        ("2012-2010", None, None),
        ("2010-12", None, None),
        ("1998, réédité en 2005", None, None),
        ("12012", None, None),
        ("", None, None),
    ],
)
def test_years_are_a_year_a_span_or_nothing(text: str, start: int | None, end: int | None) -> None:
    assert years_in(text) == Years(start, end)


@given(st.integers(1600, 2099), st.integers(0, 60), st.sampled_from(["-", "/", " - ", " à "]))
def test_a_span_of_years_is_read_forwards_only(first: int, length: int, dash: str) -> None:
    last = min(first + length, 2099)

    assert years_in(f"{first}{dash}{last}") == Years(first, last)
    if first < last:
        assert years_in(f"{last}{dash}{first}") == Years()


@given(
    st.integers(1, 9999), st.sampled_from(["{}", "{} p.", "{}p", "{} pages", " {} pp. ", "{} p"])
)
def test_a_number_of_pages_is_read_with_and_without_its_unit(count: int, form: str) -> None:
    assert pages_in(form.format(count)) == count


@pytest.mark.parametrize(
    "text", ["2 x 24 p.", "n.c.", "environ 40", "42 + annexes", "12-14", "0", "une page", "3,5"]
)
def test_a_number_of_pages_that_is_not_one_number_is_none(text: str) -> None:
    assert pages_in(text) is None


@pytest.mark.parametrize("text", ["n.c.", "N.C", "s.d.", "sd", "non renseigné", "", " - ", "?"])
def test_words_for_not_known_are_no_values(text: str) -> None:
    assert not is_given(text)


@pytest.mark.parametrize(
    ("text", "agents"),
    [
        ("Scarpe-Escaut, Mairie-conseils", [("Scarpe-Escaut", ""), ("Mairie-conseils", "")]),
        ("Vincent Chassagne (Marie-Conseils)", [("Vincent Chassagne", "Marie-Conseils")]),
        ("Parc A (Lille, Nord), Parc B", [("Parc A", "Lille, Nord"), ("Parc B", "")]),
        ("Parc A, service B; Parc C", [("Parc A, service B", ""), ("Parc C", "")]),
        ("Caisse des dépôts et consignations", [("Caisse des dépôts et consignations", "")]),
        ("Parc A (jamais fermé, Parc B", [("Parc A (jamais fermé", ""), ("Parc B", "")]),
        ("Parc A, , Parc A; n.c.", [("Parc A, , Parc A", "")]),
        ("Parc A (parc.a@exemple.invalid), tél. : 01 00 00 00 00", [("Parc A", "")]),
        ("", []),
    ],
)
def test_people_are_split_as_they_were_listed(text: str, agents: list[tuple[str, str]]) -> None:
    assert people_in(text) == tuple(Agent(name=name, affiliation=body) for name, body in agents)


@given(st.lists(WORDS.filter(is_given), min_size=1, max_size=6, unique=True))
def test_every_name_of_a_list_is_found_again(names: list[str]) -> None:
    found = {agent.name for agent in people_in(" ; ".join(names) + " ;")}

    assert found == {cleaned(name).strip(" .-") for name in names}


@pytest.mark.parametrize(
    "text", ["déjà vu", "L'été à Égletons « œuvre » — 100 €", "Ã", "naïve Âme"]
)
def test_sound_text_is_left_as_it_is(text: str) -> None:
    assert mended(text) == text


@given(st.text(alphabet="abcéèàçùœ«»’ÉÀ ", min_size=1, max_size=40))
def test_text_decoded_wrongly_is_mended_or_left(text: str) -> None:
    """Whatever comes out, decoding it wrongly again gives what went in."""
    garbled = text.encode("utf-8").decode("cp1252", "ignore")
    repaired = mended(garbled)

    assert repaired == garbled or garbled in {
        repaired.encode("utf-8").decode("cp1252", "replace"),
        repaired.encode("utf-8").decode("latin-1"),
    }


@pytest.mark.parametrize(
    "contact",
    ["a.b@exemple.invalid", "a.b [at] exemple.invalid", "01 00 00 00 00", "+33 (0)1.00.00.00.00"],
)
def test_addresses_and_numbers_of_people_are_blanked(contact: str) -> None:
    assert without_contacts(f"Service ({contact})") == "Service"
    assert without_contacts(f"Service : {contact}, Parc A").startswith("Service")
    assert contact not in without_contacts(f"Service : {contact}, Parc A")


@pytest.mark.parametrize("text", ["42 p.", "ISBN 978-2-000000-00-2", "de 2010 à 2012", "atelier"])
def test_other_numbers_stay(text: str) -> None:
    assert without_contacts(text) == text
