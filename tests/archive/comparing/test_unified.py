"""The unified format: what `patch` makes of it is the later text."""

from __future__ import annotations

import re

from hypothesis import given
from hypothesis import strategies as st

from archive.comparing.unified import unified

_LINES = st.lists(st.sampled_from(["a", "b", "c", "d", "e", "", "-x", "+y"]), max_size=30)
_HUNK = re.compile(r"@@ -(\d+),(\d+) \+(\d+),(\d+) @@")


@given(_LINES, _LINES)
def test_applied_to_the_old_lines_it_gives_the_new(before: list[str], after: list[str]) -> None:
    written = list(unified(before, after, old_name="a", new_name="b"))

    assert bool(written) == (before != after)
    assert _patched(before, written[2:]) == after


def _patched(lines: list[str], written: list[str]) -> list[str]:
    """Do what `patch` does, and mistrust every number."""
    patched: list[str] = []
    at = old_left = new_left = 0
    for line in written:
        if old_left == new_left == 0:
            hunk = _HUNK.fullmatch(line)
            assert hunk is not None, line
            start, old_left, new_start, new_left = map(int, hunk.groups())
            first = start - 1 if old_left else start
            patched += lines[at:first]
            at = first
            assert len(patched) == (new_start - 1 if new_left else new_start)
            continue
        mark, said = line[0], line[1:]
        if mark in " -":
            assert lines[at] == said
            at += 1
            old_left -= 1
        if mark in " +":
            patched.append(said)
            new_left -= 1
    return patched + lines[at:]
