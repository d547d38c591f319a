"""Labels of the site's vocabularies, and names, as people ask for them: with articles or not.

A label stands in the index under a token: the letter of its vocabulary and a term's number, ``a``
and an author's, ``y`` and a year, ``k`` and a kind.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Final, TypeVar

from sqlalchemy import select

from archive.authority.meaning import labels_meaning, meanings, names_and_spellings
from archive.folding import fold
from archive.models import Agent, Term

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

_Name = TypeVar("_Name")

#: The letter that the tokens of each vocabulary begin with.
LETTERS: Final = {"type": "t", "park": "p", "theme": "h", "tag": "g"}

#: Labels whose keys are remembered: every question for a tag compares with all of them.
_REMEMBERED: Final = 50_000

#: What is said before a park's name, and before any name; it does not make it another.
_PREFIX: Final = re.compile(
    r"(?:(?:parcs?(?: naturels?)?(?: regiona(?:l|ux))?|pnr)\b[ -]*)?"
    r"(?:(?:de la|de l'|des|du|de|d'|la|les|le|l')(?:\b|(?<=')) *)*"
)


@lru_cache(maxsize=_REMEMBERED)
def key_of(text: str) -> str:
    """Return a label as it is compared: folded, without articles and "Parc naturel régional".

    >>> key_of("Parc naturel régional de la Brenne"), key_of("le Haut Jura"), key_of("Parc")
    ('brenne', 'haut jura', 'parc')
    """
    folded = " ".join(re.findall(r"[\w']+", fold(text).replace("-", " ")))
    return _PREFIX.sub("", folded, count=1) or folded


def names_alike(text: str, spellings: Iterable[tuple[_Name, str]]) -> set[_Name]:
    """Return what goes by a label that says the same, else by one that contains the words."""
    wanted = key_of(text)
    keys = [(name, key_of(label)) for name, label in spellings]
    equal = {name for name, key in keys if key == wanted}
    if equal or not wanted:
        return equal
    return {name for name, key in keys if f" {wanted}" in f" {key}"}


def tokens_having(connection: Connection, vocabulary: str, text: str) -> set[str]:
    """Return the tokens of the labels of a vocabulary, or of the authors, that are meant.

    A park or an author is meant in every spelling that the authority file says is one.
    """
    if vocabulary == "author":
        query, meant, letter = select(Agent.id, Agent.name), meanings(connection, "agent"), "a"
    else:
        query = select(Term.id, Term.label).where(Term.vocabulary == vocabulary)
        meant = meanings(connection, "park") if vocabulary == "park" else {}
        letter = LETTERS[vocabulary]
    labels = [(number, label) for number, label in connection.execute(query)]
    spellings = names_and_spellings(meant, (label for _, label in labels))
    numbers = labels_meaning(meant, labels, names_alike(text, spellings))
    return {f"{letter}{number}" for number in numbers}
