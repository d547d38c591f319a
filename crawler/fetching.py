"""Ask for one page, outside a crawl, as politely as in one.

For `pnr inspect`: robots.txt first, our own name, time and size bounded, nothing kept.
"""

from __future__ import annotations

import http.client
import time
import urllib.error
import urllib.request
import zlib
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urljoin, urlsplit

from protego import Protego

from archive.records import FetchedPage
from crawler.errors import CrawlError, ExitCode
from crawler.identity import PRODUCT, user_agent
from crawler.scope import is_loopback
from crawler.statuses import REDIRECTS, is_retryable
from crawler.urls import UnusableUrlError, canonical_url

if TYPE_CHECKING:
    from crawler.config import Config

_MB: Final = 1_000_000
_HOPS: Final = 5
#: Seconds between robots.txt and the page, where the settings and robots.txt say nothing.
_PAUSE: Final = 1.0
#: The longest Crawl-delay that a person waits for one page.
_LONGEST_PAUSE: Final = 30.0


class UnreachableError(CrawlError):
    """Raised when a page cannot be had: nothing answers, or robots.txt does not allow it."""

    exit_code = ExitCode.UNREACHABLE


def ask_for_page(url: str, config: Config) -> FetchedPage:
    """Return one page as the site answers it now, redirects followed.

    :raises UnreachableError: nothing answers, robots.txt forbids it, or it is too large.
    """
    allowed: set[str] = set()
    for _ in range(_HOPS + 1):
        parts = urlsplit(url)
        if parts.netloc not in allowed:
            _obey_robots(url, config)
            allowed.add(parts.netloc)
        status, headers, body = _ask(url, config)
        location = headers.get("Location")
        if status not in REDIRECTS or location is None:
            content_type = headers.get("Content-Type", "")
            return FetchedPage(url=url, body=body, content_type=content_type, status=status)
        url = _target(url, location)
    raise UnreachableError(f"{url} redirects more than {_HOPS} times in a row.")


def _target(url: str, location: str) -> str:
    target = urljoin(url, location)
    try:
        canonical_url(target)
    except UnusableUrlError as error:
        raise UnreachableError(f"{url} redirects to {location!r}, which leads nowhere.") from error
    return target


def _obey_robots(url: str, config: Config) -> None:
    parts = urlsplit(url)
    robots = f"{parts.scheme}://{parts.netloc}/robots.txt"
    status, _, body = _ask(robots, config)
    if is_retryable(status):
        raise UnreachableError(f"{robots} answers {status}, which closes the site for now.")
    # RFC 9309: where there is none (any 4xx), there are no rules.
    rules = Protego.parse(body.decode("utf-8", "replace") if status == 200 else "")
    if not rules.can_fetch(url, PRODUCT):
        raise UnreachableError(
            f"{robots} does not allow {url}; save the page in a browser and inspect the file."
        )
    _pause(url, rules.crawl_delay(PRODUCT), config)


def _pause(url: str, crawl_delay: float | None, config: Config) -> None:
    if is_loopback(url):
        return
    ours = _PAUSE if config.delay is None else config.delay
    time.sleep(min(max(ours, crawl_delay or 0), _LONGEST_PAUSE))


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Leave a redirect to the caller: its target has rules of its own."""


def _ask(url: str, config: Config) -> tuple[int, Any, bytes]:
    request = urllib.request.Request(  # noqa: S310  # canonical addresses are http or https
        url,
        headers={
            "User-Agent": user_agent(config),
            "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
            "Accept-Language": "fr",
            "Accept-Encoding": "gzip",
        },
    )
    opener = urllib.request.build_opener(_NoRedirect)
    try:
        with opener.open(request, timeout=config.timeout) as answer:
            return answer.status, answer.headers, _body(answer, url, config)
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, _body(error, url, config)
    except (OSError, http.client.HTTPException, zlib.error, ValueError) as error:
        raise UnreachableError(f"{url} does not answer ({_in_words(error)}).") from error


def _body(answer: Any, url: str, config: Config) -> bytes:
    most = int(config.max_page_mb * _MB)
    body: bytes = answer.read(most + 1)
    if answer.headers.get("Content-Encoding", "").lower() == "gzip" and len(body) <= most:
        body = zlib.decompressobj(wbits=31).decompress(body, most + 1)
    if len(body) > most:
        raise UnreachableError(f"{url} is larger than the setting max_page_mb allows.")
    return body


def _in_words(error: Exception) -> str:
    cause = getattr(error, "reason", error)
    return str(getattr(cause, "strerror", None) or cause or type(error).__name__)
