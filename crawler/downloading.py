"""Downloads as Scrapy does, but lets nothing large pile up in memory.

It should only say where a body goes while it arrives, and how long it may take. Scrapy's handler
has no place for that; what is replaced of it is private there, and held by tests.
"""

from __future__ import annotations

import io
import tempfile
import time
from contextlib import suppress
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from scrapy.core.downloader.handlers.http11 import HTTP11DownloadHandler, _ScrapyAgent
from scrapy.utils._download_handlers import wrap_twisted_exceptions
from scrapy.utils.defer import maybe_deferred_to_future

from archive.errors import ArchiveUnwritableError
from crawler.archiving import desk_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path
    from typing import BinaryIO

    from scrapy import Request
    from scrapy.core.downloader.handlers.http11 import _ResponseReader
    from scrapy.crawler import Crawler
    from scrapy.http import Response
    from twisted.internet.defer import Deferred
    from twisted.web.client import Response as TxResponse

#: Bytes of a body that are held in memory; a larger one goes to disk, and its beginning stays.
IN_MEMORY: Final = 4_000_000
_BEGINNING: Final = 65_536

#: Bytes a second that a site must send once it answers. Each byte buys its share of time beyond
#: the setting `timeout`: a large file over a slow line is not given up, one that drips is.
_SLOWEST: Final = 50_000


class Spool(io.BytesIO):
    """Takes a body as it comes: in memory while it is small, else on disk.

    On disk it has no name, so nothing is left of it, however the process ends.
    """

    def __init__(self, folder: Path) -> None:
        super().__init__()
        self._folder = folder
        #: The body, once it is too large for memory.
        self.file: BinaryIO | None = None
        self.size = 0
        #: Why no more of it could be kept.
        self.error: OSError | None = None
        #: Told how many bytes came, each time.
        self.told: Callable[[int], None] = lambda _count: None

    def write(self, data: Any) -> int:
        """Take the next piece; after an :attr:`error`, nothing more."""
        self.size += len(data)
        try:
            if self.file is None and self.size > IN_MEMORY:
                self._move_to_disk()
            if self.file is None:
                super().write(data)
            elif self.error is None:
                self.file.write(data)
        except OSError as error:
            self.error = error
        self.told(len(data))
        return len(data)

    def finish(self) -> BinaryIO | None:
        """Return the body if it is on disk, whole.

        :raises ArchiveUnwritableError: there was no room for it.
        """
        try:
            if self.file is not None and self.error is None:
                self.file.flush()
        except OSError as error:
            self.error = error
        if self.error is not None:
            self.let_go()
            raise ArchiveUnwritableError(
                f"A large file cannot be kept in {self._folder} while it arrives "
                f"({self.error.strerror}): make room and run the same command again; "
                "nothing is lost."
            ) from self.error
        return self.file

    def truncate(self, size: int | None = None) -> int:
        """Let go of the body, as Scrapy does with one that is too large."""
        self.let_go()
        return super().truncate(size)

    def let_go(self) -> None:
        """Give back the room on disk."""
        if self.file is not None:
            # Where the disk is full, closing fails too.
            with suppress(OSError):
                self.file.close()
            self.file = None

    def _move_to_disk(self) -> None:
        self.file = tempfile.TemporaryFile(dir=self._folder)  # noqa: SIM115  # it outlives this
        self.file.write(self.getvalue())
        super().truncate(_BEGINNING)


class SpoolingHandler(HTTP11DownloadHandler):
    """Downloads over HTTP. A large body is in the request's meta, as ``spool``."""

    def __init__(self, crawler: Crawler) -> None:
        super().__init__(crawler)
        self._folder = desk_of(crawler).folder
        # What fails is asked again by the ledger, on the record and after a pause: never at once.
        self._pool.retryAutomatically = False
        # Servers let go of an idle connection after some 5 s: what is asked just then is lost.
        self._pool.cachedConnectionTimeout = 3

    async def download_request(self, request: Request) -> Response:
        """Return the answer; the request's meta tells when it began, and of its body.

        That is ``answered`` (monotonic), ``received`` (bytes) and ``spool`` (a large body).

        :raises ArchiveUnwritableError: there is no room for it.
        """
        spool = Spool(self._folder)
        agent = _SpoolingAgent(
            spool,
            contextFactory=self._contextFactory,
            bindAddress=self._bind_address,
            pool=self._pool,
            maxsize=self._default_maxsize,
            warnsize=self._default_warnsize,
            fail_on_dataloss=self._fail_on_dataloss,
            crawler=self._crawler,
        )
        try:
            with wrap_twisted_exceptions():
                response = await maybe_deferred_to_future(agent.download_request(request))
        except BaseException:
            # Given up for want of room, or for another reason.
            spool.finish()
            spool.let_go()
            raise
        request.meta["received"] = spool.size
        if (file := spool.finish()) is not None:
            request.meta["spool"] = file
        return response


class _SpoolingAgent(_ScrapyAgent):
    """Asks once, and has the body put into the spool."""

    def __init__(self, spool: Spool, **more: Any) -> None:
        super().__init__(**more)
        self._spool = spool

    def _cb_bodyready(self, txresponse: TxResponse, request: Request) -> Any:
        request.meta["answered"] = time.monotonic()
        delivering: Any = _Delivering(txresponse, self._deliver)
        return super()._cb_bodyready(delivering, request)

    def _deliver(self, txresponse: TxResponse, reader: _ResponseReader) -> None:
        reader._bodybuf = self._spool  # noqa: SLF001  # where Scrapy's reader puts the body
        finished = reader._finished  # noqa: SLF001  # what Scrapy waits for
        self._spool.told = partial(self._arrived, finished)
        txresponse.deliverBody(reader)  # type: ignore[no-untyped-call]  # Twisted's has no types

    def _arrived(self, finished: Deferred[Any], count: int) -> None:
        if self._spool.error is not None:
            finished.cancel()
            return
        timer: Any = self._timeout_cl
        if timer.active():
            timer.delay(count / _SLOWEST)


class _Delivering:
    """Twisted's answer, but for how its body is delivered."""

    def __init__(
        self, answer: TxResponse, deliver: Callable[[TxResponse, _ResponseReader], None]
    ) -> None:
        self._answer = answer
        self._deliver = deliver

    def __getattr__(self, name: str) -> Any:
        return getattr(self._answer, name)

    def deliverBody(self, reader: _ResponseReader) -> None:  # noqa: N802  # Twisted's name
        """Have *reader* given the body as it comes."""
        self._deliver(self._answer, reader)
