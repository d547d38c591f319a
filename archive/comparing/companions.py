"""Fields that say what another says already: a raw text beside the value that was read from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Protocol, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

#: A field, and the one it stands beside.
COMPANIONS: Final = {
    "authors_raw": "authors",
    "contributors_raw": "contributors",
    "declared_pages_raw": "declared_pages",
    "updated_raw": "updated_on",
    "year_raw": "year_start",
    "year_end": "year_start",
}


class OfField(Protocol):
    """Something that happened to a field."""

    @property
    def field(self) -> str:
        """Which one."""


_Change = TypeVar("_Change", bound=OfField)


def worth_telling(changes: Iterable[_Change]) -> list[_Change]:
    """Return the changes of one record without those that say the same beside another.

    >>> from types import SimpleNamespace as Of
    >>> [one.field for one in worth_telling([Of(field="updated_on"), Of(field="updated_raw")])]
    ['updated_on']
    """
    given = list(changes)
    changed = {one.field for one in given}
    return [one for one in given if COMPANIONS.get(one.field) not in changed]
