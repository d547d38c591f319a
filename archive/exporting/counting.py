"""Count what passes by."""

from __future__ import annotations

from typing import TYPE_CHECKING, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_Item = TypeVar("_Item")


class Counter(Generic[_Item]):
    """An iterable that counts what was taken from it.

    >>> letters = Counter("abc")
    >>> "".join(letters), letters.count
    ('abc', 3)
    """

    def __init__(self, items: Iterable[_Item]) -> None:
        self._items = items
        self.count = 0

    def __iter__(self) -> Iterator[_Item]:
        for item in self._items:
            self.count += 1
            yield item
