"""Capitals that are set apart are closed up where they make words, and only there."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.extraction import extract
from archive.extraction.engines.spaced import JOINED, join_at
from tests.archive.extraction import pdfs

SPACED_WORDS = st.lists(
    st.text(st.sampled_from("ABCDÉŒ"), min_size=1, max_size=9), min_size=1, max_size=5
)


def drawn(text: str, *, spacing: float = 0) -> str:
    """Return what is read of *text*, drawn with so many points more between its letters."""
    letters = text.encode("cp1252")
    content = b"BT /F1 12 Tf %.1f Tc 50 700 Td (%s) Tj ET" % (spacing, letters)
    return extract(pdfs.with_content(content)).pages[0].text


@pytest.mark.parametrize(
    ("apart", "words"),
    [
        ("R A P P O R T   D E   L A   C H A R T E", "RAPPORT DE LA CHARTE"),
        ("R A P P O R T  D ' A C T I V I T É S  2 0 1 5", "RAPPORT D'ACTIVITÉS 2015"),
        ("L E S   A C T I V I T E S   D U   P A R C", "LES ACTIVITES DU PARC"),
        ("FE D E RA T I ON  NA T I O NA L E", "FEDERATION NATIONALE"),
        ("L E   P A R C   D U   P I L A T   N A T U R E L", "LE PARC DU PILAT NATUREL"),
    ],
)
def test_a_heading_set_apart_reads_as_words(apart: str, words: str) -> None:
    assert drawn(apart) == words


@pytest.mark.parametrize(
    "text",
    [
        "A B C D E F G H",
        "J F M A M J J A S O N D",
        "N E S O",
        "LA CHARTE A UN AN",
        "SECTION A B C D ZONE A",
        "ANNEXE A B C",
        "R A P P O R T D E L A C H A R T E",
    ],
)
def test_what_makes_no_words_for_certain_stays_apart(text: str) -> None:
    assert drawn(text) == text


def test_a_heading_spaced_by_its_font_reads_as_words_too() -> None:
    assert drawn("RAPPORT DE LA CHARTE", spacing=7) == "RAPPORT DE LA CHARTE"


@given(SPACED_WORDS, st.floats(0.5, 4), st.floats(2, 5))
def test_joining_parts_words_where_the_gaps_are_wide(
    words: list[str], narrow: float, wider: float
) -> None:
    run = " ".join(" ".join(word) for word in words)
    gaps = [gap for word in words for gap in [narrow * wider, *[narrow] * (len(word) - 1)]][1:]

    closed = join_at(run, gaps) if gaps else run

    assert len(closed) == len(run)
    assert closed.replace(JOINED, "").replace(" ", "") == run.replace(" ", "")
    if 2 * len(words) <= len(gaps):
        assert closed.replace(JOINED, "").split(" ") == words
