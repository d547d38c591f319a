"""Differences in the unified format that `diff -u` writes and `patch` reads."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archive.comparing.aligning import equal_runs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

#: Unchanged lines around what changed.
_CONTEXT: Final = 3


def unified(
    before: Sequence[str], after: Sequence[str], *, old_name: str, new_name: str
) -> Iterator[str]:
    """Yield what differs between two lists of lines, line by line; nothing where nothing does.

    >>> print(*unified(["Un", "Deux"], ["Un", "Trois"], old_name="a", new_name="b"), sep="|")
    --- a|+++ b|@@ -1,2 +1,2 @@| Un|-Deux|+Trois
    """
    lines = list(_marked(before, after))
    near = [at for at, (mark, *_) in enumerate(lines) if mark != " "]
    if not near:
        return
    yield f"--- {old_name}"
    yield f"+++ {new_name}"
    start = near[0]
    for at, following in zip(near, [*near[1:], None], strict=True):
        if following is None or following - at > 2 * _CONTEXT + 1:
            hunk = lines[max(0, start - _CONTEXT) : at + 1 + _CONTEXT]
            yield _heading(hunk)
            yield from (f"{mark}{line}" for mark, line, _, _ in hunk)
            start = following or 0


def _marked(before: Sequence[str], after: Sequence[str]) -> Iterator[tuple[str, str, int, int]]:
    """Yield each line with its mark, and how many lines of both sides stand before it."""
    i = j = 0
    for start, other, size in (*equal_runs(before, after), (len(before), len(after), 0)):
        yield from (("-", before[at], at, j) for at in range(i, start))
        yield from (("+", after[at], start, at) for at in range(j, other))
        yield from ((" ", before[start + step], start + step, other + step) for step in range(size))
        i, j = start + size, other + size


def _heading(hunk: Sequence[tuple[str, str, int, int]]) -> str:
    old = sum(mark != "+" for mark, *_ in hunk)
    new = sum(mark != "-" for mark, *_ in hunk)
    _, _, i, j = hunk[0]
    # An empty side is named by the line before it.
    return f"@@ -{i + bool(old)},{old} +{j + bool(new)},{new} @@"
