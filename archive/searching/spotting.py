"""Spot in a text, as it is written, what was looked for by stem, phrase or beginning.

Whole pages are not taken apart for it: in a page folded to a byte a character, bare letters find
the few places worth a look; only those are held, as they are written, against a pattern that knows
accents, ligatures and hyphens, and read as words.
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
#: The same in a folded text, where whatever is not Latin-1 is a question mark.
_BARE_BETWEEN: Final = rb"[?\xad]?(?:[?'.\-](?:[ \t]*\r?\n[ \t]*)?)?"
_BARE_LIGATURE: Final = rb"\w?[?\xe6]\w?"
#: Characters that may lie between neighbours, for each word between them.
_REACH: Final = 12


def _bare_letters() -> bytes:
    """Return the bare letter of each byte of Latin-1, in lower case."""
    table = bytearray(range(256))
    for letter, forms in _FORMS.items():
        for form in forms.encode("latin-1", "ignore"):
            table[form] = ord(letter)
    return bytes(table).lower()


_BARE_LETTERS: Final = _bare_letters()


class Folded:
    """A text, and a byte for each of its characters: its bare letter, ``?`` if it is not Latin-1.

    >>> Folded("Forêt d'œuvre").letters
    b"foret d'?uvre"
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self.letters = text.encode("latin-1", "replace").translate(_BARE_LETTERS)


class _Pattern:
    """What a word or some words may look like, *likely* to begin where the bare letters stand."""

    def __init__(self, start: str, whole: str) -> None:
        self._likely = [re.compile(each) for each in _bare_starts(start)]
        self._whole = re.compile(whole)

    def matches(self, page: Folded) -> Iterator[re.Match[str]]:
        """Yield where the pattern is matched in the text as it is written."""
        for likely in self._likely:
            for place in likely.finditer(page.letters):
                if match := self._whole.match(page.text, place.start()):
                    yield match


class Spotter:
    """Finds the places of one leaf in texts."""

    def __init__(self, leaf: Leaf) -> None:
        self._leaf = leaf
        self._groups = [_patterns(stems) for stems in _groups(leaf)]
        self._pattern = _pattern(leaf)

    def places(self, page: Folded) -> Iterator[tuple[int, int]]:
        """Yield where the leaf stands in a text: start and end of each place."""
        match self._leaf:
            case Stem():
                yield from self._words(page, 0)
            case Close():
                yield from self._neighbours(page)
            case _ if self._pattern is not None:
                yield from (match.span() for match in self._pattern.matches(page))

    def _words(self, page: Folded, group: int) -> Iterator[tuple[int, int]]:
        stems, patterns = self._groups[group]
        for pattern in patterns:
            for match in pattern.matches(page):
                if not stems.isdisjoint(spelling(match.group()).stems):
                    yield match.span()

    def _neighbours(self, page: Folded) -> Iterator[tuple[int, int]]:
        assert isinstance(self._leaf, Close)  # noqa: S101  # the caller looked
        groups = range(len(self._groups))
        found = sorted((place, group) for group in groups for place in self._words(page, group))
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


def _patterns(stems: tuple[str, ...]) -> tuple[frozenset[str], list[_Pattern]]:
    """Return the stems, and patterns for the words that may have one of them.

    The last letters of a stem are left out: cheval, chevaux.
    """
    starts = dict.fromkeys(stem[: min(max(len(stem) - 2, 2), 5)] for stem in stems)
    return frozenset(stems), [_Pattern(start, _written(start) + _REST) for start in starts]


def _pattern(leaf: Leaf) -> _Pattern | None:
    match leaf:
        case Exact((first, *rest)):
            words = [_written(first), *(_letters(word) for word in rest)]
            return _Pattern(first, r"[\W_]+".join(words) + r"(?!\w)")
        case Begins():
            return _Pattern(leaf.start, _written(leaf.start) + _REST)
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
    for letters in _with_ligatures(word):
        if len(letters) > 1:
            plain = _BETWEEN.join(_letter(each) for each in letters)
            parts.append(f"(?:{_LIGATURES[letters]}|{plain})")
        else:
            parts.append(_letter(letters))
    return _BETWEEN.join(parts)


def _bare_starts(word: str) -> Iterator[bytes]:
    """Yield patterns for a word's beginning in a folded text; a letter first, to be found fast."""
    if len(next(_with_ligatures(word))) > 1:
        yield rb"[?\xe6](?<!\w.)"
    yield _BARE_BETWEEN.join((_bare_letter(word[0]) + rb"(?<!\w.)", *_bare(word[1:])))


def _bare(word: str) -> Iterator[bytes]:
    """Yield a pattern for each letter of a word in a folded text."""
    for letters in _with_ligatures(word):
        plain = _BARE_BETWEEN.join(map(_bare_letter, letters))
        yield b"(?:%b|%b)" % (plain, _BARE_LIGATURE) if len(letters) > 1 else plain


def _bare_letter(letter: str) -> bytes:
    return re.escape(letter.encode("latin-1", "replace"))


def _with_ligatures(word: str) -> Iterator[str]:
    """Yield the letters of a word; together, what may be written as one.

    >>> list(_with_ligatures("oeuf"))
    ['oe', 'u', 'f']
    """
    at = 0
    while at < len(word):
        letters = next((each for each in _LIGATURES if word.startswith(each, at)), word[at])
        yield letters
        at += len(letters)


def _letter(letter: str) -> str:
    both = "".join(dict.fromkeys((letter, letter.upper())))
    return f"[{re.escape(both)}{_FORMS.get(letter, '')}]"
