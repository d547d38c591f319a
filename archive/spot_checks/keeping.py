"""Keep a spot-check: what was drawn, and what the live site said, item by item.

Functions take a connection that is in a transaction and never commit. Only the spot-check's own
tables are written.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

import zstandard
from sqlalchemy import delete, func, insert, select, update

from archive.errors import UnanswerableError
from archive.models import (
    CatalogueRecord,
    SpotCheck,
    SpotCheckDifference,
    SpotCheckItem,
    SpotCheckVerdict,
)
from archive.queries.filtering import EVERYTHING, conditions, current_records
from archive.runs.ledger import now
from archive.spot_checks.outcomes import CHECKED, ItemOutcome

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from sqlalchemy import Connection, RowMapping

    from archive.spot_checks.judging import Judgement
    from archive.spot_checks.sampling import Stratum

#: What a sample may be stratified by, and the column of a record that says it.
STRATIFIERS: Final = {
    "type": CatalogueRecord.document_type,
    "year": CatalogueRecord.year_start,
    "layout": CatalogueRecord.layout,
}


class NoSuchSpotCheckError(UnanswerableError):
    """Raised when a spot-check is asked for that the archive does not have."""


@dataclass(frozen=True, slots=True, kw_only=True)
class SpotCheckLine:
    """A spot-check in a line of a list; *outcomes* counts its records by what they came to."""

    id: int
    how: str
    stratified_by: tuple[str, ...]
    seed: int | None
    population: int
    status: str
    status_reason: str
    software: str
    reader_version: str
    started_at: datetime
    ended_at: datetime | None
    outcomes: dict[str, int]

    @property
    def records(self) -> int:
        """How many records it has."""
        return sum(self.outcomes.values())


def records_by_stratum(connection: Connection, by: Sequence[str]) -> dict[Stratum, list[str]]:
    """Return the ids of the current records, those that the site still has, by their stratum."""
    columns = [STRATIFIERS[name] for name in by]
    query = (
        current_records(CatalogueRecord.id, *columns)
        .where(*conditions(connection, EVERYTHING))
        .order_by(CatalogueRecord.id)
    )
    strata: dict[Stratum, list[str]] = {}
    for record_id, *values in connection.execute(query):
        key = tuple("" if value is None else str(value) for value in values)
        strata.setdefault(key, []).append(record_id)
    return strata


def begin_spot_check(
    connection: Connection,
    *,
    records: Mapping[str, Stratum],
    strata: Mapping[Stratum, int],
    stratified_by: Sequence[str],
    seed: int | None,
    reader_version: str,
    user_agent: str,
) -> int:
    """Enter a spot-check and the records it is to ask, in their order; return its number.

    Without a *seed* the records were chosen by a person.
    """
    number = connection.execute(
        insert(SpotCheck).returning(SpotCheck.id),
        {
            "how": "chosen" if seed is None else "sample",
            "stratified_by": list(stratified_by),
            "seed": seed,
            "population": sum(strata.values()),
            "strata": [[list(key), count] for key, count in strata.items()],
            "status": "running",
            "software": version("pnr-archive"),
            "reader_version": reader_version,
            "user_agent": user_agent,
            "started_at": now(),
        },
    ).scalar_one()
    rows = [
        {
            "spot_check_id": number,
            "position": position,
            "record_id": record_id,
            "stratum": list(stratum),
        }
        for position, (record_id, stratum) in enumerate(records.items())
    ]
    if rows:
        connection.execute(insert(SpotCheckItem), rows)
    return int(number)


def items_to_ask(connection: Connection, number: int) -> list[tuple[int, str]]:
    """Return what is still to be asked, in its order: number of the item, and record.

    What was blocked or unreachable is to be asked again.
    """
    rows = connection.execute(
        select(SpotCheckItem.id, SpotCheckItem.record_id)
        .where(SpotCheckItem.spot_check_id == number, SpotCheckItem.outcome.not_in(CHECKED))
        .order_by(SpotCheckItem.position)
    )
    return [(item_id, record_id) for item_id, record_id in rows]


def unfinished_spot_check(connection: Connection) -> int | None:
    """Return the last spot-check if there is something of it still to be asked."""
    last = connection.scalar(select(func.max(SpotCheck.id)))
    return last if last is not None and items_to_ask(connection, last) else None


def resume_spot_check(connection: Connection, number: int) -> None:
    """Note that a spot-check goes on, whatever it ended with before."""
    connection.execute(
        update(SpotCheck)
        .where(SpotCheck.id == number)
        .values(status="running", status_reason="", ended_at=None)
    )


def keep_item(connection: Connection, item_id: int, judged: Judgement) -> None:
    """Keep what came of one record; of a record that was forgotten meanwhile, nothing."""
    page = zstandard.ZstdCompressor().compress(judged.page) if judged.page else None
    kept = connection.execute(
        update(SpotCheckItem)
        .where(SpotCheckItem.id == item_id)
        .values(
            outcome=judged.outcome,
            reason=judged.reason,
            version_id=judged.version_id,
            snapshot_id=judged.snapshot_id,
            url=judged.url,
            status=judged.status,
            layout=judged.layout,
            fingerprint=judged.fingerprint,
            files=[file.as_data() for file in judged.files],
            page=page,
            content_type=judged.content_type,
            checked_at=now(),
        )
    ).rowcount
    rows = [
        {
            "item_id": item_id,
            "position": position,
            "field": change.field,
            "before": change.before,
            "after": change.after,
            "cause": change.cause,
        }
        for position, change in enumerate(judged.differences)
    ]
    if kept and rows:
        connection.execute(insert(SpotCheckDifference), rows)


def forget_items(connection: Connection, record_id: str) -> None:
    """Take a record out of every spot-check, with its pages and what was said of them."""
    items = select(SpotCheckItem.id).where(SpotCheckItem.record_id == record_id)
    differences = select(SpotCheckDifference.id).where(SpotCheckDifference.item_id.in_(items))
    verdicts = delete(SpotCheckVerdict).where(SpotCheckVerdict.difference_id.in_(differences))
    connection.execute(verdicts)
    connection.execute(delete(SpotCheckDifference).where(SpotCheckDifference.item_id.in_(items)))
    connection.execute(delete(SpotCheckItem).where(SpotCheckItem.record_id == record_id))


def end_spot_check(connection: Connection, number: int, status: str, reason: str = "") -> None:
    """Note how a spot-check ended."""
    connection.execute(
        update(SpotCheck)
        .where(SpotCheck.id == number)
        .values(status=status, status_reason=reason, ended_at=now())
    )


def list_spot_checks(
    connection: Connection, *, before: int | None = None, limit: int | None = None
) -> list[SpotCheckLine]:
    """Return the spot-checks, the newest first: all, or at most *limit* of those *before* one."""
    query = select(SpotCheck.__table__).order_by(SpotCheck.id.desc()).limit(limit)
    if before is not None:
        query = query.where(SpotCheck.id < before)
    rows = connection.execute(query).mappings().all()
    counts = _outcomes(connection, [row["id"] for row in rows])
    return [_line(row, counts.get(row["id"], {})) for row in rows]


def find_spot_check(connection: Connection, number: int) -> SpotCheckLine:
    """Return one spot-check.

    :raises NoSuchSpotCheckError: there is none of this number.
    """
    query = select(SpotCheck.__table__).where(SpotCheck.id == number)
    row = connection.execute(query).mappings().first()
    if row is None:
        raise NoSuchSpotCheckError(
            f"There is no spot-check {number}; `pnr spot-check list` shows all."
        )
    return _line(row, _outcomes(connection, [number]).get(number, {}))


def strata_of(connection: Connection, number: int) -> dict[Stratum, int]:
    """Return the strata of a spot-check, and how many records the archive had of each."""
    strata = connection.execute(select(SpotCheck.strata).where(SpotCheck.id == number)).scalar_one()
    return {tuple(key): count for key, count in strata}


def _outcomes(connection: Connection, numbers: Sequence[int]) -> dict[int, dict[str, int]]:
    query = (
        select(SpotCheckItem.spot_check_id, SpotCheckItem.outcome, func.count())
        .where(SpotCheckItem.spot_check_id.in_(numbers))
        .group_by(SpotCheckItem.spot_check_id, SpotCheckItem.outcome)
    )
    counts: dict[int, dict[str, int]] = {}
    for spot_check_id, outcome, count in connection.execute(query):
        counts.setdefault(spot_check_id, {})[outcome] = count
    return {
        spot_check_id: {str(name): found[name] for name in ItemOutcome if name in found}
        for spot_check_id, found in counts.items()
    }


def _line(row: RowMapping, outcomes: dict[str, int]) -> SpotCheckLine:
    names = SpotCheckLine.__dataclass_fields__.keys() - {"outcomes", "stratified_by"}
    return SpotCheckLine(
        **{name: row[name] for name in names},
        stratified_by=tuple(row["stratified_by"]),
        outcomes=outcomes,
    )
