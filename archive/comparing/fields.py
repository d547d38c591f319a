"""Compare two readings, field by field, and lists as sets, with their order noted."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence


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


#: Causes of what the site did; our own reader's doing is no news of the site.
SITE_CAUSES: Final = (Cause.CONTENT, Cause.LAYOUT)


@dataclass(frozen=True, slots=True, kw_only=True)
class ListDiff:
    """What differs between two lists, each seen as a set; *reordered* says the rest moved."""

    added: tuple[Any, ...]
    removed: tuple[Any, ...]
    altered: tuple[tuple[Any, Any], ...]
    """Things of the same name that say something else."""
    reordered: bool

    @property
    def only_order(self) -> bool:
        """Whether the same things stand in another order, and nothing else differs."""
        return self.reordered and not (self.added or self.removed or self.altered)


#: A field that stands beside another, and that one: a raw text, and the value read from it.
COMPANIONS: Final = {
    "authors_raw": "authors",
    "contributors_raw": "contributors",
    "declared_pages_raw": "declared_pages",
    "updated_raw": "updated_on",
    "year_raw": "year_start",
    "year_end": "year_start",
}
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
    differing = _differing(middle, after)
    broken = {
        name
        for name in differing
        if _still_stands(middle[name], after[name], page_text)
        or (not same_layout and _is_lost_or_garbled(middle[name], after[name]))
    }
    broken |= _drawn_along(differing, broken, middle, after)
    for name in differing:
        cause = Cause.LAYOUT if name in broken else Cause.CONTENT
        changes.append(FieldChange(field=name, before=middle[name], after=after[name], cause=cause))
    return changes


def compare_lists(before: Sequence[Any], after: Sequence[Any]) -> ListDiff:
    """Return what differs between two lists of values or of plain objects.

    >>> compare_lists(["Eau", "Haies"], ["Haies", "Eau", "Sol"])
    ListDiff(added=('Sol',), removed=(), altered=(), reordered=True)
    """
    removed, stayed = _beyond(before, after)
    added, stay = _beyond(after, before)
    altered = []
    for part in ("name", "label", "url"):
        for item in list(removed):
            same = next((other for other in added if _part(other, part) == _part(item, part)), None)
            if same is not None and _part(item, part):
                altered.append((item, same))
                removed.remove(item)
                added.remove(same)
    return ListDiff(
        added=tuple(added),
        removed=tuple(removed),
        altered=tuple(altered),
        reordered=stayed != stay,
    )


def list_diff(before: Any, after: Any) -> ListDiff | None:
    """Return what differs between two values as lists, where they are lists or label -> value."""
    lists = [
        [{"label": name, "value": part} for name, part in value.items()]
        if isinstance(value, dict)
        else value
        for value in (before, after)
    ]
    if not all(isinstance(value, list) for value in lists):
        return None
    return compare_lists(*lists)


def _beyond(items: Sequence[Any], others: Sequence[Any]) -> tuple[list[Any], list[str]]:
    """Return the items that the others lack, and what is left of the items, as text."""
    left = Counter(map(_as_text, others))
    beyond, common = [], []
    for item in items:
        text = _as_text(item)
        if left[text] > 0:
            left[text] -= 1
            common.append(text)
        else:
            beyond.append(item)
    return beyond, common


def _as_text(item: Any) -> str:
    return item if isinstance(item, str) else json.dumps(item, sort_keys=True)


def _part(item: Any, name: str) -> str:
    return str(item.get(name) or "") if isinstance(item, dict) else ""


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
    when the same things stand in it in another order, or each that differs is.
    """
    if not after:
        return bool(before)
    if isinstance(before, str) and isinstance(after, str):
        return bool(before) and (before in after or after in before)
    if isinstance(before, list) and isinstance(after, list) and len(before) == len(after):
        if compare_lists(before, after).only_order:
            return True
        return all(_is_same_or_broken(*pair) for pair in zip(before, after, strict=True))
    return False


def _is_same_or_broken(before: Any, after: Any) -> bool:
    if isinstance(before, dict) and isinstance(after, dict):
        # What a theme prints beside a link (its size, its type) comes and goes with the theme.
        return all(
            before[key] == after.get(key) or not before[key] or not after.get(key) for key in before
        )
    return bool(before == after) or _is_lost_or_garbled(before, after)


def _drawn_along(
    differing: Sequence[str],
    broken: Collection[str],
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> set[str]:
    """Return the fields that broke as others did: read from them, or full of what they lost."""
    lost = [name for name in broken if not after[name]]
    roots = {COMPANIONS.get(name, name) for name in lost}
    texts = [text for name in lost for text in _texts_of(before[name])]
    return {
        name
        for name in differing
        if (not after[name] and COMPANIONS.get(name, name) in roots)
        or _is_made_of(before[name], after[name], texts)
    }


def _is_made_of(before: Any, after: Any, lost: Sequence[str]) -> bool:
    """Tell a text to which nothing was added but what other fields lost."""
    if not (isinstance(before, str) and isinstance(after, str) and before and before in after):
        return False
    added = [line.strip() for line in after.replace(before, "\n", 1).split("\n") if line.strip()]
    return bool(added) and all(any(line in text for text in lost) for line in added)


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
        named = value.get("name") or value.get("label")
        return _texts_of(named or list(value.values()))
    if isinstance(value, list):
        return [text for each in value for text in _texts_of(each)]
    return [str(value)]
