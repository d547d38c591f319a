"""Names in citations: a body's name is one piece, a person's has parts that sort and shorten."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Final

from archive.folding import fold

# French usage: "de" and "d'" fall away where a name is sorted; "du", "des", "le", "la" stay.
_DROPPING: Final = frozenset({"de", "d'", "d’"})
_STAYING: Final = frozenset({"du", "des", "le", "la", "les", "van", "von", "der", "den", "della"})
_INITIAL: Final = re.compile(r"[A-ZÀ-Ý]\.(-?[A-ZÀ-Ý]\.)?")
_ELIDED: Final = re.compile(r"(d['’])(?=\S)")

#: More words than that are no person's name.
_MOST_WORDS: Final = 5


@dataclass(frozen=True, slots=True, kw_only=True)
class Name:
    """The name of a body (no *family*), or of a person in its parts; *text* is all of it."""

    text: str
    family: str = ""
    given: str = ""
    dropping: str = ""
    """A particle that is left aside when the name is sorted: the "de" of Alexis de Tocqueville."""
    staying: str = ""
    """A particle the name is sorted under: the "Du" of Joachim du Bellay."""

    @property
    def is_person(self) -> bool:
        """Whether the parts are known."""
        return bool(self.family)

    @property
    def inverted(self) -> str:
        """The name with its family name first: ``Tocqueville, Alexis de``.

        >>> read_name("Alexis de Tocqueville").inverted, read_name("ADEME").inverted
        ('Tocqueville, Alexis de', 'ADEME')
        """
        if not self.is_person:
            return self.text
        first = f"{self.staying} {self.family}".strip()
        return ", ".join(filter(None, (first, _joined(self.given, self.dropping))))


def read_name(text: str) -> Name:
    """Return a name in its parts, where it is certainly a person's: it begins with a given name.

    >>> read_name("Joachim du Bellay").staying, read_name("Mairie-conseils").is_person
    ('du', False)
    """
    words = _ELIDED.sub(r"\1 ", text).split()
    if not 2 <= len(words) <= _MOST_WORDS:
        return Name(text=text)
    count = _given_words(words)
    if not count:
        return Name(text=text)
    return person(text, given=" ".join(words[:count]), family=" ".join(words[count:]))


def person(text: str, *, given: str, family: str) -> Name:
    """Return a person's name of which given and family name are known, particles with the latter.

    Where what follows the given name is no family name, the name is one piece.
    """
    words = _ELIDED.sub(r"\1 ", family).split()
    dropping = _leading(words, _DROPPING)
    staying = _leading(words[len(dropping) :], _STAYING)
    rest = words[len(dropping) + len(staying) :]
    if not rest or not all(word[0].isupper() for word in rest):
        return Name(text=text)
    return Name(
        text=text,
        given=given,
        family=" ".join(rest),
        dropping=" ".join(dropping),
        staying=" ".join(staying),
    )


def _given_words(words: list[str]) -> int:
    """Return how many of the first words are given names or initials; one word at least is left."""
    count = 0
    for word in words[:-1]:
        if not (_INITIAL.fullmatch(word) or _is_given(word)):
            break
        count += 1
    return count


def _is_given(word: str) -> bool:
    return word[0].isupper() and all(part in _given_names() for part in fold(word).split("-"))


@cache
def _given_names() -> frozenset[str]:
    text = files("archive.citing").joinpath("given_names.txt").read_text(encoding="utf-8")
    return frozenset(map(fold, text.split()))


def _leading(words: list[str], particles: frozenset[str]) -> list[str]:
    count = 0
    while count < len(words) - 1 and words[count] in particles:
        count += 1
    return words[:count]


def _joined(given: str, particle: str) -> str:
    return f"{given} {particle}".strip()
