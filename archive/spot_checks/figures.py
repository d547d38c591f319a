"""What a spot-check says of the whole archive: whether it is up to date, and read rightly."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING

from sqlalchemy import select

from archive.comparing.fields import Cause
from archive.models import SpotCheckDifference, SpotCheckItem
from archive.spot_checks.bounds import Bound, StratumResult, bound_of_chosen, bound_of_sample
from archive.spot_checks.judging import says_less_of_files
from archive.spot_checks.keeping import find_spot_check, strata_of
from archive.spot_checks.outcomes import CHECKED, READ

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sqlalchemy import Connection

    from archive.spot_checks.sampling import Stratum


@dataclass(frozen=True, slots=True, kw_only=True)
class CheckedItem:
    """A record that was held against its live page."""

    record_id: str
    stratum: Stratum
    outcome: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Sample:
    """How the records of a spot-check came to be in it, and the strata they are drawn from."""

    drawn: bool
    strata: dict[Stratum, int]

    def bound(
        self,
        items: Sequence[CheckedItem],
        wrong: Collection[str],
        *,
        only: Collection[str] = CHECKED,
        undecided: Collection[str] = (),
    ) -> Bound:
        """Return what these records say of all, those whose ids are among *wrong* being so.

        With *only* some outcomes, of all records that have them; those *undecided* count for
        nothing.
        """
        others = Counter(item.stratum for item in items if item.outcome not in only)
        meant = [item for item in items if item.outcome in only and item.record_id not in undecided]
        checked = Counter(item.stratum for item in meant)
        found = Counter(item.stratum for item in meant if item.record_id in wrong)
        if not self.drawn:
            return bound_of_chosen(found.total(), checked.total())
        return bound_of_sample(
            [
                StratumResult(size=size - others[key], checked=checked[key], wrong=found[key])
                for key, size in self.strata.items()
            ]
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Figures:
    """*reading*: pages whose fields were lost, garbled or not read at all, of those there to read.

    *archive*: records of which the site says something else, or that it has taken away.
    """

    reading: Bound
    archive: Bound


def figures_of(connection: Connection, number: int) -> Figures:
    """Return both shares with their bounds, from what has been checked so far."""
    sample = sample_of(connection, number)
    checked = checked_items(connection, number, CHECKED)
    doubtful, outdated = _doubtful_and_outdated(connection, number)
    return Figures(
        reading=sample.bound(checked, doubtful, only=READ),
        archive=sample.bound(checked, outdated),
    )


def sample_of(connection: Connection, number: int) -> Sample:
    """Return what a spot-check is a sample of.

    :raises NoSuchSpotCheckError: there is none of this number.
    """
    drawn = find_spot_check(connection, number).how == "sample"
    return Sample(drawn=drawn, strata=strata_of(connection, number))


def checked_items(
    connection: Connection, number: int, outcomes: Iterable[str]
) -> list[CheckedItem]:
    """Return the records of a spot-check that came to one of these outcomes."""
    rows = connection.execute(
        select(SpotCheckItem.record_id, SpotCheckItem.stratum, SpotCheckItem.outcome)
        .where(SpotCheckItem.spot_check_id == number, SpotCheckItem.outcome.in_(tuple(outcomes)))
        .order_by(SpotCheckItem.position)
    )
    return [
        CheckedItem(record_id=record_id, stratum=tuple(stratum), outcome=outcome)
        for record_id, stratum, outcome in rows
    ]


def _doubtful_and_outdated(connection: Connection, number: int) -> tuple[set[str], set[str]]:
    """Return the records whose reading is in doubt, and those of which the site says otherwise."""
    rows = connection.execute(
        select(
            SpotCheckItem.record_id,
            SpotCheckDifference.field,
            SpotCheckDifference.before,
            SpotCheckDifference.after,
            SpotCheckDifference.cause,
        )
        .join(SpotCheckDifference, SpotCheckDifference.item_id == SpotCheckItem.id)
        .where(SpotCheckItem.spot_check_id == number, SpotCheckDifference.cause != Cause.READER)
    )
    doubtful, outdated = set(), set()
    for row in rows:
        if row.field == "files" and says_less_of_files(row.before, row.after):
            continue
        outdated.add(row.record_id)
        if row.cause == Cause.LAYOUT:
            doubtful.add(row.record_id)
    return doubtful, outdated
