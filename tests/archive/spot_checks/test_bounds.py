"""The bound of a sample is the exact one, and says so when there is nothing to estimate."""

from __future__ import annotations

from math import comb

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.spot_checks.bounds import (
    StratumResult,
    bound_of_chosen,
    bound_of_sample,
    upper_limit,
)


@pytest.mark.parametrize(
    ("wrong", "checked", "limit"),
    [
        # None wrong: 1 - 0.05 ** (1 / n), the "rule of three".
        (0, 1, 0.95),
        (0, 59, 0.04951),
        (0, 299, 0.00997),
        # As printed tables of one-sided limits have them.
        (1, 10, 0.39416),
        (10, 100, 0.16372),
        (10, 10, 1.0),
    ],
)
def test_limits_are_those_of_clopper_and_pearson(wrong: int, checked: int, limit: float) -> None:
    assert upper_limit(wrong, checked) == pytest.approx(limit, abs=6e-5)


@given(checked=st.integers(1, 200), data=st.data())
def test_a_limit_is_where_so_few_would_be_a_matter_of_one_in_twenty(
    checked: int, data: st.DataObject
) -> None:
    wrong = data.draw(st.integers(0, checked - 1))

    limit = upper_limit(wrong, checked)

    chance = sum(
        comb(checked, k) * limit**k * (1 - limit) ** (checked - k) for k in range(wrong + 1)
    )
    assert chance == pytest.approx(0.05, abs=1e-6)


def test_the_bound_stands_in_a_sentence() -> None:
    none_wrong = bound_of_sample([StratumResult(size=2000, checked=59, wrong=0)])
    some_wrong = bound_of_sample([StratumResult(size=2000, checked=59, wrong=3)])
    all_wrong = bound_of_sample([StratumResult(size=2000, checked=3, wrong=3)])

    assert none_wrong.in_words() == "0 of 59 wrong: below 5 % with 95 % confidence"
    assert some_wrong.in_words() == "3 of 59 wrong (5.1 %): below 13 % with 95 % confidence"
    assert all_wrong.in_words() == "3 of 3 wrong (100 %): it may be all of them"


def test_a_full_check_has_no_sampling_error() -> None:
    bound = bound_of_sample([StratumResult(size=60, checked=60, wrong=3)])

    assert (bound.share, bound.at_most, bound.complete) == (0.05, 0.05, True)
    assert bound.in_words("out of date") == (
        "3 of 60 out of date (5 %): every record was checked, there is no sampling error"
    )


def test_nothing_follows_from_nothing_nor_from_what_was_chosen() -> None:
    nothing = bound_of_sample([StratumResult(size=60, checked=0, wrong=0)])
    chosen = bound_of_chosen(1, 2)

    assert nothing.in_words() == "none could be checked, so nothing follows"
    assert chosen.in_words() == (
        "1 of 2 wrong (50 %): they were chosen, not drawn, so nothing follows for the others"
    )


def test_shares_that_are_only_rounded_are_a_simple_sample() -> None:
    bound = bound_of_sample(
        [
            StratumResult(size=70, checked=52, wrong=0),
            StratumResult(size=9, checked=6, wrong=0),
            StratumResult(size=1, checked=1, wrong=0),
        ]
    )

    assert bound.in_words() == "0 of 59 wrong: below 5 % with 95 % confidence"


def test_strata_that_are_not_drawn_by_their_size_are_weighted() -> None:
    """The large stratum is right, the small one wrong: a tenth of all, half of the sample."""
    bound = bound_of_sample(
        [
            StratumResult(size=900, checked=10, wrong=0),
            StratumResult(size=100, checked=10, wrong=10),
        ]
    )

    assert bound.share == pytest.approx(0.1)
    # 20 records of these weights say as much as 1000² / (900² / 10 + 100² / 10) = 12.2 alike.
    assert bound.at_most == pytest.approx(upper_limit(1.2195, 12.195), abs=1e-4)
