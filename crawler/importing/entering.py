"""One capture enters the archive: recorded, read by today's reader, placed in the history."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from archive.catalogue.issues import reconcile_issues
from archive.catalogue.versions import record_data
from archive.catalogue.writing import find_reading, keep_reading, tie_snapshot, visit_of_resource
from archive.errors import CorruptBlobError
from archive.evidence.blobs import digest, read_blob
from archive.evidence.claims import believed
from archive.evidence.recording import archived_page, record_answer, recorded
from archive.evidence.resources import place_resource, resource_at
from archive.importing.imports import answer_confirmed, enter_visit
from archive.importing.placing import Looking, place_record
from archive.importing.placing_files import place_file
from archive.records import PageKind
from archive.runs.ledger import Outcome
from crawler.answers import is_file, kept_name
from crawler.importing.captures import LeftOut, UnusableCaptureError
from crawler.reading import words_on
from crawler.statuses import GONE, REDIRECTS, REFUSALS

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from archive.evidence.recording import Answer, Recorded, Validators
    from archive.records import PageReading
    from crawler.importing.captures import Capture
    from crawler.importing.site import Site
    from crawler.reading import PageReader

_REFUSING: Final = frozenset({PageKind.LOGIN, PageKind.BLOCK, PageKind.MAINTENANCE})
_KIND_OF_PAGE: Final = {
    PageKind.RECORD: "record",
    PageKind.LISTING: "listing",
    PageKind.TERM: "term",
    PageKind.SITEMAP: "sitemap",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Entered:
    """What a capture came to: its outcome, and the record or the file it brought."""

    outcome: Outcome
    record_id: str = ""
    is_current: bool = False
    is_file: bool = False


class Entry:
    """Enters one capture into a run, in the caller's transaction."""

    def __init__(
        self,
        connection: Connection,
        run_id: int,
        capture: Capture,
        site: Site,
        looking: Looking,
    ) -> None:
        self.connection = connection
        self.run_id = run_id
        self.capture = capture
        self.site = site
        self.looking = looking

    def file(self, forgotten: frozenset[str]) -> Entered:
        """Record the capture, read it, and give it its place.

        :raises UnusableCaptureError: it cannot be read, or holds what was *forgotten* for good.
        """
        answer, confirms = self._answer()
        if answer.body and digest(answer.body) in forgotten:
            raise UnusableCaptureError(LeftOut.EXCLUDED)
        kept = self._record(answer, confirms)
        if kept.status not in {200, 304} or not kept.sha256:
            return self._settle(kept, *_without_content(answer))
        return self._file_file(kept) if kept.is_file else self._file_page(kept)

    def _answer(self) -> tuple[Answer, Validators | None]:
        """Return the answer of the capture, and what it confirms where it brought no body."""
        answer = self.capture.read()
        if self.capture.confirms is None:
            return answer, None
        found = answer_confirmed(self.connection, *self.capture.confirms)
        if found is None:
            raise UnusableCaptureError(LeftOut.NO_ORIGINAL)
        if answer.status == 304:
            return answer, found
        return replace(answer, body=read_blob(self.connection, found.sha256)), None

    def _record(self, answer: Answer, confirms: Validators | None) -> Recorded:
        as_file = is_file(
            answer.url,
            self.capture.kind,
            answer.status,
            answer.body,
            answer.header("Content-Type"),
        )
        without_noise = None
        if answer.body and not as_file:
            without_noise = self.site.reader.without_noise(answer.body)
        return record_answer(
            self.connection,
            self.run_id,
            answer,
            visit_id=None,
            settles=False,
            filename=kept_name(answer.url, answer.body) if as_file else "",
            without_noise=without_noise,
            confirms=confirms,
        )

    def _file_file(self, kept: Recorded) -> Entered:
        resource_id = place_resource(
            self.connection,
            asked=self.capture.url,
            canonical=self.capture.url,
            kind="file",
            seen_at=self.capture.captured_at,
        )
        tie_snapshot(self.connection, kept.snapshot_id, resource_id)
        outcome = Outcome.NOT_MODIFIED if kept.revisit_of else Outcome.STORED
        entered = self._settle(kept, outcome, kind="file", resource_id=resource_id)
        place_file(self.connection, self.run_id, self.capture.url)
        return replace(entered, is_file=True)

    def _file_page(self, kept: Recorded) -> Entered:
        reading = self._reading(kept)
        if reading.kind in _REFUSING:
            return self._settle(kept, Outcome.BLOCKED, reading.kind)
        if reading.kind is PageKind.NOT_FOUND:
            return self._settle(kept, Outcome.GONE, "an error page answered with 200")
        return self._file_reading(kept, reading)

    def _reading(self, kept: Recorded) -> PageReading:
        asked = self.capture.url
        stored = find_reading(self.connection, asked, kept.content_sha256, self.site.reader.version)
        if stored is not None:
            return stored.reading
        reading = self.site.reader.read(archived_page(self.connection, kept))
        return believed(self.connection, self.run_id, asked, reading)

    def _file_reading(self, kept: Recorded, reading: PageReading) -> Entered:
        kind = _KIND_OF_PAGE.get(reading.kind, "page")
        resource_id = self._resource(reading, kind)
        stored = keep_reading(
            self.connection,
            self.run_id,
            resource_id,
            kept,
            reading,
            reader_version=self.site.reader.version,
            read_at=self.capture.captured_at,
        )
        tie_snapshot(self.connection, kept.snapshot_id, resource_id, stored.id)
        elsewhere = visit_of_resource(self.connection, self.run_id, resource_id, besides=0)
        outcome, reason = _outcome(kept, reading, elsewhere)
        entered = self._settle(kept, outcome, reason, kind=kind, resource_id=resource_id)
        if stored.version_id is None or elsewhere is not None:
            return entered
        placed = place_record(
            self.connection, self.run_id, stored.version_id, kept.snapshot_id, self.looking
        )
        if placed.is_current:
            self._open_issues(reading, resource_id)
        return replace(entered, record_id=placed.record_id, is_current=placed.is_current)

    def _resource(self, reading: PageReading, kind: str) -> int:
        scope, asked = self.site.scope, self.capture.url
        canonical = reading.canonical_url or asked
        names = reading.record.aliases if reading.record else ()
        return place_resource(
            self.connection,
            # A printed page was saved under an address that is never asked.
            asked=asked if scope.refusal(asked, kind) is None else canonical,
            canonical=canonical,
            kind=kind,
            identity=reading.identity,
            aliases=[url for url in names if scope.refusal(url, "record") is None],
            seen_at=self.capture.captured_at,
        )

    def _open_issues(self, reading: PageReading, resource_id: int) -> None:
        """Note what is odd about a page, which is today's as far as the archive knows."""
        reconcile_issues(
            self.connection,
            self.run_id,
            self.capture.url,
            "page",
            reading.issues,
            resource_id=resource_id,
        )

    def _settle(
        self,
        kept: Recorded,
        outcome: Outcome,
        reason: str = "",
        *,
        kind: str = "",
        resource_id: int | None = None,
    ) -> Entered:
        enter_visit(
            self.connection,
            self.run_id,
            self.capture.url,
            outcome,
            reason,
            kind=kind or self.capture.kind,
            resource_id=resource_id or resource_at(self.connection, self.capture.url),
            snapshot_id=kept.snapshot_id,
            at=self.capture.captured_at,
        )
        return Entered(outcome=outcome)


