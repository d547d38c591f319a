"""Spans of time and runs, as `--since` and `--until` name them."""

from __future__ import annotations

import re
from datetime import UTC, date, datetime, time, timedelta
from typing import TYPE_CHECKING, Annotated, Final, TypeAlias

import typer

from archive.catalogue.as_of import moment_of
from archive.queries.runs import list_runs
from crawler.errors import UsageError

if TYPE_CHECKING:
    from sqlalchemy import Connection

SinceOption: TypeAlias = Annotated[
    str,
    typer.Option(
        "--since",
        metavar="DATE|RUN|7d",
        help="From this day, this run, or so long ago: 2026-03-31, 12, 36h, 7d, 2w; in UTC.",
    ),
]
UntilOption: TypeAlias = Annotated[
    str,
    typer.Option(
        "--until", metavar="DATE|RUN|7d", help="To the end of this day, or to this run; in UTC."
    ),
]


def refuse_unknown_runs(connection: Connection, *numbers: int | None) -> None:
    """Refuse runs that are yet to come: that nothing changed since would be no news.

    The next one is meant by who asks for what is new after the last.

    :raises UsageError: one of these numbers is beyond that.
    """
    last = max((run.id for run in list_runs(connection, limit=1)), default=0)
    for number in numbers:
        if number is not None and number > last + 1:
            raise UsageError(
                f"There is no run {number} yet, the last is {last}; see `pnr run list`."
            )


_AGO: Final = re.compile(r"(\d{1,5}) ?([hdw])")
_HOURS: Final = {"h": 1, "d": 24, "w": 168}
_RUN: Final = re.compile(r"(?:run[ :#]?)?(\d{1,9})")


def since(words: str, *, now: datetime | None = None) -> tuple[datetime | None, int | None]:
    """Return the moment or the run that ``--since`` means; both are ``None`` if it says nothing.

    >>> since("2026-03-31")[0].isoformat(), since("12"), since("run:12")
    ('2026-03-31T00:00:00+00:00', (None, 12), (None, 12))

    :raises UsageError: it is neither.
    """
    return _meant("--since", words, now, at_the_end=False)


def until(words: str, *, now: datetime | None = None) -> tuple[datetime | None, int | None]:
    """Return the moment or the run that ``--until`` means, both included.

    >>> until("2026-03-31")[0].isoformat()
    '2026-03-31T23:59:59.999999+00:00'

    :raises UsageError: it is neither.
    """
    return _meant("--until", words, now, at_the_end=True)


def _meant(
    option: str, words: str, now: datetime | None, *, at_the_end: bool
) -> tuple[datetime | None, int | None]:
    said = words.strip().lower()
    if not said:
        return None, None
    if run := _RUN.fullmatch(said):
        return None, int(run[1])
    if ago := _AGO.fullmatch(said):
        return (now or datetime.now(UTC)) - timedelta(hours=int(ago[1]) * _HOURS[ago[2]]), None
    try:
        if at_the_end or len(said) > len("2026-03-31"):
            return moment_of(words.strip()), None
        return datetime.combine(date.fromisoformat(said), time.min, UTC), None
    except ValueError:
        raise UsageError(
            f"{option} {words!r} is no date, run or time ago; write 2026-03-31, 12 or 7d."
        ) from None
