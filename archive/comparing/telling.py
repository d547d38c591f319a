"""Changes in words: what was edited, in one line a person reads."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote

from archive.comparing.fields import list_diff
from archive.comparing.texts import compare_texts
from archive.sentences import Sentence, joined, sentence

if TYPE_CHECKING:
    from collections.abc import Callable

    from archive.comparing.texts import TextDiff

#: Characters of a value that one line has room for.
_ROOM: Final = 60


def told(
    kind: str, field: str, before: Any, after: Any, *, named: Callable[[str], str] = str
) -> Sentence:
    """Return in a line what happened to a record, whatever kind of change it is.

    *named* says what a field is called, for those who know no field by its name.

    >>> told("withdrawn", "", None, None)
    'withdrawn'
    >>> told("file-replaced", "files", {}, {"url": "http://a.fr/f/charte.pdf", "same_text": True})
    'file replaced: charte.pdf (same text, new bytes)'
    """
    if kind == "changed":
        return change_in_words(field, before, after, named=named)
    if kind != "file-replaced":
        return sentence(kind, kind)
    name = unquote(after["url"].rpartition("/")[2])
    if after.get("same_text"):
        form = "file replaced: {name} (same text, new bytes)"
        return sentence("file-replaced-same-text", form, name=name)
    return sentence("file-replaced", "file replaced: {name}", name=name)


def change_in_words(
    field: str, before: Any, after: Any, *, named: Callable[[str], str] = str
) -> Sentence:
    """Return one field's change in a line.

    >>> change_in_words("year_raw", "2012", "2013")
    'year_raw: 2012 → 2013'
    >>> change_in_words("tags", ["Eau", "Sol"], ["Sol", "Haies"])
    'tags: + Haies, − Eau'
    >>> change_in_words("parks", ["Lorraine"], [])
    'parks: lost (Lorraine)'
    """
    edit = _edit(before, after, named)
    return sentence("change-of", "{field}: {edit}", field=named(field), edit=edit)


def _edit(before: Any, after: Any, named: Callable[[str], str]) -> str:
    if is_nothing(after):
        return sentence("lost", "lost ({value})", value=_brief(before))
    if is_nothing(before):
        return sentence("new", "new ({value})", value=_brief(after))
    lists = list_diff(before, after)
    if lists is None:
        return _pair(str(before), str(after))
    if lists.only_order:
        return sentence("only-order", "the same in another order")
    said = [f"+ {_brief(item)}" for item in lists.added]
    said += [f"− {_brief(item)}" for item in lists.removed]
    said += [_alteration(*pair, named) for pair in lists.altered]
    said += [sentence("another-order", "in another order")] if lists.reordered else []
    return joined(", ", said)


def value_in_words(value: Any) -> str:
    """Return a field's value as a person reads it; a list's parts with a dot between them.

    >>> value_in_words([{"name": "Vincent Chassagne", "affiliation": "Mairie-conseils"}])
    'Vincent Chassagne (Mairie-conseils)'
    """
    if is_nothing(value):
        return ""
    if isinstance(value, list):
        return " · ".join(value_in_words(item) for item in value)
    if not isinstance(value, dict):
        return str(value)
    if "name" in value:
        said, more = value["name"], value.get("affiliation")
    elif "label" in value:
        said, more = value["label"] or value.get("url", ""), value.get("value")
    else:
        return " · ".join(f"{name}: {part}" for name, part in value.items() if part)
    return f"{said} ({more})" if more else str(said)


def compare_values(before: Any, after: Any) -> TextDiff:
    """Return what differs between two values of a field as a person reads them, word by word."""
    return compare_texts(value_in_words(before), value_in_words(after))


def is_nothing(value: Any) -> bool:
    """Tell whether a field's value says that the page is silent about it; 0 says something."""
    return value is None or value in ("", [], {})


def _alteration(before: dict[str, Any], after: dict[str, Any], named: Callable[[str], str]) -> str:
    """Return what differs between two things of one name."""
    nothing = sentence("none", "none")
    parts = [
        sentence(
            "alteration",
            "{part} {before} → {after}",
            part=named(name),
            before=value_in_words(before.get(name)) or nothing,
            after=_shown_after(value_in_words(before.get(name)), value_in_words(after.get(name)))
            or nothing,
        )
        for name in {**before, **after}
        if before.get(name) != after.get(name)
    ]
    return joined(": ", (_brief(before), joined(", ", parts)))


def _brief(value: Any) -> str:
    """Return a value in one line, an address whole: what tells it from others stands at its end."""
    said = value_in_words(value)
    return said if _ADDRESS.fullmatch(said) else shortened(said)


def _pair(before: str, after: str) -> str:
    """Return both values, of long ones what is around the place where they begin to differ."""
    if len(before) <= _ROOM and len(after) <= _ROOM:
        return f"{before} → {after}"
    if _ADDRESS.fullmatch(before) and _ADDRESS.fullmatch(after):
        return f"{before} → {_shown_after(before, after)}"
    at = _first_difference(before, after)
    start = max(0, before.rfind(" ", 0, max(at - _ROOM // 3, 0)) + 1)
    lead = "…" if start else ""
    return f"{lead}{shortened(before[start:])} → {lead}{shortened(after[start:])}"


def _shown_after(before: str, after: str) -> str:
    """Return a value as it stands behind an earlier one: an address from the slash on that differs.

    >>> _shown_after("https://a.fr/guides/haies", "https://a.fr/guides/sentiers")
    '…/sentiers'
    """
    if not (_ADDRESS.fullmatch(before) and _ADDRESS.fullmatch(after)):
        return after
    at = before.rfind("/", 0, _first_difference(before, after))
    is_in_path = at > before.find("/", before.find("://") + 3) >= 0
    return f"…{after[at:]}" if is_in_path else after


def _first_difference(before: str, after: str) -> int:
    most = min(len(before), len(after))
    return next((at for at in range(most) if before[at] != after[at]), most)


_ADDRESS: Final = re.compile(r"https?://\S+")


def shortened(text: str, room: int = _ROOM) -> str:
    """Return as much of a text as one line has room for.

    >>> shortened("Les haies du Parc", 10)
    'Les haies…'
    """
    line = " ".join(text.split())
    return line if len(line) <= room else f"{line[:room].rstrip()}…"
