"""Hold a sample of the archive against the live site, politely; nothing else is written.

A spot-check asks the site as a crawl does, so while a crawl runs it makes way, and there is one at
a time: two would ask twice as fast as the site likes. What it keeps it keeps record by record, in
transactions of a moment, and needs no writer's lock: neither readers nor whatever writes for long
notice.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

from archive.database import open_archive
from archive.errors import ArchiveLockedError
from archive.evidence.recording import archived_page, recorded
from archive.evidence.resources import resource_at
from archive.locking import CRAWL, holder_of
from archive.spot_checks.archived import archived_record
from archive.spot_checks.judging import (
    judge_page,
    judge_withdrawn,
    not_had,
    with_files,
    without_page,
)
from archive.spot_checks.keeping import (
    end_spot_check,
    items_to_ask,
    keep_item,
    resume_spot_check,
)
from archive.spot_checks.outcomes import READ, ItemOutcome
from crawler.fetching import ComeBackLaterError, PoliteSession, UnreachableError
from crawler.file_checking import check_file
from crawler.reading import page_reader, words_on
from crawler.statuses import GONE, REFUSALS

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from sqlalchemy import Connection

    from archive.database import Archive
    from archive.records import PageReading
    from archive.spot_checks.archived import ArchivedRecord, OfferedFile
    from archive.spot_checks.judging import FileCheck, Judgement
    from crawler.config import Config

    #: Is told of each record as it is done.
    Told = Callable[[str, Judgement], None]

#: Seconds a site may ask to be left alone for, while somebody waits for what is found.
_PATIENCE: Final = 60.0
#: Errors that a page reader is shown: what it says of them is better than their number.
_READABLE_ERRORS: Final = GONE | REFUSALS | {429, 503}


def make_way_for_a_crawl(archive: Path) -> None:
    """Refuse to ask the site while a crawl does.

    :raises ArchiveLockedError: one runs.
    """
    holder = holder_of(archive)
    if holder.startswith(f"{CRAWL} "):
        raise ArchiveLockedError(
            f"The site is being asked by {holder}; a spot-check beside it would ask twice as fast "
            "as the site likes. Wait for it, or stop it."
        )


def run_spot_check(config: Config, number: int, told: Told) -> None:
    """Ask what is still to be asked of a spot-check, and keep what came of it.

    It ends early when the site turns us away, or does not answer, `blocked_after` times in a row.

    :raises ArchiveLockedError: a crawl has begun meanwhile.
    """
    with (
        open_archive(config.archive) as readable,
        open_archive(config.archive, access="write") as writable,
    ):
        with writable.transaction() as connection:
            resume_spot_check(connection, number)
        checker = _Checker(config, readable)
        try:
            status, reason = checker.check_all(writable, number, told)
        except (KeyboardInterrupt, ArchiveLockedError) as error:
            with writable.transaction() as connection:
                words = str(error) or "stopped"
                end_spot_check(connection, number, "interrupted", words)
            raise
        with writable.transaction() as connection:
            end_spot_check(connection, number, status, reason)


@dataclass(slots=True)
class _InVain:
    """Answers in a row that were none, and what the last of them was."""

    status: str = "unreachable"
    times: int = 0

    def note(self, outcome: ItemOutcome) -> None:
        in_vain = outcome in {ItemOutcome.BLOCKED, ItemOutcome.UNREACHABLE}
        self.times = self.times + 1 if in_vain else 0
        self.status = str(outcome) if in_vain else "unreachable"


class _Checker:
    def __init__(self, config: Config, readable: Archive) -> None:
        self._config = config
        self._readable = readable
        self._session = PoliteSession(config, patience=min(config.max_retry_after, _PATIENCE))
        self._reader = page_reader(config)
        self._files: dict[str, FileCheck] = {}

    def check_all(self, writable: Archive, number: int, told: Told) -> tuple[str, str]:
        """Check what is to be asked; return the status it ends with, and why."""
        with self._readable.connect() as connection:
            items = items_to_ask(connection, number)
        in_vain = _InVain()
        for item_id, record_id in items:
            make_way_for_a_crawl(self._config.archive)
            try:
                judged = self._check(record_id)
            except ComeBackLaterError as error:
                return in_vain.status, str(error)
            if judged is None:
                continue
            with writable.transaction() as connection:
                keep_item(connection, item_id, judged)
            told(record_id, judged)
            in_vain.note(judged.outcome)
            if in_vain.times >= self._config.blocked_after:
                return in_vain.status, judged.reason
        return "complete", ""

    def _check(self, record_id: str) -> Judgement | None:
        """Hold one record against the live site; ``None`` if it was forgotten meanwhile."""
        with self._readable.connect() as connection:
            archived = archived_record(connection, record_id)
        if archived is None:
            return None
        judged = self._check_page(archived)
        if archived.withdrawn:
            return judge_withdrawn(archived, judged)
        if judged.outcome in READ:
            files = tuple(map(self._check_file, archived.files))
            judged = with_files(judged, files)
        return without_page(judged)

    def _check_file(self, held: OfferedFile) -> FileCheck:
        """Hold a file against its address; one that several records offer is asked for once."""
        if held.url not in self._files:
            self._files[held.url] = check_file(self._session, held, self._reader)
        return self._files[held.url]

    def _check_page(self, archived: ArchivedRecord) -> Judgement:
        try:
            live = self._session.page(archived.url)
        except ComeBackLaterError:
            raise
        except UnreachableError as error:
            return not_had(archived, str(error))
        if live.status >= 400 and live.status not in _READABLE_ERRORS:
            return not_had(archived, f"{live.url} answers {live.status}")
        with self._readable.connect() as connection:
            reading = _believed(connection, archived, self._reader.read(live))
            earlier = self._earlier(connection, archived)
        return judge_page(archived, live, reading, earlier=earlier, words=words_on(live))

    def _earlier(self, connection: Connection, archived: ArchivedRecord) -> PageReading | None:
        """Return the archived page as today's reader reads it, if that is another one."""
        if archived.reader_version == self._reader.version:
            return None
        page = archived_page(connection, recorded(connection, archived.snapshot_id))
        return _believed(connection, archived, self._reader.read(page))


def _believed(
    connection: Connection, archived: ArchivedRecord, reading: PageReading
) -> PageReading:
    """Return the reading, without a claim to the address of another record, as a crawl files it."""
    if reading.record is None or reading.identity:
        return reading
    own = resource_at(connection, archived.url)
    if resource_at(connection, reading.canonical_url) in {None, own}:
        return reading
    return replace(
        reading,
        canonical_url=archived.url,
        record=replace(reading.record, url=archived.url),
    )
