"""One request at a time to a host, never sooner than it likes, later when it asks for time.

It should only wait: it stands nearest to the network, after everything else that may delay or
drop a request, so what it spaces out is what the site really sees.
"""

from __future__ import annotations

import asyncio
import random
import time
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from scrapy.exceptions import IgnoreRequest

from archive.runs.lifecycle import RunStatus
from crawler.archiving import desk_of
from crawler.pace import JITTER, back_off, delay_between
from crawler.statuses import http_date, is_retryable, retry_after

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from archive.runs.frontier import PendingVisit
    from crawler.desk import Desk

#: Sleeps are cut up so that a crawl told to stop does not sleep on.
_SLICE: Final = 0.25


@dataclass(slots=True)
class _Host:
    free: asyncio.Lock = field(default_factory=asyncio.Lock)
    last_heard: float | None = None
    paused_until: float = 0.0
    troubles: int = 0


class PolitenessMiddleware:
    """Spaces out requests, per host."""

    def __init__(self, crawler: Crawler, desk: Desk) -> None:
        self.crawler = crawler
        self.desk = desk
        self._hosts: dict[str, _Host] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Take the delay from the crawl's settings, and from robots.txt as it becomes known."""
        return cls(crawler, desk_of(crawler))

    async def process_request(self, request: Request) -> None:
        """Wait for the host to be free, and for its time to have come."""
        host = self._host(request)
        while not await self._is_its_turn(request, host):
            # The site came into doubt: only those who look after it go on.
            await self.desk.trusted.wait()
        request.meta["in_flight"] = True
        request.meta["requested_at"] = datetime.now(UTC)

    async def _is_its_turn(self, request: Request, host: _Host) -> bool:
        """Take the host when its time has come, or give way."""
        await host.free.acquire()
        try:
            if await self._wait(request, host):
                self._still_wanted(request)
                return True
        except BaseException:
            host.free.release()
            raise
        host.free.release()
        return False

    def process_response(self, request: Request, response: Response) -> Response:
        """Let the next request to the host go, later if the site asked for time."""
        if "in_flight" not in request.meta:
            # It was answered before, and comes from the archive.
            return response
        host = self._host(request)
        host.last_heard = request.meta["answered"]
        if is_retryable(response.status):
            header = (response.headers.get("Retry-After") or b"").decode("latin-1")
            date = (response.headers.get("Date") or b"").decode("latin-1")
            self._pause(request, host, retry_after(header, http_date(date)))
        else:
            host.troubles = 0
        _release(request, host)
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:  # noqa: ARG002  # Scrapy passes it by name
        """Let the next request to the host go, after a pause."""
        if "in_flight" not in request.meta:
            return
        host = self._host(request)
        host.last_heard = time.monotonic()
        self._pause(request, host, None)
        _release(request, host)

    def _host(self, request: Request) -> _Host:
        return self._hosts.setdefault(urlsplit(request.url).netloc, _Host())

    def _due(self, request: Request, host: _Host) -> float:
        """Return the moment (monotonic) before which the request is not sent.

        An interval counts from when the last answer began: only then has its request arrived for
        sure, whatever it waited for on its way.
        """
        if host.last_heard is None:
            return host.paused_until
        delay = self._delay(request.url) * (1 + random.uniform(0, JITTER))  # noqa: S311  # no secret
        return max(host.last_heard + delay, host.paused_until)

    def _delay(self, url: str) -> float:
        crawl_delay = self.desk.crawl_delays.get(urlsplit(url).netloc)
        return delay_between(url, self.desk.config, crawl_delay)

    async def _wait(self, request: Request, host: _Host) -> bool:
        """Wait until the request may be sent; tell whether it may, or has to give way."""
        due = self._due(request, host)
        while True:
            if self.desk.stopping or not self.crawler.engine.running:
                raise IgnoreRequest("the crawl is stopping")
            if "visit" in request.meta and not self.desk.trusted.is_set():
                return False
            rest = due - time.monotonic()
            if rest <= 0:
                return True
            await asyncio.sleep(min(rest, _SLICE))

    def _still_wanted(self, request: Request) -> None:
        """Drop what came to its outcome while it waited, and what the run's limit leaves out."""
        visit: PendingVisit | None = request.meta.get("visit")
        if visit is None:
            return
        beyond_limit = self.desk.limit_is_met and visit.kind != "file"
        if beyond_limit or visit.id in self.desk.settled_ahead:
            self.desk.let_go(visit)
            raise IgnoreRequest("settled while it waited")
        self.desk.asked.add(visit.id)

    def _pause(self, request: Request, host: _Host, asked: float | None) -> None:
        """Pause the host as long as it *asked*; unasked, longer at each trouble in a row."""
        if asked is not None and asked > self.desk.config.max_retry_after:
            self.desk.stop(
                RunStatus.INTERRUPTED,
                f"{request.url} asks to come back in {asked:.0f} s, longer than the setting "
                f"max_retry_after; run the same command then.",
            )
            return
        unasked = back_off(self.desk.config, host.troubles)
        pause = unasked * (1 + random.uniform(0, JITTER)) if asked is None else asked  # noqa: S311  # no secret
        host.troubles = min(host.troubles + 1, 16)
        host.paused_until = time.monotonic() + pause


def _release(request: Request, host: _Host) -> None:
    if request.meta.pop("in_flight", False):
        host.free.release()
