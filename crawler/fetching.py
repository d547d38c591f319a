"""Ask a site outside a crawl, as politely as in one: robots.txt first, one thing at a time.

For what asks a page or a sample of them and keeps nothing of it in the ledger. Time and size are
bounded; what cannot be had is one sentence.
"""

from __future__ import annotations

import http.client
import random
import time
import urllib.error
import urllib.request
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urljoin, urlsplit

from archive.evidence.recording import Answer
from archive.records import FetchedPage
from crawler.errors import CrawlError, ExitCode
from crawler.identity import PRODUCT, user_agent
from crawler.pace import JITTER, back_off, delay_between
from crawler.robots import ROBOTS_HOPS, robots_rules
from crawler.statuses import REDIRECTS, http_date, is_retryable, retry_after
from crawler.unpacking import ACCEPTED, encodings_in, unpacked
from crawler.urls import UnusableUrlError, canonical_url

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from protego import Protego

    from crawler.config import Config

_MB: Final = 1_000_000
_HOPS: Final = 5
_CHUNK: Final = 65_536
#: What stands in an address as it is (RFC 3986), besides letters and digits.
_STANDS: Final = "%:/?#[]@!$&'()*+,;=-._~"
#: The longest Crawl-delay that a person waits for one page.
_LONGEST_PAUSE: Final = 30.0


class UnreachableError(CrawlError):
    """Raised when a page cannot be had: nothing answers, or robots.txt does not allow it."""

    exit_code = ExitCode.UNREACHABLE


class NotAllowedError(UnreachableError):
    """Raised when robots.txt does not allow an address."""


class HostClosedError(UnreachableError):
    """Raised when nothing may be asked of a host: its robots.txt cannot be had."""


class TooLargeError(UnreachableError):
    """Raised when a body is larger than the settings allow."""


class ComeBackLaterError(UnreachableError):
    """Raised when a site has asked for more time than its answer is waited for."""


@dataclass(frozen=True, slots=True)
class SizeLimit:
    """The largest body that is read, and the setting that says so."""

    setting: str
    mb: float

    @property
    def most(self) -> int:
        """The limit in bytes."""
        return int(self.mb * _MB)


@dataclass(slots=True)
class _Host:
    rules: Protego | None = None
    closed: str = ""
    last_heard: float | None = None
    """When (monotonic) its last answer began: only then has a request arrived for certain."""
    paused_until: float = 0.0
    troubles: int = 0


def ask_for_page(url: str, config: Config) -> FetchedPage:
    """Return one page as the site answers it now, redirects followed.

    Whoever wants one page wants it now: it is asked once, and a long Crawl-delay is cut short.

    :raises UnreachableError: nothing answers, robots.txt forbids it, or it is too large.
    """
    try:
        return PoliteSession(config, retries=0, longest_pause=_LONGEST_PAUSE).page(url)
    except NotAllowedError as error:
        raise NotAllowedError(
            f"{error} Save the page in a browser, and `pnr inspect` the file."
        ) from error


