"""Propose what may be one: pairs of spellings with the evidence for it. A person decides."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from itertools import combinations
from typing import TYPE_CHECKING, Final

from rapidfuzz import fuzz
from rapidfuzz.distance import DamerauLevenshtein
from sqlalchemy import func, select

from archive.authority.entries import EntryKind
from archive.folding import fold
from archive.models import Agent, RecordAgent, RecordTerm, Term

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from sqlalchemy import Connection

    from archive.authority.entries import Authority

#: Slips of the pen that may be one word; names shorter than eight letters allow one.
_SLIPS: Final = 2
_SHORT: Final = 8
#: Likeness, of a hundred, of the same words in another order or with one more.
_ALIKE: Final = 92

_PARK: Final = re.compile(
    r"^(?:le |les )?(?:parcs?(?: naturels?)?(?: regiona(?:l|ux))?|pnr)\b[ -]*"
    r"(?:(?:de la|de l'|des|du|de|d')(?: |(?<=')))?"
)
_WORDS: Final = re.compile(r"[\w]+")


@dataclass(frozen=True, slots=True, kw_only=True)
class Suggestion:
    """Two spellings that may mean one, or one that may stand for several (*names* then).

    *count* is how often the archive has the variant.
    """

    kind: EntryKind
    name: str
    variant: str
    evidence: str
    count: int
    names: tuple[str, ...] = ()


@cache
def known_parks() -> tuple[str, ...]:
    """Return the names of the regional nature parks, as their Federation spells them."""
    text = files("archive.authority").joinpath("parks.txt").read_text(encoding="utf-8")
    return tuple(text.split("\n"))[:-1]


def suggest(connection: Connection, authority: Authority) -> list[Suggestion]:
    """Return what the archive's labels and names suggest, and the authority does not say yet."""
    parks = _counted_parks(connection)
    agents = _counted_agents(connection)
    found = [*_parks(parks, authority), *_agents(agents, authority), *_joints(agents, authority)]
    return sorted(found, key=lambda one: (one.kind, fold(one.name), fold(one.variant)))


def _parks(parks: Mapping[str, int], authority: Authority) -> Iterator[Suggestion]:
    for label, count in parks.items():
        if label in known_parks() or authority.park(label) != label:
            continue
        for park in known_parks():
            if not (evidence := _likeness(_bare(label), _bare(park))):
                continue
            if not _told_apart(authority, label, park):
                yield Suggestion(
                    kind=EntryKind.PARK,
                    name=park,
                    variant=label,
                    evidence=f"{evidence} from {park!r}, on the list of parks",
                    count=count,
                )


def _agents(agents: Counter[str], authority: Authority) -> Iterator[Suggestion]:
    pairs = list(_pairs(agents, authority))
    for names in _clusters((one, two) for one, two, _ in pairs):
        name = max(names, key=lambda each: _weight(agents, authority, each))
        for variant in sorted(names - {name}):
            evidence = next(
                f"{said} from {(one if two == variant else two)!r}"
                for one, two, said in sorted(pairs, key=lambda pair: name not in pair[:2])
                if variant in {one, two}
            )
            yield Suggestion(
                kind=EntryKind.BODY,
                name=authority.preferred("agent", name)[0],
                variant=variant,
                evidence=evidence,
                count=agents[variant],
            )


def _pairs(agents: Counter[str], authority: Authority) -> Iterator[tuple[str, str, str]]:
    """Yield two names that may be one, and why. Only names of one first letter are compared."""
    keys = {name: _bare(name) for name in agents}
    groups: dict[str, list[str]] = {}
    for name, key in sorted(keys.items()):
        groups.setdefault(key[:1], []).append(name)
    for names in groups.values():
        for one, two in combinations(names, 2):
            evidence = "" if _both_parks(keys, one, two) else _likeness(keys[one], keys[two])
            if evidence and not (_told_apart(authority, one, two) or _is_one(authority, one, two)):
                yield one, two, evidence


