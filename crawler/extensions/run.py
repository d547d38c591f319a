"""Begins the run, ends it, and makes its readings current.

It should only mark beginnings and ends: what happens between them is the ledger's.
"""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from scrapy import signals

from archive import ledger
from archive.gates import GateBounds
from archive.gating import Verdict, judge_run
from archive.ledger import Outcome, RunStatus
from archive.promoting import promote_run
from crawler.archiving import desk_of
from crawler.items import FileFetched
from crawler.texts import TextQueue

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from sqlalchemy import Connection
    from twisted.python.failure import Failure

    from archive.ledger import PendingVisit
    from crawler.desk import Desk

logger = logging.getLogger(__name__)


class RunExtension:
    """Opens the desk with the engine, closes the run with the spider."""

    def __init__(self, crawler: Crawler, desk: Desk) -> None:
        self.crawler = crawler
        self.desk = desk
        self.texts = TextQueue(desk)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Open the desk at once: the scheduler needs it before any signal is sent."""
        extension = cls(crawler, desk_of(crawler))
        extension.desk.open()
        crawler.signals.connect(extension.item_filed, signals.item_scraped)
        crawler.signals.connect(extension.spider_failed, signals.spider_error)
        crawler.signals.connect(extension.item_failed, signals.item_error)
        crawler.signals.connect(extension.spider_closed, signals.spider_closed)
        return extension

    def item_filed(self, item: Any) -> None:
        """Have a new file's text read, while the crawl goes on."""
        if isinstance(item, FileFetched):
            self.texts.look()

    def spider_failed(self, failure: Failure, response: Response | None) -> None:
        """Settle a visit whose reading failed by a fault of ours; its answer is kept."""
        if response is not None and "visit" in response.meta:
            self._fail(response.meta["visit"], failure)

    def item_failed(self, item: Any, failure: Failure) -> None:
        """Settle a visit whose filing failed by a fault of ours; its answer is kept."""
        self._fail(item.visit, failure)

    async def spider_closed(self, reason: str) -> None:
        """End the run: complete, or as far as it came."""
        status, why = self._ending(reason)
        if status is not RunStatus.COMPLETE:
            self.desk.stop(status, why)
        try:
            await self.texts.drain()
        finally:
            self.texts.close()
        with self.desk.transaction() as connection:
            if status is RunStatus.COMPLETE:
                self._conclude(connection)
            ledger.end_run(connection, self.desk.run_id, status, why)
        self.desk.close()

    def _conclude(self, connection: Connection) -> None:
        """Ask the gates, and make the run current unless they refuse it."""
        ledger.settle_rest(connection, self.desk.run_id, Outcome.NOT_REACHED, "the run's limit")
        bounds = GateBounds(**self.desk.config.gates.model_dump())
        verdict, _ = judge_run(connection, self.desk.run_id, bounds)
        if verdict is not Verdict.REFUSED:
            promote_run(connection, self.desk.run_id, absent_runs=self.desk.config.withdraw_after)

    def _ending(self, reason: str) -> tuple[RunStatus, str]:
        if self.desk.stopping:
            return self.desk.stopping
        if reason != "finished":
            return RunStatus.INTERRUPTED, f"stopped ({reason})"
        return RunStatus.COMPLETE, ""

    def _fail(self, visit: PendingVisit, failure: Failure) -> None:
        reason = f"fault of the program: {type(failure.value).__name__}: {failure.value}"
        logger.error("%s: %s", visit.url, reason)
        with self.desk.transaction() as connection:
            ledger.settle(connection, visit.id, Outcome.FAILED, reason[:500])
        self.desk.in_hand.discard(visit.id)
