"""Facets: how many of the records found there are of each type, year, park, theme, tag, author."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from archive.authority.meaning import meanings
from archive.models import Agent, Term

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection

#: The facets, in the order in which they are shown.
FACETS: Final = ("type", "year", "park", "theme", "tag", "author")

#: Authors that are counted with their names; there may be thousands.
_MOST_AUTHORS: Final = 200


@dataclass(frozen=True, slots=True)
class FacetValue:
    """A value and how many of the records found have it."""

    label: str
    count: int


@dataclass(frozen=True, slots=True)
class Facet:
    """A facet and its values, the most frequent first; years, the latest first."""

    name: str
    values: tuple[FacetValue, ...]

    @property
    def asked(self) -> tuple[str, ...]:
        """Each value as a question narrows to it: ``park:"Haut-Jura"``."""
        quote = "" if self.name == "year" else '"'
        return tuple(f"{self.name}:{quote}{value.label}{quote}" for value in self.values)


def count_facets(connection: Connection, facets: Iterable[str]) -> tuple[Facet, ...]:
    """Count the values among records; *facets* are theirs as the index holds them.

    Parks and authors are counted by the names that the authority file prefers.
    """
    own = list(facets)
    counts = Counter(" ".join(own).split())
    meant = _meant(connection)
    named = _count_names(own, meant) if meant else {}
    for token in meant:
        counts.pop(token, None)
    values = _terms(connection, counts) | {
        "year": [(token[1:], count) for token, count in counts.items() if token[0] == "y"],
        "author": _authors(connection, counts),
    }
    for (facet, name), count in named.items():
        values.setdefault(facet, []).append((name, count))
    return tuple(Facet(name, _sorted(name, values.get(name, []))) for name in FACETS)


def _meant(connection: Connection) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return the facet and the preferred names of each token that the authority file enters."""
    parks, agents = meanings(connection, "park"), meanings(connection, "agent")
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    if parks:
        terms = select(Term.id, Term.label).where(Term.vocabulary == "park", Term.label.in_(parks))
        for number, label in connection.execute(terms):
            found[f"t{number}"] = tuple(("park", name) for name in parks[label])
    if agents:
        authors = select(Agent.id, Agent.name).where(Agent.name.in_(agents))
        for number, label in connection.execute(authors):
            found[f"a{number}"] = tuple(("author", name) for name in agents[label])
    return found


def _count_names(
    facets: Iterable[str], meant: Mapping[str, tuple[tuple[str, str], ...]]
) -> Counter[tuple[str, str]]:
    """Count records by preferred name: one that has two spellings of it counts once."""
    counts: Counter[tuple[str, str]] = Counter()
    for record in facets:
        counts.update({name for token in record.split() if token in meant for name in meant[token]})
    return counts


def _terms(connection: Connection, counts: Mapping[str, int]) -> dict[str, list[tuple[str, int]]]:
    numbers = {int(token[1:]): count for token, count in counts.items() if token[0] == "t"}
    values: dict[str, list[tuple[str, int]]] = {}
    for term in connection.execute(select(Term.id, Term.vocabulary, Term.label)):
        if term.id in numbers:
            values.setdefault(term.vocabulary, []).append((term.label, numbers[term.id]))
    return values


def _authors(connection: Connection, counts: Counter[str]) -> list[tuple[str, int]]:
    authors = Counter({token: count for token, count in counts.items() if token[0] == "a"})
    numbers = {int(token[1:]): count for token, count in authors.most_common(_MOST_AUTHORS)}
    query = select(Agent.id, Agent.name).where(Agent.id.in_(numbers))
    return [(agent.name, numbers[agent.id]) for agent in connection.execute(query)]


def _sorted(name: str, values: list[tuple[str, int]]) -> tuple[FacetValue, ...]:
    if name == "year":
        ordered = sorted(values, reverse=True)
    else:
        ordered = sorted(values, key=lambda value: (-value[1], value[0]))
    return tuple(FacetValue(label, count) for label, count in ordered)
