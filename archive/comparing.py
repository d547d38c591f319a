"""Compare two readings, field by field. Pure: values in, differences out."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping


class Cause(StrEnum):
    """Why a field reads differently than before."""

    CONTENT = "content"
    """Somebody edited the page."""
    LAYOUT = "layout"
    """The page is built differently, and the field was lost or garbled by it."""
    READER = "reader"
    """Our own reader changed; the page did not."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldChange:
    """One field that reads differently, and why."""

    field: str
    before: Any
    after: Any
    cause: Cause


#: Fields that say who the record is, not what it says.
_IDENTITY_FIELDS: Final = frozenset({"id", "aliases"})


def field_changes(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
    *,
    same_layout: bool,
    reread: Mapping[str, Any] | None = None,
) -> list[FieldChange]:
    """Return what differs between two readings of a record, each with its cause.

    *reread* is the earlier page as today's reader reads it, given when the reader has changed:
    what already differs there is our doing, only what differs beyond it is the site's.
    """
    middle = before if reread is None else reread
    changes = [
        FieldChange(field=name, before=before[name], after=middle[name], cause=Cause.READER)
        for name in _differing(before, middle)
    ]
    for name in _differing(middle, after):
        broken = not same_layout and _is_lost_or_garbled(middle[name], after[name])
        cause = Cause.LAYOUT if broken else Cause.CONTENT
        changes.append(FieldChange(field=name, before=middle[name], after=after[name], cause=cause))
    return changes


def _differing(before: Mapping[str, Any], after: Mapping[str, Any]) -> list[str]:
    return [
        name
        for name in before
        if name not in _IDENTITY_FIELDS and name in after and before[name] != after[name]
    ]


def _is_lost_or_garbled(before: Any, after: Any) -> bool:
    """Tell a field that a new layout broke from one that somebody edited at the same time.

    Lost: there was something, and nothing is left. Garbled: the old text is still in there, with
    something of its surroundings stuck to it, or only a piece of it is left.
    """
    if not after:
        return bool(before)
    if isinstance(before, str) and isinstance(after, str):
        return bool(before) and (before in after or after in before)
    return False
