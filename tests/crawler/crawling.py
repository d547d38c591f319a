"""Run the real crawl in a process of its own, and look at what it left in the archive.

The process is forked from one that has imported everything already: a crawl of a few pages costs
a tenth of starting Python for it.
"""

from __future__ import annotations

import json
import multiprocessing
import os
import resource
import sqlite3
import sys
import tempfile
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from archive.database import open_archive
from archive.errors import ArchiveError, ArchiveLockedError
from archive.runs.ledger import Outcome
from archive.runs.lifecycle import RunStatus
from crawler.config import load_config
from crawler.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from multiprocessing.context import ForkServerProcess
    from types import TracebackType
    from typing import Self

#: A crawl of a few dozen addresses on loopback; more means that it hangs.
_SECONDS: Final = 90

#: Quick where the real site would be given time.
_QUICK: Final = {"retry_delay": 0.02, "retries": 1, "timeout": 5.0, "workers": 1}

_FORKS: Final = multiprocessing.get_context("forkserver")
_FORKS.set_forkserver_preload(
    [
        "tests.crawler.crawling",
        "tests.crawler.falling",
        "crawler.running",
        "crawler.scheduling",
        "crawler.extensions.run",
        "crawler.middlewares.recording",
        "pipelines.checking",
        "pipelines.filing",
        "spiders.resource_centre",
        "alembic.command",
        "alembic.config",
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawled:
    """How a crawl ended, and the archive it left."""

    archive: Path
    exit_code: ExitCode
    status: RunStatus | None
    reason: str
    log: str
    peak_mb: float
    """Most memory it took, without its workers."""

    def query(self, sql: str, *values: object) -> list[Any]:
        """Ask the archive in SQL."""
        return query(self.archive, sql, *values)

    def write(self, sql: str) -> None:
        """Change the archive behind its back."""
        with closing(sqlite3.connect(self.archive)) as connection, connection:
            connection.execute(sql)

    def outcomes(self, run_id: int | None = None) -> dict[str, Outcome]:
        """Return what each address of a run (the newest) came to, by its path and query."""
        return {path: outcome for path, (outcome, _) in self.ledger(run_id).items()}

    def ledger(self, run_id: int | None = None) -> dict[str, tuple[Outcome, str]]:
        """Return outcome and reason of each address of a run (the newest), by path and query."""
        rows = self.query(
            "SELECT url, outcome, reason FROM visits WHERE run_id = "
            "coalesce(?, (SELECT max(id) FROM runs)) ORDER BY id",
            run_id,
        )
        return {path_of(row[0]): (Outcome(row[1]), row[2]) for row in rows}


def path_of(url: str) -> str:
    """Return path and query of an address, decoded."""
    parts = urlsplit(url)
    return unquote(parts.path) + (f"?{parts.query}" if parts.query else "")


def query(archive: Path, sql: str, *values: object) -> list[Any]:
    """Ask an archive in SQL."""
    with open_archive(archive) as opened, opened.connect() as connection:
        return list(connection.exec_driver_sql(sql, values))


def assert_sound(archive: Path) -> None:
    """Hold an archive against SQLite's own checks, as they stand on the disk."""
    with closing(sqlite3.connect(archive)) as connection:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []


def crawl(archive: Path, *, start: Sequence[str], **settings: Any) -> Crawled:
    """Crawl to the end, in a process of its own."""
    with start_crawl(archive, start=start, **settings) as process:
        crawled = process.result()
    if archive.exists() and archive.stat().st_size:
        assert_sound(archive)
    return crawled


def start_crawl(
    archive: Path,
    *,
    start: Sequence[str],
    file_limit: int | None = None,
    proxy: str = "",
    scrapy: Mapping[str, object] | None = None,
    **settings: Any,
) -> CrawlProcess:
    """Start a crawl in a process (and a process group) of its own.

    *file_limit* is the largest file, in bytes, that it may write: its disk is full there.
    *proxy* answers for all hosts: how a site that is not on loopback is crawled without a network.
    *scrapy* are settings of Scrapy, *settings* those of `pnr`.
    """
    values = _QUICK | {"archive": str(archive), "start": list(start)} | settings
    return CrawlProcess(archive, values, file_limit, proxy, dict(scrapy or {}))


class CrawlProcess:
    """A crawl that runs. Leaving the context ends it, whatever it does."""

    def __init__(self, archive: Path, *arguments: object) -> None:
        self.archive = archive
        self._folder = tempfile.TemporaryDirectory(prefix="pnr-crawling-")
        folder = Path(self._folder.name)
        self._said, self._log = folder / "said.json", folder / "log.txt"
        self._process: ForkServerProcess = _FORKS.Process(
            target=_run, args=(str(self._said), str(self._log), *arguments)
        )
        self._process.start()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.is_running:
            self._process.kill()
        self._process.join()
        self._folder.cleanup()

    @property
    def pid(self) -> int:
        """Its process, and the group of it and all that it starts itself."""
        assert self._process.pid is not None
        return self._process.pid

    @property
    def is_running(self) -> bool:
        """Whether it is still there."""
        return self._process.is_alive()

    @property
    def came_to_its_end(self) -> bool:
        """Whether it said how it ended."""
        return self._said.exists()

    @property
    def log(self) -> str:
        """What it wrote to its log so far."""
        return self._log.read_text("utf-8") if self._log.exists() else ""

    def send(self, signal: int) -> None:
        """Send it, and nobody else, a signal."""
        if self.is_running:
            os.kill(self.pid, signal)

    def wait(self) -> None:
        """Wait until it has ended, by itself or not."""
        self._process.join(_SECONDS)
        assert not self.is_running, f"the crawl does not end; its log:\n{self.log}"

    def result(self) -> Crawled:
        """Wait for its end, and return how it ended."""
        self.wait()
        assert self._said.exists(), f"the crawl did not come to its end; its log:\n{self.log}"
        said = json.loads(self._said.read_text())
        return Crawled(
            archive=self.archive,
            exit_code=ExitCode(said["exit_code"]),
            status=RunStatus(said["status"]) if said["status"] else None,
            reason=said["reason"],
            log=self.log,
            peak_mb=said["peak_mb"],
        )


def _run(  # noqa: PLR0917  # handed over by position, from one process to the other
    said: str,
    log: str,
    values: dict[str, Any],
    file_limit: int | None,
    proxy: str,
    scrapy: dict[str, Any],
) -> None:
    """Crawl: what the forked process does."""
    from crawler.running import crawl as run_crawl  # noqa: PLC0415  # pytest itself needs no Scrapy

    os.setsid()
    _redirect_output(log)
    for name in [name for name in os.environ if name.startswith("PNR_")]:
        del os.environ[name]
    os.environ |= {"http_proxy": proxy, "no_proxy": ""}
    if file_limit is not None:
        _fill_the_disk_at(file_limit)
    try:
        result = run_crawl(load_config(**values).config, scrapy_settings=scrapy)
    except ArchiveError as error:
        locked = isinstance(error, ArchiveLockedError)
        code = ExitCode.LOCKED if locked else ExitCode.ARCHIVE
        words: dict[str, Any] = {"exit_code": code, "status": None, "reason": str(error)}
    else:
        words = {name: getattr(result, name) for name in ("exit_code", "status", "reason")}
    words["peak_mb"] = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1000
    Path(said).write_text(json.dumps(words))


def _redirect_output(log: str) -> None:
    descriptor = os.open(log, os.O_WRONLY | os.O_CREAT | os.O_APPEND)
    for stream in (sys.stdout, sys.stderr):
        stream.flush()
        os.dup2(descriptor, stream.fileno())


def _fill_the_disk_at(size: int) -> None:
    import signal  # noqa: PLC0415  # this process only

    # A full disk is an error of write(2), not a signal.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))
