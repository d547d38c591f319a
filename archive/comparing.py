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
    page_text: str = "",
) -> list[FieldChange]:
    """Return what differs between two readings of a record, each with its cause.

    *reread* is the earlier page as today's reader reads it, given when the reader has changed:
    what already differs there is our doing, only what differs beyond it is the site's.
    *page_text* is the words of today's page: a value that was lost and still stands there was
    not deleted by anybody; its place has changed.
    """
    middle = before if reread is None else reread
    changes = [
        FieldChange(field=name, before=before[name], after=middle[name], cause=Cause.READER)
        for name in _differing(before, middle)
    ]
    for name in _differing(middle, after):
        was, is_now = middle[name], after[name]
        broken = _still_stands(was, is_now, page_text) or (
            not same_layout and _is_lost_or_garbled(was, is_now)
        )
        cause = Cause.LAYOUT if broken else Cause.CONTENT
        changes.append(FieldChange(field=name, before=was, after=is_now, cause=cause))
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
    something of its surroundings stuck to it, or only a piece of it is left. A list is broken
    when the same things stand in it and each that differs is.
    """
    if not after:
        return bool(before)
    if isinstance(before, str) and isinstance(after, str):
        return bool(before) and (before in after or after in before)
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        return all(_is_same_or_broken(*pair) for pair in zip(before, after, strict=True))
    return False


def _is_same_or_broken(before: Any, after: Any) -> bool:
    if isinstance(before, dict) and isinstance(after, dict):
        # What a theme prints beside a link (its size, its type) comes and goes with the theme.
        return all(
            before[key] == after.get(key) or not before[key] or not after.get(key) for key in before
        )
    return bool(before == after) or _is_lost_or_garbled(before, after)


def _still_stands(before: Any, after: Any, page_text: str) -> bool:
    if after or not before or not page_text:
        return False
    words = [" ".join(text.split()) for text in _texts_of(before)]
    # A number or a word of a few letters stands on every page by chance.
    return all(len(text) > 3 and text in page_text for text in words) and bool(words)


def _texts_of(value: Any) -> list[str]:
    if isinstance(value, str):
        return [value] if value else []
    if isinstance(value, dict):
        return _texts_of(value.get("name") or value.get("label") or "")
    if isinstance(value, list):
        return [text for each in value for text in _texts_of(each)]
    return [str(value)]
