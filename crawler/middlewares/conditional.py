"""Asks for what may have changed only.

It should only add the validators of the last good answer, both, exactly as they were received:
Drupal's page cache answers 304 to nothing less.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive.recording import last_validators
from crawler.archiving import desk_of

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler

    from archive.ledger import PendingVisit
    from crawler.desk import Desk


class ConditionalMiddleware:
    """Makes a request conditional when the archive holds the body it would bring."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Look validators up in the archive of the crawl's desk."""
        return cls(desk_of(crawler))

    def process_request(self, request: Request) -> None:
        """Add If-None-Match and If-Modified-Since where the last answer had validators."""
        visit: PendingVisit | None = request.meta.get("visit")
        # A second try asks plainly: a confused cache may be what made the first one fail.
        if visit is None or visit.attempts:
            return
        with self.desk.transaction() as connection:
            validators = last_validators(connection, visit.url)
        if validators is None:
            return
        if validators.etag:
            request.headers["If-None-Match"] = validators.etag.encode("latin-1")
        if validators.last_modified:
            request.headers["If-Modified-Since"] = validators.last_modified.encode("latin-1")
        if validators.etag or validators.last_modified:
            request.meta["validators"] = validators
