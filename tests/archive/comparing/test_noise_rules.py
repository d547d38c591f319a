"""Rules for noise, proposed from two answers of one page."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.comparing.noise_rules import propose_rules


@pytest.mark.parametrize(
    ("page", "one", "other"),
    [
        ('<p data-visit="{}">Texte</p>', "8812ab99", "77fe0011"),
        ('<p data-visit="{}">Texte</p>', "9", "10"),
        ("<p>Vu <b>{}</b> fois</p>", "41", "42"),
        ("<p>Visiteurs : {} aujourd'hui</p>", "999", "1000"),
        ("<script>var t='{}';</script><p>Texte</p>", "aZ_9-x", "bY_8-z"),
        ("<p>Météo du jour : {}</p>", "pluie, 12 °C", "soleil, 14 °C"),
        ('<a href="/x?sid={}&amp;p=1">x</a>', "Q2x0/+=9", "Zm9v/+=1"),
        ('<i id="a{0}"></i><i id="b{0}"></i>', "17", "18"),
    ],
)
def test_the_rules_settle_what_differs_and_nothing_else(page: str, one: str, other: str) -> None:
    found = propose_rules(page.format(one), page.format(other))

    assert found.settled
    assert found.unexplained == ()
    assert found.rules
    # A rule is tied to what stands before the place: the rest of the page is not touched.
    for rule in found.rules:
        kept = re.sub(rule.pattern, "", f"<p>Texte</p>{page.format(one)}<p>12 communes</p>")
        assert kept.startswith("<p>Texte</p>")
        assert kept.endswith("<p>12 communes</p>")


def test_a_line_that_comes_and_goes_is_told_and_not_ruled_out() -> None:
    found = propose_rules("<p>Un</p><p>Deux</p>", "<p>Un</p><p>Une nouvelle</p><p>Deux</p>")

    assert not found.settled
    assert found.rules == ()
    assert "Une nouvelle" in found.unexplained


def test_the_same_answer_needs_no_rule() -> None:
    found = propose_rules("<p>Un</p>", "<p>Un</p>")

    assert (found.places, found.rules, found.settled) == (0, (), True)


@given(st.text(max_size=60), st.text(max_size=60))
def test_every_proposed_rule_is_one_that_the_settings_take(one: str, other: str) -> None:
    for rule in propose_rules(one, other).rules:
        compiled = re.compile(rule.pattern.encode("utf-8", "surrogatepass"))
        assert compiled.groups == 1
        assert compiled.search(b"") is None
