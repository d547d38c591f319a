"""Lay two sequences side by side: what is the same, what changed, came, went or moved.

Equal things are found first, in order, as `diff` does (the longest common subsequence, on the bits
of machine words). What is left between them is matched by how much it has in common; what is left
then is looked for elsewhere. Costs grow with the lengths, not with their product.
"""

from __future__ import annotations

from collections import Counter, defaultdict, deque
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final

from rapidfuzz.distance import Indel

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator, Sequence


class Fate(StrEnum):
    """What became of one thing between the two sequences."""

    SAME = "same"
    CHANGED = "changed"
    ADDED = "added"
    REMOVED = "removed"
    MOVED = "moved"


@dataclass(frozen=True, slots=True)
class Match:
    """One thing: where it stood before, where it stands after (from 0), what became of it."""

    fate: Fate
    before: int | None
    after: int | None


@dataclass(frozen=True, slots=True)
class Likeness:
    """How alike things are that are not the same.

    *before* and *after* say what a thing is made of, by its place; *changed* is the share that two
    must have in common to be one that changed, *moved* the share for one that stands elsewhere and
    is made of *least_moved* features at least. With *in_place* as many as went where as many came
    have changed, however little they have in common.
    """

    before: Callable[[int], frozenset[Hashable]]
    after: Callable[[int], frozenset[Hashable]]
    changed: float
    moved: float
    least_moved: int
    in_place: bool = False


#: Cells of the table of the longest common subsequence, a bit each: at most 60 MB.
_MOST_CELLS: Final = 500_000_000
#: A feature that so many things have tells nothing of one of them.
_TOO_COMMON: Final = 40


def equal_runs(
    before: Sequence[Hashable], after: Sequence[Hashable]
) -> Iterator[tuple[int, int, int]]:
    """Yield where runs of equal things begin in both sequences, and how long each is, in order."""
    size = _common_start(before, after)
    if size:
        yield 0, 0, size
    tail = _common_end(before, after, size)
    yield from _inner_runs(before[size : len(before) - tail], after[size : len(after) - tail], size)
    if tail:
        yield len(before) - tail, len(after) - tail, tail


def align(before: Sequence[Hashable], after: Sequence[Hashable], likeness: Likeness) -> list[Match]:
    """Return what became of each thing: in the order of *after*, what went at its old place."""
    partner: dict[int, int] = {}
    gaps: list[tuple[range, range]] = []
    i = j = 0
    for start, other, size in (*equal_runs(before, after), (len(before), len(after), 0)):
        gaps.append((range(i, start), range(j, other)))
        partner.update(zip(range(start, start + size), range(other, other + size), strict=True))
        i, j = start + size, other + size
    moved = _moved_whole(before, after, gaps, likeness)
    arrived = set(moved.values())
    for olds, news in gaps:
        left = [at for at in olds if at not in moved], [at for at in news if at not in arrived]
        partner.update(_alike(*left, likeness))
    moved |= _moved_edited(len(before), len(after), partner | moved, likeness)
    if likeness.in_place:
        partner.update(_in_place(len(before), len(after), partner, moved))
    return list(_told(before, after, partner, moved))


def _common_start(before: Sequence[Hashable], after: Sequence[Hashable]) -> int:
    size, most = 0, min(len(before), len(after))
    while size < most and before[size] == after[size]:
        size += 1
    return size


def _common_end(before: Sequence[Hashable], after: Sequence[Hashable], start: int) -> int:
    size, most = 0, min(len(before), len(after)) - start
    while size < most and before[-1 - size] == after[-1 - size]:
        size += 1
    return size


def _inner_runs(
    before: Sequence[Hashable], after: Sequence[Hashable], shift: int
) -> Iterator[tuple[int, int, int]]:
    if not before or not after:
        return
    if len(before) * len(after) > _MOST_CELLS:
        yield from _runs_of_rare(before, after, shift)
        return
    for step in Indel.opcodes(before, after):
        if step.tag == "equal":
            yield step.src_start + shift, step.dest_start + shift, step.src_end - step.src_start


def _runs_of_rare(
    before: Sequence[Hashable], after: Sequence[Hashable], shift: int
) -> Iterator[tuple[int, int, int]]:
    """Yield what stands once in both, in order, where the whole table would be too large."""
    places = {thing: at for at, thing in enumerate(after)}
    olds, news = Counter(before), Counter(after)
    pairs = [
        (at, places[thing], 1.0)
        for at, thing in enumerate(before)
        if olds[thing] == 1 and news.get(thing) == 1
    ]
    for start, other in _heaviest_chain(pairs):
        yield start + shift, other + shift, 1


