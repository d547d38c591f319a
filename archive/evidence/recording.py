"""Write down what the site answered, before anyone reads it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, func, insert, select, update
from sqlalchemy.dialects.sqlite import insert as upsert

from archive.evidence.blobs import digest, keep_file, keep_page, read_blob
from archive.models import Blob, Extraction, Run, Snapshot, Visit
from archive.records import FetchedPage

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime
    from typing import BinaryIO

    from sqlalchemy import Connection


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """What came back when an address was asked; *body* is decoded, *received* is on the wire.

    A large file is in *spool*, and *body* has its beginning only.
    """

    url: str
    requested_at: datetime
    fetched_at: datetime
    status: int | None
    error: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    body: bytes = b""
    spool: BinaryIO | None = None
    received: int = 0

    def header(self, name: str) -> str:
        """Return the first header of this name, exactly as received, ``""`` if there is none."""
        wanted = name.lower()
        return next((value for key, value in self.headers if key.lower() == wanted), "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Recorded:
    """An answer that is in the archive. *sha256* is ``""`` when it brought no body."""

    snapshot_id: int
    url: str
    status: int | None
    content_type: str
    sha256: str
    content_sha256: str
    is_file: bool
    revisit_of: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Validators:
    """What a conditional request needs of the last answer with a body, and that body's digest."""

    snapshot_id: int
    etag: str
    last_modified: str
    content_type: str
    sha256: str
    content_sha256: str
    is_file: bool


def is_pdf(body: bytes) -> bool:
    r"""Tell a PDF by its content: the mark may stand anywhere in the first 1,024 bytes.

    >>> is_pdf(b"\xef\xbb\xbf%PDF-1.4")
    True
    """
    return b"%PDF-" in body[:1024]


def record_answer(
    connection: Connection,
    run_id: int,
    answer: Answer,
    *,
    visit_id: int | None,
    settles: bool,
    filename: str = "",
    without_noise: bytes | None = None,
    confirms: Validators | None = None,
) -> Recorded:
    """Keep an answer and its bytes; tie it to the visit if it *settles* what was asked.

    *filename* is given for a file, which is kept as it is; *without_noise* is a page's body
    without what changes at every request. *confirms* is the answer that a 304 says still stands.
    """
    sha256 = content_sha256 = ""
    content_type = answer.header("Content-Type")
    if confirms is not None:
        sha256, content_sha256 = confirms.sha256, confirms.content_sha256
        content_type = confirms.content_type
    elif answer.body:
        sha256 = _keep_body(connection, answer, filename)
        content_sha256 = sha256 if without_noise is None else digest(without_noise)
    row = _snapshot_row(run_id, answer, sha256, content_sha256, confirms)
    snapshot_id = int(connection.execute(_ENTER, row).scalar_one())
    if visit_id is not None and settles:
        connection.execute(_ANSWER, {"visit": visit_id, "snapshot": snapshot_id})
    return Recorded(
        snapshot_id=snapshot_id,
        url=answer.url,
        status=answer.status,
        content_type=content_type,
        sha256=sha256,
        content_sha256=content_sha256,
        is_file=confirms.is_file if confirms else bool(filename and sha256),
        revisit_of=confirms.snapshot_id if confirms else None,
    )


_ENTER: Final = insert(Snapshot).returning(Snapshot.id)
_ANSWER: Final = (
    update(Visit).where(Visit.id == bindparam("visit")).values(snapshot_id=bindparam("snapshot"))
)


def last_validators(connection: Connection, urls: Sequence[str]) -> dict[str, Validators]:
    """Return the validators of each address's last good answer, where its body is archived.

    Those of captures that were imported are others' and of long ago, and no use.
    """
    if not urls:
        return {}
    return {
        row.url: Validators(
            snapshot_id=row.id,
            etag=row.etag,
            last_modified=row.last_modified,
            content_type=row.content_type,
            sha256=row.sha256,
            content_sha256=row.content_sha256,
            is_file=bool(row.is_file),
        )
        for row in connection.execute(_LAST_VALIDATORS, {"urls": urls})
    }


