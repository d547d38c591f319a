"""The crawl's desk in the archive: one archive, one run, one reader, one transaction at a time.

Every part of the crawl that keeps or asks something goes through here. It lives in the reactor's
thread and never awaits inside a transaction.
"""

from __future__ import annotations

import asyncio
from collections import Counter
from contextlib import ExitStack, contextmanager
from importlib.metadata import version
from typing import TYPE_CHECKING, Final

from archive.database import open_archive
from archive.errors import (
    ArchiveError,
    ArchiveLockedError,
    ArchiveUnwritableError,
    NotAnArchiveError,
)
from archive.evidence.blobs import read_blob
from archive.evidence.forgetting import forgotten_addresses
from archive.evidence.recording import archived_page, headers_of, recorded
from archive.locking import CRAWL, writer_lock
from archive.runs import frontier, ledger, lifecycle
from archive.runs.ledger import Discovery, Outcome
from archive.runs.lifecycle import RunStatus
from crawler.reading import words_on
from crawler.scope import Scope, folder_of, hosts_of, is_file_name
from crawler.urls import UnusableUrlError, canonical_url

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    from sqlalchemy import Connection

    from archive.evidence.recording import Recorded
    from archive.records import FetchedPage, PageReading
    from archive.runs.frontier import PendingVisit
    from crawler.config import Config
    from crawler.reading import PageReader


#: Troubles with the archive that no other address of the run would escape: a full disk, say.
FATAL: Final = (ArchiveUnwritableError, ArchiveLockedError, NotAnArchiveError)

#: Files are large: of them a sample needs a few only.
_SAMPLE_OF_FILES: Final = 2


