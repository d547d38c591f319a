"""What a rehearsal found: how the site's pages read, and what a full crawl would take.

A rehearsal is a small crawl into an archive of its own; this reads that archive and promotes
nothing.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, urlsplit

from sqlalchemy import func, select

from archive.catalogue.writing import unpack_reading
from archive.models import ArchiveIssue, Blob, Reading, Snapshot, Visit
from archive.runs.certificate import RobotsRules, certify
from archive.runs.figures import figures_of
from archive.runs.ledger import Outcome
from archive.runs.lifecycle import newest_crawl, start_addresses

if TYPE_CHECKING:
    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class LayoutSeen:
    """Pages of one kind in one layout: how many, and one of them."""

    kind: str
    layout: str
    pages: int
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class UnknownLabel:
    """A label the vocabulary does not have: on how many pages, with what value, for instance."""

    label: str
    pages: int
    value: str
    example: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Estimate:
    """What a full crawl would take at least: addresses, seconds at *delay*, bytes."""

    addresses: int
    delay: float
    seconds: float
    bytes: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Rehearsal:
    """Everything a rehearsal found."""

    status: str
    status_reason: str
    start: list[tuple[str, str]]
    robots: tuple[RobotsRules, ...]
    layouts: list[LayoutSeen]
    not_recognised: list[str]
    refused: list[str]
    unknown_labels: list[UnknownLabel]
    fields: dict[str, tuple[int, int]]
    files: dict[str, int]
    estimate: Estimate

    @property
    def records(self) -> int:
        """Records that were read."""
        return sum(seen.pages for seen in self.layouts if seen.kind == "record")


def describe_rehearsal(connection: Connection, *, delay: float) -> Rehearsal:
    """Describe the newest run of an archive as a rehearsal; *delay* is a full crawl's, in s."""
    run = newest_crawl(connection)
    return Rehearsal(
        status=run.status,
        status_reason=run.status_reason,
        start=[
            (one.url, f"{one.outcome} {one.reason}".strip())
            for one in start_addresses(connection, run.id)
        ],
        robots=certify(connection, run.id).robots,
        layouts=_layouts(connection, run.id),
        not_recognised=_with_outcome(connection, run.id, Outcome.NOT_RECOGNISED),
        refused=_with_outcome(connection, run.id, Outcome.BLOCKED),
        unknown_labels=_unknown_labels(connection, run.id),
        fields=_fields(connection, run.id),
        files=_files(connection, run.id),
        estimate=_estimate(connection, run.id, delay),
    )


def _layouts(connection: Connection, run_id: int) -> list[LayoutSeen]:
    query = (
        select(Reading.kind, Reading.layout, func.count(), func.min(Snapshot.url))
        .join(Snapshot, Snapshot.reading_id == Reading.id)
        .where(Snapshot.run_id == run_id)
        .group_by(Reading.kind, Reading.layout)
        .order_by(func.count().desc(), Reading.kind, Reading.layout)
    )
    return [
        LayoutSeen(kind=kind, layout=layout, pages=pages, example=example)
        for kind, layout, pages, example in connection.execute(query)
    ]


def _with_outcome(connection: Connection, run_id: int, outcome: Outcome) -> list[str]:
    query = select(Visit.url).where(Visit.run_id == run_id, Visit.outcome == outcome)
    return list(connection.scalars(query.order_by(Visit.id).limit(10)))


def _unknown_labels(connection: Connection, run_id: int) -> list[UnknownLabel]:
    label = func.substr(ArchiveIssue.detail, 1, func.instr(ArchiveIssue.detail, ": ") - 1)
    value = func.substr(ArchiveIssue.detail, func.instr(ArchiveIssue.detail, ": ") + 2)
    query = (
        select(label, func.count(), func.min(value), func.min(ArchiveIssue.url))
        .where(ArchiveIssue.opened_run == run_id, ArchiveIssue.code == "unknown-label")
        .group_by(label)
        .order_by(func.count().desc(), label)
    )
    return [
        UnknownLabel(label=name, pages=pages, value=example_value, example=example)
        for name, pages, example_value, example in connection.execute(query)
    ]


