"""Unpacks what the site sent, and holds it against what may be kept.

It should only turn the bytes on the wire into the body. It stands where Scrapy's own does, which
takes a stream that breaks off for a whole one, and knows one limit for pages and files.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Final

from scrapy.exceptions import DownloadCancelledError

from archive.evidence.recording import is_pdf
from crawler.answers import is_file
from crawler.archiving import desk_of
from crawler.downloading import Spool
from crawler.unpacking import ACCEPTED, at_most, encodings_in, unpacked_in_pieces

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path
    from typing import BinaryIO, Self

    from scrapy import Request
    from scrapy.crawler import Crawler
    from scrapy.http import Response

    from archive.runs.frontier import PendingVisit
    from crawler.config import Config

_MB: Final = 1_000_000
#: The protocol's own limit for a sitemap.
_SITEMAP_MB: Final = 52.5
#: Bytes that are read from disk at a time.
_PIECE: Final = 1_000_000


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

    def __init__(self, config: Config, folder: Path) -> None:
        self.config = config
        self.folder = folder

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Take the limits from the crawl's settings."""
        desk = desk_of(crawler)
        return cls(desk.config, desk.folder)

    def process_request(self, request: Request) -> None:
        """Say what can be unpacked."""
        request.headers.setdefault("Accept-Encoding", ACCEPTED.encode())

    def process_response(self, request: Request, response: Response) -> Response:
        """Return the answer with its body as it was packed, or without it and with its flaw.

        Of a large file, which stays in the request's ``spool``, the body is the beginning.
        """
        encodings = b",".join(response.headers.getlist("Content-Encoding")).decode("latin-1")
        names = encodings_in(encodings)
        if not response.body:
            return response
        if names:
            response = self._unpack(request, response, names)
        return self._within_limits(request, response)

    def _unpack(self, request: Request, response: Response, names: list[str]) -> Response:
        # What it is shows when it is unpacked.
        most = int(max(self._page_bytes(request), self.config.max_file_mb * _MB)) + 1
        packed: BinaryIO | None = request.meta.pop("spool", None)
        spool = Spool(self.folder)
        try:
            pieces = _pieces_of(packed) if packed else iter([response.body])
            for piece in at_most(most, unpacked_in_pieces(pieces, names)):
                spool.write(piece)
        except ValueError as error:
            spool.let_go()
            spool = Spool(self.folder)
            request.meta["flaw"] = str(error)
        finally:
            if packed is not None:
                packed.close()
        if (file := spool.finish()) is not None:
            request.meta["spool"] = file
        del response.headers["Content-Encoding"]
        return response.replace(body=spool.getvalue())

    def _within_limits(self, request: Request, response: Response) -> Response:
        setting, limit = self._limit(request, response)
        spool: BinaryIO | None = request.meta.get("spool")
        size = len(response.body) if spool is None else spool.seek(0, os.SEEK_END)
        if size > limit * _MB:
            request.meta["flaw"] = max_size_sentence(limit, setting)
            body = b""
        elif spool is None or comes_as_file(request.meta.get("visit"), response):
            return response
        else:
            spool.seek(0)
            body = spool.read()
        if spool is not None:
            del request.meta["spool"]
            spool.close()
        return response.replace(body=body)

    def _page_bytes(self, request: Request) -> float:
        visit: PendingVisit | None = request.meta.get("visit")
        if "robots" in request.meta:
            # However long it is, what it says first counts.
            return self.config.max_file_mb * _MB
        is_sitemap = visit is not None and visit.kind == "sitemap"
        return max(self.config.max_page_mb, _SITEMAP_MB if is_sitemap else 0) * _MB

    def _limit(self, request: Request, response: Response) -> tuple[str, float]:
        if is_pdf(response.body) or comes_as_file(request.meta.get("visit"), response):
            return "max_file_mb", self.config.max_file_mb
        return "max_page_mb", self._page_bytes(request) / _MB


def comes_as_file(visit: PendingVisit | None, response: Response) -> bool:
    """Tell whether an answer is a file, not a page."""
    content_type = (response.headers.get("Content-Type") or b"").decode("latin-1")
    url, kind = (visit.url, visit.kind) if visit else (response.url, "")
    return is_file(url, kind, response.status, response.body, content_type)


def _pieces_of(file: BinaryIO) -> Iterator[bytes]:
    file.seek(0)
    while piece := file.read(_PIECE):
        yield piece