class PoliteSession:
    """Asks many addresses, one at a time, and remembers what each host wants.

    robots.txt is asked once per host, its Crawl-delay and our own delay stand between any two
    requests to it, and one that says "not now" is asked again when it says, *retries* times. One
    that wants more than *patience* seconds (the setting `max_retry_after`) is left alone.
    """

    def __init__(
        self,
        config: Config,
        *,
        retries: int | None = None,
        patience: float | None = None,
        longest_pause: float = float("inf"),
    ) -> None:
        self._config = config
        self._patience = config.max_retry_after if patience is None else patience
        self._retries = config.retries if retries is None else retries
        self._longest_pause = longest_pause
        self._hosts: dict[str, _Host] = {}
        self._opener = urllib.request.build_opener(_NoRedirect)
        self.page_limit = SizeLimit("max_page_mb", config.max_page_mb)
        self.file_limit = SizeLimit("max_file_mb", config.max_file_mb)

    def page(self, url: str) -> FetchedPage:
        """Return a page as the site answers it now, redirects followed.

        :raises UnreachableError: nothing answers, robots.txt forbids it, or it is too large.
        """
        answer = self.ask(url, limit=self.page_limit)
        return FetchedPage(
            url=answer.url,
            body=answer.body,
            content_type=answer.header("Content-Type"),
            status=answer.status or 0,
        )

    def ask(
        self,
        url: str,
        *,
        limit: SizeLimit,
        headers: Mapping[str, str] | None = None,
        wants_body: Callable[[Answer], bool] = lambda _head: True,
    ) -> Answer:
        """Return what an address answers, redirects followed; its ``url`` is the last one asked.

        *wants_body* is shown the answer before its body is read, and may leave that where it is.

        :raises UnreachableError: nothing answers, robots.txt forbids it, or it is too large.
        """
        for _ in range(_HOPS + 1):
            self._obey_robots(url)
            answer = self._ask_until_answered(url, limit, headers or {}, wants_body)
            location = answer.header("Location")
            if answer.status not in REDIRECTS or not location:
                return answer
            url = _target(url, location)
        raise UnreachableError(f"{url} redirects more than {_HOPS} times in a row.")

    def _obey_robots(self, url: str) -> None:
        parts = urlsplit(url)
        host = self._host(url)
        robots = f"{parts.scheme}://{parts.netloc}/robots.txt"
        if host.rules is None and not host.closed:
            try:
                host.rules = self._learn(robots)
            except UnreachableError as error:
                host.closed = str(error)
        if host.rules is None:
            raise HostClosedError(host.closed)
        if not host.rules.can_fetch(url, PRODUCT):
            raise NotAllowedError(f"{robots} does not allow {url}.")

    def _learn(self, robots: str) -> Protego:
        url = robots
        for _ in range(ROBOTS_HOPS + 1):
            answer = self._ask_until_answered(url, self.file_limit, {}, lambda _head: True)
            location = answer.header("Location")
            if answer.status not in REDIRECTS or not location:
                break
            url = _target(url, location)
        if is_retryable(answer.status or 0):
            raise UnreachableError(f"{robots} answers {answer.status}, which closes the site.")
        # RFC 9309: where there is none (any 4xx), there are no rules.
        return robots_rules(answer.body if answer.status == 200 else b"")

    def _ask_until_answered(
        self,
        url: str,
        limit: SizeLimit,
        headers: Mapping[str, str],
        wants_body: Callable[[Answer], bool],
    ) -> Answer:
        """Ask again what says "not now", later each time; return the last answer."""
        host = self._host(url)
        for tries_left in range(self._retries, -1, -1):
            self._wait(url, host)
            try:
                answer = self._exchange(url, limit, headers, wants_body)
            except TooLargeError:
                raise
            except UnreachableError:
                self._pause(host, None)
                if not tries_left:
                    raise
                continue
            if not is_retryable(answer.status or 0):
                host.troubles = 0
                return answer
            self._pause(host, answer)
            if host.paused_until - time.monotonic() > self._patience:
                break
        return answer

    def _pause(self, host: _Host, answer: Answer | None) -> None:
        """Leave a host in peace as long as it asks; unasked, longer at each trouble in a row."""
        asked = None
        if answer is not None:
            asked = retry_after(answer.header("Retry-After"), http_date(answer.header("Date")))
        pause = back_off(self._config, host.troubles) if asked is None else asked
        host.troubles += 1
        host.paused_until = time.monotonic() + pause

    def _host(self, url: str) -> _Host:
        return self._hosts.setdefault(urlsplit(url).netloc, _Host())

    def _wait(self, url: str, host: _Host) -> None:
        """Wait until the host may be asked.

        :raises ComeBackLaterError: it has asked for more time than we have.
        """
        pause = host.paused_until - time.monotonic()
        if pause > self._patience:
            raise ComeBackLaterError(
                f"{urlsplit(url).netloc} asks to come back in {pause:.0f} s, longer than the "
                f"{self._patience:g} s that its answer is waited for."
            )
        if host.last_heard is not None:
            crawl_delay = host.rules.crawl_delay(PRODUCT) if host.rules is not None else None
            delay = min(delay_between(url, self._config, crawl_delay), self._longest_pause)
            due = host.last_heard + delay * (1 + random.uniform(0, JITTER))  # noqa: S311  # no secret
            pause = max(pause, due - time.monotonic())
        time.sleep(max(0.0, pause))

    def _exchange(
        self,
        url: str,
        limit: SizeLimit,
        headers: Mapping[str, str],
        wants_body: Callable[[Answer], bool],
    ) -> Answer:
        """Send one request; return the answer, with its body if that is wanted."""
        asked_at = datetime.now(UTC)
        host = self._host(url)
        try:
            with self._opened(url, headers) as response:
                host.last_heard = time.monotonic()
                head = Answer(
                    url=url,
                    requested_at=asked_at,
                    fetched_at=datetime.now(UTC),
                    status=response.status,
                    headers=tuple(response.headers.items()),
                )
                return _with_body(head, response, limit, self._config) if wants_body(head) else head
        except (OSError, http.client.HTTPException, ValueError) as error:
            host.last_heard = time.monotonic()
            raise UnreachableError(f"{url} does not answer ({_in_words(error)}).") from error

    def _opened(self, url: str, headers: Mapping[str, str]) -> Any:
        request = urllib.request.Request(  # noqa: S310  # canonical addresses are http or https
            url,
            headers={
                "User-Agent": user_agent(self._config),
                "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
                "Accept-Language": "fr",
                "Accept-Encoding": ACCEPTED,
                **headers,
            },
        )
        try:
            return self._opener.open(request, timeout=self._config.timeout)
        except urllib.error.HTTPError as error:
            return error


