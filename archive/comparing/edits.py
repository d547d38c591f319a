"""Which edit a change is: two changes are the same edit when the same was done to both values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from archive.comparing.fields import list_diff
from archive.comparing.telling import is_nothing, value_in_words
from archive.folding import fold

if TYPE_CHECKING:
    from collections.abc import Iterator

_TOKEN: Final = re.compile(r"\s+|\w+|[^\w\s]")
_HOST: Final = re.compile(r"https?://[^/\s\"'<>]+")


def edit_of(before: Any, after: Any) -> str:
    """Return what was done to a value, in words that are equal for the same edit.

    Lost and new are the same edit whatever the value was. Otherwise it is what stands in the place
    of what: the same words replaced, put before or behind, the same thing taken off a list.

    >>> edit_of("Pilat", ""), edit_of("Pilat", "Parc : Pilat"), edit_of("2012", "2013")
    ('lost', '“Parc : ” put before', '“2012” → “2013”')
    >>> edit_of(["http://a.fr/x"], ["https://b.fr/x"])
    'http://a.fr → https://b.fr'
    """
    if is_nothing(after):
        return "lost"
    if is_nothing(before):
        return "new"
    lists = list_diff(before, after)
    if lists is None:
        return _edit_of_text(str(before), str(after))
    if lists.only_order:
        return "another order"
    if host := _edit_of_hosts(value_as_text(before), value_as_text(after)):
        return host
    said = {_edit_of_item(*pair) for pair in _paired(before, after, lists.altered)}
    if not said:
        said = {f"+ {_name(item)}" for item in lists.added}
        said |= {f"− {_name(item)}" for item in lists.removed}
    if lists.reordered:
        said.add("another order")
    return ", ".join(sorted(said))


def value_as_text(value: Any) -> str:
    """Return every text in a value, a line each."""
    return "\n".join(_texts_of(value))


def _texts_of(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for name in value:
            yield from _texts_of(value[name])
    elif isinstance(value, list):
        for item in value:
            yield from _texts_of(item)
    else:
        yield "" if value is None else str(value)


def _name(item: Any) -> str:
    """Return what a thing on a list is called; a new label counts, whatever its value."""
    if isinstance(item, dict) and "label" in item:
        return str(item["label"] or item.get("url", ""))
    return value_in_words(item)


def _paired(
    before: Any, after: Any, altered: tuple[tuple[Any, Any], ...]
) -> Iterator[tuple[Any, Any]]:
    """Yield which item became which; in lists of one length without names, by their places."""
    lists = list_diff(before, after)
    if altered and lists is not None and not lists.added and not lists.removed:
        yield from altered
    elif isinstance(before, list) and len(before) == len(after):
        yield from ((one, other) for one, other in zip(before, after, strict=True) if one != other)


def _edit_of_item(before: Any, after: Any) -> str:
    if not isinstance(before, dict) or not isinstance(after, dict):
        return edit_of(before, after)
    parts = [
        f"{name}: {edit_of(before.get(name), after.get(name))}"
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    ]
    return "; ".join(parts)


def _edit_of_text(before: str, after: str) -> str:
    if host := _edit_of_hosts(before, after):
        return host
    if "".join(before.split()) == "".join(after.split()):
        return "blanks"
    if fold(before) == fold(after):
        return "letter case, accents or typography"
    removed, added = _replaced(_TOKEN.findall(before), _TOKEN.findall(after))
    if removed:
        return f"“{removed}” → “{added}”" if added else f"“{removed}” taken out"
    place = "before" if after.endswith(before) else "behind" if after.startswith(before) else "in"
    return f"“{added}” put {place}"


def _replaced(before: list[str], after: list[str]) -> tuple[str, str]:
    """Return what stands between the words that both begin with and those that both end with."""
    start, most = 0, min(len(before), len(after))
    while start < most and before[start] == after[start]:
        start += 1
    end = 0
    while end < most - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return "".join(before[start : len(before) - end]), "".join(after[start : len(after) - end])


def _edit_of_hosts(before: str, after: str) -> str:
    """Return which host was replaced by which, if that is all that was done."""
    olds, news = _HOST.findall(before), _HOST.findall(after)
    if olds == news or _HOST.sub("", before) != _HOST.sub("", after):
        return ""
    pairs = {pair for pair in zip(olds, news, strict=True) if pair[0] != pair[1]}
    return ", ".join(f"{old} → {new}" for old, new in sorted(pairs))
