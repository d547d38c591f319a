"""Which addresses a run entered into its ledger of late.

Pages lead to the same terms, related records and neighbours over and over. Each of them is in the
ledger from the first time on; remembering the last few thousand spares the ledger the question.
"""

from __future__ import annotations

from collections import OrderedDict
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from archive.records import FoundLink

#: Addresses remembered, half a megabyte of them: memory stays flat however large the site is.
_MOST: Final = 4_000


class EnteredAddresses:
    """Remembers addresses once the transaction that entered them is committed.

    What is forgotten is only asked of the ledger again; what is remembered is in it for certain.
    """

    def __init__(self, most: int = _MOST) -> None:
        self._most = most
        self._known: OrderedDict[str, None] = OrderedDict()
        self._fresh: list[str] = []

    def unknown(self, links: Iterable[FoundLink]) -> list[FoundLink]:
        """Return the links that lead to none of the addresses remembered."""
        return [link for link in links if link.url not in self._known]

    def note(self, links: Iterable[FoundLink]) -> None:
        """Note what is being entered; `keep` remembers it, `drop` does not."""
        self._fresh += [link.url for link in links]

    def keep(self) -> None:
        """Remember what was noted: it is committed."""
        for url in self._fresh:
            self._known[url] = None
            self._known.move_to_end(url)
        self._fresh.clear()
        while len(self._known) > self._most:
            self._known.popitem(last=False)

    def drop(self) -> None:
        """Forget what was noted: it came to nothing."""
        self._fresh.clear()