class _NoRedirect(urllib.request.HTTPRedirectHandler):
    def redirect_request(self, *_: Any, **__: Any) -> None:
        """Leave a redirect to the caller: its target has rules of its own."""


def _target(url: str, location: str) -> str:
    # A header is bytes; those that may not stand in an address are encoded, whatever they mean.
    target = urljoin(url, quote(location.strip().encode("latin-1", "replace"), safe=_STANDS))
    try:
        canonical_url(target)
    except UnusableUrlError as error:
        raise UnreachableError(f"{url} redirects to {location!r}, which leads nowhere.") from error
    return target.partition("#")[0]


def _with_body(head: Answer, response: Any, limit: SizeLimit, config: Config) -> Answer:
    """Read the body, whole and unpacked, within the limits of time and size."""
    packed = _read(response, limit.most + 1, time.monotonic() + config.timeout)
    encodings = encodings_in(head.header("Content-Encoding"))
    whole = 0 < len(packed) <= limit.most
    body = unpacked(packed, encodings, most=limit.most) if whole else packed
    if len(body) > limit.most:
        raise TooLargeError(f"{head.url} is larger than the setting {limit.setting} allows.")
    return replace(head, body=body, received=len(packed), fetched_at=datetime.now(UTC))


def _read(response: Any, most: int, deadline: float) -> bytes:
    chunks: list[bytes] = []
    left = most
    while left > 0 and (chunk := response.read1(min(left, _CHUNK))):
        chunks.append(chunk)
        left -= len(chunk)
        if time.monotonic() > deadline:
            raise TimeoutError("it takes too long")
    # A connection that breaks off ends a body like its end does.
    if left > 0 and getattr(response, "length", None):
        raise ValueError("the body breaks off before its end")
    return b"".join(chunks)


def _in_words(error: Exception) -> str:
    cause = getattr(error, "reason", error)
    return str(getattr(cause, "strerror", None) or cause or type(error).__name__)
