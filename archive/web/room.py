"""The room itself: the archive it shows, the threads that ask it, and what one request may cost."""

from __future__ import annotations

import asyncio
import sqlite3
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Final, TypeVar

from sqlalchemy.exc import OperationalError

from archive.database import open_archive
from archive.errors import ArchiveError
from archive.searching.answering import IndexOutdatedError
from archive.web.pictures import PictureShelf
from archive.web.refusals import (
    ArchiveUnreadableError,
    IndexStaleError,
    TooManyError,
    TooSlowError,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from archive.database import Archive

Result = TypeVar("Result")

#: SQLite's steps between two looks at the clock: a fraction of a millisecond.
_STEPS: Final = 5_000


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What one request may cost, and how many are served at a time."""

    seconds: float = 5.0
    """Of asking the archive, then the answer is given up."""
    threads: int = 4
    waiting: int = 64
    """Requests that may wait for a thread; one more is turned away at once."""
    drawing: int = 2
    """Pages that are drawn at a time, each in a process of its own."""
    file_mb: int = 150
    """Of a file whose pages are drawn: it is held in memory meanwhile."""
    pictures_mb: int = 64
    """Of pictures that are kept in memory, together."""
    text: int = 1_000
    """Characters of a value in an address."""


class Room:
    """Asks one archive for many visitors: a connection each, for one request, in a thread."""

    def __init__(
        self,
        path: Path,
        limits: Limits,
        *,
        without_noise: Callable[[bytes], bytes] = bytes,
        reviews: bool = False,
    ) -> None:
        self.path = path
        self.limits = limits
        #: Leaves out of a page's body what changes at every request; the site's own to know.
        self.without_noise = without_noise
        #: Whether visitors may give verdicts on what spot-checks found.
        self.reviews = reviews
        self._asking = _Desk("asking", limits.threads, limits.waiting)
        self._drawing = _Desk("drawing", limits.drawing, limits.waiting)
        self.pictures = PictureShelf(limits.pictures_mb * 1_000_000)
        self._lock = threading.Lock()
        self._opened: tuple[str, Archive] | None = None

    async def ask(self, work: Callable[[], Result]) -> Result:
        """Do what asks the archive, in a thread."""
        return await self._asking.do(work)

    async def draw(self, work: Callable[[], Result]) -> Result:
        """Do what waits for a worker process, in a thread that keeps no page waiting."""
        return await self._drawing.do(work)

    @contextmanager
    def connection(self, *, seconds: float | None = None) -> Iterator[Connection]:
        """Give a read-only connection whose questions end when their time is over.

        *seconds* are more than `Limits.seconds` for what is sent while it is made.

        :raises RefusedError: the archive cannot be asked, or took too long.
        """
        deadline = monotonic() + (self.limits.seconds if seconds is None else seconds)
        try:
            with self._archive().connect() as connection:
                raw = connection.connection.dbapi_connection
                assert isinstance(raw, sqlite3.Connection)  # noqa: S101  # the engine is SQLite's
                raw.set_progress_handler(lambda: monotonic() > deadline, _STEPS)
                try:
                    yield connection
                finally:
                    # The connection is kept for the next visitor, whose time is another.
                    raw.set_progress_handler(None, 0)
        except IndexOutdatedError as error:
            raise IndexStaleError from error
        except ArchiveError as error:
            raise ArchiveUnreadableError(str(error)) from error
        except (OperationalError, sqlite3.OperationalError) as error:
            cause = getattr(error, "orig", error)
            if getattr(cause, "sqlite_errorname", "") == "SQLITE_INTERRUPT":
                raise TooSlowError from error
            raise

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Give a connection whose work is kept whole or not at all: for verdicts, and only those.

        :raises RefusedError: the archive cannot be written.
        """
        try:
            with (
                open_archive(self.path, access="write") as archive,
                archive.transaction() as connection,
            ):
                yield connection
        except ArchiveError as error:
            raise ArchiveUnreadableError(str(error)) from error

    def state(self) -> str:
        """Return what is another after every change of the archive, and only then.

        It is read off the file and its WAL, so no question is asked, and it outlives this process.
        """
        with self._lock:
            return self._state()

    def close(self) -> None:
        """Let go of threads and file."""
        self._asking.close()
        self._drawing.close()
        with self._lock:
            if self._opened is not None:
                self._opened[1].close()
                self._opened = None

    def _archive(self) -> Archive:
        with self._lock:
            state = self._state()
            if self._opened is None:
                self._opened = (state, open_archive(self.path, kept=self.limits.threads))
            return self._opened[1]

    def _state(self) -> str:
        """Return the state of the file; an archive that was opened in another is let go of.

        It may be another's by now. And whoever closes it last puts the WAL into the file: that is
        done before the state is told, or the same page would have two of them.
        """
        state = _marks(self.path)
        if self._opened is not None and self._opened[0] != state:
            self._opened[1].close()
            self._opened = None
            state = _marks(self.path)
        return state


def _marks(path: Path) -> str:
    marks = []
    for each in (path, path.with_name(f"{path.name}-wal")):
        try:
            found = each.stat()
        except OSError:
            continue
        if found.st_size:
            marks.append(f"{found.st_ino}.{found.st_size}.{found.st_mtime_ns}")
    return "-".join(marks)


class _Desk:
    """A few threads, and a queue of bounded length before them."""

    def __init__(self, name: str, threads: int, waiting: int) -> None:
        self._pool = ThreadPoolExecutor(threads, thread_name_prefix=f"room-{name}")
        self._most = threads + waiting
        self._present = 0

    async def do(self, work: Callable[[], Result]) -> Result:
        if self._present >= self._most:
            raise TooManyError
        # Counted on the event loop only, so no lock is needed.
        self._present += 1
        future = asyncio.get_running_loop().run_in_executor(self._pool, work)
        future.add_done_callback(self._left)
        return await future

    def close(self) -> None:
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _left(self, _future: asyncio.Future[Result]) -> None:
        self._present -= 1
