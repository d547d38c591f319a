"""A small archive to be asked: filed as a crawl files it, so that the index is kept by itself."""

from __future__ import annotations

import tomllib
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import insert, update

from archive.catalogue.promoting import promote_version
from archive.catalogue.versions import record_data
from archive.database import Archive, open_archive
from archive.extraction import Extraction as Extracted
from archive.extraction import ExtractionStatus, PageText
from archive.models import (
    Blob,
    CatalogueRecord,
    Extraction,
    HeldFile,
    RecordVersion,
    Resource,
    Run,
    Snapshot,
)
from archive.records import Agent, FileLink, Link, Record, RecordKind
from archive.texts.storing import keep_text

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

MOMENT: Final = datetime(2026, 1, 1, tzinfo=UTC)
LIBRARY: Final = Path(__file__).with_name("library.toml")


def small_archive(path: Path) -> Archive:
    """Return a new archive that holds the records of library.toml."""
    archive = open_archive(path, access="create")
    with archive.transaction() as connection:
        begin(connection)
        for number, entry in enumerate(tomllib.loads(LIBRARY.read_text("utf-8"))["record"], 1):
            add_record(connection, number, entry)
    return archive


def begin(connection: Connection) -> None:
    """Enter the one run that everything comes from."""
    run = {"id": 1, "scope": {}, "status": "complete", "fills": True, "limited": False}
    versions = {"software": "", "reader_version": "", "user_agent": "", "started_at": MOMENT}
    connection.execute(insert(Run), run | versions)


def add_record(connection: Connection, number: int, entry: dict[str, Any]) -> None:
    """File a record as the entry describes it, then the text of its file."""
    record = record_of(entry)
    sha256 = f"{number:064x}"
    _add_evidence(connection, number, record.url, sha256)
    ids = {"id": record.id, "resource_id": number, "first_seen": MOMENT, "last_seen": MOMENT}
    connection.execute(insert(CatalogueRecord), ids)
    add_version(connection, number, record)
    promote_version(connection, record.id, number, number)
    if entry["pages"]:
        add_text(connection, number, sha256, record.files[0].url, entry["pages"])
    if entry.get("withdrawn"):
        withdraw(connection, record.id)


def add_version(connection: Connection, version_id: int, record: Record) -> None:
    """File a reading of a record, the first snapshot its evidence."""
    version = {"id": version_id, "record_id": record.id, "number": version_id, "run_id": 1}
    reading = {"snapshot_id": 1, "reader_version": "", "layout": "", "fingerprint": ""}
    data = {"sha256": f"{version_id}", "data": record_data(record), "created_at": MOMENT}
    connection.execute(insert(RecordVersion), version | reading | data)


def add_text(
    connection: Connection, number: int, sha256: str, url: str, pages: Iterable[str]
) -> None:
    """Hold the file and keep the text of its pages."""
    queued = {"sha256": sha256, "status": "pending", "queued_at": MOMENT}
    connection.execute(insert(Extraction), queued)
    held = {"url": url, "sha256": sha256, "snapshot_id": number, "run_id": 1}
    connection.execute(insert(HeldFile), held)
    keep_text(connection, sha256, extracted(pages))


def extracted(pages: Iterable[str]) -> Extracted:
    """Return what reading a file of these pages gives; each has the same running head."""
    return Extracted(
        status=ExtractionStatus.READ,
        pages=tuple(
            PageText(
                number=number,
                text=f"Bandeau courant\n{text}",
                running_header=("Bandeau courant",),
            )
            for number, text in enumerate(pages, 1)
        ),
    )


def withdraw(connection: Connection, record_id: str) -> None:
    """Mark a record as withdrawn by the site."""
    connection.execute(
        update(CatalogueRecord).where(CatalogueRecord.id == record_id).values(withdrawn_at=MOMENT)
    )


def record_of(entry: dict[str, Any]) -> Record:
    """Return the record an entry of library.toml describes."""
    name = entry["id"]
    pdf = FileLink(label="PDF", url=f"https://example.org/{name}.pdf", filename=f"{name}.pdf")
    return Record(
        id=name,
        url=f"https://example.org/{name}",
        kind=RecordKind.DOCUMENT,
        title=entry["title"],
        body_text=entry["body"],
        document_type=entry["type"],
        year_start=entry.get("year") or entry["year_start"],
        year_end=entry.get("year") or entry["year_end"],
        parks=tuple(entry["parks"]),
        themes=tuple(Link(label=label, url="") for label in entry["themes"]),
        tags=tuple(Link(label=label, url="") for label in entry["tags"]),
        authors=tuple(Agent(name=name) for name in entry["authors"]),
        files=(pdf,),
    )


def _add_evidence(connection: Connection, number: int, url: str, sha256: str) -> None:
    blob = {"media_type": "application/pdf", "size": 0, "encoding": "identity"}
    connection.execute(insert(Blob), blob | {"sha256": sha256, "created_at": MOMENT})
    resource = {"id": number, "url": url, "kind": "record", "first_seen": MOMENT}
    connection.execute(insert(Resource), resource)
    answer = {"id": number, "run_id": 1, "url": url, "headers": [], "sha256": sha256}
    moments = {"requested_at": MOMENT, "fetched_at": MOMENT}
    connection.execute(insert(Snapshot), answer | moments)
