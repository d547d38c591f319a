"""The vocabulary: every way in which a label can be spelled leads to its field."""

from __future__ import annotations

import dataclasses
from typing import get_args

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.records import Record
from spiders.folding import fold
from spiders.pages.lexicon import FIELD_OF_LABEL, field_of, misspelt_field_of
from spiders.vocabulary import FIELD_LABELS, IGNORED_LABELS, LABEL_WEIGHTS, FieldName

LABELS = [(label, field) for field, labels in FIELD_LABELS.items() for label in labels]
DRESS = st.sampled_from(["{}", "{} :", "{}\u00a0:", "{}\u202f:", "  {}:  ", "{}\uff1a", "« {} »"])


@pytest.mark.parametrize("field", get_args(FieldName))
def test_every_field_named_is_one_of_a_record(field: str) -> None:
    """A label that fills nothing would be dropped in silence."""
    assert field in {one.name for one in dataclasses.fields(Record)}
    assert field in FIELD_LABELS


def test_every_label_is_written_in_its_plain_form() -> None:
    """Plain: lower case, no accents; so that nobody adds the same label twice."""
    for label, _ in LABELS:
        assert label == label.casefold()
        assert label.isascii()


def test_no_label_fills_two_fields_or_is_ignored_too() -> None:
    by_label = {(fold(label), field) for label, field in LABELS}

    assert len(by_label) == len(FIELD_OF_LABEL)
    assert not {fold(label) for label in IGNORED_LABELS} & set(FIELD_OF_LABEL)


def test_only_known_fields_are_weighed() -> None:
    assert set(LABEL_WEIGHTS) <= set(FIELD_LABELS)


@given(st.sampled_from(LABELS), DRESS, st.sampled_from([str.upper, str.title, str.lower]))
def test_case_colons_and_quotes_make_no_difference(
    label: tuple[str, str], dress: str, case: object
) -> None:
    words, field = label
    assert callable(case)

    assert field_of(dress.format(case(words))) == field


@pytest.mark.parametrize(
    ("label", "field"),
    [
        ("Auteur(s)\u00a0:", "authors"),
        ("AUTEURS", "authors"),
        ("Auteur·e·s", "authors"),
        ("Auteur(e)(s)", "authors"),
        ("Auteur.rice.s", "authors"),
        ("Expérience(s) liée(s) :", "related_experiences"),
        ("Document(s) lie\u0301(s)", "related_documents"),
        ("The\u0300me ressource", "themes"),
        ("Année du document", "year_start"),
        ("Dernière mise à jour\u202f:", "updated_on"),
        ("Mots-clés", "tags"),
        ("Mot-clef", "tags"),
        ("Nombre de pages:", "declared_pages"),
        ("Auteur / Contributeur", "authors"),
        ("Partager sur", "ignore"),
        ("Résultats", ""),
        ("", ""),
    ],
)
def test_labels_of_the_site_are_known(label: str, field: str) -> None:
    assert field_of(label) == field


@pytest.mark.parametrize(
    ("label", "field"),
    [
        ("Type de docment", "document_type"),
        ("Telechager", "files"),
        ("Anée du document", "year_start"),
        ("Contibuteurs", "contributors"),
        ("Acteurs", ""),
        ("Parcs", ""),
    ],
)
def test_one_slip_of_the_pen_is_forgiven_in_long_labels(label: str, field: str) -> None:
    assert misspelt_field_of(label) == field


@given(st.text(max_size=80))
def test_folding_twice_changes_nothing_more(text: str) -> None:
    once = fold(text)

    assert " ".join(once.split()) == once
    assert field_of(text) in {*get_args(FieldName), "ignore", ""}
