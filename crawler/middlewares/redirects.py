"""Follows a redirect that leads to another spelling of the same address.

It should only do that: a site may insist on a trailing slash or on https where our canonical form
has it otherwise. A redirect to another address is an outcome, and its target a new address.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import urljoin

from crawler.statuses import REDIRECTS
from crawler.urls import UnusableUrlError, canonical_url

if TYPE_CHECKING:
    from scrapy import Request
    from scrapy.http import Response

_MOST: Final = 5


class SpellingMiddleware:
    """Asks again under the spelling the site wants."""

    def process_response(self, request: Request, response: Response) -> Request | Response:
        """Return the same visit under another spelling, or the answer as it is."""
        target = other_spelling(request, response)
        spellings: tuple[str, ...] = request.meta.get("spellings", (request.url,))
        if target is None or target in spellings or len(spellings) > _MOST:
            return response
        meta = {key: request.meta[key] for key in ("visit", "verbatim_url")}
        return request.replace(url=target, meta=meta | {"spellings": (*spellings, target)})


def other_spelling(request: Request, response: Response) -> str | None:
    """Return where a redirect leads if that is the same address in other letters."""
    location = response.headers.get("Location")
    if response.status not in REDIRECTS or location is None or "visit" not in request.meta:
        return None
    target = urljoin(request.url, location.decode("latin-1"))
    try:
        same = canonical_url(target, base=request.url) == canonical_url(request.url)
    except UnusableUrlError:
        return None
    return target if same else None
