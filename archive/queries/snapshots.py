"""What the site answered, as it is kept."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import or_, select

from archive.models import Alias, Blob, CatalogueRecord, Resource, Snapshot

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class SnapshotLine:
    """An answer in a line: its number, when it came, in which run."""

    id: int
    run_id: int
    url: str
    fetched_at: datetime


def find_page(
    connection: Connection, names: Sequence[str], *, snapshot: int | None = None
) -> SnapshotLine | None:
    """Return the last answer with a page's body to any of these addresses or record ids.

    *snapshot* asks for one of its answers by number.
    """
    resources = (
        select(Resource.id)
        .outerjoin(Alias, Alias.resource_id == Resource.id)
        .outerjoin(CatalogueRecord, CatalogueRecord.resource_id == Resource.id)
        .where(or_(Alias.url.in_(names), CatalogueRecord.id.in_(names)))
    )
    query = (
        select(Snapshot.id, Snapshot.run_id, Snapshot.url, Snapshot.fetched_at)
        .join(Blob, Blob.sha256 == Snapshot.sha256)
        .where(
            or_(Snapshot.url.in_(names), Snapshot.resource_id.in_(resources)),
            Snapshot.status.in_((200, 304)),
            Blob.encoding != "sqlar",
        )
        .order_by(Snapshot.fetched_at.desc(), Snapshot.id.desc())
        .limit(1)
    )
    if snapshot is not None:
        query = query.where(Snapshot.id == snapshot)
    row = connection.execute(query).mappings().first()
    return None if row is None else SnapshotLine(**row)
