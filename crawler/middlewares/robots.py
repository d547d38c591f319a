"""Obeys robots.txt as RFC 9309 has it, and its Crawl-delay.

It should only decide whether an address may be asked. Scrapy's own middleware takes any answer
for a robots.txt and knows no Crawl-delay; the parser is the one Scrapy uses (Protego).
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING
from urllib.parse import urljoin, urlsplit

from scrapy import Request
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK

from crawler.archiving import desk_of
from crawler.identity import PRODUCT
from crawler.robots import ROBOTS_HOPS, robots_rules
from crawler.statuses import REDIRECTS, is_retryable

if TYPE_CHECKING:
    from typing import Self

    from protego import Protego
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from crawler.desk import Desk


class RobotsError(IgnoreRequest):
    """Raised when robots.txt forbids an address."""


class SiteClosedError(IgnoreRequest):
    """Raised when a host's robots.txt cannot be had: nothing may then be asked of it."""


class RobotsMiddleware:
    """Lets through what robots.txt allows."""

    def __init__(self, crawler: Crawler, desk: Desk) -> None:
        self.crawler = crawler
        self.desk = desk
        self._rules: dict[str, Protego | str] = {}
        self._asking: dict[str, asyncio.Lock] = {}

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Ask for robots.txt through the crawl's own engine: recorded and spaced out."""
        return cls(crawler, desk_of(crawler))

    async def process_request(self, request: Request) -> None:
        """Refuse what robots.txt forbids.

        :raises RobotsError: it does.
        :raises SiteClosedError: it could not be had, which closes the site.
        """
        if "robots" in request.meta:
            return
        parts = urlsplit(request.url)
        async with self._asking.setdefault(parts.netloc, asyncio.Lock()):
            if parts.netloc not in self._rules:
                self._rules[parts.netloc] = await self._learn(f"{parts.scheme}://{parts.netloc}")
        rules = self._rules[parts.netloc]
        if isinstance(rules, str):
            raise SiteClosedError(rules)
        if not rules.can_fetch(request.url, PRODUCT):
            raise RobotsError("robots.txt")

    async def _learn(self, origin: str) -> Protego | str:
        """Return the host's rules, or why they could not be had."""
        url = f"{origin}/robots.txt"
        text = self.desk.robots_of_run(url)
        if text is None:
            answer = await self._ask_until_answered(url)
            if isinstance(answer, str):
                self.desk.close_host(origin, answer)
                return answer
            self.desk.keep_robots(url, answer.meta["answer"])
            # RFC 9309, 2.3.1.3: where there is no robots.txt (any 4xx), there are no rules.
            text = answer.body if answer.status == 200 else b""
        rules = robots_rules(text)
        self.desk.crawl_delays[urlsplit(origin).netloc] = float(rules.crawl_delay(PRODUCT) or 0)
        return rules

    async def _ask_until_answered(self, url: str) -> Response | str:
        reason = ""
        for _ in range(self.desk.config.retries + 1):
            try:
                response = await self._ask(url)
            except IgnoreRequest as error:
                return str(error)
            except Exception as error:  # noqa: BLE001  # whatever the network raises, nothing answered
                reason = f"{url} does not answer ({error or type(error).__name__})"
                continue
            flaw = response.meta.get("flaw")
            if not flaw and not is_retryable(response.status):
                return response
            reason = f"{url} answers {flaw or response.status}"
        return reason

    async def _ask(self, url: str) -> Response:
        for _ in range(ROBOTS_HOPS + 1):
            request = Request(url, meta={"robots": True}, callback=NO_CALLBACK, dont_filter=True)
            response = await self.crawler.engine.download_async(request)
            target = response.headers.get("Location")
            if response.status not in REDIRECTS or target is None:
                break
            url = urljoin(url, target.decode("latin-1"))
        return response