_LAST_GOOD: Final = (
    select(func.max(Snapshot.id))
    .join(Blob, Blob.sha256 == Snapshot.sha256)
    .join(Run, Run.id == Snapshot.run_id)
    .where(
        Snapshot.url.in_(bindparam("urls", expanding=True)),
        Snapshot.status.in_((200, 304)),
        Run.kind != "import",
    )
    .group_by(Snapshot.url)
)
_LAST_VALIDATORS: Final = (
    select(
        Snapshot.id,
        Snapshot.url,
        Snapshot.etag,
        Snapshot.last_modified,
        Snapshot.content_type,
        Snapshot.sha256,
        Snapshot.content_sha256,
        (Blob.encoding == "sqlar").label("is_file"),
    )
    .join(Blob, Blob.sha256 == Snapshot.sha256)
    .where(Snapshot.id.in_(_LAST_GOOD))
)


def recorded(connection: Connection, snapshot_id: int) -> Recorded:
    """Return an answer that was recorded earlier."""
    row = connection.execute(
        select(
            Snapshot.url,
            Snapshot.status,
            Snapshot.content_type,
            Snapshot.sha256,
            Snapshot.content_sha256,
            Snapshot.revisit_of,
            (Blob.encoding == "sqlar").label("is_file"),
        )
        .outerjoin(Blob, Blob.sha256 == Snapshot.sha256)
        .where(Snapshot.id == snapshot_id)
    ).one()
    return Recorded(
        snapshot_id=snapshot_id,
        url=row.url,
        status=row.status,
        content_type=row.content_type,
        sha256=row.sha256 or "",
        content_sha256=row.content_sha256,
        is_file=bool(row.is_file),
        revisit_of=row.revisit_of,
    )


def headers_of(connection: Connection, snapshot_id: int) -> list[tuple[str, str]]:
    """Return an answer's headers, as received."""
    query = select(Snapshot.headers).where(Snapshot.id == snapshot_id)
    return [(name, value) for name, value in connection.execute(query).scalar_one()]


def archived_page(connection: Connection, answer: Recorded) -> FetchedPage:
    """Return a recorded page with its body, to be read.

    :raises CorruptBlobError: its bytes are missing or damaged.
    """
    body = read_blob(connection, answer.sha256) if answer.sha256 else b""
    return FetchedPage(url=answer.url, body=body, content_type=answer.content_type)


def _keep_body(connection: Connection, answer: Answer, filename: str) -> str:
    media_type = answer.header("Content-Type").split(";", 1)[0].strip().lower()
    if filename:
        return _keep_file(connection, answer, filename, media_type)
    return keep_page(
        connection,
        answer.body,
        media_type=media_type,
        base_sha256=_first_body(connection, answer.url),
        created_at=answer.fetched_at,
    )


def _keep_file(connection: Connection, answer: Answer, filename: str, media_type: str) -> str:
    pdf = is_pdf(answer.body)
    sha256 = keep_file(
        connection,
        answer.spool or answer.body,
        filename=filename,
        media_type="application/pdf" if pdf else media_type,
        created_at=answer.fetched_at,
    )
    if pdf:
        # The queue of texts to be read is in the archive, entered with the bytes themselves.
        waiting = {"sha256": sha256, "status": "pending", "queued_at": answer.fetched_at}
        connection.execute(_QUEUE, waiting)
    return sha256


_QUEUE: Final = upsert(Extraction).on_conflict_do_nothing()


def _first_body(connection: Connection, url: str) -> str | None:
    return connection.scalar(_FIRST_BODY, {"address": url})


_FIRST_BODY: Final = (
    select(Snapshot.sha256)
    .where(
        Snapshot.url == bindparam("address"),
        Snapshot.status == 200,
        Snapshot.sha256.is_not(None),
    )
    .order_by(Snapshot.id)
    .limit(1)
)


def _snapshot_row(
    run_id: int,
    answer: Answer,
    sha256: str,
    content_sha256: str,
    confirms: Validators | None,
) -> dict[str, object]:
    # A 304 may leave validators out; those it confirms are then still the ones to send.
    etag = answer.header("ETag") or (confirms.etag if confirms else "")
    last_modified = answer.header("Last-Modified") or (confirms.last_modified if confirms else "")
    return {
        "run_id": run_id,
        "url": answer.url,
        "requested_at": answer.requested_at,
        "fetched_at": answer.fetched_at,
        "status": answer.status,
        "error": answer.error,
        "headers": [list(pair) for pair in answer.headers],
        "etag": etag,
        "last_modified": last_modified,
        "content_type": confirms.content_type if confirms else answer.header("Content-Type"),
        "received": answer.received,
        "sha256": sha256 or None,
        "content_sha256": content_sha256,
        "revisit_of": confirms.snapshot_id if confirms else None,
    }
