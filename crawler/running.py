"""Run one crawl, from settings to result; the reactor lives and dies in here."""

from __future__ import annotations

import signal
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from scrapy.crawler import CrawlerProcess
from scrapy.settings import Settings

from archive.database import open_archive
from archive.locking import writing
from archive.runs.gating import Verdict
from archive.runs.ledger import Outcome, count_outcomes
from archive.runs.lifecycle import RunStatus, newest_crawl
from archive.texts.extracting import find_all_tables
from crawler import settings as project_settings
from crawler.archiving import desk_of
from crawler.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Mapping

    from twisted.python.failure import Failure

    from crawler.config import Config

#: Name of the spider that `pnr crawl` runs.
SPIDER = "resource_centre"

#: What a script sees of how a run ended.
EXIT_CODES: Final = {
    RunStatus.COMPLETE: ExitCode.GOOD,
    RunStatus.INTERRUPTED: ExitCode.INCOMPLETE,
    RunStatus.BLOCKED: ExitCode.BLOCKED,
    RunStatus.UNREACHABLE: ExitCode.UNREACHABLE,
    RunStatus.FAILED: ExitCode.BUG,
    RunStatus.RUNNING: ExitCode.BUG,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class CrawlResult:
    """How a crawl ended: its run in the archive, and what became of the addresses."""

    run_id: int
    status: RunStatus
    reason: str
    verdict: Verdict | None
    outcomes: dict[Outcome, int]

    @property
    def exit_code(self) -> ExitCode:
        """What a script sees; `ExitCode.SUSPECT` is for whoever asks for it."""
        if self.verdict is Verdict.REFUSED:
            return ExitCode.REFUSED
        return EXIT_CODES[self.status]


def crawl(config: Config, *, scrapy_settings: Mapping[str, object] | None = None) -> CrawlResult:
    """Run one crawl in this process; a process can do so once, for the reactor starts once.

    SIGINT and SIGTERM finish what is in flight and leave a run that can be resumed.

    :raises ArchiveError: the archive is locked, no archive, of a newer version, or not writable.
    """
    settings = Settings()
    settings.setmodule(project_settings, "project")
    settings.setdict({"PNR_SETTINGS": config} | dict(scrapy_settings or {}), "cmdline")
    # Raised as an exception it could be lost in a callback, and the crawl go on: until the reactor
    # listens, SIGTERM ends the process at once. A crawl may be killed at any moment.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    process = CrawlerProcess(settings)
    crawler = process.create_crawler(SPIDER)
    failures: list[Failure] = []
    process.crawl(crawler).addErrback(failures.append)
    if not failures:
        process.start()
    if failures:
        failures[0].raiseException()
    if error := desk_of(crawler).failure:
        raise error
    result = _result(config)
    if config.extraction.tables and result.status is RunStatus.COMPLETE:
        with writing(config.archive, "a search for tables") as archive:
            limits = config.extraction.limits()
            find_all_tables(archive, workers=config.workers, limits=limits)
    return result


def _result(config: Config) -> CrawlResult:
    with open_archive(config.archive) as archive, archive.connect() as connection:
        run = newest_crawl(connection)
        return CrawlResult(
            run_id=run.id,
            status=RunStatus(run.status),
            reason=run.status_reason,
            verdict=Verdict(run.verdict) if run.verdict else None,
            outcomes=count_outcomes(connection, run.id),
        )