def _fields(connection: Connection, run_id: int) -> dict[str, tuple[int, int]]:
    """Return for each field on how many of the records it was read, all kinds together."""
    filled: Counter[str] = Counter()
    total: Counter[str] = Counter()
    for figure in figures_of(connection, run_id):
        if figure.name == "filled":
            name = figure.subject.partition(".")[2]
            filled[name] += figure.value
            total[name] += figure.total
    return {name: (filled[name], total[name]) for name in total}


def _files(connection: Connection, run_id: int) -> dict[str, int]:
    query = (
        select(Visit.outcome, func.count())
        .where(Visit.run_id == run_id, Visit.kind == "file", Visit.outcome != Outcome.NOT_REACHED)
        .group_by(Visit.outcome)
    )
    return {row[0]: row[1] for row in connection.execute(query)}


def _estimate(connection: Connection, run_id: int, delay: float) -> Estimate:
    """Extrapolate: every address met, and the rows of list pages that were not opened.

    A lower bound, as honest as a sample can be: what only unopened pages link is not counted.
    """
    met = select(Visit.kind, func.count()).where(
        Visit.run_id == run_id, Visit.outcome.not_in((Outcome.EXCLUDED, Outcome.OFF_SITE))
    )
    counts = {row[0]: row[1] for row in connection.execute(met.group_by(Visit.kind))}
    unopened = _unopened_rows(connection, run_id)
    counts["record"] = counts.get("record", 0) + unopened
    size = _usual_size(connection, run_id)
    usual_files = _files_per_record(connection, run_id)
    counts["file"] = max(counts.get("file", 0), round(counts["record"] * usual_files))
    addresses = sum(counts.values())
    return Estimate(
        addresses=addresses,
        delay=delay,
        seconds=addresses * delay,
        bytes=sum(
            int(number * size.get("file" if kind == "file" else "page", 0.0))
            for kind, number in counts.items()
        ),
    )


def _unopened_rows(connection: Connection, run_id: int) -> int:
    """Return how many rows stand on list pages whose number was seen and that were not opened."""
    opened: dict[str, int] = Counter()
    rows: dict[str, int] = Counter()
    last: dict[str, int] = Counter()
    query = (
        select(Visit.url, Reading.data)
        .join(Snapshot, Snapshot.id == Visit.snapshot_id)
        .join(Reading, Reading.id == Snapshot.reading_id)
        .where(Visit.run_id == run_id, Reading.kind == "listing")
    )
    for url, data in connection.execute(query):
        path = urlsplit(url).path
        opened[path] += 1
        for link in unpack_reading(data).links:
            if urlsplit(link.url).path == path:
                last[path] = max(last[path], _page_number(link.url))
            else:
                rows[path] += 1
    return sum(
        round(max(last[path] + 1 - opened[path], 0) * rows[path] / opened[path]) for path in opened
    )


def _page_number(url: str) -> int:
    value = parse_qs(urlsplit(url).query).get("page", ["0"])[0]
    return int(value) if value.isdigit() else 0


def _usual_size(connection: Connection, run_id: int) -> dict[str, float]:
    kind = func.iif(Blob.encoding == "sqlar", "file", "page")
    query = (
        select(kind, func.avg(Snapshot.received))
        .join(Blob, Blob.sha256 == Snapshot.sha256)
        .where(Snapshot.run_id == run_id, Snapshot.status == 200)
        .group_by(kind)
    )
    return {name: round(size) for name, size in connection.execute(query)}


def _files_per_record(connection: Connection, run_id: int) -> float:
    figures = {(f.name, f.subject): f for f in figures_of(connection, run_id)}
    records = figures.get(("records", ""))
    if records is None or not records.value:
        return 0.0
    found = select(func.count()).where(Visit.run_id == run_id, Visit.kind == "file")
    return int(connection.execute(found).scalar_one()) / records.value
