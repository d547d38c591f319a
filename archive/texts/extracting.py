"""Work through the archive's files: their texts, their tables, OCR of their scans.

Queue and results are in the archive: a pass that is killed loses at most the files in work, and
the next one goes on. The caller holds the archive's writer lock.
"""

from __future__ import annotations

import os
from concurrent.futures import FIRST_COMPLETED, Future, wait
from typing import TYPE_CHECKING, Any, Protocol

from archive.errors import CorruptBlobError
from archive.evidence.blobs import read_blob
from archive.extraction import Extraction, ExtractionPool, ExtractionStatus
from archive.runs.lifecycle import newest_run
from archive.texts.crosschecks import check_file
from archive.texts.storing import (
    files_without_tables,
    keep_ocr,
    keep_tables,
    keep_text,
    pages_wanting_ocr,
    waiting_files,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from sqlalchemy import Connection

    from archive.database import Archive
    from archive.extraction import ExtractionLimits

    Keep = Callable[[Connection, str, Any], None]

    Told = Callable[[str, Any], None]
    """Called with the digest of a file and its result when that is in the archive."""

#: Files handed over ahead of their turn, so that no worker waits.
_AHEAD = 2
#: Pages of a file that OCR reads before they are kept; some ten seconds' work.
_PORTION = 2


class TextEngine(Protocol):
    """Reads one file: the pool of this machine, or a cluster's."""

    def submit(self, source: bytes, *, engine: str) -> Future[Extraction]:
        """Queue one PDF; the future never fails for what is in the file."""


def read_waiting(
    archive: Archive, engine: TextEngine, *, room: int, told: Told | None = None
) -> int:
    """Read every file that waits, *room* at a time; return how many were read.

    Each is held against the records that offer it in the same transaction that keeps its text.
    """
    with archive.connect() as connection:
        waiting = waiting_files(connection)
    jobs = (
        (sha256, _submitted(archive, sha256, engine, wanted)) for sha256, wanted in waiting.items()
    )
    return _work_through(archive, jobs, _checked(keep_text), room, told)


def find_all_tables(
    archive: Archive,
    *,
    workers: int = 0,
    limits: ExtractionLimits | None = None,
    told: Told | None = None,
) -> int:
    """Search every file that has text and was not searched yet; return how many were."""
    with archive.connect() as connection:
        files = files_without_tables(connection)
    with ExtractionPool(workers, limits) as pool:
        jobs = (
            (sha256, pool.submit_tables(data))
            for sha256 in files
            if (data := _bytes_of(archive, sha256)) is not None
        )
        return _work_through(archive, jobs, keep_tables, room_for(workers), told)


def read_all_scans(
    archive: Archive,
    *,
    workers: int = 0,
    limits: ExtractionLimits | None = None,
    told: Told | None = None,
) -> int:
    """Read every page that has something to see and no text, by OCR; return how many files.

    A file's pages are read and kept a few at a time, so that little is lost when this is stopped.

    :raises OcrUnavailableError: the programs for it are not installed.
    """
    with archive.connect() as connection:
        files = pages_wanting_ocr(connection)
    with ExtractionPool(workers, limits) as pool:
        jobs = (
            (sha256, pool.submit_ocr(data, some))
            for sha256, pages in files.items()
            if (data := _bytes_of(archive, sha256)) is not None
            for some in _in_portions(pages)
        )
        _work_through(archive, jobs, _checked(keep_ocr), room_for(workers), told)
    return len(files)


def _checked(keep: Keep) -> Keep:
    """Keep a text, and hold its file against its records in the same transaction."""

    def keep_and_check(connection: Connection, sha256: str, result: Any) -> None:
        keep(connection, sha256, result)
        check_file(connection, newest_run(connection).id, sha256)

    return keep_and_check


def _in_portions(pages: Sequence[int]) -> Iterator[Sequence[int]]:
    for start in range(0, len(pages), _PORTION):
        yield pages[start : start + _PORTION]


def room_for(workers: int) -> int:
    """Return how many files are in work at a time: a few more than there are workers."""
    return (workers or len(os.sched_getaffinity(0))) + _AHEAD


def _bytes_of(archive: Archive, sha256: str) -> bytes | None:
    try:
        with archive.connect() as connection:
            return read_blob(connection, sha256)
    except CorruptBlobError:
        return None


def _submitted(
    archive: Archive, sha256: str, engine: TextEngine, wanted: str
) -> Future[Extraction]:
    data = _bytes_of(archive, sha256)
    if data is not None:
        return engine.submit(data, engine=wanted)
    lost: Future[Extraction] = Future()
    detail = "the archived bytes are missing or damaged; run `pnr verify`"
    lost.set_result(Extraction(status=ExtractionStatus.DAMAGED, detail=detail))
    return lost


def _work_through(
    archive: Archive,
    jobs: Iterator[tuple[str, Future[Any]]],
    keep: Keep,
    room: int,
    told: Told | None,
) -> int:
    """Keep *room* jobs going, and each result as it comes, in a transaction of its own."""
    done = 0
    in_work: dict[Future[Any], str] = {}
    for sha256, future in jobs:
        in_work[future] = sha256
        if len(in_work) >= room:
            done += _keep_finished(archive, in_work, keep, told)
    while in_work:
        done += _keep_finished(archive, in_work, keep, told)
    return done


def _keep_finished(
    archive: Archive,
    in_work: dict[Future[Any], str],
    keep: Keep,
    told: Told | None,
) -> int:
    finished, _ = wait(in_work, return_when=FIRST_COMPLETED)
    for future in finished:
        sha256 = in_work.pop(future)
        result = future.result()
        with archive.transaction() as connection:
            keep(connection, sha256, result)
        if told is not None:
            told(sha256, result)
    return len(finished)
