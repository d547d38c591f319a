"""Many archived pages read at once: plain functions in processes, each with its own connection.

Bodies are read by the worker that parses them: what travels is a number one way and a reading the
other. Threads would take turns, for reading a page is work for the processor.
"""

from __future__ import annotations

import os
import signal
import threading
import traceback
from collections import deque
from concurrent.futures import ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, replace
from itertools import islice
from multiprocessing import connection as waiting
from multiprocessing import get_context, parent_process
from pathlib import Path
from pkgutil import resolve_name
from typing import TYPE_CHECKING, Final, TypeAlias, TypeVar

from archive.database import open_archive
from archive.errors import CorruptBlobError
from archive.evidence.recording import archived_page, recorded
from archive.records import PageReading
from crawler.errors import IncompleteError
from crawler.settings import PAGE_READER

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from concurrent.futures import Future

    from sqlalchemy import Connection

    from crawler.reading import PageReader, ReadingRules

Page = TypeVar("Page")

#: Pages that a worker takes at a time: one opening of the archive for all of them.
PORTION: Final = 25
#: Portions handed over ahead of their turn, for each worker.
_AHEAD: Final = 2


@dataclass(frozen=True, slots=True)
class Unread:
    """A page that could not be read, and why: its bytes are lost, or the reader is at fault."""

    why: str
    is_fault: bool


Result: TypeAlias = PageReading | Unread


def read_all(
    path: Path,
    rules: ReadingRules,
    pages: Iterable[Page],
    *,
    snapshot_of: Callable[[Page], int],
    workers: int = 0,
) -> Iterator[list[tuple[Page, Result]]]:
    """Yield pages with their readings, in their order, a portion at a time.

    So many portions are in memory as there are workers, whatever the number of pages. *workers*
    counts processes, 0 one per processor; with 1 the pages are read in this one.
    """
    count = workers or len(os.sched_getaffinity(0))
    portions = _portions(pages)
    if count == 1:
        for portion in portions:
            results = read_portion(path, rules, [snapshot_of(page) for page in portion])
            yield list(zip(portion, results, strict=True))
        return
    in_work: deque[tuple[list[Page], Future[list[Result]]]] = deque()
    with _pool(count) as pool:
        for portion in portions:
            numbers = [snapshot_of(page) for page in portion]
            with _interrupts_held():
                future = pool.submit(read_portion, path, rules, numbers)
            in_work.append((portion, future))
            if len(in_work) > count * _AHEAD:
                yield _oldest(in_work)
        while in_work:
            yield _oldest(in_work)


def read_portion(path: Path, rules: ReadingRules, snapshot_ids: list[int]) -> list[Result]:
    """Read some archived pages: what a worker does."""
    reader: PageReader = resolve_name(PAGE_READER)(rules)
    with open_archive(path) as archive, archive.connect() as connection:
        return [_read(connection, reader, number) for number in snapshot_ids]


def _read(connection: Connection, reader: PageReader, snapshot_id: int) -> Result:
    try:
        page = archived_page(connection, recorded(connection, snapshot_id))
    except CorruptBlobError:
        return Unread("its bytes are missing or damaged (see `pnr verify`)", is_fault=False)
    try:
        # What each label said can be read again from the page; it is not kept.
        return replace(reader.read(page), labels=())
    except Exception as error:  # noqa: BLE001  # a new reader may do anything, and is told so
        where = traceback.extract_tb(error.__traceback__)[-1]
        place = f"{Path(where.filename).name}, line {where.lineno}"
        return Unread(f"the reader fails: {type(error).__name__} in {place}", is_fault=True)


def _portions(pages: Iterable[Page]) -> Iterator[list[Page]]:
    left = iter(pages)
    while portion := list(islice(left, PORTION)):
        yield portion


def _oldest(
    in_work: deque[tuple[list[Page], Future[list[Result]]]],
) -> list[tuple[Page, Result]]:
    portion, future = in_work.popleft()
    try:
        return list(zip(portion, future.result(), strict=True))
    except BrokenProcessPool as error:
        raise IncompleteError(
            "A process that reads pages was ended from outside (out of memory?); what was read "
            "is kept, and the same command goes on; --workers 1 takes least."
        ) from error


@contextmanager
def _pool(count: int) -> Iterator[ProcessPoolExecutor]:
    # Not forked: a copy of this process would hold its connections to the archive.
    pool = ProcessPoolExecutor(count, get_context("spawn"), initializer=_begin_work)
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


@contextmanager
def _interrupts_held() -> Iterator[None]:
    """Hold Ctrl-C back from a worker that is started in here; it is for who gives the work."""
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


def _begin_work() -> None:
    """End with the process that gives the work, however it ends."""
    threading.Thread(target=_end_with_parent, daemon=True).start()


def _end_with_parent() -> None:
    parent = parent_process()
    if parent is not None:
        waiting.wait([parent.sentinel])
        os._exit(1)
