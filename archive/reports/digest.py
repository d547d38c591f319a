"""The digest of some days: what is new, changed and gone, and what is worth a mail to the site."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import func, or_, select

from archive.comparing.clustering import cluster_changes
from archive.comparing.companions import worth_telling
from archive.comparing.fields import Cause
from archive.comparing.telling import told
from archive.comparing.wording import field_in_words
from archive.models import Change, Run, RunRecord
from archive.queries.changes import ChangeFilter, ChangeKind, changes, grouped_by_record
from archive.queries.overview import overview
from archive.reports.owner_issues import OwnerIssue, issues_for_owner
from archive.reports.rendering import render
from archive.runs.lifecycle import RunKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from archive.comparing.clustering import Cluster
    from archive.queries.changes import ChangeLine

#: Records a list of the digest names; JSON has all of them.
SHOWN: Final = 100


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordNews:
    """A record that came, went or came back, or that changed: when, and in which words."""

    record_id: str
    url: str
    title: str
    document_type: str
    parks: tuple[str, ...]
    at: datetime
    run: int
    words: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class SharedEdit:
    """One edit that was made on many pages: how many, on which types and parks, three of them."""

    field: str
    edit: str
    cause: str
    count: int
    types: dict[str, int]
    parks: dict[str, int]
    examples: tuple[RecordNews, ...]
    also: dict[str, int]
    """Fields that say the same in other words, as `authors_raw` does beside `authors`."""


@dataclass(frozen=True, slots=True, kw_only=True)
class RunNews:
    """A run of these days: what it did, how it ended, what it read and found changed."""

    id: int
    kind: str
    status: str
    verdict: str
    why: str
    started_at: datetime
    ended_at: datetime | None
    records: int
    changed: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Digest:
    """What happened between two moments, or since a run."""

    archive: str
    since: datetime | None
    since_run: int | None
    until: datetime
    records: int
    withdrawn: int
    counts: dict[str, int]
    added: list[RecordNews]
    edits: list[SharedEdit]
    changed: list[RecordNews]
    gone: list[RecordNews]
    restored: list[RecordNews]
    files: list[RecordNews]
    read_otherwise: int
    """Records that only our own reader reads otherwise: no news of the site."""
    issues: list[OwnerIssue]
    runs: list[RunNews]

    @property
    def is_quiet(self) -> bool:
        """Whether nothing happened to the site."""
        return not any(self.counts.values())

    def as_data(self) -> dict[str, Any]:
        """Return the digest as plain values, for JSON."""
        return asdict(self)

    def as_html(self) -> str:
        """Return the digest as one self-contained page; what comes from the site is escaped."""
        return render("digest.html.j2", digest=self, shown=SHOWN)

    def as_markdown(self) -> str:
        """Return the digest as Markdown; what comes from the site is escaped."""
        return render("digest.md.j2", digest=self, shown=SHOWN)


def draw_up_digest(
    connection: Connection, wanted: ChangeFilter, *, archive: str, until: datetime
) -> Digest:
    """Draw up the digest of the changes that are meant; *until* is the moment it is of."""
    found = changes(connection, wanted)
    site = [one for one in found if one.cause != Cause.READER]
    edited = [one for one in site if one.kind == ChangeKind.CHANGED]
    clustered = cluster_changes(edited)
    holds = overview(connection)
    return Digest(
        archive=archive,
        since=wanted.since,
        since_run=wanted.since_run,
        until=until,
        records=holds.records,
        withdrawn=holds.withdrawn,
        counts=_counts(site),
        added=_news(_of_kind(site, ChangeKind.ADDED)),
        edits=[_shared(cluster) for cluster in clustered.clusters],
        changed=_news(clustered.single),
        gone=_news(_of_kind(site, ChangeKind.WITHDRAWN)),
        restored=_news(_of_kind(site, ChangeKind.RESTORED)),
        files=_news(_of_kind(site, ChangeKind.FILE_REPLACED)),
        read_otherwise=len({one.record_id for one in found if one.cause == Cause.READER}),
        issues=issues_for_owner(connection, since=wanted.since, since_run=wanted.since_run),
        runs=_runs(connection, wanted),
    )


def _counts(site: Iterable[ChangeLine]) -> dict[str, int]:
    """Count the records by what happened to them."""
    found: dict[str, set[str]] = {str(kind): set() for kind in ChangeKind}
    for one in site:
        found[one.kind].add(one.record_id)
    return {kind: len(records) for kind, records in found.items()}


def _of_kind(site: Iterable[ChangeLine], kind: ChangeKind) -> list[ChangeLine]:
    return [one for one in site if one.kind == kind]


def _news(found: Sequence[ChangeLine]) -> list[RecordNews]:
    return [_of_record(group) for group in grouped_by_record(found)]


def _of_record(group: Sequence[ChangeLine]) -> RecordNews:
    first = group[0]
    return RecordNews(
        record_id=first.record_id,
        url=first.record_url,
        title=first.title or first.record_url,
        document_type=first.document_type,
        parks=first.parks,
        at=first.at,
        run=first.run,
        words=tuple(
            told(one.kind, one.field, one.before, one.after, named=field_in_words)
            for one in worth_telling(group)
        ),
    )


def _shared(cluster: Cluster[ChangeLine]) -> SharedEdit:
    return SharedEdit(
        field=cluster.field,
        edit=cluster.edit,
        cause=cluster.cause,
        count=cluster.count,
        types=cluster.types,
        parks=cluster.parks,
        examples=tuple(_of_record([one]) for one in cluster.examples),
        also=cluster.also,
    )


def _runs(connection: Connection, wanted: ChangeFilter) -> list[RunNews]:
    """Return the runs of these days, the newest first; what was imported is of other days."""
    records = select(func.count()).where(RunRecord.run_id == Run.id).scalar_subquery()
    changed = (
        select(func.count(Change.record_id.distinct()))
        .where(Change.run_id == Run.id, Change.cause != Cause.READER)
        .scalar_subquery()
    )
    query = (
        select(
            Run.id,
            Run.kind,
            Run.status,
            func.coalesce(Run.verdict, "").label("verdict"),
            Run.status_reason.label("why"),
            Run.started_at,
            Run.ended_at,
            records.label("records"),
            changed.label("changed"),
        )
        .where(Run.kind != RunKind.IMPORT)
        .order_by(Run.id.desc())
    )
    if wanted.since is not None:
        late = or_(Run.ended_at >= wanted.since, Run.promoted_at >= wanted.since)
        query = query.where(or_(late, Run.ended_at.is_(None)))
    if wanted.since_run is not None:
        query = query.where(Run.id > wanted.since_run)
    return [RunNews(**row) for row in connection.execute(query).mappings()]
