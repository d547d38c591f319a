"""Words that mean the same, from the reviewable file beside this module."""

from __future__ import annotations

import re
import tomllib
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeAlias

from archive.searching.words import forms_of, raw_words, surface_words

if TYPE_CHECKING:
    from collections.abc import Sequence

#: The stems of each word that says something; a word has one or two.
Stems: TypeAlias = tuple[tuple[str, ...], ...]

#: One word with two capitals: SCoT, PLUi, EnR.
_ACRONYM: Final = re.compile(r"\w*[A-Z]\w*[A-Z]\w*")

_FILE: Final = Path(__file__).with_name("synonyms.toml")


@dataclass(frozen=True, slots=True)
class Member:
    """One way to say it."""

    text: str
    stems: Stems
    capitals: bool
    acronym: str = ""
    """The word itself, where it is an acronym: its stem is another word's too (PLU: plus)."""

    def begins(self, words: Sequence[str], forms: Sequence[Stems]) -> int:
        """Return how many of the words, from the first, say this; 0 where they do not.

        *forms* are the stems of each; words that have none do not count between the others.
        """
        if self.acronym:
            is_said = surface_words(words[0])[-1:] == [self.acronym]
            typed = words[0][-len(self.acronym) :]
            return int(is_said and (typed.isupper() or not self.capitals))
        wanted = list(self.stems)
        for position, said in enumerate(forms):
            if not said:
                if not position:
                    return 0
                continue
            for form in said:
                if not wanted or set(wanted[0]).isdisjoint(form):
                    return 0
                del wanted[0]
            if not wanted:
                return position + 1
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
        *_, acronym = surface_words(text) if _ACRONYM.fullmatch(text) else [""]
        members.append(Member(text, stems_in_order(text), capitals, acronym))
    return Group(tuple(sorted(members, key=lambda each: -len(each.stems))), derived)
