"""Labels of the site's vocabularies, and names, as people ask for them: with articles or not.

A label stands in the index under a token: ``t`` and a term's number, ``a`` and an author's, ``y``
and a year, ``k`` and a kind.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from archive.folding import fold
from archive.models import Agent, Term

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

#: What is said before a park's name, and before any name; it does not make it another.
_PREFIX: Final = re.compile(
    r"(?:(?:parcs?(?: naturels?)?(?: regiona(?:l|ux))?|pnr)\b[ -]*)?"
    r"(?:(?:de la|de l'|des|du|de|d'|la|les|le|l')(?:\b|(?<=')) *)*"
)


def key_of(text: str) -> str:
    """Return a label as it is compared: folded, without articles and "Parc naturel régional".

    >>> key_of("Parc naturel régional de la Brenne"), key_of("le Haut Jura"), key_of("Parc")
    ('brenne', 'haut jura', 'parc')
    """
    folded = " ".join(re.findall(r"[\w']+", fold(text).replace("-", " ")))
    return _PREFIX.sub("", folded, count=1) or folded


def numbers_alike(text: str, labels: Iterable[tuple[int, str]]) -> set[int]:
    """Return the numbers of the labels that say the same, else of those that contain the words."""
    wanted = key_of(text)
    keys = [(number, key_of(label)) for number, label in labels]
    equal = {number for number, key in keys if key == wanted}
    if equal or not wanted:
        return equal
    return {number for number, key in keys if f" {wanted}" in f" {key}"}


def tokens_having(connection: Connection, vocabulary: str, text: str) -> set[str]:
    """Return the tokens of the labels of a vocabulary, or of the authors, that are meant."""
    if vocabulary == "author":
        agents = connection.execute(select(Agent.id, Agent.name))
        return {f"a{number}" for number in numbers_alike(text, agents)}
    terms = select(Term.id, Term.label).where(Term.vocabulary == vocabulary)
    return {f"t{number}" for number in numbers_alike(text, connection.execute(terms))}


def tokens_of_years(facets: Iterable[str], first: int | None, last: int | None) -> set[str]:
    """Return the tokens of the years in question, of those that records have."""
    found = {token for each in facets for token in each.split(" ") if token.startswith("y")}
    return {
        token
        for token in found
        if (first is None or int(token[1:]) >= first) and (last is None or int(token[1:]) <= last)
    }
