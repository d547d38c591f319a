"""Begins the run, ends it, and makes its readings current.

It should only mark beginnings and ends: what happens between them is the ledger's.
"""

from __future__ import annotations

import asyncio
import logging
from typing import TYPE_CHECKING, Any

from scrapy import signals

from archive.catalogue.promoting import promote_run
from archive.reports.run_report import report_run
from archive.runs import ledger, lifecycle
from archive.runs.gates import GateBounds
from archive.runs.gating import Verdict, judge_run
from archive.runs.ledger import Outcome
from archive.runs.lifecycle import RunStatus
from archive.texts.crosschecks import check_files
from archive.texts.storing import count_waiting
from crawler.archiving import desk_of
from crawler.desk import FATAL
from crawler.items import FileFetched
from crawler.publishing import publish_report
from crawler.texts import TextQueue

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from sqlalchemy import Connection
    from twisted.python.failure import Failure

    from archive.runs.frontier import PendingVisit
    from archive.runs.lifecycle import StartAddress
    from crawler.desk import Desk

logger = logging.getLogger(__name__)

_GO_ON = "run the same command to go on."


class RunExtension:
    """Opens the desk with the engine, closes the run with the spider."""

    def __init__(self, crawler: Crawler, desk: Desk) -> None:
        self.crawler = crawler
        self.desk = desk
        self.texts = TextQueue(desk)
        self._ending_run: asyncio.Event | None = None

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Open the desk at once: the scheduler needs it before any signal is sent."""
        extension = cls(crawler, desk_of(crawler))
        extension.desk.open()
        crawler.signals.connect(extension.item_filed, signals.item_scraped)
        crawler.signals.connect(extension.spider_failed, signals.spider_error)
        crawler.signals.connect(extension.item_failed, signals.item_error)
        crawler.signals.connect(extension.spider_closed, signals.spider_closed)
        crawler.signals.connect(extension.engine_stopped, signals.engine_stopped)
        return extension

    def item_filed(self, item: Any) -> None:
        """Have a new file's text read, while the crawl goes on."""
        if isinstance(item, FileFetched):
            self.texts.look()

    def spider_failed(self, failure: Failure, response: Response | Failure) -> None:
        """Settle a visit whose reading failed by a fault of ours; its answer is kept.

        In place of an answer stands the failure to get one, which carries its request too.
        """
        request: Any = response.request  # type: ignore[union-attr]  # Scrapy adds it to a failure
        if "visit" in request.meta:
            self._fail(request.meta["visit"], failure)

    def item_failed(self, item: Any, failure: Failure) -> None:
        """Settle a visit whose filing failed by a fault of ours; its answer is kept."""
        self._fail(item.visit, failure)

    async def spider_closed(self, reason: str) -> None:
        """End the run: complete, or as far as it came."""
        self._ending_run = asyncio.Event()
        if reason != "finished":
            self.desk.stop(RunStatus.INTERRUPTED, f"stopped ({reason})")
        try:
            try:
                await self.texts.drain(self._is_told_to_stop)
            finally:
                self.texts.close()
            with self.desk.transaction() as connection:
                status, why = self._ending(connection)
                if status is RunStatus.COMPLETE:
                    self._conclude(connection)
                lifecycle.end_run(connection, self.desk.run_id, status, why)
            with self.desk.transaction() as connection:
                report = report_run(connection, self.desk.run_id)
            publish_report(self.desk.config, report)
        except FATAL as error:
            # What there was room for is kept, and the run stays open: it can be resumed.
            self.desk.failure = error
        finally:
            self.desk.close()
            self._ending_run.set()

    async def engine_stopped(self) -> None:
        """Have the engine, told to stop while the run is ending, wait for its end."""
        if self._ending_run is not None:
            await self._ending_run.wait()

    def _is_told_to_stop(self) -> bool:
        # A signal that comes when the spider is closing already leaves no other trace.
        return not self.crawler.crawling

    def _conclude(self, connection: Connection) -> None:
        """Ask the gates, and make the run current unless they refuse it."""
        ledger.settle_rest(connection, self.desk.run_id, Outcome.NOT_REACHED, "the run's limit")
        bounds = GateBounds(**self.desk.config.gates.model_dump())
        verdict, _ = judge_run(connection, self.desk.run_id, bounds)
        if verdict is not Verdict.REFUSED:
            promote_run(connection, self.desk.run_id, absent_runs=self.desk.config.withdraw_after)
            since = lifecycle.run_of(connection, self.desk.run_id).started_at
            check_files(connection, self.desk.run_id, since=since)

    def _ending(self, connection: Connection) -> tuple[RunStatus, str]:
        """Return how the run ends, and why: it is complete when nothing is left to do."""
        if self.desk.stopping:
            return self.desk.stopping
        pending = ledger.count_outcomes(connection, self.desk.run_id).get(Outcome.PENDING, 0)
        if pending and not (self.desk.limit_is_met or self.desk.config.sample):
            return RunStatus.INTERRUPTED, f"{pending} addresses are still to be asked; {_GO_ON}"
        if self.texts.is_wanted and (waiting := count_waiting(connection)):
            return RunStatus.INTERRUPTED, f"{waiting} files are still to be read; {_GO_ON}"
        start = lifecycle.start_addresses(connection, self.desk.run_id)
        return _judged_by_start(start) or (RunStatus.COMPLETE, self._left_out())

    def _left_out(self) -> str:
        if not self.desk.left_out:
            return ""
        return (
            f"{self.desk.left_out} links were left out: the run met the setting max_addresses "
            f"({self.desk.config.max_addresses})."
        )

    def _fail(self, visit: PendingVisit, failure: Failure) -> None:
        if isinstance(failure.value, FATAL):
            # Not this address's fault: it stays pending, and the run stops.
            return
        reason = f"fault of the program: {type(failure.value).__name__}: {failure.value}"
        logger.error("%s: %s", visit.url, reason)
        with self.desk.transaction() as connection:
            ledger.settle(connection, visit.id, Outcome.FAILED, reason[:500])
        self.desk.let_go(visit)


def _judged_by_start(start: list[StartAddress]) -> tuple[RunStatus, str] | None:
    """Return how a run ends none of whose start addresses leads anywhere; else ``None``.

    One that does is enough: the site was redesigned before, and will be again.
    """
    if not start or any(one.is_there for one in start):
        return None
    words = "; ".join(f"{one.url}: {one.outcome} ({one.reason})" for one in start)
    if all(one.outcome is Outcome.ROBOTS for one in start):
        closed = "The site's robots.txt closes every start address; name others with --start."
        return RunStatus.UNREACHABLE, closed
    if any(one.outcome is Outcome.BLOCKED for one in start):
        return RunStatus.BLOCKED, f"The site refuses the start addresses ({words})."
    return (
        RunStatus.UNREACHABLE,
        f"None of the start addresses leads anywhere; name others with --start ({words}).",
    )
