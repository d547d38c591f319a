"""An import as the command does it, and what came of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import pytest
from sqlalchemy import select

from archive.catalogue.as_of import moment_of, stand_at
from archive.database import open_archive
from archive.models import CatalogueRecord, Change, RecordVersion, Run, Snapshot, Visit
from archive.queries.filtering import RecordFilter
from archive.queries.records import whole_records
from crawler.config import Config
from crawler.importing.filing import Filing, Imported
from crawler.importing.planning import Plan, addresses_met, plan_import
from crawler.importing.saved import Given
from crawler.importing.site import site_of

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path


@dataclass(frozen=True)
class Shelf:
    """An archive, what is imported into it, and what it then tells."""

    path: Path
    folder: Path
    config: Config

    def take_in(
        self, *paths: Path, given: Given | None = None, hosts: Sequence[str] = ()
    ) -> tuple[Plan, Imported]:
        """Import files as `pnr import` does."""
        given = given or Given()
        with open_archive(self.path, access="create") as archive:
            with archive.connect() as connection:
                met = addresses_met(paths, given, self.config)
                site = site_of(connection, self.config, hosts, met)
                plan = plan_import(connection, paths, site, given, folder=self._unpacked())
            imported = Filing(site, plan).file_all(archive, lambda _count: None)
        return plan, imported

    def records(self, as_of: str = "") -> dict[str, dict[str, Any]]:
        """Return the records by id, as they stand or as they stood."""
        with open_archive(self.path) as archive, archive.connect() as connection:
            if as_of:
                stand_at(connection, moment_of(as_of))
            wanted = RecordFilter(withdrawn=True)
            return {one["id"]: one for one in whole_records(connection, wanted)}

    def changes(self) -> list[tuple[str, str, str, Any, Any, str]]:
        """Return every change with the day of its run, in the order of time."""
        query = (
            select(
                Run.promoted_at,
                Change.kind,
                Change.field,
                Change.before,
                Change.after,
                Change.cause,
            )
            .join(Run, Run.id == Change.run_id)
            .order_by(Run.promoted_at, Change.field)
        )
        with open_archive(self.path) as archive, archive.connect() as connection:
            return [
                (f"{row[0]:%Y-%m-%d}", row[1], row[2], row[3], row[4], row[5])
                for row in connection.execute(query)
            ]

    def versions(self, record_id: str) -> list[tuple[int, str, str]]:
        """Return number, day and title of each version of a record, by number."""
        query = (
            select(RecordVersion.number, RecordVersion.created_at, RecordVersion.data)
            .where(RecordVersion.record_id == record_id)
            .order_by(RecordVersion.number)
        )
        with open_archive(self.path) as archive, archive.connect() as connection:
            return [
                (row[0], f"{row[1]:%Y-%m-%d}", row[2]["title"]) for row in connection.execute(query)
            ]

    def answers(self) -> list[tuple[str, str, int | None, str]]:
        """Return address, moment, status and outcome of every answer, in the order of time."""
        query = (
            select(Snapshot.url, Snapshot.fetched_at, Snapshot.status, Visit.outcome)
            .join(Visit, Visit.snapshot_id == Snapshot.id)
            .order_by(Snapshot.fetched_at, Snapshot.url)
        )
        with open_archive(self.path) as archive, archive.connect() as connection:
            return [
                (row[0], f"{row[1]:%Y-%m-%d %H:%M:%S}", row[2], row[3])
                for row in connection.execute(query)
            ]

    def titles(self) -> dict[str, str]:
        """Return the titles of the current records by id."""
        with open_archive(self.path) as archive, archive.connect() as connection:
            rows = connection.execute(select(CatalogueRecord.id, CatalogueRecord.title))
            return {row.id: row.title for row in rows}

    def _unpacked(self) -> Path:
        folder = self.folder / f"unpacked-{len(list(self.folder.iterdir()))}"
        folder.mkdir()
        return folder


@pytest.fixture
def shelf(tmp_path: Path) -> Shelf:
    """Give an archive that is not there yet, of the real site's hosts."""
    folder = tmp_path / "given"
    folder.mkdir()
    return Shelf(tmp_path / "archive.sqlite", folder, Config(max_page_mb=0.1, max_file_mb=0.5))
