"""The records of the index as every answer needs them: read once, and kept with the connection.

Of an archive that is asked as it stood at a moment, they are the records of that moment.

What records are counted and filtered by is held as bitmaps: a bit for each record, set where it
has the label. Counting a facet, or narrowing to one, is then one operation on whole numbers, not
a walk through every record found.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from sqlalchemy import text

from archive.authority.meaning import meanings
from archive.catalogue.as_of import is_standing
from archive.searching.indexing import facets_of_records
from archive.searching.labels import LETTERS

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from sqlalchemy import Connection

#: A bit for each record, in the order of their units.
Bits: TypeAlias = int

#: The facets, in the order in which they are shown, and the letter of their tokens.
FACETS: Final = {
    "type": LETTERS["type"],
    "year": "y",
    "park": LETTERS["park"],
    "theme": LETTERS["theme"],
    "tag": LETTERS["tag"],
    "author": "a",
}

_UNITS: Final = text(
    "SELECT unit, record_id, facets FROM search_units WHERE record_id IS NOT NULL ORDER BY unit"
)
_WITHDRAWN: Final = text("SELECT id FROM records WHERE withdrawn_at IS NOT NULL")
_TERMS: Final = text("SELECT id, vocabulary, label FROM terms")
_AGENTS: Final = text("SELECT id, name FROM agents")


@dataclass(frozen=True, slots=True)
class Shelf:
    """Every record of the index: its unit, its id, and what it is found and counted by."""

    units: tuple[int, ...]
    ids: dict[int, str]
    tokens: dict[str, Bits]
    """The records that have each facet token: see `search_units.facets`."""
    facets: dict[str, tuple[tuple[str, Bits], ...]]
    """The records that have each value of a facet, by the name that is preferred."""
    withdrawn: Bits
    places: dict[int, int]
    """Which bit each unit is."""

    def __len__(self) -> int:
        return len(self.units)

    @property
    def everything(self) -> Bits:
        """Every record."""
        return (1 << len(self.units)) - 1

    @property
    def current(self) -> Bits:
        """Every record that the site still shows."""
        return self.everything & ~self.withdrawn

    def bits(self, units: Iterable[int]) -> Bits:
        """Return units as bits; what is no record of the index has none."""
        places = self.places
        octets = bytearray(len(self.units) // 8 + 1)
        for unit in units:
            if (place := places.get(unit)) is not None:
                octets[place >> 3] |= 1 << (place & 7)
        return int.from_bytes(octets, "little")

    def units_of(self, bits: Bits) -> list[int]:
        """Return bits as units, in their order."""
        return [
            unit for unit, bit in zip(self.units, reversed(f"{bits:b}"), strict=False) if bit == "1"
        ]

    def having(self, tokens: Iterable[str]) -> Bits:
        """Return the records that have one of these tokens."""
        return reduce(or_, (self.tokens.get(token, 0) for token in tokens), 0)

    def within(self, first: int | None, last: int | None) -> Bits:
        """Return the records of one of these years; either end may be open."""
        years = (token for token in self.tokens if token[0] == FACETS["year"])
        return self.having(
            token
            for token in years
            if (first is None or int(token[1:]) >= first)
            and (last is None or int(token[1:]) <= last)
        )

    def tokens_of(self, unit: int) -> set[str]:
        """Return the tokens of one record."""
        bit = 1 << self.places[unit]
        return {token for token, bits in self.tokens.items() if bits & bit}


def shelf_of(connection: Connection) -> Shelf:
    """Return the records of the index as they are now.

    They are read again when anything in the file was changed since, by whomever.
    """
    kept = connection.info.get(__name__)
    state = _state(connection)
    if kept is None or kept[0] != state:
        kept = connection.info[__name__] = state, _read(connection)
    shelf: Shelf = kept[1]
    return shelf


def _state(connection: Connection) -> tuple[int, int, bool]:
    """Return what changes with every commit of others, and with every row this one changes."""
    driver: Any = connection.connection.driver_connection
    (version,) = driver.execute("PRAGMA data_version").fetchone()
    return version, driver.total_changes, is_standing(connection)


def _read(connection: Connection) -> Shelf:
    rows: list[Any] = list(connection.execute(_UNITS))
    if is_standing(connection):
        # What was there then, with the labels it had then, under the numbers of today.
        then = facets_of_records(connection)
        rows = [(unit, name, then[name]) for unit, name, _ in rows if name in then]
    tokens = _bits_of([facets.split() for _, _, facets in rows])
    gone = set(connection.scalars(_WITHDRAWN))
    marks = _bits_of([["gone"] if record_id in gone else [] for _, record_id, _ in rows])
    return Shelf(
        units=tuple(unit for unit, _, _ in rows),
        ids={unit: record_id for unit, record_id, _ in rows},
        tokens=tokens,
        facets=_named(connection, tokens),
        withdrawn=marks.get("gone", 0),
        places={unit: place for place, (unit, _, _) in enumerate(rows)},
    )


def _bits_of(tokens: Sequence[Iterable[str]]) -> dict[str, Bits]:
    """Return which of the records, in their order, have each token."""
    size = len(tokens) // 8 + 1
    octets: dict[str, bytearray] = {}
    for place, own in enumerate(tokens):
        for token in own:
            if token not in octets:
                octets[token] = bytearray(size)
            octets[token][place >> 3] |= 1 << (place & 7)
    return {token: int.from_bytes(each, "little") for token, each in octets.items()}


def _named(
    connection: Connection, tokens: Mapping[str, Bits]
) -> dict[str, tuple[tuple[str, Bits], ...]]:
    """Return the values of each facet: a record that spells one in two ways has it once."""
    labels = {
        f"{LETTERS[each]}{number}": label for number, each, label in connection.execute(_TERMS)
    }
    labels |= {f"a{number}": name for number, name in connection.execute(_AGENTS)}
    meant = {"p": meanings(connection, "park"), "a": meanings(connection, "agent")}
    facets: dict[str, dict[str, Bits]] = {letter: {} for letter in FACETS.values()}
    for token, bits in tokens.items():
        letter = token[0]
        if letter in facets:
            label = labels.get(token, token[1:])
            for name in meant.get(letter, {}).get(label, (label,)):
                facets[letter][name] = facets[letter].get(name, 0) | bits
    return {name: tuple(facets[letter].items()) for name, letter in FACETS.items()}
