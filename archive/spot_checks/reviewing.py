"""A person's verdicts on what a spot-check found, and how often our reading was wrong.

Functions take a connection, and those that write take one that is in a transaction.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import insert, select

from archive.comparing.companions import worth_telling
from archive.comparing.telling import change_in_words, value_in_words
from archive.errors import UnanswerableError
from archive.models import (
    CatalogueRecord,
    SpotCheckDifference,
    SpotCheckItem,
    SpotCheckVerdict,
)
from archive.runs.ledger import now
from archive.sentences import sentence
from archive.spot_checks.figures import CheckedItem, Sample, checked_items, sample_of
from archive.spot_checks.judging import FILE
from archive.spot_checks.keeping import find_spot_check, list_spot_checks
from archive.spot_checks.outcomes import CHECKED, READ

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from archive.spot_checks.bounds import Bound

#: What a rate is called that is of no single field.
WHOLE_PAGE: Final = "(whole page)"
ANY_FIELD: Final = "(any field)"


class NoSuchDifferenceError(UnanswerableError):
    """Raised when a verdict is given on a difference that the archive does not have."""


class Verdict(StrEnum):
    """Whether what is read today is what the page says, as a person sees it."""

    RIGHT = "right"
    WRONG = "wrong"
    UNSURE = "unsure"


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenVerdict:
    """A verdict, as it was given."""

    verdict: Verdict
    note: str
    noted_at: datetime


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """One thing that differs, of which record, and the verdicts on it, the last one last."""

    id: int
    record_id: str
    title: str
    url: str
    outcome: str
    reason: str
    field: str
    before: Any
    after: Any
    cause: str
    verdicts: tuple[GivenVerdict, ...]

    @property
    def run(self) -> int:
        """The run it was found in: none, all differences are of one spot-check."""
        return 0

    @property
    def in_words(self) -> str:
        """What differs, in a line."""
        if self.field == FILE:
            return _file_in_words(self.before, self.after)
        return change_in_words(self.field, self.before, self.after)

    @property
    def reads_alike(self) -> bool:
        """Whether both values in words say nothing of what differs."""
        return self.field == FILE or self.before_in_words == self.after_in_words

    @property
    def before_in_words(self) -> str:
        """What the archive has, as a person reads it."""
        return value_in_words(self.before)

    @property
    def after_in_words(self) -> str:
        """What the live site has, as a person reads it."""
        return value_in_words(self.after)

    @property
    def verdict(self) -> GivenVerdict | None:
        """The verdict that counts."""
        return self.verdicts[-1] if self.verdicts else None


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldRate:
    """How often one field was read wrongly, and how often that may be over all records.

    *bound* leaves out the records whose difference nobody has decided: *unsure* and *open*.
    """

    field: str
    right: int
    wrong: int
    unsure: int
    open: int
    bound: Bound


@dataclass(frozen=True, slots=True, kw_only=True)
class ErrorRates:
    """The rates of one spot-check: per field that differed somewhere, and of any field at all.

    *elsewhere* is what holds for each field that differed nowhere.
    """

    spot_check: int
    started_at: datetime
    reviewed: int
    differences: int
    any_field: FieldRate
    fields: tuple[FieldRate, ...]
    elsewhere: Bound


def differences_to_judge(connection: Connection, number: int) -> list[Difference]:
    """Return the differences that each need a verdict: a value and its raw text need one.

    :raises NoSuchSpotCheckError: there is none of this number.
    """
    return worth_telling(differences_of(connection, number))


def differences_of(connection: Connection, number: int) -> list[Difference]:
    """Return every difference of a spot-check, record by record.

    :raises NoSuchSpotCheckError: there is none of this number.
    """
    find_spot_check(connection, number)
    verdicts = _verdicts(connection, number)
    query = (
        select(
            SpotCheckDifference.id,
            SpotCheckItem.record_id,
            CatalogueRecord.title,
            SpotCheckItem.url,
            SpotCheckItem.outcome,
            SpotCheckItem.reason,
            SpotCheckDifference.field,
            SpotCheckDifference.before,
            SpotCheckDifference.after,
            SpotCheckDifference.cause,
        )
        .join(SpotCheckItem, SpotCheckItem.id == SpotCheckDifference.item_id)
        .join(CatalogueRecord, CatalogueRecord.id == SpotCheckItem.record_id)
        .where(SpotCheckItem.spot_check_id == number)
        .order_by(SpotCheckItem.position, SpotCheckDifference.position)
    )
    rows = connection.execute(query).mappings()
    return [Difference(**row, verdicts=tuple(verdicts.get(row["id"], ()))) for row in rows]


def note_verdict(
    connection: Connection, difference_id: int, verdict: Verdict, note: str = ""
) -> None:
    """Keep a verdict on a difference; earlier ones stay, this one counts.

    :raises NoSuchDifferenceError: there is no such difference.
    """
    known = select(SpotCheckDifference.id).where(SpotCheckDifference.id == difference_id)
    if connection.scalar(known) is None:
        raise NoSuchDifferenceError(f"There is no difference {difference_id} to say anything of.")
    row = {
        "difference_id": difference_id,
        "verdict": verdict,
        "note": note.strip(),
        "noted_at": now(),
    }
    connection.execute(insert(SpotCheckVerdict), row)


def error_rates(connection: Connection, number: int) -> ErrorRates:
    """Return how often each field was read wrongly, by the verdicts that count.

    A field's rate is of the pages that were there to be read; whether a page was rightly taken
    for gone or unreadable, of all that answered. What reads as in the archive counts as right. A
    value and its raw text are read rightly or wrongly together, and count once.

    :raises NoSuchSpotCheckError: there is none of this number.
    """
    check = find_spot_check(connection, number)
    sample = sample_of(connection, number)
    checked = checked_items(connection, number, CHECKED)
    differences = differences_to_judge(connection, number)
    by_field: dict[str, list[Difference]] = {}
    for each in differences:
        by_field.setdefault(each.field or WHOLE_PAGE, []).append(each)
    return ErrorRates(
        spot_check=number,
        started_at=check.started_at,
        reviewed=sum(each.verdict is not None for each in differences),
        differences=len(differences),
        any_field=_rate(ANY_FIELD, differences, sample, checked),
        fields=tuple(_rate(field, by_field[field], sample, checked) for field in sorted(by_field)),
        elsewhere=sample.bound(checked, (), only=READ),
    )


def compared_rates(connection: Connection) -> list[ErrorRates]:
    """Return the rates of every spot-check that somebody has reviewed, the oldest first."""
    reviewed = set(
        connection.scalars(
            select(SpotCheckItem.spot_check_id)
            .join(SpotCheckDifference, SpotCheckDifference.item_id == SpotCheckItem.id)
            .join(SpotCheckVerdict, SpotCheckVerdict.difference_id == SpotCheckDifference.id)
            .distinct()
        )
    )
    numbers = sorted(check.id for check in list_spot_checks(connection) if check.id in reviewed)
    return [error_rates(connection, number) for number in numbers]


def _file_in_words(before: dict[str, Any], after: dict[str, Any] | None) -> str:
    if after is None:
        return sentence("file-gone", "file gone: {url}", url=before["url"])
    if before["size"] == after["size"]:
        form = "file replaced: {url} (other bytes, as many as before)"
        return sentence("file-of-one-size", form, url=before["url"])
    return sentence(
        "file-of-another-size",
        "file replaced: {url} ({before:,} → {after:,} bytes)",
        url=before["url"],
        before=before["size"],
        after=after["size"],
    )


def _verdicts(connection: Connection, number: int) -> dict[int, list[GivenVerdict]]:
    query = (
        select(
            SpotCheckVerdict.difference_id,
            SpotCheckVerdict.verdict,
            SpotCheckVerdict.note,
            SpotCheckVerdict.noted_at,
        )
        .join(SpotCheckDifference, SpotCheckDifference.id == SpotCheckVerdict.difference_id)
        .join(SpotCheckItem, SpotCheckItem.id == SpotCheckDifference.item_id)
        .where(SpotCheckItem.spot_check_id == number)
        .order_by(SpotCheckVerdict.id)
    )
    found: dict[int, list[GivenVerdict]] = {}
    for difference_id, verdict, note, noted_at in connection.execute(query):
        given = GivenVerdict(verdict=Verdict(verdict), note=note, noted_at=noted_at)
        found.setdefault(difference_id, []).append(given)
    return found


def _rate(
    field: str, differences: Iterable[Difference], sample: Sample, items: list[CheckedItem]
) -> FieldRate:
    """Count records, not differences: a record is wrong once, however often it is."""
    by_record: dict[str, list[Difference]] = {}
    for each in differences:
        by_record.setdefault(each.record_id, []).append(each)
    said = {record_id: _verdict_of(those) for record_id, those in by_record.items()}
    counts = Counter(said.values())
    undecided = {each for each, verdict in said.items() if verdict in {None, Verdict.UNSURE}}
    wrong = {record_id for record_id, verdict in said.items() if verdict == Verdict.WRONG}
    return FieldRate(
        field=field,
        right=counts[Verdict.RIGHT],
        wrong=counts[Verdict.WRONG],
        unsure=counts[Verdict.UNSURE],
        open=counts[None],
        bound=sample.bound(
            items,
            wrong,
            only=CHECKED if field in {WHOLE_PAGE, ANY_FIELD} else READ,
            undecided=undecided,
        ),
    )


def _verdict_of(differences: list[Difference]) -> Verdict | None:
    """Return the gravest of several verdicts; one that is missing comes right after wrong."""
    given = {each.verdict.verdict if each.verdict else None for each in differences}
    order = (Verdict.WRONG, None, Verdict.UNSURE, Verdict.RIGHT)
    return next(verdict for verdict in order if verdict in given)
