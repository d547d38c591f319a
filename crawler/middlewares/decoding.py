"""Unpacks what the site sent, and holds it against what may be kept.

It should only turn the bytes on the wire into the body. It stands where Scrapy's own does, which
takes a stream that breaks off for a whole one, and knows one limit for pages and files.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from scrapy.exceptions import DownloadCancelledError

from archive.recording import is_pdf
from crawler.archiving import desk_of
from crawler.unpacking import ACCEPTED, encodings_in, unpacked

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from archive.ledger import PendingVisit
    from crawler.config import Config

_MB: Final = 1_000_000
#: The protocol's own limit for a sitemap.
_SITEMAP_MB: Final = 52.5


class TooLarge(str):
    """Why a body was left out, in words: it is larger than a setting allows."""

    __slots__ = ()


def max_size_sentence(limit: float, setting: str = "max_file_mb") -> TooLarge:
    """Return the words for a body beyond a limit."""
    return TooLarge(f"larger than the setting {setting} ({limit:g} MB)")


def is_too_large(error: BaseException | None) -> bool:
    """Tell whether a download was given up for its size."""
    # Where the length was told before, Scrapy says it in words; else it hangs up in silence.
    return isinstance(error, DownloadCancelledError) or "download max size" in str(error)


class DecodingMiddleware:
    """Asks for packed answers, unpacks them whole, and marks what is broken or too large.

    The mark is ``flaw`` in the request's meta, a sentence; the body is then left out.
    """

    def __init__(self, config: Config) -> None:
        self.config = config

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Take the limits from the crawl's settings."""
        return cls(desk_of(crawler).config)

    def process_request(self, request: Request) -> None:
        """Say what can be unpacked."""
        request.headers.setdefault("Accept-Encoding", ACCEPTED.encode())

    def process_response(self, request: Request, response: Response) -> Response:
        """Return the answer with its body as it was packed, or without it and with its flaw."""
        encodings = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1")
        names = encodings_in(encodings)
        if not response.body or (not names and len(response.body) <= self._page_bytes(request)):
            return response
        setting, limit = self._limit(request, response)
        try:
            body = unpacked(response.body, names, most=int(limit * _MB))
        except ValueError as error:
            request.meta["flaw"] = str(error)
            body = b""
        if len(body) > limit * _MB:
            request.meta["flaw"] = max_size_sentence(limit, setting)
            body = b""
        response = response.replace(body=body)
        if names:
            del response.headers["Content-Encoding"]
        return response

    def _page_bytes(self, request: Request) -> float:
        visit: PendingVisit | None = request.meta.get("visit")
        if "robots" in request.meta:
            # However long it is, what it says first counts.
            return self.config.max_file_mb * _MB
        is_sitemap = visit is not None and visit.kind == "sitemap"
        return max(self.config.max_page_mb, _SITEMAP_MB if is_sitemap else 0) * _MB

    def _limit(self, request: Request, response: Response) -> tuple[str, float]:
        visit: PendingVisit | None = request.meta.get("visit")
        if (visit is not None and visit.kind == "file") or is_pdf(response.body):
            return "max_file_mb", self.config.max_file_mb
        return "max_page_mb", self._page_bytes(request) / _MB
