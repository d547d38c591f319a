"""A sample is stratified, and the same seed draws it again."""

from __future__ import annotations

from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from archive.spot_checks.sampling import allocation, draw

#: From one stratum to forty, some of one record and some of hundreds.
_SIZES = st.dictionaries(
    st.tuples(st.sampled_from("abcdefgh"), st.integers(2010, 2016).map(str)),
    st.one_of(st.just(1), st.integers(1, 400)),
    min_size=1,
    max_size=40,
)
_START = st.floats(0, 1, exclude_max=True)


@given(sizes=_SIZES, size=st.integers(1, 2000), start=_START)
def test_a_sample_is_as_large_as_asked_and_no_stratum_gives_more_than_it_has(
    sizes: dict[tuple[str, ...], int], size: int, start: float
) -> None:
    found = allocation(sizes, size, start=start)

    assert sum(found.values()) == min(size, sum(sizes.values()))
    assert all(0 <= found[key] <= sizes[key] for key in sizes)


@given(sizes=_SIZES, more=st.integers(0, 500), start=_START)
def test_every_stratum_is_met_where_there_is_room(
    sizes: dict[tuple[str, ...], int], more: int, start: float
) -> None:
    found = allocation(sizes, len(sizes) + more, start=start)

    assert min(found.values()) >= 1


@given(sizes=_SIZES, size=st.integers(1, 2000), start=_START)
def test_no_stratum_has_more_than_its_share_but_for_rounding_and_the_least(
    sizes: dict[tuple[str, ...], int], size: int, start: float
) -> None:
    found = allocation(sizes, size, start=start)

    whole = sum(sizes.values())
    shares = {key: Fraction(min(size, whole) * sizes[key], whole) for key in sizes}
    assert all(found[key] < max(shares[key] + 1, Fraction(2)) for key in sizes)


@given(sizes=_SIZES, start=_START)
def test_with_fewer_records_than_strata_each_has_its_share_rounded(
    sizes: dict[tuple[str, ...], int], start: float
) -> None:
    size = len(sizes) - 1

    found = allocation(sizes, size, start=start)

    whole = sum(sizes.values())
    assert all(abs(found[key] - Fraction(size * sizes[key], whole)) < 1 for key in sizes)


@given(sizes=_SIZES, size=st.integers(1, 2000), seed=st.integers(0, 2**63 - 1))
def test_a_seed_draws_the_same_again_and_nothing_twice(
    sizes: dict[tuple[str, ...], int], size: int, seed: int
) -> None:
    strata = {key: [f"{key}-{number}" for number in range(sizes[key])] for key in sizes}

    drawn = draw(strata, size, seed)

    assert drawn == draw(dict(reversed(strata.items())), size, seed)
    assert len(drawn) == len(set(drawn)) == min(size, sum(sizes.values()))
    assert {each for members in strata.values() for each in members} >= set(drawn)


def test_another_seed_draws_others_and_every_record_has_its_chance() -> None:
    members = ["a1", "a2", "b1", "c1", "c2", "c3"]
    strata: dict[tuple[str, ...], list[str]] = {
        (letter,): [one for one in members if one[0] == letter] for letter in "abc"
    }

    met = [draw(strata, 2, seed) for seed in range(3000)]

    counts = {each: sum(each in drawn for drawn in met) for each in members}
    assert all(abs(count / 3000 - 1 / 3) < 0.04 for count in counts.values()), counts
