"""Run the real crawl in a process of its own, and look at what it left in the archive.

As a module (``python -m tests.crawler.crawling SETTINGS``) this is that process.
"""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import unquote, urlsplit

from archive.database import open_archive
from archive.errors import ArchiveError, ArchiveLockedError
from archive.ledger import Outcome, RunStatus
from crawler.config import load_config
from crawler.errors import ExitCode
from crawler.running import crawl as run_crawl

if TYPE_CHECKING:
    from collections.abc import Sequence

ROOT: Final = Path(__file__).resolve().parents[2]

#: A crawl of a few dozen addresses on loopback; more means that it hangs.
_SECONDS: Final = 90

#: Quick where the real site would be given time.
_QUICK: Final = {"retry_delay": 0.02, "retries": 1, "timeout": 5.0, "workers": 1}


@dataclass(frozen=True, slots=True, kw_only=True)
class Crawled:
    """How a crawl ended, and the archive it left."""

    archive: Path
    exit_code: ExitCode
    status: RunStatus | None
    reason: str
    log: str

    def query(self, sql: str, *values: object) -> list[Any]:
        """Ask the archive in SQL."""
        return query(self.archive, sql, *values)

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
    connection = sqlite3.connect(archive)
    try:
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
    finally:
        connection.close()


def crawl(archive: Path, *, start: Sequence[str], **settings: Any) -> Crawled:
    """Crawl to the end, in a process of its own."""
    with start_crawl(archive, start=start, **settings) as process:
        try:
            out, log = process.communicate(timeout=_SECONDS)
        except subprocess.TimeoutExpired:
            process.kill()
            _, log = process.communicate()
            raise AssertionError(f"the crawl does not end; its log:\n{log}") from None
    assert_sound_if_there(archive)
    return crawled(archive, out, log)


def assert_sound_if_there(archive: Path) -> None:
    """Check the archive if the crawl made one."""
    if archive.exists() and archive.stat().st_size:
        assert_sound(archive)


def crawled(archive: Path, out: str, log: str) -> Crawled:
    """Return how a crawl ended, from what its process said."""
    assert out, f"the crawl did not come to its end; its log:\n{log}"
    said = json.loads(out)
    return Crawled(
        archive=archive,
        exit_code=ExitCode(said["exit_code"]),
        status=RunStatus(said["status"]) if said["status"] else None,
        reason=said["reason"],
        log=log,
    )


def start_crawl(
    archive: Path,
    *,
    start: Sequence[str],
    file_limit: int | None = None,
    proxy: str = "",
    **settings: Any,
) -> subprocess.Popen[str]:
    """Start a crawl in a process (and a process group) of its own.

    *file_limit* is the largest file, in bytes, that it may write: its disk is full there.
    *proxy* answers for all hosts: how a site that is not on loopback is crawled without a network.
    """
    values = _QUICK | {"archive": str(archive), "start": list(start)} | settings
    limit = "" if file_limit is None else str(file_limit)
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PNR_")}
    kept |= {"http_proxy": proxy, "no_proxy": ""}
    return subprocess.Popen(
        [sys.executable, "-m", "tests.crawler.crawling", json.dumps(values), limit],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
        env=kept,
        start_new_session=True,
    )


def _main() -> None:
    values = json.loads(sys.argv[1])
    if sys.argv[2]:
        _fill_the_disk_at(int(sys.argv[2]))
    try:
        result = run_crawl(load_config(**values).config, scrapy_settings={"LOG_LEVEL": "INFO"})
    except ArchiveError as error:
        locked = isinstance(error, ArchiveLockedError)
        _say(ExitCode.LOCKED if locked else ExitCode.ARCHIVE, None, str(error))
    else:
        _say(result.exit_code, result.status, result.reason)


def _fill_the_disk_at(size: int) -> None:
    import resource  # noqa: PLC0415  # this process only
    import signal  # noqa: PLC0415

    # A full disk is an error of write(2), not a signal.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    resource.setrlimit(resource.RLIMIT_FSIZE, (size, size))


def _say(exit_code: ExitCode, status: RunStatus | None, reason: str) -> None:
    said = {"exit_code": exit_code, "status": status, "reason": reason}
    sys.stdout.write(json.dumps(said))


if __name__ == "__main__":
    _main()
