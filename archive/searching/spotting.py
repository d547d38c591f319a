"""Spot in a text, as it is written, what was looked for by stem, phrase or beginning.

Whole pages are not taken apart for it: a pattern that begins with a letter finds the few places
worth a look, whatever their accents, ligatures and hyphens, and only those are read as words.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from archive.searching.planning import Begins, Close, Exact, Leaf, Stem
from archive.searching.words import spelling

if TYPE_CHECKING:
    from collections.abc import Iterator

#: How a letter may be written, besides as itself.
_FORMS: Final = {
    "a": "àâäáãåÀÂÄÁÃÅ",
    "c": "çÇ",
    "e": "éèêëÉÈÊË",
    "i": "îïíìÎÏÍÌ",
    "n": "ñÑ",
    "o": "ôöóòõÔÖÓÒÕ",
    "u": "ûüùúÛÜÙÚ",
    "y": "ÿŸ",
    "2": "²",
    "3": "³",
}
_LIGATURES: Final = {
    "oe": "œ|Œ",
    "ae": "æ|Æ",
    "ffi": "ﬃ|fﬁ|ﬀi",
    "ffl": "ﬄ|fﬂ|ﬀl",
    "ff": "ﬀ",
    "fi": "ﬁ",
    "fl": "ﬂ",
}
#: What may stand between two letters of a word: an accent, a soft hyphen, a hyphen, a line's end.
_BETWEEN: Final = r"[\u0300-\u036f\u00ad]?(?:['’‐‑.\-](?:[ \t]*\r?\n[ \t]*)?)?"
_REST: Final = r"[\w\u0300-\u036f\u00ad]*(?:['’‐‑-](?:[ \t]*\r?\n[ \t]*)?[\w\u0300-\u036f]+)*"
#: Characters that may lie between neighbours, for each word between them.
_REACH: Final = 12


class Spotter:
    """Finds the places of one leaf in texts."""

    def __init__(self, leaf: Leaf) -> None:
        self._leaf = leaf
        self._groups = [_patterns(stems) for stems in _groups(leaf)]
        self._pattern = _pattern(leaf)

    def places(self, text: str) -> Iterator[tuple[int, int]]:
        """Yield where the leaf stands in a text: start and end of each place."""
        match self._leaf:
            case Stem():
                yield from self._words(text, 0)
            case Close():
                yield from self._neighbours(text)
            case _ if self._pattern is not None:
                yield from (match.span() for match in self._pattern.finditer(text))

    def _words(self, text: str, group: int) -> Iterator[tuple[int, int]]:
        stems, patterns = self._groups[group]
        for pattern in patterns:
            for match in pattern.finditer(text):
                if not stems.isdisjoint(spelling(match.group()).stems):
                    yield match.span()

    def _neighbours(self, text: str) -> Iterator[tuple[int, int]]:
        assert isinstance(self._leaf, Close)  # noqa: S101  # the caller looked
        groups = range(len(self._groups))
        found = sorted((place, group) for group in groups for place in self._words(text, group))
        reach = (self._leaf.distance + len(groups)) * _REACH
        for (start, end), _ in found:
            near = {group for place, group in found if abs(place[0] - start) <= reach}
            if len(near) == len(groups):
                yield start, end


def _groups(leaf: Leaf) -> tuple[tuple[str, ...], ...]:
    match leaf:
        case Stem():
            return (leaf.stems,)
        case Close():
            return leaf.groups
        case _:
            return ()


def _patterns(stems: tuple[str, ...]) -> tuple[frozenset[str], list[re.Pattern[str]]]:
    """Return the stems, and patterns for the words that may have one of them.

    The last letters of a stem are left out: cheval, chevaux.
    """
    starts = dict.fromkeys(stem[: min(max(len(stem) - 2, 2), 5)] for stem in stems)
    return frozenset(stems), [re.compile(_written(start) + _REST) for start in starts]


def _pattern(leaf: Leaf) -> re.Pattern[str] | None:
    match leaf:
        case Exact((first, *rest)):
            words = [_written(first), *(_letters(word) for word in rest)]
            return re.compile(r"[\W_]+".join(words) + r"(?!\w)")
        case Begins():
            return re.compile(_written(leaf.start) + _REST)
        case _:
            return None


def _written(word: str) -> str:
    """Return a pattern for a word's beginning; its first letter first, to be looked for fast."""
    first = _letter(word[0])
    for letters, ligature in _LIGATURES.items():
        if word.startswith(letters):
            # An œ stands for two letters: it has to be an alternative of its own.
            tail = _letters(word[len(letters) :])
            plain = _BETWEEN.join(_letter(each) for each in letters)
            return rf"(?<!\w)(?:{ligature}|{plain}){_BETWEEN}{tail}"
    return rf"{first}(?<!\w.){_BETWEEN}{_letters(word[1:])}"


def _letters(word: str) -> str:
    parts = []
    at = 0
    while at < len(word):
        letters = next((each for each in _LIGATURES if word.startswith(each, at)), "")
        if letters:
            plain = _BETWEEN.join(_letter(each) for each in letters)
            parts.append(f"(?:{_LIGATURES[letters]}|{plain})")
        else:
            parts.append(_letter(word[at]))
        at += max(len(letters), 1)
    return _BETWEEN.join(parts)


def _letter(letter: str) -> str:
    both = "".join(dict.fromkeys((letter, letter.upper())))
    return f"[{re.escape(both)}{_FORMS.get(letter, '')}]"
