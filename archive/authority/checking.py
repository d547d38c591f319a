"""Hold an authority file against the archive it is for."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from archive.authority.entries import EntryKind
from archive.authority.suggesting import known_parks
from archive.models import Agent, RecordAgent, Term

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from archive.authority.entries import Authority


def doubts(authority: Authority) -> list[str]:
    """Return what contradicts the list of parks, a sentence each."""
    found = []
    for entry in authority.entries:
        if entry.kind is not EntryKind.PARK:
            continue
        if entry.name not in known_parks():
            found.append(f"{entry.name!r} is preferred, and not on the list of parks")
        found += [
            f"{variant!r} is a park of its own, and entered as a variant of {entry.name!r}"
            for variant in entry.variants
            if variant in known_parks()
        ]
    return found


def unused(connection: Connection, authority: Authority) -> list[str]:
    """Return the variants that nothing in the archive is spelled like."""
    parks = set(connection.scalars(select(Term.label).where(Term.vocabulary == "park")))
    agents = set(connection.scalars(select(Agent.name)))
    agents |= set(connection.scalars(select(RecordAgent.affiliation).distinct()))
    return [
        variant
        for entry in authority.entries
        for variant in entry.variants
        if variant not in (parks if entry.kind is EntryKind.PARK else agents)
    ]
