"""Reads the text of new files while the crawl goes on, and what is left when it has ended.

It should only carry files to the workers and texts to the archive: the queue is in the archive,
so a crawl that is killed leaves nothing unread for good.
"""

from __future__ import annotations

import asyncio
import logging
from contextlib import suppress
from typing import TYPE_CHECKING, Final

from archive.errors import CorruptBlobError
from archive.evidence.blobs import read_in_pieces
from archive.extraction import Extraction, ExtractionPool, ExtractionStatus
from archive.texts.extracting import room_for
from archive.texts.storing import count_waiting, keep_text, waiting_files
from crawler.desk import FATAL

if TYPE_CHECKING:
    from collections.abc import Callable

    from crawler.desk import Desk

logger = logging.getLogger(__name__)

#: Seconds that files in work are given when a crawl is told to stop.
_PATIENCE: Final = 10.0
#: Seconds between two looks whether a crawl is told to stop.
_SLICE: Final = 0.25


class TextQueue:
    """Feeds the extraction workers from the archive's queue."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._pool: ExtractionPool | None = None
        self._room = 0
        self._in_work: dict[str, asyncio.Future[Extraction]] = {}
        self._failed: set[str] = set()

    @property
    def is_wanted(self) -> bool:
        """Whether this run reads texts at all; else they wait for one that does."""
        return self.desk.config.extract == "crawl"

    def look(self) -> None:
        """Hand waiting files to the workers, as many as they can take; returns at once."""
        if not self.is_wanted:
            return
        if self._pool is not None and len(self._in_work) >= self._room:
            # As many as they can take, or none: the crawl was told to stop.
            return
        with self.desk.transaction() as connection:
            waiting = waiting_files(
                connection,
                besides=self._in_work.keys() | self._failed,
                limit=max(self._room - len(self._in_work), 1),
            )
        for sha256, engine in waiting.items():
            self._submit(sha256, engine)

    async def drain(self, is_told_to_stop: Callable[[], bool]) -> None:
        """Return when no file waits; a crawl told to stop waits a little, for those in work."""
        if not self.desk.stopping:
            self.look()
        while self._in_work:
            if self.desk.stopping or is_told_to_stop():
                self._room = 0
                await asyncio.wait(self._in_work.values(), timeout=_PATIENCE)
                return
            await asyncio.wait(
                self._in_work.values(), timeout=_SLICE, return_when=asyncio.FIRST_COMPLETED
            )
            # What was read is kept by a callback, which looks for more.
            await asyncio.sleep(0)

    def count_waiting(self) -> int:
        """Return how many files still wait for their text to be read."""
        with self.desk.transaction() as connection:
            return count_waiting(connection)

    def close(self) -> None:
        """End the workers; files in work stay in the queue."""
        if self._pool is not None:
            self._pool.close(cancel=True)

    def _submit(self, sha256: str, engine: str) -> None:
        if self._pool is None:
            workers = self.desk.config.workers
            self._pool = ExtractionPool(workers, self.desk.config.extraction.limits())
            self._room = room_for(workers)
        try:
            with self.desk.transaction() as connection:
                pieces = read_in_pieces(connection, sha256)
                submitted = self._pool.submit(pieces, engine=engine)
        except CorruptBlobError as error:
            logger.error("%s", error)  # noqa: TRY400  # its sentence says all
            self._keep(sha256, Extraction(status=ExtractionStatus.DAMAGED, detail=str(error)))
            return
        future = asyncio.wrap_future(submitted)
        self._in_work[sha256] = future
        future.add_done_callback(lambda done: self._done(sha256, done))

    def _done(self, sha256: str, future: asyncio.Future[Extraction]) -> None:
        self._in_work.pop(sha256, None)
        if future.cancelled() or not self.desk.is_open:
            return
        error = future.exception()
        if error is not None:
            # Not the file's fault: it stays in the queue, and the run says it is not complete.
            logger.error("%s: %s", sha256, error)
            self._failed.add(sha256)
        # The desk stops the run and says why; what was not kept stays in the queue.
        with suppress(*FATAL):
            if error is None:
                self._keep(sha256, future.result())
            if not self.desk.stopping:
                self.look()

    def _keep(self, sha256: str, result: Extraction) -> None:
        with self.desk.transaction() as connection:
            keep_text(connection, sha256, result)