def _clusters(pairs: Iterable[tuple[str, str]]) -> list[set[str]]:
    """Return the names that hang together.

    >>> [sorted(names) for names in _clusters([("a", "b"), ("c", "d"), ("b", "e")])]
    [['a', 'b', 'e'], ['c', 'd']]
    """
    found: list[set[str]] = []
    for pair in pairs:
        touched = [names for names in found if names & set(pair)]
        found = [names for names in found if names not in touched]
        found.append(set(pair).union(*touched))
    return sorted(found, key=min)


def _joints(agents: Counter[str], authority: Authority) -> Iterator[Suggestion]:
    """Propose to split a name at "et", where one side is a known name, and the other may be one.

    "Parc naturel régional des Marais du Cotentin et du Bessin" goes on in small letters.
    """
    joined = {each.spelling for each in authority.joints}
    for name, count in agents.items():
        left, et, right = name.partition(" et ")
        if not et or name in joined or authority.knows(name):
            continue
        known = [side for side in (left, right) if side in agents or authority.knows(side)]
        if known and left[:1].isupper() and right[:1].isupper():
            yield Suggestion(
                kind=EntryKind.BODY,
                name=name,
                variant=name,
                evidence="both sides are names of their own"
                if len(known) > 1
                else f"{known[0]!r} is a name of its own",
                count=count,
                names=(left, right),
            )


def _likeness(one: str, two: str) -> str:
    """Say why two folded names may be one; ``""`` if nothing says so.

    >>> _likeness("scarpe-escaut", "scarpe-escout"), _likeness("pilat", "perche")
    ('1 letter differs', '')
    """
    if _WORDS.findall(one) == _WORDS.findall(two):
        return "only case, accents, hyphens, or what precedes a park's name, differ"
    most = _SLIPS if min(len(one), len(two)) >= _SHORT else 1
    slips = DamerauLevenshtein.distance(one, two, score_cutoff=most)
    if slips <= most and min(len(one), len(two)) > 4:
        return f"{slips} letter{'s differ' if slips > 1 else ' differs'}"
    alike = fuzz.token_sort_ratio(one, two, score_cutoff=_ALIKE)
    return f"{alike:.0f} % alike" if alike else ""


def _bare(name: str) -> str:
    """Return a name folded, without "Parc naturel régional de"."""
    folded = fold(name)
    return _PARK.sub("", folded) or folded


def _both_parks(keys: Mapping[str, str], one: str, two: str) -> bool:
    """Tell whether the names are of two parks, each on the list under its own name."""
    return keys[one] != keys[two] and {keys[one], keys[two]} <= _known_keys()


@cache
def _known_keys() -> frozenset[str]:
    return frozenset(_bare(park) for park in known_parks())


def _told_apart(authority: Authority, one: str, two: str) -> bool:
    return any({one, two} <= pair for pair in authority.different)


def _is_one(authority: Authority, one: str, two: str) -> bool:
    return authority.preferred("agent", one) == authority.preferred("agent", two)


def _weight(agents: Counter[str], authority: Authority, name: str) -> tuple[bool, bool, int]:
    """Weigh a spelling: one that is entered, then a park's whole name, then the most frequent."""
    return authority.knows(name), fold(name) != _bare(name), agents[name]


def _counted_parks(connection: Connection) -> dict[str, int]:
    query = (
        select(Term.label, func.count())
        .join(RecordTerm, RecordTerm.term_id == Term.id)
        .where(Term.vocabulary == "park")
        .group_by(Term.id)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def _counted_agents(connection: Connection) -> Counter[str]:
    """Return the names of authors, contributors and affiliations with their frequency."""
    named = select(Agent.name, func.count()).join(RecordAgent).group_by(Agent.id)
    affiliated = (
        select(RecordAgent.affiliation, func.count())
        .where(RecordAgent.affiliation != "")
        .group_by(RecordAgent.affiliation)
    )
    found: Counter[str] = Counter()
    for query in (named, affiliated):
        for name, count in connection.execute(query):
            found[name] += count
    return found
