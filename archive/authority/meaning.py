"""Which labels and names of the archive mean the same, as the accepted authority file says."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

from sqlalchemy import select

from archive.models.authority import AuthorityName

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection

    Meanings = Mapping[str, tuple[str, ...]]


def meanings(connection: Connection, vocabulary: Literal["park", "agent"]) -> Meanings:
    """Return the preferred names of every spelling that is entered; one it stands for, or more."""
    query = (
        select(AuthorityName.spelling, AuthorityName.name)
        .where(AuthorityName.vocabulary == vocabulary)
        .order_by(AuthorityName.spelling, AuthorityName.position)
    )
    found: dict[str, tuple[str, ...]] = {}
    for spelling, name in connection.execute(query):
        found[spelling] = (*found.get(spelling, ()), name)
    return found


def names_and_spellings(meant: Meanings, labels: Iterable[str]) -> Iterable[tuple[str, str]]:
    """Yield each name that labels mean with every text it goes by: itself, and the labels.

    A label that stands for several names goes by itself only as a whole.

    >>> list(names_and_spellings({"Escout": ("Escaut",)}, ["Escout", "Pilat"]))
    [('Escaut', 'Escaut'), ('Escaut', 'Escout'), ('Pilat', 'Pilat'), ('Pilat', 'Pilat')]
    """
    for label in labels:
        names = meant.get(label, (label,))
        yield from ((name, name) for name in names)
        yield names[0] if len(names) == 1 else label, label


def labels_meaning(
    meant: Meanings, labels: Iterable[tuple[int, str]], names: Iterable[str]
) -> set[int]:
    """Return the numbers of the labels that mean one of these names.

    >>> sorted(labels_meaning({"Escout": ("Escaut",)}, [(1, "Escout"), (2, "Escaut")], ["Escaut"]))
    [1, 2]
    """
    wanted = set(names)
    return {
        number
        for number, label in labels
        if label in wanted or wanted.intersection(meant.get(label, ()))
    }