def _moved_whole(
    before: Sequence[Hashable],
    after: Sequence[Hashable],
    gaps: Sequence[tuple[range, range]],
    likeness: Likeness,
) -> dict[int, int]:
    """Return what stands in another place than it stood, unchanged."""
    waiting: dict[Hashable, deque[int]] = defaultdict(deque)
    for old in (old for olds, _ in gaps for old in olds):
        if len(likeness.before(old)) >= likeness.least_moved:
            waiting[before[old]].append(old)
    news = [new for _, news in gaps for new in news if after[new] in waiting]
    return {waiting[after[new]].popleft(): new for new in news if waiting[after[new]]}


def _alike(olds: Sequence[int], news: Sequence[int], likeness: Likeness) -> dict[int, int]:
    """Return which old things of a gap are which new ones, changed: in order, by likeness."""
    if not olds or not news:
        return {}
    pairs = [pair for pair in _candidates(olds, news, likeness) if pair[2] >= likeness.changed]
    return dict(_heaviest_chain(pairs))


def _in_place(
    count: int, new_count: int, partner: dict[int, int], moved: dict[int, int]
) -> Iterator[tuple[int, int]]:
    """Yield pairs of what is left between partners, where as many things went as came."""
    arrived = set(moved.values())
    i = j = 0
    for start, other in (*sorted(partner.items()), (count, new_count)):
        olds = [at for at in range(i, start) if at not in moved]
        news = [at for at in range(j, other) if at not in arrived]
        if len(olds) == len(news):
            yield from zip(olds, news, strict=True)
        i, j = start + 1, other + 1


def _moved_edited(
    count: int, new_count: int, partner: dict[int, int], likeness: Likeness
) -> dict[int, int]:
    """Return which of the things without a partner stand elsewhere, the most alike first."""
    taken, least = set(partner.values()), likeness.least_moved
    olds = [at for at in range(count) if at not in partner and len(likeness.before(at)) >= least]
    news = [at for at in range(new_count) if at not in taken and len(likeness.after(at)) >= least]
    pairs = [pair for pair in _candidates(olds, news, likeness) if pair[2] >= likeness.moved]
    found: dict[int, int] = {}
    used: set[int] = set()
    for old, new, _ in sorted(pairs, key=lambda pair: (-pair[2], pair[0], pair[1])):
        if old not in found and new not in used:
            found[old] = new
            used.add(new)
    return found


def _candidates(
    olds: Sequence[int], news: Sequence[int], likeness: Likeness
) -> Iterator[tuple[int, int, float]]:
    """Yield pairs that have features in common, with the share of them (Dice's coefficient)."""
    having: dict[Hashable, list[int]] = defaultdict(list)
    sizes = {}
    for old in olds:
        features = likeness.before(old)
        sizes[old] = len(features)
        for feature in features:
            having[feature].append(old)
    for new in news:
        features = likeness.after(new)
        shared: Counter[int] = Counter()
        for feature in features:
            owners = having.get(feature, ())
            if len(owners) <= _TOO_COMMON:
                shared.update(owners)
        for old in sorted(shared):
            yield old, new, 2 * shared[old] / (sizes[old] + len(features))


def _heaviest_chain(pairs: list[tuple[int, int, float]]) -> list[tuple[int, int]]:
    """Return the pairs of greatest weight that rise in both numbers, in order.

    >>> _heaviest_chain([(0, 1, 1.0), (1, 0, 0.5), (2, 2, 1.0)])
    [(0, 1), (2, 2)]
    """
    places = {new: rank for rank, new in enumerate(sorted({new for _, new, _ in pairs}), start=1)}
    # A Fenwick tree: for each place, the heaviest chain that ends before it.
    best: list[tuple[float, int]] = [(0.0, -1)] * (len(places) + 1)
    steps: list[tuple[int, int, int]] = []
    # Of one old thing the rightmost first: a chain takes it once.
    for old, new, weight in sorted(pairs, key=lambda pair: (pair[0], -pair[1])):
        at, so_far = places[new] - 1, (0.0, -1)
        while at > 0:
            so_far = max(so_far, best[at])
            at -= at & -at
        steps.append((old, new, so_far[1]))
        whole = (so_far[0] + weight, len(steps) - 1)
        at = places[new]
        while at <= len(places):
            best[at] = max(best[at], whole)
            at += at & -at
    chain, step = [], max(best)[1]
    while step >= 0:
        old, new, step = steps[step]
        chain.append((old, new))
    return chain[::-1]


def _told(
    before: Sequence[Hashable],
    after: Sequence[Hashable],
    partner: dict[int, int],
    moved: dict[int, int],
) -> Iterator[Match]:
    came_from = {new: old for old, new in moved.items()}
    i = j = 0
    for old, new in (*sorted(partner.items()), (len(before), len(after))):
        yield from (Match(Fate.REMOVED, at, None) for at in range(i, old) if at not in moved)
        for at in range(j, new):
            fate = Fate.MOVED if at in came_from else Fate.ADDED
            yield Match(fate, came_from.get(at), at)
        if old < len(before):
            yield Match(Fate.SAME if before[old] == after[new] else Fate.CHANGED, old, new)
        i, j = old + 1, new + 1
