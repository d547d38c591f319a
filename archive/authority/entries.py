"""What an authority file says, and what follows from it. Pure: no file, no database."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class EntryKind(StrEnum):
    """What an entry is the name of."""

    PARK = "park"
    """A park, as the site's vocabulary of parks names it."""
    BODY = "body"
    """A body that writes or contributes; also a park, as an author."""
    PERSON = "person"


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One park, body or person: the preferred name, and the other spellings of it, exactly."""

    kind: EntryKind
    name: str
    variants: tuple[str, ...] = ()
    given: str = ""
    family: str = ""

    @property
    def spellings(self) -> tuple[str, ...]:
        """The preferred name and every variant."""
        return (self.name, *self.variants)


@dataclass(frozen=True, slots=True, kw_only=True)
class Joint:
    """Several names the site spells as one: "A et B"; split only where it stands here."""

    spelling: str
    names: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Authority:
    """Everything one authority file says. An empty one leaves every name as it is."""

    entries: tuple[Entry, ...] = ()
    joints: tuple[Joint, ...] = ()
    different: tuple[frozenset[str], ...] = ()
    """Pairs that look alike and are not: they are not proposed again."""
    _parks: dict[str, Entry] = field(init=False, repr=False, compare=False)
    _agents: dict[str, Entry] = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        parks = (each for each in self.entries if each.kind is EntryKind.PARK)
        agents = (each for each in self.entries if each.kind is not EntryKind.PARK)
        object.__setattr__(self, "_parks", _by_spelling(parks))
        object.__setattr__(self, "_agents", _by_spelling(agents))

    def park(self, label: str) -> str:
        """Return the preferred name of a park; of an unknown one, the label itself."""
        entry = self._parks.get(label)
        return label if entry is None else entry.name

    def agents(self, name: str) -> tuple[Entry, ...]:
        """Return whom an author's or contributor's name means: one, or several that stand as one.

        A name nobody entered is a body of that name and of kind ``BODY`` without variants; whether
        it is a person is then for others to tell.
        """
        joint = next((each for each in self.joints if each.spelling == name), None)
        names = joint.names if joint else (name,)
        return tuple(self._agents.get(each) or _unknown(each) for each in names)

    def knows(self, name: str) -> bool:
        """Tell whether a name of a body or a person is entered, in any spelling."""
        return name in self._agents

    def preferred(self, vocabulary: str, label: str) -> tuple[str, ...]:
        """Return the preferred names of a label of ``park`` or ``agent``; of others, itself."""
        if vocabulary == "park":
            return (self.park(label),)
        if vocabulary == "agent":
            return tuple(entry.name for entry in self.agents(label))
        return (label,)

    def rows(self) -> Iterator[tuple[str, str, int, Entry]]:
        """Yield (vocabulary, spelling, position, entry) for every spelling there is."""
        for entry in self.entries:
            vocabulary = "park" if entry.kind is EntryKind.PARK else "agent"
            for spelling in entry.spellings:
                yield vocabulary, spelling, 0, entry
        for joint in self.joints:
            for position, entry in enumerate(self.agents(joint.spelling)):
                yield "agent", joint.spelling, position, entry


def _by_spelling(entries: Iterable[Entry]) -> dict[str, Entry]:
    return {spelling: entry for entry in entries for spelling in entry.spellings}


def _unknown(name: str) -> Entry:
    return Entry(kind=EntryKind.BODY, name=name)
