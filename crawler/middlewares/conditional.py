"""Asks for what may have changed only.

It should only add the validators of the last good answer, both, exactly as they were received:
Drupal's page cache answers 304 to nothing less.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from scrapy import Request

    from archive.runs.frontier import PendingVisit


class ConditionalMiddleware:
    """Makes a request conditional when the archive holds the body it would bring."""

    def process_request(self, request: Request) -> None:
        """Add If-None-Match and If-Modified-Since where the last answer had validators."""
        visit: PendingVisit | None = request.meta.get("visit")
        # A second try asks plainly: a confused cache may be what made the first one fail.
        if visit is None or visit.attempts or visit.validators is None:
            return
        validators = visit.validators
        if validators.etag:
            request.headers["If-None-Match"] = validators.etag.encode("latin-1")
        if validators.last_modified:
            request.headers["If-Modified-Since"] = validators.last_modified.encode("latin-1")
        if validators.etag or validators.last_modified:
            request.meta["validators"] = validators
