"""What the site answered, as it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from archive.models import Alias, Blob, CatalogueRecord, Resource, Snapshot

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection


def last_page(connection: Connection, names: Sequence[str]) -> int | None:
    """Return the last answer with a page's body to any of these addresses or record ids."""
    resources = (
        select(Resource.id)
        .outerjoin(Alias, Alias.resource_id == Resource.id)
        .outerjoin(CatalogueRecord, CatalogueRecord.resource_id == Resource.id)
        .where(or_(Alias.url.in_(names), CatalogueRecord.id.in_(names)))
    )
    query = (
        select(Snapshot.id)
        .join(Blob, Blob.sha256 == Snapshot.sha256)
        .where(
            or_(Snapshot.url.in_(names), Snapshot.resource_id.in_(resources)),
            Snapshot.status.in_((200, 304)),
            Blob.encoding != "sqlar",
        )
        .order_by(Snapshot.fetched_at.desc(), Snapshot.id.desc())
        .limit(1)
    )
    return connection.scalar(query)
