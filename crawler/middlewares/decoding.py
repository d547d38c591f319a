"""Unpacks what the site sent, and holds it against what may be kept.

It should only turn the bytes on the wire into the body. It stands where Scrapy's own does, which
takes a stream that breaks off for a whole one, and knows one limit for pages and files.
"""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Final

from scrapy.exceptions import DownloadCancelledError

from archive.recording import is_pdf
from crawler.archiving import desk_of

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
_ACCEPTED: Final = b"gzip, deflate"


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
        request.headers.setdefault("Accept-Encoding", _ACCEPTED)

    def process_response(self, request: Request, response: Response) -> Response:
        """Return the answer with its body as it was packed, or without it and with its flaw."""
        encodings = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1")
        names = [name.strip().lower() for name in encodings.split(",") if name.strip()]
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


def unpacked(body: bytes, encodings: list[str], *, most: int) -> bytes:
    """Return a body unpacked, the encoding applied last first; a little more than *most* at most.

    :raises ValueError: it breaks off, or is not packed as it says; in words.

    >>> unpacked(zlib.compress(b"parc"), ["deflate"], most=10)
    b'parc'
    """
    for encoding in reversed(encodings):
        try:
            body = _unpacked_once(body, encoding, most + 1)
        except zlib.error as error:
            raise ValueError(f"the body is not what its encoding ({encoding}) says") from error
    return body


def _unpacked_once(body: bytes, encoding: str, most: int) -> bytes:
    match encoding:
        case "identity":
            return body
        case "gzip" | "x-gzip":
            return _inflated(body, 31, most)
        case "deflate":
            # Some servers leave the header out that the standard asks for.
            return _inflated(body, 15 if body[0] & 0x0F == 8 else -15, most)
        case _:
            raise ValueError(f"the body is packed in a way nobody asked for ({encoding})")


def _inflated(body: bytes, window: int, most: int) -> bytes:
    data = b""
    # A gzip body may be several, one behind the other.
    while not data or (body.startswith(b"\x1f\x8b") and len(data) < most):
        unpacker = zlib.decompressobj(window)
        data += unpacker.decompress(body, most - len(data))
        if not unpacker.eof and len(data) < most:
            raise ValueError("the packed body breaks off before its end")
        if not unpacker.unused_data:
            break
        body = unpacker.unused_data
    return data
