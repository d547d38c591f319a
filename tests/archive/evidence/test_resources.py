"""One thing is one resource, whatever the number of its addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from archive.evidence.resources import resolve_resource, resource_at
from archive.models import Resource
from archive.runs.ledger import now

if TYPE_CHECKING:
    from sqlalchemy import Connection

_OLD, _NEW, _NODE = (f"https://parc.example/{path}" for path in ("vieux", "neuf", "node/1"))


def _resolve(connection: Connection, asked: str, canonical: str = "", **more: Any) -> int:
    fields: dict[str, Any] = {"kind": "record", "seen_at": now()} | more
    return resolve_resource(connection, asked=asked, canonical=canonical or asked, **fields)


def test_an_identity_tells_a_resource_under_any_address(connection: Connection) -> None:
    first = _resolve(connection, _OLD, identity="node-1")

    assert _resolve(connection, _NEW, identity="node-1") == first
    assert resource_at(connection, _OLD) == resource_at(connection, _NEW) == first


def test_without_an_identity_an_address_does(connection: Connection) -> None:
    first = _resolve(connection, _OLD, aliases=[_NODE])

    assert _resolve(connection, _NODE) == first
    assert _resolve(connection, _NEW, canonical=_OLD) == first


def test_an_identity_is_learnt_later(connection: Connection) -> None:
    first = _resolve(connection, _OLD)

    assert _resolve(connection, _OLD, identity="node-1") == first
    assert _resolve(connection, _NEW, identity="node-1") == first


def test_an_address_that_was_handed_on_belongs_to_whom_it_answers_now(
    connection: Connection,
) -> None:
    first = _resolve(connection, _OLD, identity="node-1")

    second = _resolve(connection, _OLD, identity="node-2")

    assert second != first
    assert resource_at(connection, _OLD) == second


def test_an_address_that_is_only_claimed_is_taken_from_nobody(connection: Connection) -> None:
    owner = _resolve(connection, _OLD, identity="node-1")

    _resolve(connection, _NEW, identity="node-2", aliases=[_OLD])

    assert resource_at(connection, _OLD) == owner


def test_a_resource_that_moved_is_known_by_its_new_address(connection: Connection) -> None:
    number = _resolve(connection, _OLD, identity="node-1")
    _resolve(connection, _NEW, identity="node-1")

    assert connection.scalar(select(Resource.url).where(Resource.id == number)) == _NEW
