"""Facets: how many of the records found there are of each type, year, park, theme, tag, author."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, select

from archive.authority.meaning import meanings
from archive.models import Agent, Term
from archive.searching.labels import LETTERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection

#: The facets, in the order in which they are shown.
FACETS: Final = ("type", "year", "park", "theme", "tag", "author")

#: Values of each facet that are named, where no other number is asked for.
MOST: Final = 50

_FACET_OF: Final = {letter: name for name, letter in LETTERS.items()} | {"a": "author", "y": "year"}
_TERMS = select(Term.id, Term.label).where(Term.id.in_(bindparam("numbers", expanding=True)))
_AGENTS = select(Agent.id, Agent.name).where(Agent.id.in_(bindparam("numbers", expanding=True)))


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


def count_facets(
    connection: Connection, facets: Iterable[str], *, most: int = MOST
) -> tuple[Facet, ...]:
    """Count the values among records; *facets* are theirs as the index holds them.

    At most so many values of each are named, the most frequent; of years, all. Parks and authors
    are counted by the names that the authority file prefers.
    """
    own = list(facets)
    meant = _meant(connection)
    counts: dict[str, Counter[int]] = {name: Counter() for name in FACETS}
    for token, count in Counter(" ".join(own).split()).items():
        if token[0] in _FACET_OF and token not in meant:
            counts[_FACET_OF[token[0]]][int(token[1:])] = count
    named = _count_names(own, meant) if meant else {}
    values = {name: _labelled(connection, name, counts[name], most) for name in FACETS}
    for (facet, name), count in named.items():
        values[facet].append((name, count))
    return tuple(Facet(name, _sorted(name, values[name], most)) for name in FACETS)


def _labelled(
    connection: Connection, name: str, counts: Counter[int], most: int
) -> list[tuple[str, int]]:
    if name == "year":
        return [(str(year), count) for year, count in counts.items()]
    best = dict(counts.most_common(most))
    if not best:
        return []
    query = _AGENTS if name == "author" else _TERMS
    found = connection.execute(query, {"numbers": list(best)})
    return [(label, best[number]) for number, label in found]


def _meant(connection: Connection) -> dict[str, tuple[tuple[str, str], ...]]:
    """Return the facet and the preferred names of each token that the authority file enters."""
    parks, agents = meanings(connection, "park"), meanings(connection, "agent")
    found: dict[str, tuple[tuple[str, str], ...]] = {}
    if parks:
        terms = select(Term.id, Term.label).where(Term.vocabulary == "park", Term.label.in_(parks))
        for number, label in connection.execute(terms):
            found[f"{LETTERS['park']}{number}"] = tuple(("park", name) for name in parks[label])
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


def _sorted(name: str, values: list[tuple[str, int]], most: int) -> tuple[FacetValue, ...]:
    if name == "year":
        ordered = sorted(values, reverse=True)
    else:
        ordered = sorted(values, key=lambda value: (-value[1], value[0]))[:most]
    return tuple(FacetValue(label, count) for label, count in ordered)