def looking_with(reader: PageReader) -> Looking:
    """Return how archived pages are looked at again with this reader."""

    def reread(connection: Connection, snapshot_id: int) -> dict[str, Any] | None:
        try:
            page = archived_page(connection, recorded(connection, snapshot_id))
        except CorruptBlobError:
            return None
        reading = reader.read(page)
        return record_data(reading.record) if reading.record else None

    def words(connection: Connection, snapshot_id: int) -> str:
        try:
            return words_on(archived_page(connection, recorded(connection, snapshot_id)))
        except CorruptBlobError:
            return ""

    return Looking(reader_version=reader.version, reread=reread, words_of=words)


def _outcome(kept: Recorded, reading: PageReading, elsewhere: str | None) -> tuple[Outcome, str]:
    """Return what a page that was read comes to, and why."""
    if elsewhere is not None:
        return Outcome.ALIAS, f"of {elsewhere}"
    if reading.kind is PageKind.UNRECOGNISED:
        return Outcome.NOT_RECOGNISED, ""
    if reading.record is None:
        return Outcome.NOT_A_RECORD, str(reading.kind)
    return (Outcome.NOT_MODIFIED if kept.revisit_of else Outcome.STORED), ""


def _without_content(answer: Answer) -> tuple[Outcome, str]:
    """Return what an answer comes to that brought nothing to read, and why."""
    status = answer.status or 0
    if status in REDIRECTS:
        return Outcome.REDIRECTED, f"to {answer.header('Location')}"
    if status in GONE:
        return Outcome.GONE, str(status)
    if status in REFUSALS:
        return Outcome.BLOCKED, str(status)
    reason = "an empty answer" if status == 200 else f"HTTP {status}"
    return Outcome.FAILED, reason
