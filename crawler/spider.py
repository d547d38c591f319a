"""What every archiving spider does: turn an answer into one item.

A spider of a site declares where its pages are; it neither fetches nor keeps.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from scrapy import Spider
from scrapy.exceptions import IgnoreRequest

from archive.ledger import Outcome, PendingVisit
from archive.records import FetchedPage, Issue, LinkKind, PageKind
from archive.writing import find_reading
from crawler.archiving import desk_of
from crawler.items import AddressMoved, AddressSettled, AskAgain, FileFetched, PageRead
from crawler.middlewares.robots import RobotsError, SiteClosedError
from crawler.statuses import GONE, REDIRECTS, REFUSALS, is_retryable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from scrapy.http import Response
    from twisted.python.failure import Failure

    from archive.recording import Recorded
    from archive.records import FoundLink, PageReading
    from archive.writing import StoredReading
    from crawler.desk import Desk
    from crawler.items import Item

#: Pages that say the site does not let us in, whatever their status.
_REFUSING = frozenset({PageKind.LOGIN, PageKind.BLOCK, PageKind.MAINTENANCE})


class ArchivingSpider(Spider):
    """Reads each answer into one item. Requests come from the ledger, never from here."""

    #: From which kind of page which kinds of links lead on.
    follows: ClassVar[dict[PageKind, frozenset[LinkKind]]]

    @property
    def desk(self) -> Desk:
        """The crawl's desk in the archive."""
        return desk_of(self.crawler)

    async def start(self) -> AsyncIterator[Any]:
        """Yield nothing: the start addresses are in the ledger."""
        return
        yield  # an asynchronous generator, as Scrapy asks for

    def parse(self, response: Response, **_: Any) -> Iterator[Item]:
        """Yield the one item that this answer comes to."""
        assert response.request is not None  # noqa: S101  # set by the engine
        visit: PendingVisit = response.meta["visit"]
        yield self._item(visit, response.meta["answer"], response)

    def not_answered(self, failure: Failure) -> Iterator[Item]:
        """Yield the one item that no answer comes to."""
        visit: PendingVisit = failure.request.meta["visit"]  # type: ignore[attr-defined]  # Scrapy adds the request
        error = failure.value
        if isinstance(error, RobotsError):
            yield AddressSettled(visit=visit, outcome=Outcome.ROBOTS, reason="robots.txt")
        elif isinstance(error, SiteClosedError):
            if not self.desk.stopping:
                yield AddressSettled(visit=visit, outcome=Outcome.FAILED, reason=str(error))
        elif _is_too_large(error):
            yield AddressSettled(
                visit=visit,
                outcome=Outcome.TOO_LARGE,
                reason=str(error),
                issues=(Issue(code="too-large", detail=_limit_sentence(self.desk)),),
            )
        elif not isinstance(error, IgnoreRequest):
            reason = f"{type(error).__name__}: {error}"
            self.desk.note_silence(reason)
            yield self._again(visit, reason)

    def _item(self, visit: PendingVisit, answer: Recorded, response: Response) -> Item:
        status = response.status
        if is_retryable(status):
            self.desk.note_silence(f"HTTP {status}")
            return self._again(visit, f"HTTP {status}", answer)
        if status in REDIRECTS:
            target = (response.headers.get("Location") or b"").decode("latin-1")
            return AddressMoved(visit=visit, answer=answer, target=target)
        if status in GONE:
            self.desk.note_answer()
            return AddressSettled(
                visit=visit, outcome=Outcome.GONE, reason=str(status), answer=answer
            )
        if status in REFUSALS:
            return self._refused(visit, answer, str(status))
        if status not in {200, 304} or not answer.sha256:
            reason = "an empty answer" if status == 200 else f"HTTP {status}"
            return AddressSettled(visit=visit, outcome=Outcome.FAILED, reason=reason, answer=answer)
        return self._content(visit, answer, response)

    def _content(self, visit: PendingVisit, answer: Recorded, response: Response) -> Item:
        if answer.is_file:
            self.desk.note_answer()
            return FileFetched(visit=visit, answer=answer)
        with self.desk.transaction() as connection:
            stored = find_reading(
                connection, visit.url, answer.content_sha256, self.desk.reader.version
            )
        reading = stored.reading if stored else self._read(answer, response)
        if reading.kind in _REFUSING:
            return self._refused(visit, answer, reading.kind)
        self.desk.note_answer()
        return self._page(visit, answer, reading, stored)

    def _read(self, answer: Recorded, response: Response) -> PageReading:
        page = (
            FetchedPage(url=answer.url, body=response.body, content_type=answer.content_type)
            if response.body
            else self.desk.page_of(answer)
        )
        return self.desk.reader.read(replace(page, status=200))

    def _page(
        self,
        visit: PendingVisit,
        answer: Recorded,
        reading: PageReading,
        stored: StoredReading | None,
    ) -> Item:
        if reading.kind is PageKind.NOT_FOUND:
            return AddressSettled(
                visit=visit,
                outcome=Outcome.GONE,
                reason="an error page answered with 200",
                answer=answer,
            )
        return PageRead(
            visit=visit,
            answer=answer,
            reading=reading,
            links=tuple(self._leading_on(visit, reading)),
            stored=stored,
        )

    def _leading_on(self, visit: PendingVisit, reading: PageReading) -> Iterator[FoundLink]:
        follows = self.follows.get(reading.kind, frozenset())
        if visit.found_in == "start":
            # Whatever a start page turned out to be, it was named to lead somewhere.
            follows = frozenset(LinkKind)
        for link in reading.links:
            if link.kind in follows:
                yield link

    def _refused(self, visit: PendingVisit, answer: Recorded, reason: str) -> Item:
        self.desk.note_refusal(reason)
        if self.desk.stopping:
            # The run stops over these refusals: what was refused is to be asked again.
            return AskAgain(visit=visit, reason=reason)
        return AddressSettled(visit=visit, outcome=Outcome.BLOCKED, reason=reason, answer=answer)

    def _again(self, visit: PendingVisit, reason: str, answer: Recorded | None = None) -> Item:
        if visit.attempts < self.desk.config.retries or self.desk.stopping:
            return AskAgain(visit=visit, reason=reason)
        return AddressSettled(visit=visit, outcome=Outcome.FAILED, reason=reason, answer=answer)


def _is_too_large(error: BaseException | None) -> bool:
    # Scrapy's download handler and its decompression say it in words only.
    return "DOWNLOAD_MAXSIZE" in str(error) or "larger than download max size" in str(error)


def _limit_sentence(desk: Desk) -> str:
    return f"larger than the setting max_file_mb ({desk.config.max_file_mb:g} MB)"
