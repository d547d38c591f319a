"""What an export says of itself: which state of which archive, what was asked, what came out.

Nothing in it depends on when or where the export was made: the same state gives the same bytes.
"""

from __future__ import annotations

import hashlib
from dataclasses import asdict
from importlib.metadata import version
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import select

from archive import migrations
from archive.authority.storing import stored_text
from archive.models import Run
from archive.queries.filtering import RecordFilter

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection

#: The manifest's name in a folder; beside a single file it is the file's name and this.
MANIFEST: Final = "manifest.json"


def manifest_of(
    connection: Connection,
    *,
    archive: str,
    form: str,
    wanted: RecordFilter,
    as_of: datetime | None = None,
) -> dict[str, Any]:
    """Return the manifest of an export before anything is counted: state, format, filters."""
    run = _run_of(connection, as_of)
    authority = stored_text(connection)
    return {
        "format": form,
        "archive": archive,
        "software": f"pnr {version('pnr-archive')}",
        "schema": migrations.HEAD,
        "run": run,
        "date": run["promoted_at"] if run else None,
        "as_of": as_of.isoformat() if as_of else None,
        "authority_sha256": hashlib.sha256(authority.encode()).hexdigest() if authority else "",
        "filters": _filters(wanted),
    }


def counted(
    manifest: Mapping[str, Any], counts: Mapping[str, int], files: Iterable[Path]
) -> dict[str, Any]:
    """Return the manifest with what came out: rows by table, and every file with its digest."""
    return {
        **manifest,
        "counts": dict(counts),
        "files": [
            {"name": path.name, "bytes": path.stat().st_size, "sha256": digest_of(path)}
            for path in files
        ],
    }


def digest_of(path: Path) -> str:
    """Return the SHA-256 of a file, in hexadecimal."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def _run_of(connection: Connection, as_of: datetime | None) -> dict[str, Any]:
    """Return the last run that had become current: its state is what is exported."""
    query = select(
        Run.id, Run.started_at, Run.ended_at, Run.promoted_at, Run.verdict, Run.reader_version
    ).where(Run.promoted_at.is_not(None))
    if as_of is not None:
        query = query.where(Run.promoted_at <= as_of)
    last = query.order_by(Run.promoted_at.desc(), Run.id.desc()).limit(1)
    row = connection.execute(last).mappings().first()
    return {} if row is None else {name: _plain(value) for name, value in row.items()}


def _plain(value: Any) -> Any:
    return value.isoformat() if hasattr(value, "isoformat") else value


def _filters(wanted: RecordFilter) -> dict[str, Any]:
    said, silent = asdict(wanted), asdict(RecordFilter())
    return {name: value for name, value in said.items() if value != silent[name]}
