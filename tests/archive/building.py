"""Build an archive run by run, through the functions a crawl uses, without a crawl."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from archive.catalogue.promoting import promote_run
from archive.catalogue.versions import (
    current_version,
    note_added,
    note_changes,
    note_version,
    record_data,
    record_of_version,
)
from archive.catalogue.writing import keep_reading, tie_snapshot
from archive.comparing.fields import field_changes
from archive.evidence.recording import Answer, record_answer
from archive.evidence.resources import resolve_resource, resource_at
from archive.records import Agent, FileLink, Link, PageKind, PageReading, Record, RecordKind
from archive.runs import frontier, ledger, lifecycle
from archive.runs.gates import GateBounds
from archive.runs.gating import Verdict, judge_run
from archive.runs.ledger import Discovery, Outcome
from archive.runs.lifecycle import RunStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from sqlalchemy import Connection

SITE = "https://parcs.example.org"
START = f"{SITE}/centre-de-ressources"
BEGINNING = datetime(2026, 1, 1, tzinfo=UTC)
AGENT = "pnr-archive/0 (+https://example.org/about)"


def record(number: int, **fields: object) -> Record:
    """Return a record with every field that matters filled in."""
    url = f"{SITE}/centre-de-ressources/document/guide-{number}"
    full = Record(
        id=f"node-{number}",
        url=url,
        kind=RecordKind.DOCUMENT,
        title=f"Guide {number}",
        body_text="Un paragraphe.",
        document_type="Guide méthodologique",
        year_start=2012,
        year_end=2012,
        year_raw="2012",
        parks=("Scarpe-Escaut",),
        themes=(Link(label="Biodiversité", url=f"{SITE}/cr-theme/biodiversite"),),
        authors=(Agent(name="Fédération des Parcs"),),
        authors_raw="Fédération des Parcs",
        files=(FileLink(label="Guide", url=f"{SITE}/f/{number}.pdf", filename=f"{number}.pdf"),),
    )
    return replace(full, **fields)  # type: ignore[arg-type]  # each test names fields of Record


def make_run(
    connection: Connection,
    records: Iterable[Record],
    *,
    outcomes: Mapping[str, tuple[Outcome, str]] | None = None,
    limited: bool = False,
    bounds: GateBounds | None = None,
    layout: str = "drupal7-fields",
    start: Outcome = Outcome.NOT_A_RECORD,
) -> tuple[int, Verdict]:
    """File a whole run: its records, and what other addresses came to; judge and promote it."""
    run_id = lifecycle.begin_run(
        connection,
        scope={"start": [START]},
        limited=limited,
        software="0",
        reader_version="reader-1",
        user_agent=AGENT,
    )
    visit = _visit(connection, run_id, START, "start")
    ledger.settle(connection, visit, start, "listing")
    for one in records:
        _file(connection, run_id, one, layout)
    for url, (outcome, reason) in (outcomes or {}).items():
        visit = _visit(connection, run_id, url, "known")
        resource_id = resource_at(connection, url)
        ledger.settle(connection, visit, outcome, reason, resource_id=resource_id)
    verdict, _ = judge_run(connection, run_id, bounds or GateBounds())
    if verdict is not Verdict.REFUSED:
        promote_run(connection, run_id)
    lifecycle.end_run(connection, run_id, RunStatus.COMPLETE)
    return run_id, verdict


def _visit(connection: Connection, run_id: int, url: str, found_in: str) -> int:
    kind = "listing" if found_in == "start" else "record"
    ledger.discover(connection, run_id, [Discovery(url=url, kind=kind, found_in=found_in)])
    return next(
        each.id for each in frontier.pending(connection, run_id, limit=999) if each.url == url
    )


def _file(connection: Connection, run_id: int, one: Record, layout: str) -> None:
    visit = _visit(connection, run_id, one.url, "listing")
    moment = BEGINNING + timedelta(days=run_id, seconds=visit)
    answer = Answer(
        url=one.url,
        requested_at=moment,
        fetched_at=moment + timedelta(milliseconds=100),
        status=200,
        headers=(("Content-Type", "text/html"),),
        body=repr((one, layout)).encode(),
        received=1000,
    )
    recorded = record_answer(connection, run_id, answer, visit_id=visit, settles=True)
    resource_id = resolve_resource(
        connection,
        asked=one.url,
        canonical=one.url,
        kind="record",
        identity=one.id,
        seen_at=moment,
    )
    reading = PageReading(
        kind=PageKind.RECORD,
        layout=layout,
        fingerprint=layout,
        url=one.url,
        canonical_url=one.url,
        identity=one.id,
        record=one,
    )
    stored = keep_reading(
        connection, run_id, resource_id, recorded, reading, reader_version="reader-1"
    )
    tie_snapshot(connection, recorded.snapshot_id, resource_id, stored.id)
    assert stored.version_id is not None
    record_id = record_of_version(connection, stored.version_id)
    current = current_version(connection, record_id)
    if current is None:
        if not lifecycle.fills(connection, run_id):
            note_added(connection, run_id, record_id, stored.version_id)
    elif current.id != stored.version_id:
        same_layout = current.fingerprint == layout
        changes = field_changes(current.data, record_data(one), same_layout=same_layout)
        note_changes(connection, run_id, record_id, stored.version_id, changes)
    note_version(connection, run_id, record_id, stored.version_id, recorded.snapshot_id)
    ledger.settle(connection, visit, Outcome.STORED, resource_id=resource_id)
