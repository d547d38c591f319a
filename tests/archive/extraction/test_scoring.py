"""The judge, and the cleaning it rests on."""

from __future__ import annotations

import unicodedata

from hypothesis import given
from hypothesis import strategies as st

from archive.extraction.cleaning import FOREIGN, clean, count_foreign
from archive.extraction.composing import compose
from archive.extraction.engines import RawPage
from archive.extraction.scoring import score_text

TEXTS = st.text(max_size=200)
GOOD = (
    "Le parc naturel régional présente la charte du paysage aux habitants des communes. "
    "Elle décrit les prairies, les forêts et les villages qui font la beauté du pays."
)


@given(TEXTS)
def test_nothing_unusable_is_left(text: str) -> None:
    cleaned = clean(text)

    assert not FOREIGN.search(cleaned.replace("\n", ""))
    assert "(cid:" not in cleaned or "(cid:" not in text
    assert unicodedata.is_normalized("NFC", cleaned)


@given(TEXTS)
def test_cleaning_twice_is_cleaning_once(text: str) -> None:
    assert clean(clean(text)) == clean(text)


@given(TEXTS, st.integers(min_value=0, max_value=500))
def test_a_score_is_between_nothing_and_one(text: str, foreign: int) -> None:
    assert 0 <= score_text(text, foreign).value <= 1


@given(TEXTS)
def test_unnamed_glyphs_never_raise_a_score(text: str) -> None:
    assert score_text(text, 3).value <= score_text(text).value


def test_good_french_is_not_doubted() -> None:
    score = score_text(GOOD)

    assert score.value > 0.95
    assert not score.is_doubtful


def test_a_page_of_figures_and_names_is_not_doubted() -> None:
    assert not score_text("Morvan 12 345\nVexin 6 789\nQueyras 42\n" * 10).is_doubtful


def test_an_english_abstract_is_not_doubted() -> None:
    english = "This report is about the landscapes of the park and the people that live in it. "

    assert not score_text(english * 4).is_doubtful


def test_letters_apart_are_doubted() -> None:
    assert "split" in score_text(" ".join(GOOD.replace(" ", ""))).flags


def test_pieces_of_words_are_doubted() -> None:
    assert "split" in score_text("le ter ritoire et le pay sage du par c na turel " * 3).flags


def test_words_run_together_are_doubted() -> None:
    glued = "leparc naturel laforêt etles prairies dupays desvillages lesrivières dela charte"

    assert "glued" in score_text(glued).flags


def test_letters_of_a_wrong_alphabet_are_doubted() -> None:
    shifted = "".join(
        chr((ord(c) - 97 + 7) % 26 + 97) if c.isascii() and c.islower() else c for c in GOOD
    )

    assert "unknown-words" in score_text(shifted.lower()).flags


def test_glyphs_without_a_name_are_counted_but_not_bullets() -> None:
    assert count_foreign("(cid:12) \ue056 \x07 \ufffd") == 4
    assert count_foreign("\uf0b7 une liste") == 0


def test_ligatures_spaces_accents_and_bullets_are_written_out() -> None:
    raw = "\uf0b7\u00a0l’e\u0301tude efﬁcace de l’œuvre, ´etude,\u200b 𝑥"

    assert clean(raw) == "• l’étude efficace de l’œuvre, étude, x"


def test_doubled_letters_are_read_once() -> None:
    raw = RawPage(text="LLaa cchhaarrttee dduu ppaayyssaaggee\nune ligne seule")

    composed = compose(raw, number=1, engine="x", version="1")

    assert composed.page.text == "La charte du paysage\nune ligne seule"
