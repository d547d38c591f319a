"""Which resource stands behind an address: one thing, whatever the number of its addresses."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, func, insert, select, update

from archive.models import Alias, Resource
from archive.models.base import UtcDateTime

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import datetime
    from typing import Any

    from sqlalchemy import Connection


def resolve_resource(
    connection: Connection,
    *,
    asked: str,
    canonical: str,
    kind: str,
    identity: str = "",
    aliases: Iterable[str] = (),
    seen_at: datetime,
) -> int:
    """Return the resource behind the address *asked*; enter it if it is met for the first time.

    Its *identity* (``node-N``, ``media-N``) tells it for certain. Without one its addresses do,
    unless they belong to a resource of another identity: sites hand addresses on.
    """
    found = _by_identity(connection, identity) or _by_address(
        connection, (asked, canonical), identity
    )
    if found is None:
        resource_id = _enter(connection, canonical, kind, identity, seen_at)
    else:
        resource_id = int(found.id)
        _update(connection, found, canonical, kind, identity)
    _name(connection, resource_id, (asked, canonical), aliases, seen_at)
    return resource_id


def place_resource(
    connection: Connection,
    *,
    asked: str,
    canonical: str,
    kind: str,
    identity: str = "",
    aliases: Iterable[str] = (),
    seen_at: datetime,
) -> int:
    """Return the resource behind the address *asked* at an earlier date; enter it if there is none.

    What today's pages say of addresses stands: an old page may add a name, never take one away.
    """
    found = _by_identity(connection, identity) or _by_address(
        connection, (asked, canonical), identity
    )
    if found is None:
        resource_id = _enter(connection, canonical, kind, identity, seen_at)
    else:
        resource_id = int(found.id)
        connection.execute(_SEEN_BEFORE, {"resource": resource_id, "moment": seen_at})
        if identity and found.identity is None:
            named = update(Resource).where(Resource.id == resource_id)
            connection.execute(named.values(identity=identity))
    names = (canonical, asked, *aliases)
    _enter_names(connection, resource_id, names, seen_at)
    earlier = {"resource": resource_id, "urls": list(names), "moment": seen_at}
    connection.execute(_NAMED_BEFORE, earlier)
    return resource_id


_MOMENT: Final = bindparam("moment", type_=UtcDateTime())
_SEEN_BEFORE: Final = (
    update(Resource)
    .where(Resource.id == bindparam("resource"))
    .values(first_seen=func.min(Resource.first_seen, _MOMENT))
)

_NAMED_BEFORE: Final = (
    update(Alias)
    .where(
        Alias.resource_id == bindparam("resource"),
        Alias.url.in_(bindparam("urls", expanding=True)),
        Alias.first_seen > _MOMENT,
    )
    .values(first_seen=_MOMENT)
)


def resource_at(connection: Connection, url: str) -> int | None:
    """Return the resource that goes by this address today."""
    return connection.scalar(_AT, {"address": url})


_AT: Final = select(Alias.resource_id).where(Alias.url == bindparam("address"))


def name_resource(
    connection: Connection,
    resource_id: int,
    *,
    canonical: str,
    identity: str,
    aliases: Iterable[str],
    seen_at: datetime,
) -> None:
    """Keep the names that a page of the resource is found to give it, read again.

    Whose page it is was settled when it answered: nothing is taken from another resource.
    """
    found = connection.execute(_COLUMNS.where(Resource.id == resource_id)).one()
    is_free = _by_identity(connection, identity) is None
    _update(connection, found, canonical, found.kind, identity if is_free else "")
    _name(connection, resource_id, (), (canonical, *aliases), seen_at)


def _by_identity(connection: Connection, identity: str) -> Any:
    if not identity:
        return None
    return connection.execute(_BY_IDENTITY, {"name": identity}).first()


def _by_address(connection: Connection, urls: tuple[str, str], identity: str) -> Any:
    query = _NAMELESS_BY_ADDRESS if identity else _BY_ADDRESS
    return connection.execute(query, {"urls": list(dict.fromkeys(urls))}).first()


_COLUMNS: Final = select(Resource.id, Resource.url, Resource.kind, Resource.identity)
_BY_IDENTITY: Final = _COLUMNS.where(Resource.identity == bindparam("name"))
_BY_ADDRESS: Final = (
    _COLUMNS.join(Alias, Alias.resource_id == Resource.id)
    .where(Alias.url.in_(bindparam("urls", expanding=True)))
    .order_by(Resource.id)
    .limit(1)
)
_NAMELESS_BY_ADDRESS: Final = _BY_ADDRESS.where(Resource.identity.is_(None))


def _enter(connection: Connection, url: str, kind: str, identity: str, seen_at: datetime) -> int:
    row = {"url": url, "kind": kind, "identity": identity or None, "first_seen": seen_at}
    return int(connection.execute(_ENTER, row).scalar_one())


_ENTER: Final = insert(Resource).returning(Resource.id)


def _update(connection: Connection, found: Any, canonical: str, kind: str, identity: str) -> None:
    # A record that answers as something else for a while is still the address of a record, and
    # is asked again in the next run.
    kind = found.kind if found.kind in {"record", "file"} else kind
    now = {"url": canonical, "kind": kind, "identity": identity or found.identity}
    if now != {"url": found.url, "kind": found.kind, "identity": found.identity}:
        connection.execute(update(Resource).where(Resource.id == found.id).values(now))


def _name(
    connection: Connection,
    resource_id: int,
    own: tuple[str, ...],
    others: Iterable[str],
    seen_at: datetime,
) -> None:
    """Keep every address the resource goes by; what it answers to itself it has for certain."""
    known = _enter_names(connection, resource_id, (*own, *others), seen_at)
    for url in set(own):
        if known.get(url, resource_id) != resource_id:
            connection.execute(
                update(Alias).where(Alias.url == url).values(resource_id=resource_id)
            )


def _enter_names(
    connection: Connection, resource_id: int, urls: Iterable[str], seen_at: datetime
) -> dict[str, int]:
    """Enter the addresses nobody has; return who has the others."""
    rows = [
        {"url": url, "resource_id": resource_id, "first_seen": seen_at}
        for url in dict.fromkeys(urls)
    ]
    asked = {"urls": [row["url"] for row in rows]}
    known = {row[0]: row[1] for row in connection.execute(_HOLDERS, asked)}
    if new := [row for row in rows if row["url"] not in known]:
        connection.execute(_ENTER_NAMES, new)
    return known


_HOLDERS: Final = select(Alias.url, Alias.resource_id).where(
    Alias.url.in_(bindparam("urls", expanding=True))
)
_ENTER_NAMES: Final = insert(Alias)
