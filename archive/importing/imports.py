"""Imports: captures made by others, filed as runs that stand at the captures' own dates.

A run of kind ``import`` holds captures of one day, each address once, with no other run between
them: it became current when its last capture was made. So everything that asks which run came
first asks by `promoted_at`, and needs to know nothing of imports. An import is a limited run: it
is never a measure of another, and proves nothing of what the site has not.
"""

from __future__ import annotations

from bisect import bisect_right
from typing import TYPE_CHECKING, Any, Final, Protocol, TypeVar

from sqlalchemy import bindparam, delete, insert, select

from archive.evidence.recording import Validators
from archive.models import Blob, Run, Snapshot, Tombstone, Visit
from archive.runs.lifecycle import RunKind, RunStatus

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from archive.runs.ledger import Outcome

#: Captures that are filed in one transaction, at most, and bytes of them.
_MOST: Final = 200
_MOST_BYTES: Final = 64_000_000
#: Addresses that SQLite is asked about at a time.
_BATCH: Final = 500


class Dated(Protocol):
    """Something that was captured: under which address, when, and how large it is."""

    @property
    def url(self) -> str:
        """Its canonical address."""

    @property
    def captured_at(self) -> datetime:
        """When it was captured."""

    @property
    def size(self) -> int:
        """Bytes, roughly."""


Capture = TypeVar("Capture", bound=Dated)


def enter_import(
    connection: Connection,
    captures: Sequence[Dated],
    *,
    sources: Iterable[str],
    software: str,
    reader_version: str,
) -> int:
    """Enter the run that these captures, in the order of time, make up; return its number."""
    row = {
        "kind": RunKind.IMPORT,
        "scope": {"imported": sorted(set(sources))},
        "status": RunStatus.COMPLETE,
        "status_reason": "",
        "fills": False,
        "limited": True,
        "software": software,
        "reader_version": reader_version,
        "user_agent": "",
        "started_at": captures[0].captured_at,
        "ended_at": captures[-1].captured_at,
        "promoted_at": captures[-1].captured_at,
    }
    return int(connection.execute(_ENTER, row).scalar_one())


_ENTER: Final = insert(Run).returning(Run.id)


def drop_empty_import(connection: Connection, run_id: int) -> None:
    """Take back a run of which nothing could be filed."""
    connection.execute(delete(Run).where(Run.id == run_id))


def enter_visit(
    connection: Connection,
    run_id: int,
    url: str,
    outcome: Outcome,
    reason: str,
    *,
    kind: str,
    resource_id: int | None,
    snapshot_id: int,
    at: datetime,
) -> None:
    """Enter a capture into the ledger of its run, settled."""
    connection.execute(
        insert(Visit),
        {
            "run_id": run_id,
            "url": url,
            "kind": kind,
            "found_in": "import",
            "outcome": outcome,
            "reason": reason,
            "resource_id": resource_id,
            "snapshot_id": snapshot_id,
            "settled_at": at,
        },
    )


def in_runs(connection: Connection, captures: Iterable[Capture]) -> Iterator[list[Capture]]:
    """Cut captures, in the order of time, into runs; each is filed whole or not at all.

    A run ends with its day, before an address returns, and where another run became current.
    """
    turns = [at for at in connection.scalars(_TURNS) if at is not None]
    run: list[Capture] = []
    urls: set[str] = set()
    size = 0
    for one in captures:
        if run and (
            one.url in urls
            or len(run) >= _MOST
            or size + one.size > _MOST_BYTES
            or one.captured_at.date() != run[-1].captured_at.date()
            or bisect_right(turns, one.captured_at) != bisect_right(turns, run[0].captured_at)
        ):
            yield run
            run, urls, size = [], set(), 0
        run.append(one)
        urls.add(one.url)
        size += one.size
    if run:
        yield run


_TURNS: Final = (
    select(Run.promoted_at)
    .where(Run.promoted_at.is_not(None), Run.kind != RunKind.IMPORT)
    .order_by(Run.promoted_at)
)


def filed_digests(
    connection: Connection, urls: Iterable[str]
) -> dict[tuple[str, datetime], set[str]]:
    """Return the digests of what these addresses answered, by address and moment.

    An answer without a body has ``""``.
    """
    found: dict[tuple[str, datetime], set[str]] = {}
    names = sorted(set(urls))
    for start in range(0, len(names), _BATCH):
        rows = connection.execute(_FILED, {"urls": names[start : start + _BATCH]})
        for url, at, sha256 in rows:
            found.setdefault((url, at), set()).add(sha256 or "")
    return found


_FILED: Final = select(Snapshot.url, Snapshot.fetched_at, Snapshot.sha256).where(
    Snapshot.url.in_(bindparam("urls", expanding=True))
)


def answer_confirmed(connection: Connection, url: str, at: datetime) -> Validators | None:
    """Return the answer of an address at that moment, which a later one says still stands."""
    row = connection.execute(_CONFIRMED, {"address": url, "moment": at}).mappings().first()
    return None if row is None else Validators(**{**row, "is_file": bool(row["is_file"])})


_CONFIRMED: Final = (
    select(
        Snapshot.id.label("snapshot_id"),
        Snapshot.etag,
        Snapshot.last_modified,
        Snapshot.content_type,
        Snapshot.sha256,
        Snapshot.content_sha256,
        (Blob.encoding == "sqlar").label("is_file"),
    )
    .join(Blob, Blob.sha256 == Snapshot.sha256)
    .where(
        Snapshot.url == bindparam("address"),
        Snapshot.fetched_at == bindparam("moment"),
    )
    .order_by(Snapshot.id)
    .limit(1)
)


def forgotten_digests(connection: Connection) -> frozenset[str]:
    """Return the SHA-256 of what was taken out of the archive for good."""
    rows: Any = connection.scalars(select(Tombstone.digests))
    return frozenset(sha256 for digests in rows for sha256 in digests)
