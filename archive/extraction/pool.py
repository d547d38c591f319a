"""Many files at once, each in a process of its own; the one file at a time; the box's own report.

with ExtractionPool(workers=2) as pool:
    future = pool.submit(path)
    future.result().status
"""

from __future__ import annotations

import atexit
import os
import queue
import shutil
import tempfile
import threading
from concurrent.futures import Future
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Self

from archive.errors import ArchiveError
from archive.extraction.assembling import Assembly
from archive.extraction.limits import ExtractionLimits
from archive.extraction.processes import WorkerLostError, WorkerProcess

if TYPE_CHECKING:
    from collections.abc import Iterable
    from types import TracebackType

    from archive.extraction.results import Extraction

_TRIES = 2
"""A file whose worker process is lost from under it is tried once more."""


class PoolClosedError(ArchiveError):
    """Raised when a file is given to a pool that has been closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Containment:
    """What holds a worker on this machine, for ``pnr status``. See docs/extraction.md."""

    network_taken_away: bool


class Extractor:
    """One worker and its scratch folder, for one caller at a time."""

    def __init__(self) -> None:
        self._scratch = Path(tempfile.mkdtemp(prefix="pnr-extraction-"))
        self._worker = WorkerProcess(self._scratch)
        self._stopped = False

    @property
    def pid(self) -> int | None:
        """The process id of the worker, None while it has none."""
        return self._worker.pid

    def extract(
        self,
        source: bytes | Path,
        *,
        engine: str = "auto",
        pages: Iterable[int] = (),
        limits: ExtractionLimits | None = None,
    ) -> Extraction:
        """Read one PDF. Never raises for what is in the file: that is what the status says."""
        limits = limits or ExtractionLimits()
        own = Path(tempfile.mkdtemp(dir=self._scratch))
        try:
            path = source if isinstance(source, Path) else _spooled(source, own)
            request = {
                "path": str(path.absolute()),
                "scratch": str(own),
                "engine": engine,
                "pages": sorted(set(pages)),
                "limits": asdict(limits),
            }
            return self._ask(request, limits)
        finally:
            shutil.rmtree(own, ignore_errors=True)

    def containment(self) -> Containment:
        """Return what this machine lets the worker be held by; starts it if need be."""
        if self._worker.pid is None:
            self._worker.start()
        return Containment(network_taken_away=self._worker.has_no_network)

    def close(self) -> None:
        """End the worker and remove its scratch folder."""
        self._worker.close()
        shutil.rmtree(self._scratch, ignore_errors=True)

    def stop(self) -> None:
        """End the worker in the middle of whatever it does; may be called by another thread."""
        self._stopped = True
        self._worker.interrupt()

    def _ask(self, request: dict[str, Any], limits: ExtractionLimits) -> Extraction:
        started = monotonic()
        longest = limits.wall_seconds(limits.max_pages)
        for _ in range(_TRIES):
            assembly = Assembly()
            try:
                self._worker.ask(request, assembly.take, longest)
            except WorkerLostError as error:
                if self._stopped:
                    raise PoolClosedError("The extraction was cancelled.") from error
                lost = str(error)
            else:
                return assembly.finish(monotonic() - started)
        return assembly.finish(monotonic() - started, how="damaged", detail=f"{lost}, twice")


class ExtractionPool:
    """Workers that read files side by side. Use it in a ``with`` statement.

    Threads of this process only wait for them; its memory holds the results nobody has fetched
    and nothing of the files: bytes given to :meth:`submit` wait on disk.
    """

    def __init__(self, workers: int = 0, limits: ExtractionLimits | None = None) -> None:
        self._limits = limits or ExtractionLimits()
        self._size = workers or len(os.sched_getaffinity(0))
        self._spool = Path(tempfile.mkdtemp(prefix="pnr-spool-"))
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
        self, source: bytes | Path, *, engine: str = "auto", pages: Iterable[int] = ()
    ) -> Future[Extraction]:
        """Queue one PDF, by its path or its bytes. The future never fails for what is in the file.

        Raises :class:`PoolClosedError` after :meth:`close`.
        """
        job = _Job(source=self._on_disk(source), engine=engine, pages=tuple(pages), future=Future())
        with self._lock:
            if self._closed:
                raise PoolClosedError("The extraction pool has been closed; open another.")
            self._waiting += 1
            self._jobs.put(job)
            if len(self._threads) < min(self._size, self._waiting):
                self._start_thread()
        return job.future

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
        shutil.rmtree(self._spool, ignore_errors=True)
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

    def _on_disk(self, source: bytes | Path) -> Path:
        if isinstance(source, Path):
            return source
        handle, name = tempfile.mkstemp(dir=self._spool, suffix=".pdf")
        with os.fdopen(handle, "wb") as file:
            file.write(source)
        return Path(name)

    def _start_thread(self) -> None:
        extractor = Extractor()
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
            result = extractor.extract(
                job.source, engine=job.engine, pages=job.pages, limits=self._limits
            )
        except BaseException as error:  # noqa: BLE001 - the future's owner is to see it, whatever it is
            job.future.set_exception(error)
        else:
            job.future.set_result(result)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Job:
    source: Path
    engine: str
    pages: tuple[int, ...]
    future: Future[Extraction]


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
    is in the file. *engine* is ``auto``, ``pdfium`` or ``pdfplumber``; *pages* count from 1.
    """
    extractor = _take_idle()
    try:
        return extractor.extract(source, engine=engine, pages=pages, limits=limits)
    finally:
        with _lock:
            _idle.append(extractor)


def containment() -> Containment:
    """Return what holds a worker on this machine, for ``pnr status``; starts one to see."""
    extractor = _take_idle()
    try:
        return extractor.containment()
    finally:
        with _lock:
            _idle.append(extractor)


def _take_idle() -> Extractor:
    with _lock:
        return _idle.pop() if _idle else Extractor()


def _close_idle() -> None:
    while _idle:
        _idle.pop().close()


def _forget_idle() -> None:
    """In a forked child the workers belong to the parent."""
    _idle.clear()


atexit.register(_close_idle)
os.register_at_fork(after_in_child=_forget_idle)


def _spooled(data: bytes, folder: Path) -> Path:
    path = folder / "source.pdf"
    path.write_bytes(data)
    return path
