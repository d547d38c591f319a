"""Changes that say what another says already: of a raw text, beside the value read from it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from archive.comparing.fields import COMPANIONS
from archive.comparing.telling import is_nothing

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


class OfField(Protocol):
    """Something that happened to a field of a record."""

    @property
    def run(self) -> int:
        """In which run it was found."""

    @property
    def record_id(self) -> str:
        """Of which record."""

    @property
    def cause(self) -> str:
        """Why it reads differently."""

    @property
    def field(self) -> str:
        """Which field."""

    @property
    def before(self) -> Any:
        """What the field said."""

    @property
    def after(self) -> Any:
        """What it says."""


_Change = TypeVar("_Change", bound=OfField)


def said_beside(changes: Sequence[OfField]) -> dict[int, int]:
    """Return the places of changes that say the same beside another, each with that one's place.

    Both are of one record, run and cause, and both fields are lost, or new, or say something else:
    where only the raw text is still there, that is news. So is the end of a range of years that is
    not its beginning.
    """
    places = {_place(one, one.field): at for at, one in enumerate(changes)}
    pairs = (
        (at, places.get(_place(one, COMPANIONS[one.field])))
        for at, one in enumerate(changes)
        if one.field in COMPANIONS
    )
    return {
        at: leading
        for at, leading in pairs
        if leading is not None and _repeats(changes[at], changes[leading])
    }


def worth_telling(changes: Iterable[_Change]) -> list[_Change]:
    """Return the changes without those that say the same beside another."""
    given = list(changes)
    beside = said_beside(given)
    return [one for at, one in enumerate(given) if at not in beside]


def _repeats(change: OfField, leading: OfField) -> bool:
    """Tell whether a change says what the leading one does: a raw text always, a value if equal."""
    if change.field.endswith("_raw"):
        return True
    return (change.before, change.after) == (leading.before, leading.after)


def _place(change: OfField, field: str) -> tuple[int, str, str, str, bool, bool]:
    silence = is_nothing(change.before), is_nothing(change.after)
    return change.run, change.record_id, change.cause, field, *silence
