"""Scrapy's scheduler over the ledger: what is pending there is what is asked next.

It should only turn pending visits into requests. It keeps no queue of its own beyond the next few
addresses, so memory stays flat and a killed crawl loses nothing.
"""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final

from scrapy import Request
from scrapy.core.scheduler import BaseScheduler

from crawler.archiving import desk_of

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

    from archive.runs.frontier import PendingVisit
    from crawler.desk import Desk

#: Addresses read from the ledger at a time.
_AHEAD: Final = 32


class LedgerScheduler(BaseScheduler):
    """Serves the pending visits of the run."""

    def __init__(self, crawler: Crawler, desk: Desk) -> None:
        self.crawler = crawler
        self.desk = desk
        self._next: deque[PendingVisit] = deque()
        self._going_on: deque[Request] = deque()
        self._limit_is_met = False

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Serve the run of the crawl's desk."""
        return cls(crawler, desk_of(crawler))

    def has_pending_requests(self) -> bool:
        """Tell whether the ledger holds an address that is not in hand.

        A run that is to stop has none: what waits stays in the ledger.
        """
        if self.desk.stopping:
            return False
        if self._limit_is_met != self.desk.limit_is_met:
            # What was looked up before the limit was met is asked no more, files apart.
            self._limit_is_met = self.desk.limit_is_met
            self._next.clear()
        return bool(self._going_on) or bool(self._next) or self._look_ahead()

    def enqueue_request(self, request: Request) -> bool:
        """Take back a visit that goes on under another spelling of its address.

        Nothing else comes this way: an address enters the crawl by its row in the ledger.
        """
        if "visit" not in request.meta:
            raise RuntimeError(f"{request} was not scheduled through the ledger")
        self._going_on.append(request)
        return True

    def next_request(self) -> Request | None:
        """Return a request for the next pending visit, if there is one."""
        if not self.has_pending_requests():
            return None
        if self._going_on:
            return self._going_on.popleft()
        visit = self._next.popleft()
        if visit.id in self.desk.settled_ahead:
            return self.next_request()
        self.desk.take_in_hand(visit)
        return Request(
            visit.url,
            meta={"visit": visit, "verbatim_url": True},
            dont_filter=True,
            errback=getattr(self.crawler.spider, "not_answered", None),
        )

    def _look_ahead(self) -> bool:
        self.desk.settled_ahead &= self.desk.in_hand
        self._next.extend(self.desk.next_visits(_AHEAD))
        return bool(self._next)
