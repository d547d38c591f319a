"""What a person decided: two records are one, or are not. Nothing is merged by it.

Each record keeps its own readings and versions; who asks for the history of one is told of those
it is joined to. Functions take a connection and, where they write, never commit.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import bindparam, delete, or_, select
from sqlalchemy.dialects.sqlite import insert as upsert
from sqlalchemy.orm import aliased

from archive.errors import UnanswerableError
from archive.models import CatalogueRecord, SameAs
from archive.runs.ledger import now

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection


class JoinError(UnanswerableError):
    """Raised when two records cannot be joined or parted."""


class Joint(StrEnum):
    """What a person said of two records."""

    CONFIRMED = "confirmed"
    """They are one."""
    DENIED = "denied"
    """They are not; it is not proposed again."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Two records of which a person said something; the *earlier* one was seen first."""

    earlier: str
    later: str
    verdict: Joint
    evidence: tuple[str, ...]
    decided_at: datetime
    earlier_title: str
    later_title: str


def decide(
    connection: Connection,
    one: str,
    other: str,
    verdict: Joint,
    *,
    evidence: Sequence[str] = (),
) -> tuple[str, str]:
    """Keep what a person says of two records; return their ids, the earlier first.

    :raises JoinError: they are the same record.
    """
    if one == other:
        raise JoinError(f"{one} is one record already; name two.")
    earlier, later = _in_order(connection, one, other)
    row = {
        "earlier_id": earlier,
        "later_id": later,
        "verdict": verdict,
        "evidence": list(evidence),
        "decided_at": now(),
    }
    connection.execute(_DECIDE, row)
    return earlier, later


def take_back(connection: Connection, one: str, other: str) -> None:
    """Forget what was said of two records.

    :raises JoinError: nothing was.
    """
    pair = (one, other)
    taken = connection.execute(
        delete(SameAs).where(SameAs.earlier_id.in_(pair), SameAs.later_id.in_(pair))
    )
    if not taken.rowcount:
        raise JoinError(
            f"Nothing was said of {one} and {other}; `pnr same-as list` shows what was."
        )


def decisions(connection: Connection) -> list[Decision]:
    """Return what was said of which records, by the earlier one's id."""
    earlier, later = aliased(CatalogueRecord), aliased(CatalogueRecord)
    query = (
        select(
            SameAs.earlier_id.label("earlier"),
            SameAs.later_id.label("later"),
            SameAs.verdict,
            SameAs.evidence,
            SameAs.decided_at,
            earlier.title.label("earlier_title"),
            later.title.label("later_title"),
        )
        .join(earlier, earlier.id == SameAs.earlier_id)
        .join(later, later.id == SameAs.later_id)
        .order_by(SameAs.earlier_id, SameAs.later_id)
    )
    return [
        Decision(**{**row, "verdict": Joint(row["verdict"]), "evidence": tuple(row["evidence"])})
        for row in connection.execute(query).mappings()
    ]


def joined_ids(connection: Connection, record_id: str) -> list[str]:
    """Return the records that are one with this one, itself among them, in the order of time."""
    found, new = {record_id}, {record_id}
    while new:
        rows = connection.execute(_JOINED, {"ids": sorted(new)})
        new = {name for row in rows for name in (row.earlier_id, row.later_id)} - found
        found |= new
    order = select(CatalogueRecord.id).where(CatalogueRecord.id.in_(found))
    query = order.order_by(CatalogueRecord.first_seen, CatalogueRecord.id)
    return list(connection.scalars(query))


def joined_to(connection: Connection, ids: Iterable[str]) -> dict[str, list[tuple[str, str]]]:
    """Return the other records that are one with these: ids and addresses, in the order of time.

    A record that stands alone has no entry, and most do.
    """
    groups: dict[str, set[str]] = {}
    for earlier, later in connection.execute(_CONFIRMED):
        group = groups.get(earlier, {earlier}) | groups.get(later, {later})
        groups |= dict.fromkeys(group, group)
    meant = [record_id for record_id in ids if record_id in groups]
    if not meant:
        return {}
    query = select(CatalogueRecord.id, CatalogueRecord.url).where(
        CatalogueRecord.id.in_(set[str]().union(*(groups[each] for each in meant)))
    )
    rows = connection.execute(query.order_by(CatalogueRecord.first_seen, CatalogueRecord.id)).all()
    return {
        each: [(row.id, row.url) for row in rows if row.id in groups[each] - {each}]
        for each in meant
    }


def _in_order(connection: Connection, one: str, other: str) -> tuple[str, str]:
    query = (
        select(CatalogueRecord.id)
        .where(CatalogueRecord.id.in_((one, other)))
        .order_by(CatalogueRecord.first_seen, CatalogueRecord.id)
    )
    earlier, later = connection.scalars(query)
    return earlier, later


_DECIDING: Final[Any] = upsert(SameAs)
_DECIDE: Final = _DECIDING.on_conflict_do_update(
    index_elements=["earlier_id", "later_id"],
    set_={name: _DECIDING.excluded[name] for name in ("verdict", "evidence", "decided_at")},
)
_CONFIRMED: Final = select(SameAs.earlier_id, SameAs.later_id).where(
    SameAs.verdict == Joint.CONFIRMED
)
_IDS: Final[Any] = bindparam("ids", expanding=True)
_JOINED: Final = _CONFIRMED.where(or_(SameAs.earlier_id.in_(_IDS), SameAs.later_id.in_(_IDS)))
