"""Words that mean the same, from the reviewable file beside this module."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from archive.searching.words import forms_of, raw_words

if TYPE_CHECKING:
    from collections.abc import Sequence

#: The stems of each word that says something; a word has one or two.
Stems: TypeAlias = tuple[tuple[str, ...], ...]

_FILE: Final = Path(__file__).with_name("synonyms.toml")


@dataclass(frozen=True, slots=True)
class Member:
    """One way to say it."""

    text: str
    stems: Stems
    capitals: bool

    def begins(self, words: Sequence[str], forms: Sequence[Stems]) -> int:
        """Return how many of the words, from the first, say this; 0 where they do not.

        *forms* are the stems of each; words that have none do not count between the others.
        """
        wanted = list(self.stems)
        for position, word in enumerate(words):
            if not forms[position]:
                if not position:
                    return 0
                continue
            for form in forms[position]:
                if not wanted or set(wanted[0]).isdisjoint(form):
                    return 0
                del wanted[0]
            if not wanted:
                meant = word.isupper() or position > 0 or not self.capitals
                return position + 1 if meant else 0
        return 0


@dataclass(frozen=True, slots=True)
class Group:
    """Ways to say the same, or words of one family."""

    members: tuple[Member, ...]
    derived: bool = False

    def besides(self, member: Member) -> tuple[Member, ...]:
        """Return the other ways to say it."""
        return tuple(each for each in self.members if each is not member)


def stems_in_order(text: str) -> Stems:
    """Return the stems of the words of a text that say something.

    >>> stems_in_order("trame verte et bleue")
    (('tram',), ('vert',), ('bleu',))
    """
    return tuple(form for raw in raw_words(text) for form in forms_of(raw)[0])


@cache
def groups() -> tuple[Group, ...]:
    """Return every group of the file, the longest ways to say it first within each."""
    data = tomllib.loads(_FILE.read_text(encoding="utf-8"))
    same = [_group(each["words"], capitals=each.get("capitals", False)) for each in data["same"]]
    families = [_group(each["words"], derived=True) for each in data["family"]]
    return tuple(same + families)


def _group(words: list[str], *, capitals: bool = False, derived: bool = False) -> Group:
    members = []
    for text in words:
        stems = stems_in_order(text)
        members.append(Member(text, stems, capitals and len(stems) == 1))
    return Group(tuple(sorted(members, key=lambda each: -len(each.stems))), derived)
