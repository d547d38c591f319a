"""Words that a line end broke, made whole."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.extraction import PageText
from archive.extraction.cleaning import PDFIUM_HYPHEN, SOFT_HYPHEN
from archive.extraction.joining import join_lines

LETTERS = "abcdefghijklmnopqrstuvwxyzàâçéèêëîïôùûüœæABCDEFGHIJKLMNOPQRSTUVWXYZÀÉŒŁşž"
WORDS = st.text(st.sampled_from(LETTERS), min_size=1, max_size=9)
LINES = st.lists(
    st.builds(
        lambda words, end: " ".join(words) + end,
        st.lists(WORDS, min_size=1, max_size=4),
        st.sampled_from(["", "-", SOFT_HYPHEN, " :"]),
    ),
    max_size=8,
)


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("l’aména-\ngement", "l’aménagement"),
        (f"pré{PDFIUM_HYPHEN}sentés", "présentés"),
        (f"l’eau{SOFT_HYPHEN}\nvive et pay{SOFT_HYPHEN}sage", "l’eauvive et paysage"),
        ("c’est-à-\ndire", "c’est-à-dire"),
        (f"elle{PDFIUM_HYPHEN}même", "elle-même"),
        (f"sapeurs{PDFIUM_HYPHEN}pompiers", "sapeurs-pompiers"),
        (f"Saint{PDFIUM_HYPHEN}Michel", "Saint-Michel"),
        (f"mi{PDFIUM_HYPHEN}2018", "mi-2018"),
        ("y a-\nt-il", "y a-t-il"),
        ("CHA-\nTEAU", "CHATEAU"),
        ("www.developpement-\ndurable.gouv.fr", "www.developpement-durable.gouv.fr"),
        ("la géoma-\ntisation", "la géomatisation"),
        ("une éco-\ncabane, des éco-cabanes", "une éco-cabane, des éco-cabanes"),
        ("une liste :\n- un\n- deux", "une liste :\n- un\n- deux"),
        (f"fin{PDFIUM_HYPHEN} ", "fin-\n "),
    ],
)
def test_a_broken_word_is_whole(broken: str, whole: str) -> None:
    assert join_lines(broken)[0] == whole


@given(LINES)
def test_joining_loses_no_letter(lines: list[str]) -> None:
    text = "\n".join(lines)

    joined, _ = join_lines(text)

    assert _letters(joined) == _letters(text)


@given(LINES)
def test_what_was_joined_can_be_parted_again(lines: list[str]) -> None:
    text = "\n".join(lines)

    joined, joins = join_lines(text)

    shown = PageText(number=1, text=joined, joins=joins).raw_text
    assert _without_idle_hyphens(shown) == _without_idle_hyphens(text)


@given(LINES)
def test_joining_twice_is_joining_once(lines: list[str]) -> None:
    joined, _ = join_lines("\n".join(lines))

    assert join_lines(joined)[0] == joined


def _letters(text: str) -> str:
    return "".join(char for char in text if char.isalpha())


def _without_idle_hyphens(text: str) -> str:
    return text.replace(SOFT_HYPHEN, "")
