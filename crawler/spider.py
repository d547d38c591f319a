"""What every archiving spider does: turn an answer into one item.

A spider of a site declares where its pages are; it neither fetches nor keeps.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any, ClassVar

from scrapy import Request, Spider
from scrapy.exceptions import IgnoreRequest
from scrapy.http.request import NO_CALLBACK

from archive.catalogue.writing import find_reading
from archive.errors import CorruptBlobError
from archive.records import FetchedPage, Issue, LinkKind, PageKind
from archive.runs.ledger import Outcome
from archive.runs.lifecycle import RunStatus
from crawler.archiving import desk_of
from crawler.desk import FATAL
from crawler.items import AddressMoved, AddressSettled, AskAgain, FileFetched, PageRead
from crawler.middlewares.decoding import TooLarge, is_too_large, max_size_sentence
from crawler.middlewares.robots import RobotsError, SiteClosedError
from crawler.statuses import GONE, REDIRECTS, REFUSALS, is_retryable

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from scrapy.http import Response
    from twisted.python.failure import Failure

    from archive.catalogue.writing import StoredReading
    from archive.evidence.recording import Recorded
    from archive.records import FoundLink, PageReading
    from archive.runs.frontier import PendingVisit
    from crawler.desk import Desk
    from crawler.items import Item

#: Pages that say the site does not let us in, whatever their status.
_REFUSING = frozenset({PageKind.LOGIN, PageKind.BLOCK, PageKind.MAINTENANCE})
#: Pages that are asked again when the site is in doubt.
_PROBES = 2


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

    async def parse(self, response: Response, **_: Any) -> AsyncIterator[Item]:
        """Yield the one item that this answer comes to."""
        assert response.request is not None  # noqa: S101  # set by the engine
        visit: PendingVisit = response.meta["visit"]
        yield await self._item(visit, response.meta["answer"], response)

    async def not_answered(self, failure: Failure) -> AsyncIterator[Item]:
        """Yield the one item that no answer comes to."""
        visit: PendingVisit = failure.request.meta["visit"]  # type: ignore[attr-defined]  # Scrapy adds the request
        error = failure.value
        if isinstance(error, FATAL):
            # The visit stays pending.
            self.desk.stop(RunStatus.INTERRUPTED, str(error))
            return
        if isinstance(error, RobotsError):
            yield AddressSettled(visit=visit, outcome=Outcome.ROBOTS, reason="robots.txt")
        elif isinstance(error, SiteClosedError):
            if not self.desk.stopping:
                yield AddressSettled(visit=visit, outcome=Outcome.FAILED, reason=str(error))
        elif is_too_large(error):
            yield _too_large(visit, max_size_sentence(self.desk.config.max_file_mb))
        elif "received" in failure.request.meta:  # type: ignore[attr-defined]
            # It was answered: the fault is ours, and asking again would not mend it.
            failure.raiseException()
        elif not isinstance(error, IgnoreRequest):
            yield await self._again(visit, f"{type(error).__name__}: {error}")

    async def _item(self, visit: PendingVisit, answer: Recorded, response: Response) -> Item:
        status, flaw = response.status, response.meta.get("flaw", "")
        if isinstance(flaw, TooLarge):
            return _too_large(visit, flaw)
        if is_retryable(status) or flaw:
            return await self._again(visit, flaw or f"HTTP {status}", answer)
        if status in REDIRECTS:
            return await self._moved(visit, answer, response)
        if status in GONE:
            self.desk.note_answer()
            gone = Outcome.GONE
            return AddressSettled(visit=visit, outcome=gone, reason=str(status), answer=answer)
        if status in REFUSALS:
            return await self._refused(visit, answer, str(status))
        return await self._content(visit, answer, response)

    async def _moved(self, visit: PendingVisit, answer: Recorded, response: Response) -> Item:
        target = (response.headers.get("Location") or b"").decode("latin-1")
        if self.desk.is_login(target, base=visit.url):
            return await self._refused(visit, answer, f"redirects to the login page {target}")
        return AddressMoved(visit=visit, answer=answer, target=target)

    async def _content(self, visit: PendingVisit, answer: Recorded, response: Response) -> Item:
        if response.status not in {200, 304} or not answer.sha256:
            reason = "an empty answer" if response.status == 200 else f"HTTP {response.status}"
            return AddressSettled(visit=visit, outcome=Outcome.FAILED, reason=reason, answer=answer)
        if answer.is_file:
            self.desk.note_answer()
            return FileFetched(visit=visit, answer=answer)
        with self.desk.transaction() as connection:
            stored = find_reading(
                connection, visit.url, answer.content_sha256, self.desk.reader.version
            )
        try:
            reading = stored.reading if stored else self._read(answer, response)
        except CorruptBlobError as error:
            # A 304 to a body that is damaged: asked again, the site sends it anew.
            return await self._again(visit, str(error), answer)
        if reading.kind in _REFUSING:
            return await self._refused(visit, answer, reading.kind)
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

    async def _refused(self, visit: PendingVisit, answer: Recorded, reason: str) -> Item:
        if self.desk.note_refusal():
            await self._settle_doubt(self.desk.stop_as_blocked, reason)
        if self.desk.stopping:
            # The run stops over these refusals: what was refused is to be asked again.
            return AskAgain(visit=visit, reason=reason)
        return AddressSettled(visit=visit, outcome=Outcome.BLOCKED, reason=reason, answer=answer)

    async def _again(
        self, visit: PendingVisit, reason: str, answer: Recorded | None = None
    ) -> Item:
        if self.desk.note_silence():
            await self._settle_doubt(self.desk.stop_as_unreachable, reason)
        if visit.attempts < self.desk.config.retries or self.desk.stopping:
            return AskAgain(visit=visit, reason=reason)
        return AddressSettled(visit=visit, outcome=Outcome.FAILED, reason=reason, answer=answer)

    async def _settle_doubt(self, stop: Callable[[str], None], reason: str) -> None:
        """Look whether the site still gives content, and stop the run if it does not.

        Nothing else is asked meanwhile; whoever else comes to doubt it waits for the answer.
        """
        if not self.desk.trusted.is_set():
            await self.desk.trusted.wait()
            return
        self.desk.trusted.clear()
        try:
            if not await self._still_gives_content():
                stop(reason)
        finally:
            self.desk.trusted.set()

    async def _still_gives_content(self) -> bool:
        """Ask pages that answered well before, to tell the site from these addresses.

        Five unpublished records in a row, or three broken ones tried again and again, are no
        reason to stop.
        """
        for url in self.desk.addresses_that_answered(_PROBES):
            if self.desk.stopping:
                break
            if await self._gives_content(url):
                self.desk.note_answer()
                return True
        return False

    async def _gives_content(self, url: str) -> bool:
        request = Request(url, meta={"verbatim_url": True}, callback=NO_CALLBACK, dont_filter=True)
        try:
            response = await self.crawler.engine.download_async(request)
        except Exception:  # noqa: BLE001  # whatever the network raises, nothing answered
            return False
        if response.status != 200 or not response.body:
            return False
        return self._read(request.meta["answer"], response).kind not in _REFUSING


def _too_large(visit: PendingVisit, sentence: str) -> AddressSettled:
    return AddressSettled(
        visit=visit,
        outcome=Outcome.TOO_LARGE,
        reason=sentence,
        issues=(Issue(code="too-large", detail=sentence),),
    )
