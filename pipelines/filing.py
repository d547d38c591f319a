"""Last stage: file what a visit brought, with its outcome, in one transaction.

Everything here happens between two awaits: a crawl that is killed leaves whole visits behind,
never halves.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from archive.catalogue.issues import reconcile_issues
from archive.catalogue.promoting import promote_files, promote_version
from archive.catalogue.versions import (
    current_version,
    current_version_id,
    note_version,
    record_of_version,
)
from archive.catalogue.writing import (
    keep_reading,
    reading_that_led_to,
    tie_snapshot,
    visit_of_resource,
)
from archive.evidence.claims import believed
from archive.evidence.resources import resolve_resource, resource_at
from archive.records import LinkKind, PageKind
from archive.runs import frontier, ledger
from archive.runs.ledger import Outcome
from crawler.archiving import desk_of
from crawler.entered import EnteredAddresses
from crawler.items import AddressMoved, AddressSettled, AskAgain, FileFetched, PageRead
from pipelines.differing import note_difference, note_new_record

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler
    from sqlalchemy import Connection

    from archive.catalogue.writing import StoredReading
    from archive.records import FoundLink, PageReading
    from archive.runs.frontier import PendingVisit
    from crawler.desk import Desk
    from crawler.items import Item

#: Redirects in a row that are followed, each an address of its own in the ledger.
_MOST_HOPS = 10
#: Pages of a list in a row that may lead to nothing new before its pager is left alone. Another
#: list or the sitemap may have led to all of a list's rows before: so many, that a real one ends.
_PATIENCE = 200

_KIND_OF_PAGE = {
    PageKind.RECORD: "record",
    PageKind.LISTING: "listing",
    PageKind.TERM: "term",
    PageKind.SITEMAP: "sitemap",
}


class FilingPipeline:
    """Files each item; the ledger, the readings and the current records move together."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk
        self._entered = EnteredAddresses()

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """File at the crawl's desk."""
        return cls(desk_of(crawler))

    def process_item(self, item: Item) -> Item:
        """File one item; the address is then no longer in hand."""
        try:
            with self.desk.transaction() as connection:
                self._file(item, connection)
        except BaseException:
            self._entered.drop()
            raise
        self._entered.keep()
        self.desk.let_go(item.visit)
        return item

    def _file(self, item: Item, connection: Connection) -> None:
        match item:
            case PageRead():
                self._file_page(item, connection)
            case FileFetched():
                self._file_file(item, connection)
            case AddressMoved():
                self._follow(item, connection)
            case AddressSettled():
                self._settle(item, connection)
            case AskAgain():
                self._ask_again(item, connection)

    def _ask_again(self, item: AskAgain, connection: Connection) -> None:
        if self.desk.stopping:
            # Refused because the run stops, not in vain: nothing is counted against the address.
            frontier.reopen(connection, item.visit.id)
        else:
            frontier.postpone(connection, item.visit.id)

    def _settle(self, item: AddressSettled, connection: Connection) -> None:
        resource_id = resource_at(connection, item.visit.url)
        ledger.settle(connection, item.visit.id, item.outcome, item.reason, resource_id=resource_id)
        if item.issues or resource_id is not None:
            self._issues(connection, item, resource_id)

    def _follow(self, item: AddressMoved, connection: Connection) -> None:
        visit = item.visit
        if visit.hops >= _MOST_HOPS:
            ledger.settle(connection, visit.id, Outcome.FAILED, "too many redirects in a row")
            return
        targets = self.desk.discoveries(
            visit, [(item.target, visit.kind)], "redirect", hops=visit.hops + 1
        )
        if not targets or targets[0].url == visit.url:
            reason = f"redirects to {item.target!r}, which leads nowhere"
            ledger.settle(connection, visit.id, Outcome.FAILED, reason)
            return
        self.desk.enter(connection, targets)
        ledger.settle(
            connection,
            visit.id,
            Outcome.REDIRECTED,
            f"to {targets[0].url}",
            resource_id=resource_at(connection, visit.url),
        )

    def _file_file(self, item: FileFetched, connection: Connection) -> None:
        visit, answer = item.visit, item.answer
        resource_id = resolve_resource(
            connection, asked=visit.url, canonical=visit.url, kind="file", seen_at=ledger.now()
        )
        tie_snapshot(connection, answer.snapshot_id, resource_id)
        outcome = Outcome.NOT_MODIFIED if answer.revisit_of else Outcome.STORED
        ledger.settle(connection, visit.id, outcome, resource_id=resource_id)
        self._issues(connection, item, resource_id)
        if self.desk.fills:
            promote_files(connection, self.desk.run_id, visit.url)

    def _file_page(self, item: PageRead, connection: Connection) -> None:
        if item.reading.record is not None and self.desk.limit_is_met:
            reason = "the run's limit"
            ledger.settle(connection, item.visit.id, Outcome.NOT_REACHED, reason)
            return
        stored = item.stored
        if stored is None:
            reading = believed(connection, self.desk.run_id, item.visit.url, item.reading)
            item = replace(item, reading=reading)
            stored = self._keep(item, connection)
        tie_snapshot(connection, item.answer.snapshot_id, stored.resource_id, stored.id)
        elsewhere = visit_of_resource(
            connection, self.desk.run_id, stored.resource_id, besides=item.visit.id
        )
        if elsewhere is not None:
            reason = f"of {elsewhere}"
            ledger.settle(
                connection, item.visit.id, Outcome.ALIAS, reason, resource_id=stored.resource_id
            )
            return
        outcome = self._file_record(item, stored, connection)
        reason = item.reading.kind if outcome is Outcome.NOT_A_RECORD else ""
        ledger.settle(connection, item.visit.id, outcome, reason, resource_id=stored.resource_id)
        if item.stored is None:
            self._issues(connection, item, stored.resource_id)
        self.desk.settled_ahead |= ledger.settle_aliases(
            connection, self.desk.run_id, stored.resource_id, item.visit.url, self.desk.asked
        )
        self._lead_on(item, connection)

    def _keep(self, item: PageRead, connection: Connection) -> StoredReading:
        reading = item.reading
        resource_id = resolve_resource(
            connection,
            asked=item.visit.url,
            canonical=reading.canonical_url or item.visit.url,
            kind=_KIND_OF_PAGE.get(reading.kind, "page"),
            identity=reading.identity,
            aliases=self._aliases(reading),
            seen_at=ledger.now(),
        )
        return keep_reading(
            connection,
            self.desk.run_id,
            resource_id,
            item.answer,
            reading,
            reader_version=self.desk.reader.version,
        )

    def _aliases(self, reading: PageReading) -> list[str]:
        names = reading.record.aliases if reading.record else ()
        return [url for url in names if self.desk.scope.refusal(url, "record") is None]

    def _file_record(
        self, item: PageRead, stored: StoredReading, connection: Connection
    ) -> Outcome:
        """File the record the page holds, if it holds one; return the visit's outcome."""
        if item.reading.kind is PageKind.UNRECOGNISED:
            return Outcome.NOT_RECOGNISED
        if stored.version_id is None:
            return Outcome.NOT_A_RECORD
        record_id = record_of_version(connection, stored.version_id)
        before = current_version_id(connection, record_id)
        if before != stored.version_id:
            current = current_version(connection, record_id) if before else None
            if current is None:
                note_new_record(self.desk, connection, stored, record_id)
            else:
                note_difference(self.desk, connection, item, stored, current)
        note_version(
            connection,
            self.desk.run_id,
            record_id,
            stored.version_id,
            item.answer.snapshot_id,
        )
        self.desk.records_read += 1
        if self.desk.fills and before != stored.version_id:
            promote_version(connection, record_id, stored.version_id, item.answer.snapshot_id)
        if item.answer.revisit_of:
            return Outcome.NOT_MODIFIED
        return Outcome.SAME_READING if before == stored.version_id else Outcome.STORED

    def _lead_on(self, item: PageRead, connection: Connection) -> None:
        """Enter the addresses a page leads to; leave a pager alone that has nothing more."""
        visit = item.visit
        place = _KIND_OF_PAGE.get(item.reading.kind, "page")
        pager = [link for link in item.links if _is_pager(link, visit.url)]
        rows = [link for link in item.links if link not in pager]
        new = self._enter(visit, rows, place, connection)
        fruitless = 0 if new else visit.fruitless + 1
        if not pager or fruitless > _PATIENCE:
            return
        if new or not self._repeats(visit.id, rows, connection):
            self._enter(visit, pager, place, connection, fruitless=fruitless)

    def _enter(
        self,
        visit: PendingVisit,
        links: list[FoundLink],
        place: str,
        connection: Connection,
        *,
        fruitless: int = 0,
    ) -> int:
        """Enter what links lead to into the ledger; return how much of it is new."""
        links = self._entered.unknown(links)
        if not links:
            return 0
        left_out = self.desk.left_out
        found = self.desk.discoveries(visit, _pairs(links), place, fruitless=fruitless)
        new = self.desk.enter(connection, found)
        if self.desk.left_out == left_out:
            self._entered.note(links)
        return new

    def _repeats(self, visit_id: int, rows: list[FoundLink], connection: Connection) -> bool:
        """Tell whether the page of the list that led here had the very same rows."""
        before = reading_that_led_to(connection, visit_id)
        if before is None or before.kind not in {PageKind.LISTING, PageKind.TERM}:
            return False
        earlier = {link.url for link in before.links if link.kind is not LinkKind.LISTING}
        return {link.url for link in rows} <= earlier

    def _issues(
        self,
        connection: Connection,
        item: PageRead | FileFetched | AddressSettled,
        resource_id: int | None,
    ) -> None:
        issues = item.reading.issues if isinstance(item, PageRead) else item.issues
        source = "page" if isinstance(item, PageRead) else "file"
        reconcile_issues(
            connection,
            self.desk.run_id,
            item.visit.url,
            source,
            issues,
            resource_id=resource_id,
        )


def _is_pager(link: FoundLink, url: str) -> bool:
    return link.kind is LinkKind.LISTING and link.url.partition("?")[0] == url.partition("?")[0]


def _pairs(links: list[FoundLink]) -> list[tuple[str, str]]:
    return [(link.url, str(link.kind)) for link in links]
