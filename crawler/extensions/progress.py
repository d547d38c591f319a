"""Tells how far the run is, while it goes on.

It should only count, and hand the figures to whoever shows them: the setting ``PNR_DISPLAY`` is
the class of that object; without one, a line goes into the log now and then.
"""

from __future__ import annotations

import logging
import time
from collections import deque
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from scrapy import signals
from scrapy.utils.asyncio import create_looping_call

from archive.runs import ledger
from archive.runs.ledger import Outcome
from archive.texts.storing import count_waiting
from crawler.archiving import desk_of
from crawler.pace import delay_between

if TYPE_CHECKING:
    from collections.abc import Mapping
    from typing import Self

    from scrapy.crawler import Crawler

    from crawler.desk import Desk

logger = logging.getLogger(__name__)

#: Outcomes of addresses that were not asked in this run.
_NOT_ASKED: Final = frozenset(
    {
        Outcome.PENDING,
        Outcome.ALIAS,
        Outcome.EXCLUDED,
        Outcome.ROBOTS,
        Outcome.OFF_SITE,
        Outcome.NOT_REACHED,
    }
)
_UNCHANGED: Final = frozenset({Outcome.NOT_MODIFIED, Outcome.SAME_READING})
_FAILED: Final = frozenset(
    {Outcome.FAILED, Outcome.BLOCKED, Outcome.NOT_RECOGNISED, Outcome.TOO_LARGE}
)

#: Seconds over which the rate is taken.
_WINDOW: Final = 60.0
#: Counting may take this share of the time at most: a large ledger is counted less often.
_SHARE: Final = 0.02


@dataclass(frozen=True, slots=True, kw_only=True)
class Progress:
    """How far a run is. *rate* is in addresses a second; *seconds_left* is None before it is known.

    *found* counts every address of the run's ledger, *pending* those still to be asked.
    """

    run_id: int
    found: int
    fetched: int
    unchanged: int
    failed: int
    pending: int
    texts_waiting: int
    records: int
    rate: float
    seconds_left: float | None
    closing: bool


class Display(Protocol):
    """Whoever shows progress."""

    #: Seconds between two looks.
    interval: float

    def show(self, progress: Progress) -> None:
        """Show how far the run is."""

    def close(self) -> None:
        """Show no more."""


class LogDisplay:
    """Says it in the log, twice a minute."""

    interval = 30.0

    def show(self, progress: Progress) -> None:
        """Log one line."""
        logger.info("%s", in_a_line(progress))

    def close(self) -> None:
        """Do nothing: the log has its lines."""


class ProgressExtension:
    """Counts at intervals, from the first request until the run is closed."""

    def __init__(self, desk: Desk, display: Display) -> None:
        self.desk = desk
        self.display = display
        self._loop = create_looping_call(self._tick)
        self._seen: deque[tuple[float, int]] = deque()
        self._next = 0.0
        self._closing = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Show the run of the crawl's desk on the display that the settings name."""
        extension = cls(desk_of(crawler), _display(crawler))
        crawler.signals.connect(extension.begin, signals.engine_started)
        crawler.signals.connect(extension.close_down, signals.spider_idle)
        crawler.signals.connect(extension.end, signals.engine_stopped)
        return extension

    def begin(self) -> None:
        """Look at intervals from now on; the rate is taken from what was fetched before."""
        if self.desk.is_open:
            outcomes, _ = self._count()
            self._rate(_fetched(outcomes))
        self._loop.start(self.display.interval, now=False)

    def close_down(self) -> None:
        """Take note that only texts are waited for."""
        self._closing = True

    def end(self) -> None:
        """Look no more."""
        if self._loop.running:
            self._loop.stop()
        self.display.close()

    def _tick(self) -> None:
        began = time.monotonic()
        if not self.desk.is_open or began < self._next:
            return
        self.display.show(self._progress(*self._count()))
        now = time.monotonic()
        self._next = now + (now - began) / _SHARE

    def _count(self) -> tuple[dict[Outcome, int], int]:
        with self.desk.transaction() as connection:
            outcomes = ledger.count_outcomes(connection, self.desk.run_id)
            return outcomes, count_waiting(connection)

    def _progress(self, outcomes: Mapping[Outcome, int], waiting: int) -> Progress:
        fetched = _fetched(outcomes)
        pending = outcomes.get(Outcome.PENDING, 0)
        rate = self._rate(fetched)
        return Progress(
            run_id=self.desk.run_id,
            found=sum(outcomes.values()),
            fetched=fetched,
            unchanged=sum(outcomes.get(name, 0) for name in _UNCHANGED),
            failed=sum(outcomes.get(name, 0) for name in _FAILED),
            pending=pending,
            texts_waiting=waiting,
            records=self.desk.records_read,
            rate=rate,
            seconds_left=_seconds_left(pending, rate, longest_delay(self.desk)),
            closing=self._closing and not pending,
        )

    def _rate(self, fetched: int) -> float:
        now = time.monotonic()
        self._seen.append((now, fetched))
        while now - self._seen[0][0] > _WINDOW:
            self._seen.popleft()
        began, before = self._seen[0]
        return (fetched - before) / (now - began) if now > began else 0.0


def _fetched(outcomes: Mapping[Outcome, int]) -> int:
    return sum(count for name, count in outcomes.items() if name not in _NOT_ASKED)


def _display(crawler: Crawler) -> Display:
    # A class, for Scrapy copies its settings, and a terminal cannot be copied.
    chosen: type[Display] = crawler.settings.get("PNR_DISPLAY") or LogDisplay
    return chosen()


def longest_delay(desk: Desk) -> float:
    """Return the seconds between two requests that the slowest host asks for."""
    longest = max(desk.crawl_delays.values(), default=0.0)
    return max(delay_between(url, desk.config, longest) for url in desk.start)


def in_a_line(progress: Progress) -> str:
    """Return the figures in words."""
    parts = [
        f"{progress.found} found",
        f"{progress.fetched} fetched",
        f"{progress.unchanged} unchanged",
        f"{progress.failed} failed",
        f"{progress.pending} to ask",
        f"{progress.texts_waiting} PDFs waiting for text",
        f"{progress.rate:.1f}/s",
    ]
    if progress.seconds_left is not None and progress.pending:
        parts.append(f"about {progress.seconds_left / 60:.0f} min left")
    return f"run {progress.run_id}: {', '.join(parts)}"


def _seconds_left(pending: int, rate: float, delay: float) -> float | None:
    """Return how long what is pending takes, at the site's own delay or the rate so far."""
    if rate <= 0:
        return pending * delay if delay else None
    return pending * max(delay, 1 / rate)
