"""The bare letters of a folded page lead to every place, and to no other."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from archive.searching.planning import Begins, Exact
from archive.searching.spotting import Folded, Spotter

_PIECES = st.sampled_from(
    (
        *("forêt", "FORET", "fore\u0302ts", "œuvre", "OEUVRE", "efﬁcace", "ﬁn", "fin", "æther"),
        *("éco-tourisme", "éco-\ntourisme", "eco\u00adtourisme", "l’", "d'", "?", " ", "\n", "m²"),
        *("ﬀicace", "α", "\u2010", "x", "(cid:3)", "😀", "a"),
    )
)


@pytest.mark.parametrize(
    "leaf",
    [Begins("fo"), Begins("oeu"), Begins("fi"), Begins("ecotour"), Begins("m2"), Exact(("ffi",))],
    ids=str,
)
@given(text=st.lists(_PIECES, max_size=12).map("".join))
def test_what_is_likely_leaves_nothing_out(leaf: Begins | Exact, text: str) -> None:
    """The places found by way of the folded page are those the whole pattern finds alone."""
    spotter = Spotter(leaf)
    pattern = spotter._pattern  # noqa: SLF001  # held against what it makes faster
    assert pattern is not None

    found = sorted(spotter.places(Folded(text)))

    alone = [match.span() for match in re.finditer(pattern._whole, text)]  # noqa: SLF001
    assert set(alone) <= set(found)
    assert all(pattern._whole.fullmatch(text, start, end) for start, end in found)  # noqa: SLF001
