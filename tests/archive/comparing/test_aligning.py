"""Two sequences laid side by side."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from archive.comparing import aligning
from archive.comparing.aligning import Fate, Likeness, align, equal_runs

_ITEMS = st.lists(st.integers(0, 9), max_size=30)
_NO_LIKENESS = Likeness(
    before=lambda _: frozenset(),
    after=lambda _: frozenset(),
    changed=0.5,
    moved=0.5,
    least_moved=1,
)


@given(_ITEMS, _ITEMS)
def test_each_thing_comes_to_one_fate_and_all_are_told(one: list[int], two: list[int]) -> None:
    matches = align(one, two, _NO_LIKENESS)

    assert sorted(each.before for each in matches if each.before is not None) == [*range(len(one))]
    assert [each.after for each in matches if each.after is not None] == [*range(len(two))]
    for each in matches:
        if each.fate is Fate.SAME:
            assert each.before is not None
            assert each.after is not None
            assert one[each.before] == two[each.after]


@given(_ITEMS, st.lists(st.integers(10, 19), min_size=1, max_size=5), st.integers(0, 30))
def test_what_was_put_in_is_found_where_it_was_put(
    items: list[int], new: list[int], at: int
) -> None:
    place = min(at, len(items))

    matches = align(items, [*items[:place], *new, *items[place:]], _NO_LIKENESS)

    added = [each.after for each in matches if each.fate is Fate.ADDED]
    assert added == [*range(place, place + len(new))]
    assert {each.fate for each in matches} <= {Fate.ADDED, Fate.SAME}


@given(_ITEMS, _ITEMS)
def test_what_is_too_large_for_the_table_is_aligned_by_what_is_rare(
    one: list[int], two: list[int]
) -> None:
    whole = aligning._MOST_CELLS  # noqa: SLF001  # lowered, so that a short list is too large
    try:
        aligning._MOST_CELLS = 0  # type: ignore[misc]  # noqa: SLF001
        runs = list(equal_runs(one, two))
    finally:
        aligning._MOST_CELLS = whole  # type: ignore[misc]  # noqa: SLF001

    for i, j, size in runs:
        assert one[i : i + size] == two[j : j + size]
    ends = [(i + size, j + size) for i, j, size in runs]
    assert all(a <= i and b <= j for (a, b), (i, j, _) in zip(ends, runs[1:], strict=False))
