"""Which edit a change is: two changes are the same edit when the same was done to both values."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from archive.comparing.fields import list_diff
from archive.comparing.telling import is_nothing, value_in_words
from archive.folding import fold
from archive.sentences import Sentence, joined, sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from archive.comparing.fields import ListDiff

_TOKEN: Final = re.compile(r"\s+|\w+|[^\w\s]")
_HOST: Final = re.compile(r"https?://[^/\s\"'<>]+")


@dataclass(frozen=True, slots=True)
class EditMade:
    """What was done to a value: *words* are equal for the same edit, *kind* for one of its kind.

    An editor who puts something behind a hundred texts puts the same behind each; a theme that
    prints one field inside another puts something else behind each, and it is still one edit.
    """

    kind: str
    words: str


def edit_of(before: Any, after: Any) -> EditMade:
    """Return what was done to a value.

    Lost and new are the same edit whatever the value was. Otherwise it is what stands in the place
    of what: the same words replaced, put before or behind, the same thing taken off a list.

    >>> edit_of("Pilat", "").words, edit_of("Pilat", "Parc : Pilat").words
    ('lost', '“Parc : ” put before')
    >>> edit_of("2012", "2013")
    EditMade(kind='replaced', words='“2012” → “2013”')
    >>> edit_of(["http://a.fr/x"], ["https://b.fr/x"]).words
    'http://a.fr → https://b.fr'
    """
    if is_nothing(after):
        return _same("lost")
    if is_nothing(before):
        return _same("new")
    lists = list_diff(before, after)
    if lists is None:
        return _edit_of_text(str(before), str(after))
    if lists.only_order:
        return _same("another order")
    return _edit_of_hosts(_as_text(before), _as_text(after)) or _edit_of_list(before, after, lists)


def _edit_of_list(before: Any, after: Any, lists: ListDiff) -> EditMade:
    pairs = list(_paired(before, after, lists))
    if pairs:
        edits = {_edit_of_item(*pair) for pair in pairs}
    else:
        edits = {EditMade(_kind("things added"), f"+ {_name(item)}") for item in lists.added}
        edits |= {EditMade(_kind("things taken off"), f"− {_name(item)}") for item in lists.removed}
    if lists.reordered:
        edits.add(_same("another order"))
    return _together(edits, ", ")


def _paired(before: Any, after: Any, lists: ListDiff) -> Iterator[tuple[Any, Any]]:
    """Yield which thing became which; in lists of one length without names, by their places."""
    if lists.altered and not lists.added and not lists.removed:
        yield from lists.altered
    elif isinstance(before, list) and len(before) == len(after):
        yield from ((one, other) for one, other in zip(before, after, strict=True) if one != other)


def _edit_of_item(before: Any, after: Any) -> EditMade:
    if not isinstance(before, dict) or not isinstance(after, dict):
        return edit_of(before, after)
    edits = {name: edit_of(before.get(name), after.get(name)) for name in {**before, **after}}
    named = [
        EditMade(_of_part(name, edit.kind), _of_part(name, edit.words))
        for name, edit in edits.items()
        if before.get(name) != after.get(name)
    ]
    return _together(named, "; ")


def _edit_of_text(before: str, after: str) -> EditMade:
    if host := _edit_of_hosts(before, after):
        return host
    if "".join(before.split()) == "".join(after.split()):
        return _same("blanks")
    if fold(before) == fold(after):
        words = sentence("edit-of-typography", "letter case, accents or typography")
        return EditMade(_kind("typography"), words)
    removed, added = _replaced(_TOKEN.findall(before), _TOKEN.findall(after))
    if removed and added:
        return EditMade(_kind("replaced"), f"“{removed}” → “{added}”")
    if removed:
        words = sentence("taken-out", "“{text}” taken out", text=removed)
        return EditMade(_kind("text taken out"), words)
    place = "before" if after.endswith(before) else "behind" if after.startswith(before) else "in"
    words = sentence(f"put-{place}", f"“{{text}}” put {place}", text=added)
    return EditMade(_kind(f"text put {place}"), words)


def _same(kind: str) -> EditMade:
    """Return an edit of which its kind says all."""
    return EditMade(_kind(kind), _kind(kind))


def _kind(words: str) -> Sentence:
    return sentence(f"edit-{words.replace(' ', '-')}", words)


def _of_part(name: str, edit: str) -> Sentence:
    return sentence("edit-of-part", "{part}: {edit}", part=name, edit=edit)


def _replaced(before: list[str], after: list[str]) -> tuple[str, str]:
    """Return what stands between the words that both begin with and those that both end with."""
    start, most = 0, min(len(before), len(after))
    while start < most and before[start] == after[start]:
        start += 1
    end = 0
    while end < most - start and before[-1 - end] == after[-1 - end]:
        end += 1
    return "".join(before[start : len(before) - end]), "".join(after[start : len(after) - end])


def _edit_of_hosts(before: str, after: str) -> EditMade | None:
    """Return which host was replaced by which, if that is all that was done."""
    olds, news = _HOST.findall(before), _HOST.findall(after)
    if olds == news or _HOST.sub("", before) != _HOST.sub("", after):
        return None
    pairs = {pair for pair in zip(olds, news, strict=True) if pair[0] != pair[1]}
    return EditMade(_kind("host"), ", ".join(f"{old} → {new}" for old, new in sorted(pairs)))


def _together(edits: Iterable[EditMade], between: str) -> EditMade:
    edits = list(edits)
    return EditMade(
        joined(between, sorted({edit.kind for edit in edits})),
        joined(between, sorted({edit.words for edit in edits})),
    )


def _name(item: Any) -> str:
    """Return what a thing on a list is called; a new label counts, whatever its value."""
    if isinstance(item, dict) and "label" in item:
        return str(item["label"] or item.get("url", ""))
    return value_in_words(item)


def _as_text(value: Any) -> str:
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
