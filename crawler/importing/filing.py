"""File captures, a run of them at a time, each run whole or not at all."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from importlib.metadata import version
from typing import TYPE_CHECKING

from archive.evidence.blobs import digest
from archive.importing.imports import (
    drop_empty_import,
    enter_import,
    filed_digests,
    forgotten_digests,
    in_runs,
)
from crawler.importing.captures import UnusableCaptureError
from crawler.importing.entering import Entry, looking_with

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from archive.database import Archive
    from archive.runs.ledger import Outcome
    from crawler.importing.captures import Capture
    from crawler.importing.entering import Entered
    from crawler.importing.planning import Plan
    from crawler.importing.site import Site


@dataclass(slots=True)
class Imported:
    """What an import brought: its runs, what became of the captures, and how many were there."""

    runs: list[int] = field(default_factory=list)
    outcomes: Counter[Outcome] = field(default_factory=Counter)
    records: set[str] = field(default_factory=set)
    current: set[str] = field(default_factory=set)
    files: int = 0
    already: int = 0
    first: datetime | None = None
    last: datetime | None = None

    @property
    def captures(self) -> int:
        """How many captures were filed."""
        return sum(self.outcomes.values())

    def count(self, entered: Entered) -> None:
        """Count a capture that was filed."""
        self.outcomes[entered.outcome] += 1
        self.files += entered.is_file
        if entered.record_id:
            self.records.add(entered.record_id)
        if entered.is_current:
            self.current.add(entered.record_id)


class Filing:
    """Files the captures of a plan."""

    def __init__(self, site: Site, plan: Plan) -> None:
        self.site = site
        self.plan = plan
        self.looking = looking_with(site.reader)
        self.imported = Imported()

    def file_all(self, archive: Archive, told: Callable[[int], None]) -> Imported:
        """File every capture that is not archived yet; *told* of how many were dealt with."""
        with archive.connect() as connection:
            runs = list(in_runs(connection, self.plan.captures))
            forgotten = forgotten_digests(connection)
        for captures in runs:
            with archive.transaction() as connection:
                self._file_run(connection, captures, forgotten)
            told(len(captures))
        return self.imported

    def _file_run(
        self, connection: Connection, captures: Sequence[Capture], forgotten: frozenset[str]
    ) -> None:
        new = self._not_filed(connection, captures)
        if not new:
            return
        run_id = enter_import(
            connection,
            new,
            sources={one.source for one in new},
            software=version("pnr-archive"),
            reader_version=self.site.reader.version,
        )
        before = self.imported.captures
        for one in new:
            entry = Entry(connection, run_id, one, self.site, self.looking)
            try:
                self.imported.count(entry.file(forgotten))
            except UnusableCaptureError as error:
                self.plan.leave_out(f"{one.source}: {one.url}", error.why)
        if self.imported.captures == before:
            drop_empty_import(connection, run_id)
            return
        self.imported.runs.append(run_id)
        self.imported.first = self.imported.first or new[0].captured_at
        self.imported.last = new[-1].captured_at

    def _not_filed(self, connection: Connection, captures: Sequence[Capture]) -> list[Capture]:
        """Return the captures whose address, date and bytes are not in the archive together."""
        filed = filed_digests(connection, (one.url for one in captures))
        bodies: dict[str, set[str]] = {}
        for (url, _), digests in filed.items():
            bodies.setdefault(url, set()).update(digests)
        new = []
        for one in captures:
            there = filed.get((one.url, one.captured_at), set())
            # A date that is only the file's own says nothing against the very same bytes.
            if not one.dated:
                there = there | bodies.get(one.url, set())
            if there and (one.confirms is not None or _digest_of(one) in there):
                self.imported.already += 1
            else:
                new.append(one)
        return new


def _digest_of(capture: Capture) -> str:
    """Return the digest of a capture's body, ``""`` where it has none or cannot be read."""
    try:
        body = capture.read().body
    except UnusableCaptureError:
        return ""
    return digest(body) if body else ""
