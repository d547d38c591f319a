"""Draw a stratified random sample. Pure, and the same seed always draws the same.

Every stratum gets its share of the sample, rounded down or up by one random number for all of
them, and at least one where the sample has room for that. So types, years and layouts stand in
the sample as they stand in the archive.
"""

from __future__ import annotations

import math
import random
from fractions import Fraction
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

#: What the records of a stratum have in common: a type, a year, a layout.
Stratum = tuple[str, ...]

_Member = TypeVar("_Member")


def draw(strata: Mapping[Stratum, Sequence[_Member]], size: int, seed: int) -> list[_Member]:
    """Return *size* members of the strata, or all there are; in random order.

    >>> sorted(draw({("étude",): ["a", "b"], ("charte",): ["c"]}, 2, seed=7))
    ['b', 'c']
    """
    # Only `random()` is promised to give the same numbers in every Python.
    chance = random.Random(seed)  # noqa: S311  # to be reproduced, not to be kept secret
    sizes = allocation({key: len(strata[key]) for key in strata}, size, start=chance.random())
    drawn = [
        member for key in sorted(strata) for member in _shuffled(strata[key], chance)[: sizes[key]]
    ]
    return _shuffled(drawn, chance)


def allocation(sizes: Mapping[Stratum, int], size: int, *, start: float) -> dict[Stratum, int]:
    """Return how many members of each stratum a sample of *size* has.

    Proportional to the strata's sizes, rounded from *start*, a random number from 0 to 1. Strata
    whose share is less than one get one, if there are no more strata than the sample has members;
    otherwise chance gives to some of them what is left for all.

    >>> allocation({("a",): 90, ("b",): 9, ("c",): 1}, 10, start=0.5)
    {('a',): 8, ('b',): 1, ('c',): 1}
    """
    size = min(size, sum(sizes.values()))
    ordered = {key: sizes[key] for key in sorted(sizes)}
    if len(ordered) > size:
        return _rounded(ordered, size, start)
    small: dict[Stratum, int] = {}
    while less := _with_less_than_one(ordered, size - len(small)):
        small |= dict.fromkeys(less, 1)
        ordered = {key: count for key, count in ordered.items() if key not in small}
    found = _rounded(ordered, size - len(small), start) | small
    return {key: found[key] for key in sorted(sizes)}


def _with_less_than_one(sizes: Mapping[Stratum, int], size: int) -> list[Stratum]:
    whole = sum(sizes.values())
    return [key for key, count in sizes.items() if size * count < whole]


def _rounded(sizes: Mapping[Stratum, int], size: int, start: float) -> dict[Stratum, int]:
    """Return each stratum's share as a whole number; together they are *size*.

    The shares lie one behind the other on a line, and whole numbers fall on it from *start* on:
    neighbours make up for each other, so a type has its share over all its years too.
    """
    whole, reached, found = sum(sizes.values()), Fraction(start), {}
    for key, count in sizes.items():
        before = math.floor(reached)
        reached += Fraction(size * count, whole)
        found[key] = math.floor(reached) - before
    return found


def _shuffled(members: Iterable[_Member], chance: random.Random) -> list[_Member]:
    return [
        member for _, member in sorted(((chance.random(), each) for each in members), key=_first)
    ]


def _first(pair: tuple[float, _Member]) -> float:
    return pair[0]