class Desk:
    """Opens the archive for one run, and closes it when the run ends, however it ends."""

    def __init__(self, config: Config, reader: PageReader, user_agent: str) -> None:
        self.config = config
        self.reader = reader
        self.user_agent = user_agent
        self.start = tuple(canonical_url(url) for url in config.start)
        self.scope = Scope(
            config.hosts or hosts_of(self.start),
            attachments=config.attachments,
            folder=folder_of(config.start),
        )
        self.run_id = 0
        self.resumed = False
        self.fills = False
        self.records_read = 0
        self.addresses = 0
        self.in_hand: set[int] = set()
        #: Those of them that are being asked, or read.
        self.asked: set[int] = set()
        #: Visits in hand, or looked up to be, that came to their outcome without being asked.
        self.settled_ahead: set[int] = set()
        #: Links left out because the run has as many addresses as it may have.
        self.left_out = 0
        #: Seconds between requests that robots.txt asks for, per host.
        self.crawl_delays: dict[str, float] = {}
        #: Cleared while the site is in doubt: nothing is asked then but what settles it.
        self.trusted = asyncio.Event()
        self.trusted.set()
        #: Refusals, and tries in vain, in a row.
        self.refusals = 0
        self.silences = 0
        self._asked: Counter[str] = Counter()
        #: Why the run is to stop before its end; set once, by whoever notices first.
        self.stopping: tuple[RunStatus, str] | None = None
        #: Why the run could not even be closed in the ledger.
        self.failure: ArchiveError | None = None
        self._stack = ExitStack()
        self._connection: Connection | None = None

    def open(self) -> None:
        """Take the archive's writer lock, open it, and begin a run or go on with one.

        :raises ArchiveError: it is locked, no archive, of a newer version, or not writable.
        """
        with ExitStack() as stack:
            stack.enter_context(writer_lock(self.config.archive, CRAWL))
            archive = stack.enter_context(open_archive(self.config.archive, access="create"))
            self._connection = stack.enter_context(archive.connect())
            self._begin()
            self._stack = stack.pop_all()

    def close(self) -> None:
        """Give the archive back."""
        self._connection = None
        self._stack.close()

    @property
    def folder(self) -> Path:
        """Where large bodies go while they arrive: with room for them there is room for files."""
        return self.config.archive.absolute().parent

    @property
    def is_open(self) -> bool:
        """Whether a run is under way."""
        return self._connection is not None

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Give the archive's connection; what is done with it is kept whole or not at all."""
        if self._connection is None:
            raise RuntimeError("the desk is not open")
        try:
            with self._connection.begin():
                yield self._connection
        except FATAL as error:
            # Nothing more can be kept: what is in flight stays pending, and is asked again.
            self.stop(RunStatus.INTERRUPTED, str(error))
            raise

    def _begin(self) -> None:
        scope = {
            "start": list(self.start),
            "hosts": list(self.scope.hosts),
            "limit": self.config.limit,
            "attachments": self.config.attachments,
        }
        with self.transaction() as connection:
            self.scope.forgotten = forgotten_addresses(connection)
            found = lifecycle.resumable_run(connection, scope)
            if found is not None:
                self.resumed, self.run_id = True, found
                lifecycle.resume_run(connection, found, reader_version=self.reader.version)
            else:
                self.run_id = lifecycle.begin_run(
                    connection,
                    scope=scope,
                    limited=self.is_limited,
                    software=version("pnr-archive"),
                    reader_version=self.reader.version,
                    user_agent=self.user_agent,
                )
                self._seed(connection)
            self.fills = lifecycle.fills(connection, self.run_id)
            self.records_read = lifecycle.count_records(connection, self.run_id)
            self.addresses = sum(ledger.count_outcomes(connection, self.run_id).values())

    def _seed(self, connection: Connection) -> None:
        """Enter the start addresses, then what earlier runs filed, a thousand at a time."""
        start = [
            Discovery(
                url=url,
                kind="sitemap" if url.endswith((".xml", ".xml.gz")) else "listing",
                found_in="start",
            )
            for url in self.start
        ]
        ledger.discover(connection, self.run_id, start)
        batch: list[Discovery] = []
        for url, kind in frontier.known_addresses(connection):
            if self.scope.refusal(url, kind) is None:
                batch.append(Discovery(url=url, kind=kind, found_in="known"))
            if len(batch) == 1000:
                ledger.discover(connection, self.run_id, batch)
                batch.clear()
        ledger.discover(connection, self.run_id, batch)

    def discoveries(
        self, visit: PendingVisit, links: Iterable[tuple[str, str]], found_in: str, **more: int
    ) -> list[Discovery]:
        """Return ledger entries for (address, kind) pairs met on a page, in and out of scope."""
        found = []
        for address, kind in dict.fromkeys(links):
            try:
                url = canonical_url(address, base=visit.url)
            except UnusableUrlError:
                continue
            if kind != "sitemap" and is_file_name(url):
                kind = "file"  # noqa: PLW2901  # a name outweighs its place
            refusal = self.scope.refusal(url, kind)
            found.append(
                Discovery(
                    url=url,
                    kind=kind,
                    found_in=found_in,
                    found_on=visit.id,
                    depth=visit.depth + 1,
                    outcome=refusal.outcome if refusal else Outcome.PENDING,
                    reason=refusal.rule if refusal else "",
                    **more,
                )
            )
        return found

    def enter(self, connection: Connection, found: list[Discovery]) -> int:
        """Enter addresses into the ledger, up to the most a run may have; return how many new."""
        room = max(self.config.max_addresses - self.addresses, 0)
        self.left_out += len(found[room:])
        new = ledger.discover(connection, self.run_id, found[:room])
        self.addresses += new
        return new

    def next_visits(self, count: int) -> list[PendingVisit]:
        """Return the next addresses to ask, leaving out those in hand."""
        if self.stopping:
            return []
        visits = self._due_visits(count)
        self._asked.update(visit.kind for visit in visits)
        return visits

    def _due_visits(self, count: int) -> list[PendingVisit]:
        """Take the next pending addresses, settling on the way what need not be asked yet."""
        days = self.config.revisit.model_dump()
        with self.transaction() as connection:
            while True:
                visits = frontier.pending(
                    connection,
                    self.run_id,
                    # A sample is counted one by one: what a page leads to decides what is next.
                    limit=1 if self.config.sample else count,
                    besides=self.in_hand,
                    only_files=self.limit_is_met,
                    without_kinds=self._kinds_sampled(),
                    spread=self.config.sample is not None,
                )
                settled = frontier.settle_what_is_not_due(connection, visits, days)
                due = [visit for visit in visits if visit.id not in settled]
                if due or not settled:
                    return due

    def _kinds_sampled(self) -> list[str]:
        if self.config.sample is None:
            return []
        most = {"file": min(_SAMPLE_OF_FILES, self.config.sample)}
        return [
            kind
            for kind, asked in self._asked.items()
            if asked >= most.get(kind, self.config.sample)
        ]

    @property
    def is_limited(self) -> bool:
        """Whether the run is not to read everything there is."""
        return self.config.limit is not None or self.config.sample is not None

    @property
    def limit_is_met(self) -> bool:
        """Whether the run has read as many records as it was told to."""
        return self.config.limit is not None and self.records_read >= self.config.limit

    def stop(self, status: RunStatus, reason: str) -> None:
        """Have the run stop after what is in flight; the first reason given stands."""
        self.stopping = self.stopping or (status, reason)

    def take_in_hand(self, visit: PendingVisit) -> None:
        """Keep a visit from being looked up again."""
        self.in_hand.add(visit.id)

    def let_go(self, visit: PendingVisit) -> None:
        """Say that a visit came to its outcome, or is to be asked later."""
        self.in_hand.discard(visit.id)
        self.asked.discard(visit.id)

    def page_of(self, answer: Recorded) -> FetchedPage:
        """Return a recorded page, to be read."""
        with self.transaction() as connection:
            return archived_page(connection, answer)

    def recorded(self, snapshot_id: int) -> tuple[Recorded, list[tuple[str, str]]]:
        """Return an answer that was recorded earlier, and its headers."""
        with self.transaction() as connection:
            return recorded(connection, snapshot_id), headers_of(connection, snapshot_id)

    def words_of(self, connection: Connection, answer: Recorded) -> str:
        """Return every word of an archived page, tags and layout taken away."""
        return words_on(archived_page(connection, answer))

    def reread(self, connection: Connection, snapshot_id: int) -> PageReading:
        """Read an archived page with today's reader."""
        return self.reader.read(archived_page(connection, recorded(connection, snapshot_id)))

    def robots_of_run(self, url: str) -> bytes | None:
        """Return the robots.txt this run was given in the last 24 hours (RFC 9309, 2.4)."""
        if not self.resumed:
            return None
        with self.transaction() as connection:
            answer = frontier.robots_answer(connection, self.run_id, url)
            if answer is None:
                return None
            return read_blob(connection, answer.sha256) if answer.status == 200 else b""

    def keep_robots(self, url: str, answer: Recorded) -> None:
        """Enter a robots.txt that was asked into the ledger."""
        with self.transaction() as connection:
            frontier.enter_robots(connection, self.run_id, url, answer)

    def close_host(self, origin: str, reason: str) -> None:
        """Stop the run if a start address is on the host that cannot be asked."""
        if any(url.startswith(f"{origin}/") for url in self.start):
            self.stop(RunStatus.UNREACHABLE, f"{reason}; run the same command later to go on.")

    def note_answer(self) -> None:
        """Count an answer with content: the site is there and lets us in."""
        self.refusals = self.silences = 0

    def note_refusal(self) -> bool:
        """Count a refusal; tell whether there were so many in a row that the site is in doubt."""
        self.silences = 0
        self.refusals += 1
        return self.refusals >= self.config.blocked_after

    def note_silence(self) -> bool:
        """Count a try in vain; tell whether there were so many that the site is in doubt."""
        self.silences += 1
        return self.silences >= self.config.blocked_after

    def stop_as_blocked(self, reason: str) -> None:
        """Have the run stop because the site turns us away."""
        self.stop(
            RunStatus.BLOCKED,
            f"The site refuses one address after the other ({reason}); "
            "look at it in a browser, then run the same command later to go on.",
        )

    def stop_as_unreachable(self, reason: str) -> None:
        """Have the run stop because the site does not answer."""
        self.stop(
            RunStatus.UNREACHABLE,
            f"The site does not answer, whatever it is asked ({reason}); "
            "run the same command later to go on.",
        )

    def is_login(self, target: str, *, base: str) -> bool:
        """Tell whether a redirect leads to where one logs in, in place of the page asked."""
        try:
            refusal = self.scope.refusal(canonical_url(target, base=base))
        except UnusableUrlError:
            return False
        return refusal is not None and refusal.rule == "account"

    def addresses_that_answered(self, limit: int) -> list[str]:
        """Return addresses whose content this run was given."""
        with self.transaction() as connection:
            return ledger.addresses_that_answered(connection, self.run_id, limit=limit)
