"""Read the archive again: see what today's reader would change, then make it so, as a whole.

First everything is read, and kept beside what is current; then it is told what would change, and
held against bounds; then it becomes current. What was read before a rereading was killed is not
read twice, and what is current is one whole state at any moment.
"""

from __future__ import annotations

from contextlib import contextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING

from archive.catalogue.writing import keep_reading
from archive.database import open_archive
from archive.evidence.claims import believed
from archive.locking import writing
from archive.rereading.blast_radius import BlastRadius
from archive.rereading.judging import findings_of
from archive.rereading.promoting import blast_radius, compared, promote_reread
from archive.rereading.runs import begin_reread, require_settled_crawls
from archive.rereading.selecting import Selection, pages_of, records_left
from archive.runs.gating import Verdict, accept_run, keep_verdict
from archive.runs.lifecycle import RunStatus, end_run
from crawler.readers import Unread, read_all
from crawler.reading import page_reader, rules_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from archive.catalogue.promoting import Promotion
    from archive.database import Archive
    from archive.rereading.selecting import Page
    from archive.runs.gates import GateFinding
    from crawler.config import Config
    from crawler.readers import Result

    Told = Callable[[], None]
    """Called for each page that is done."""


def would_change(
    config: Config, selection: Selection, *, workers: int = 0, told: Told = lambda: None
) -> BlastRadius:
    """Return what a rereading would change; nothing is written anywhere."""
    radius = BlastRadius()
    with open_archive(config.archive) as archive, archive.connect() as connection:
        reader_version = page_reader(config).version
        left = records_left(connection, selection, reader_version)
        pages = pages_of(connection, left, reader_version)
        for portion in _read(config, pages, workers):
            for page, result in portion:
                if isinstance(result, Unread):
                    radius.add_failure(page.answer.url, result.why, is_fault=result.is_fault)
                else:
                    reading = believed(connection, None, page.answer.url, result)
                    radius.add(compared(page, reading))
                told()
    return radius


def count_left(config: Config, selection: Selection) -> int:
    """Return how many pages today's reader has still to read."""
    with open_archive(config.archive) as archive, archive.connect() as connection:
        return len(records_left(connection, selection, page_reader(config).version))


class Reread:
    """A rereading under way: a run of its own in the archive."""

    def __init__(self, archive: Archive, config: Config, selection: Selection, run_id: int) -> None:
        self.run_id = run_id
        self._archive = archive
        self._config = config
        self._selection = selection
        self._reader_version = page_reader(config).version
        self._unread: list[tuple[str, Unread]] = []

    def read(self, *, workers: int = 0, told: Told = lambda: None) -> None:
        """Read what this reader has not read yet; keep each portion as soon as it is read."""
        # A writer's connection would keep the archive to itself while its pages are being read.
        with open_archive(self._archive.path) as archive, archive.connect() as connection:
            left = records_left(connection, self._selection, self._reader_version)
            pages = pages_of(connection, left, self._reader_version)
            for portion in _read(self._config, _unread_of(pages, told), workers):
                self._keep(portion)
                for _ in portion:
                    told()

    def _keep(self, portion: list[tuple[Page, Result]]) -> None:
        with self._archive.transaction() as connection:
            for page, result in portion:
                if isinstance(result, Unread):
                    self._unread.append((page.answer.url, result))
                    continue
                reading = believed(connection, None, page.answer.url, result)
                keep_reading(
                    connection,
                    self.run_id,
                    page.resource_id,
                    page.answer,
                    reading,
                    reader_version=self._reader_version,
                )

    def judge(self) -> tuple[BlastRadius, Verdict, list[GateFinding]]:
        """Return what would change, hold it against bounds, and end the run with a verdict."""
        with self._archive.transaction() as connection:
            radius = blast_radius(connection, self.run_id)
            for url, unread in self._unread:
                radius.add_failure(url, unread.why, is_fault=unread.is_fault)
            findings = findings_of(radius, most_lost=self._config.gates.lost_by_reader)
            verdict = keep_verdict(connection, self.run_id, findings)
            end_run(connection, self.run_id, RunStatus.COMPLETE)
        return radius, verdict, findings

    def promote(self, verdict: Verdict, *, told: Told = lambda: None) -> Promotion:
        """Make everything that was read current; what was refused, on a person's word."""
        with self._archive.transaction() as connection:
            if verdict is Verdict.REFUSED:
                return accept_run(connection, self.run_id)
            return promote_reread(connection, self.run_id, told=told)


@contextmanager
def rereading(config: Config, selection: Selection) -> Iterator[Reread | None]:
    """Give the rereading of what is left, begun or gone on with; ``None`` if nothing is.

    :raises ArchiveError: a crawl is not finished, or refused and not decided about; the archive
        is locked, missing, or cannot be written.
    """
    reader_version = page_reader(config).version
    with writing(config.archive, "a rereading") as archive:
        with archive.transaction() as connection:
            require_settled_crawls(connection)
            run_id = begin_reread(
                connection, selection, reader_version, software=version("pnr-archive")
            )
        yield None if run_id is None else Reread(archive, config, selection, run_id)


def _read(
    config: Config, pages: Iterator[Page], workers: int
) -> Iterator[list[tuple[Page, Result]]]:
    return read_all(
        config.archive,
        rules_of(config),
        pages,
        snapshot_of=lambda page: page.answer.snapshot_id,
        workers=workers,
    )


def _unread_of(pages: Iterator[Page], told: Told) -> Iterator[Page]:
    """Yield the pages that this reader has not read; the others are done."""
    for page in pages:
        if page.after is None:
            yield page
        else:
            told()
