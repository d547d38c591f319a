"""Texts compared paragraph by paragraph, then word by word."""

from __future__ import annotations

import random
from time import process_time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.comparing.aligning import Fate
from archive.comparing.texts import Edit, Fold, PatchError, compare_texts, compare_words

_WORDS = st.sampled_from(["le", "Parc", "du", "Pilat,", "haies", "l'été", "2012", "sentier", " "])
_LINES = st.lists(_WORDS, max_size=9).map(" ".join)
_TEXTS = st.lists(_LINES, max_size=8).map("\n".join) | st.text(max_size=40)

_BODY = """\
Le Parc du Pilat a réuni les cuisiniers autour d'un cahier des charges.
Deux repas par semaine sont servis dans les cantines.
Les parents d'élèves ont visité les fermes du plateau.
Un bilan est publié chaque année au mois de juin."""


@given(_TEXTS, _TEXTS)
def test_a_difference_applied_to_the_old_gives_the_new(before: str, after: str) -> None:
    assert compare_texts(before, after).applied_to(before) == after


@given(_TEXTS)
def test_a_text_does_not_differ_from_itself(text: str) -> None:
    assert not compare_texts(text, text).differs


@given(_TEXTS, _TEXTS)
def test_no_difference_between_two_texts_is_empty(before: str, after: str) -> None:
    assert compare_texts(before, after).differs == (before != after)


@given(_TEXTS, _TEXTS)
def test_pieces_hold_both_texts_whole(before: str, after: str) -> None:
    pieces = compare_words(before, after)

    assert "".join(piece.text for piece in pieces if piece.edit is not Edit.ADDED) == before
    assert "".join(piece.text for piece in pieces if piece.edit is not Edit.REMOVED) == after


def test_a_difference_is_not_applied_to_another_text() -> None:
    difference = compare_texts("Un.", "Deux.")

    with pytest.raises(PatchError):
        difference.applied_to("Trois.")


def test_only_the_words_that_were_edited_differ() -> None:
    edited = _BODY.replace("Deux repas par semaine", "Trois repas locaux par semaine")

    (paragraph,) = [each for each in compare_texts(_BODY, edited).paragraphs if each.pieces[1:]]

    assert paragraph.fate is Fate.CHANGED
    assert [(piece.edit, piece.text) for piece in paragraph.pieces] == [
        (Edit.REMOVED, "Deux"),
        (Edit.ADDED, "Trois"),
        (Edit.SAME, " repas"),
        (Edit.ADDED, " locaux"),
        (Edit.SAME, " par semaine sont servis dans les cantines."),
    ]


def test_a_paragraph_that_moved_is_recognised_edited_or_not() -> None:
    first, second, third, fourth = _BODY.split("\n")
    moved = "\n".join([fourth.replace("juin", "juillet"), first, third, second])

    fates = {
        each.after: (each.fate, each.before) for each in compare_texts(_BODY, moved).paragraphs
    }

    assert fates[1] == (Fate.MOVED, 4)
    assert sorted(fate for fate, _ in fates.values()) == ["moved", "moved", "same", "same"]


def test_a_short_line_that_stands_elsewhere_has_not_moved() -> None:
    fates = [
        each.fate
        for each in compare_texts("Voir aussi\nUn\nDeux", "Un\nDeux\nVoir aussi").paragraphs
    ]

    assert Fate.MOVED not in fates


def test_words_that_hold_no_sentence_together_do_not_cut_one_up() -> None:
    pieces = compare_words("un sentier de crête", "une route de vallée")

    assert [piece.edit for piece in pieces] == [Edit.REMOVED, Edit.ADDED]


def test_unchanged_stretches_are_folded() -> None:
    lines = [f"Paragraphe numéro {number}." for number in range(20)]
    edited = [*lines[:10], "Tout autre chose ici.", *lines[10:]]

    folded = list(compare_texts("\n".join(lines), "\n".join(edited)).folded())

    assert [each.count if isinstance(each, Fold) else each.fate.value for each in folded] == [
        9,
        "same",
        "added",
        "same",
        9,
    ]


def test_a_text_of_a_hundred_pages_and_hostile_repetition_cost_little() -> None:
    pick = random.Random(1)  # noqa: S311  # a test, no secret
    words = [f"mot{number}" for number in range(3000)]
    lines = [" ".join(pick.choices(words, k=11)) for _ in range(4500)]
    edited = [
        line.replace("mot1", "pas1") if at % 90 == 0 else line for at, line in enumerate(lines)
    ]
    began = process_time()

    long = compare_texts("\n".join(lines), "\n".join(edited))
    same = compare_texts("\n".join(["bis"] * 800), "\n".join(["bis", "ter"] * 400))

    assert process_time() - began < 5
    assert 0 < sum(each.fate is Fate.CHANGED for each in long.paragraphs) <= 50
    assert same.differs
