"""Many files at once, each in a process of its own; one file at a time; the box's own report.

with ExtractionPool(workers=2) as pool:
future = pool.submit(path)
future.result().status
"""

from __future__ import annotations

import atexit
import os
import queue
import tempfile
import threading
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self, TypeVar

from archive.extraction.extractor import (
    OCR_LIMITS,
    TABLE_LIMITS,
    Containment,
    Extractor,
    PoolClosedError,
)
from archive.extraction.limits import ExtractionLimits
from archive.extraction.scratch import Scratch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from types import TracebackType

    from archive.extraction.found_tables import TableExtraction
    from archive.extraction.pictures import PagePicture
    from archive.extraction.results import Extraction

Result = TypeVar("Result")


class ExtractionPool:
    """Workers that read files side by side. Use it in a ``with`` statement.

    Threads of this process only wait for them; its memory holds the results nobody has fetched
    and nothing of the files: bytes given to :meth:`submit` wait on disk.
    """

    def __init__(self, workers: int = 0, limits: ExtractionLimits | None = None) -> None:
        self._limits = limits or ExtractionLimits()
        self._size = workers or len(os.sched_getaffinity(0))
        self._scratch = Scratch()
        self._spool = self._scratch.path
        self._jobs: queue.SimpleQueue[_Job | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._threads: list[threading.Thread] = []
        self._extractors: list[Extractor] = []
        self._waiting = 0
        self._closed = False
        atexit.register(self.close, cancel=True)

    def __enter__(self) -> Self:
        """Return the pool, open."""
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close(cancel=kind is not None)

    @property
    def worker_pids(self) -> tuple[int, ...]:
        """The process ids of the workers that run."""
        return tuple(each.pid for each in self._extractors if each.pid is not None)

    def submit(
        self,
        source: bytes | Path | Iterator[bytes],
        *,
        engine: str = "auto",
        pages: Iterable[int] = (),
    ) -> Future[Extraction]:
        """Queue one PDF, by its path or its bytes, at once or in pieces.

        The future never fails for what is in the file. Raises :class:`PoolClosedError` after
        :meth:`close`, and whatever the pieces raise.
        """
        chosen = tuple(pages)
        return self._queue(
            source,
            lambda extractor, path: extractor.extract(
                path, engine=engine, pages=chosen, limits=self._limits
            ),
        )

    def submit_tables(
        self, source: bytes | Path, *, pages: Iterable[int] = ()
    ) -> Future[TableExtraction]:
        """Queue the search of one PDF for tables."""
        chosen = tuple(pages)
        return self._queue(
            source,
            lambda extractor, path: extractor.find_tables(
                path, pages=chosen, limits=self._within(TABLE_LIMITS)
            ),
        )

    def submit_ocr(self, source: bytes | Path, pages: Iterable[int]) -> Future[Extraction]:
        """Queue *pages* of one PDF for OCR."""
        chosen = tuple(pages)
        return self._queue(
            source,
            lambda extractor, path: extractor.read_pictures(
                path, chosen, limits=self._within(OCR_LIMITS)
            ),
        )

    def _within(self, limits: ExtractionLimits) -> ExtractionLimits:
        """Return a pass's own times, with this pool's bounds on memory and pages."""
        own = self._limits
        return replace(limits, memory_mb=own.memory_mb, max_pages=own.max_pages)

    def _queue(
        self, source: bytes | Path | Iterator[bytes], run: Callable[[Extractor, Path], Result]
    ) -> Future[Result]:
        future: Future[Result] = Future()
        with self._lock:
            if self._closed:
                raise PoolClosedError("The extraction pool has been closed; open another.")
            job = _Job(source=self._on_disk(source), run=run, future=future)
            self._waiting += 1
            self._jobs.put(job)
            if len(self._threads) < min(self._size, self._waiting):
                self._start_thread()
        return future

    def close(self, *, cancel: bool = False) -> None:
        """Wait for what is queued (or *cancel* it, ending the workers), and leave no process."""
        with self._lock:
            already, self._closed = self._closed, True
        if already:
            return
        if cancel:
            self._cancel()
        for _ in self._threads:
            self._jobs.put(None)
        for thread in self._threads:
            thread.join()
        self._scratch.remove()
        atexit.unregister(self.close)

    def _cancel(self) -> None:
        while True:
            try:
                job = self._jobs.get_nowait()
            except queue.Empty:
                break
            if job is not None:
                job.future.cancel()
        for extractor in self._extractors:
            extractor.stop()

    def _on_disk(self, source: bytes | Path | Iterator[bytes]) -> Path:
        if isinstance(source, Path):
            return source
        handle, name = tempfile.mkstemp(dir=self._spool, suffix=".pdf")
        try:
            with os.fdopen(handle, "wb") as file:
                file.writelines([source] if isinstance(source, bytes) else source)
        except BaseException:
            Path(name).unlink()
            raise
        return Path(name)

    def _start_thread(self) -> None:
        extractor = Extractor(self._spool)
        self._extractors.append(extractor)
        # A daemon, so that a program that forgets to close its pool can end all the same.
        thread = threading.Thread(target=self._work, args=(extractor,), daemon=True)
        self._threads.append(thread)
        thread.start()

    def _work(self, extractor: Extractor) -> None:
        while (job := self._jobs.get()) is not None:
            if job.future.set_running_or_notify_cancel():
                self._do(job, extractor)
            with self._lock:
                self._waiting -= 1
            if job.source.parent == self._spool:
                job.source.unlink(missing_ok=True)
        extractor.close()

    def _do(self, job: _Job, extractor: Extractor) -> None:
        try:
            result = job.run(extractor, job.source)
        except BaseException as error:  # noqa: BLE001 - the future's owner is to see it, whatever it is
            job.future.set_exception(error)
        else:
            job.future.set_result(result)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    source: Path
    run: Callable[[Extractor, Path], Any]
    future: Future[Any]


_idle: list[Extractor] = []
"""Workers that :func:`extract` keeps between calls, of this process only."""

_lock = threading.Lock()


def extract(
    source: bytes | Path,
    *,
    engine: str = "auto",
    pages: Iterable[int] = (),
    limits: ExtractionLimits | None = None,
) -> Extraction:
    """Read one PDF in a guarded process of its own and wait for it.

    A plain function that any thread or any worker of Dask may call, daemons too: the process it
    starts is a subprocess, kept for the next call and gone with the caller. Never raises for what
    is in the file, but :class:`OSError` for a path that cannot be opened. *engine* is ``auto``,
    ``pdfium`` or ``pdfplumber``; *pages* count from 1.
    """
    with _borrowed() as extractor:
        return extractor.extract(source, engine=engine, pages=pages, limits=limits)


def find_tables(
    source: bytes | Path, *, pages: Iterable[int] = (), limits: ExtractionLimits | None = None
) -> TableExtraction:
    """Find the tables of one PDF, guarded as :func:`extract` is."""
    with _borrowed() as extractor:
        return extractor.find_tables(source, pages=pages, limits=limits)


def read_pictures(
    source: bytes | Path, pages: Iterable[int], *, limits: ExtractionLimits | None = None
) -> Extraction:
    """Read *pages* of one PDF by OCR, guarded as :func:`extract` is.

    Raises :class:`OcrUnavailableError` where the programs for it are not installed.
    """
    with _borrowed() as extractor:
        return extractor.read_pictures(source, pages, limits=limits)


def draw_page(source: bytes | Path, number: int, *, width: int) -> PagePicture:
    """Draw a page of one PDF as a picture *width* pixels wide, guarded as :func:`extract` is."""
    with _borrowed() as extractor:
        return extractor.draw_page(source, number, width=width)


def containment() -> Containment:
    """Tell what holds a worker on this machine, for ``pnr status``; starts one to see."""
    with _borrowed() as extractor:
        return extractor.containment()


@contextmanager
def _borrowed() -> Iterator[Extractor]:
    with _lock:
        extractor = _idle.pop() if _idle else Extractor()
    try:
        yield extractor
    finally:
        with _lock:
            _idle.append(extractor)


def _close_idle() -> None:
    while _idle:
        _idle.pop().close()


def _forget_idle() -> None:
    """In a forked child the workers belong to the parent."""
    _idle.clear()


atexit.register(_close_idle)
os.register_at_fork(after_in_child=_forget_idle)
