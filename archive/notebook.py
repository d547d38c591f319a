"""The archive for notebooks and programs: typed answers, no SQL."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import select

from archive import database
from archive.catalogue.as_of import moment_of, stand_at
from archive.citing.works import work_of
from archive.errors import ArchiveError
from archive.models import Change, RecordVersion
from archive.queries.files import PageLine, find_files, list_files, pages_of
from archive.queries.filtering import RecordFilter
from archive.queries.records import find_record, records_by_id, whole_records
from archive.records import Agent, Link, RecordKind

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from types import TracebackType
    from typing import Self

    from sqlalchemy import Connection

    from archive.searching.answers import Answer

    Years = int | tuple[int | None, int | None] | None


class NotInArchiveError(ArchiveError):
    """Raised when no record, or no file, goes by a name."""


@dataclass(frozen=True, slots=True, kw_only=True)
class OfferedFile:
    """A file that a record offers; *size* in bytes, ``None`` where the archive does not hold it."""

    label: str
    url: str
    filename: str
    media_type: str
    size: int | None
    sha256: str
    page_count: int | None
    text_status: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ArchivedRecord:
    """A record with every field, as the site spells it.

    Absent text is ``""``, an absent number or date ``None``, a list may be empty. Moments are UTC.
    """

    id: str
    url: str
    aliases: tuple[str, ...]
    kind: RecordKind
    title: str
    body_text: str
    document_type: str
    declared_pages: int | None
    declared_pages_raw: str
    year_start: int | None
    year_end: int | None
    year_raw: str
    updated_on: date | None
    updated_raw: str
    parks: tuple[str, ...]
    themes: tuple[Link, ...]
    tags: tuple[Link, ...]
    authors: tuple[Agent, ...]
    authors_raw: str
    contributors: tuple[Agent, ...]
    contributors_raw: str
    related_documents: tuple[Link, ...]
    related_experiences: tuple[Link, ...]
    links: tuple[Link, ...]
    files: tuple[OfferedFile, ...]
    extra: Mapping[str, str]
    language: str
    first_seen: datetime
    last_seen: datetime
    withdrawn_at: datetime | None
    layout: str
    reader_version: str
    snapshot_sha256: str
    same_as: tuple[Link, ...] = ()
    """Records that a person said are one with it: ids as labels."""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileText:
    """The text of a file, page by page."""

    filename: str
    sha256: str
    status: str
    pages: tuple[PageLine, ...]

    @property
    def text(self) -> str:
        """The text of all pages, a form feed between them."""
        return "\f".join(page.text for page in self.pages)


@dataclass(frozen=True, slots=True, kw_only=True)
class Version:
    """One way a record was read: its number, the run, and every field as plain JSON values."""

    number: int
    run_id: int
    read_at: datetime
    reader_version: str
    layout: str
    data: Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class RecordChange:
    """One difference a run found; *field* is empty where it is about the whole record."""

    run_id: int
    found_at: datetime
    kind: str
    field: str
    before: Any
    after: Any
    cause: str


@dataclass(frozen=True, slots=True, kw_only=True)
class History:
    """Everything a record ever said here: its versions and its changes, the oldest first."""

    versions: tuple[Version, ...]
    changes: tuple[RecordChange, ...]


class ArchiveReader:
    """An archive, open for reading. Close it, or use it in a ``with`` statement.

    Each method reads one consistent state of the file, also while a crawl writes to it.
    """

    def __init__(self, archive: database.Archive, as_of: datetime | None) -> None:
        self._archive = archive
        self._as_of = as_of

    @property
    def path(self) -> Path:
        """Where the archive is."""
        return self._archive.path

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def close(self) -> None:
        """Let go of the file."""
        self._archive.close()

    def records(
        self,
        *,
        kind: RecordKind | str | None = None,
        document_type: str = "",
        years: Years = None,
        park: str = "",
        theme: str = "",
        tag: str = "",
        author: str = "",
        withdrawn: bool = False,
    ) -> Iterator[ArchivedRecord]:
        """Yield the records that are meant, in the order of their ids; memory stays small.

        Words match as in `pnr list`: without regard to case and accents, a whole label first.
        *years* is one year, or the first and the last, either ``None``.
        """
        wanted = RecordFilter(
            kind=None if kind is None else RecordKind(kind),
            years=(years, years) if isinstance(years, int) else years or (None, None),
            document_type=document_type,
            park=park,
            theme=theme,
            tag=tag,
            author=author,
            withdrawn=withdrawn,
        )
        with self._reading() as connection:
            for whole in whole_records(connection, wanted):
                yield _record(whole)

    def record(self, name: str) -> ArchivedRecord:
        """Return the record that goes by an id or by any address it was met under.

        :raises NotInArchiveError: there is none.
        """
        with self._reading() as connection:
            return _record(_whole(connection, name))

    def texts(self, name: str) -> list[FileText]:
        """Return the texts of a record's files, or of one file: by id, address, name or digest.

        :raises NotInArchiveError: the archive holds no such file.
        """
        with self._reading() as connection:
            digests = find_files(connection, [name])
            if not digests:
                raise NotInArchiveError(f"The archive holds no file that goes by {name!r}.")
            return [_text(connection, sha256) for sha256 in digests]

    def history(self, name: str) -> History:
        """Return every version of a record and every change a run found in it.

        :raises NotInArchiveError: no record goes by this id or address.
        """
        with self._reading() as connection:
            record_id = _known(connection, name)
            return History(
                versions=tuple(_versions(connection, record_id)),
                changes=tuple(_changes(connection, record_id)),
            )

    def search(self, text: str, *, limit: int = 10, pages: int = 3, **filters: Any) -> Answer:
        """Return the records and pages that answer, the best first; docs/search.md has the words.

        *filters* are those of `archive.queries.filtering.RecordFilter`. In an archive opened as of
        a date, found is what stood then; only the order is that of today's index.
        """
        # Imported here: whoever lists records has no need of the index.
        from archive.searching.answering import search  # noqa: PLC0415
        from archive.searching.questions import Query  # noqa: PLC0415

        with self._reading() as connection:
            query = Query(text=text, filters=RecordFilter(**filters))
            return search(connection, query, limit=limit, pages=pages)

    def cite(self, name: str, style: str = "iso690", *, page: int | None = None) -> str:
        """Return a record as a citation: bibtex, ris, csl-json, apa, iso690 or chicago.

        :raises NotInArchiveError: no record goes by this id or address.
        """
        from archive.authority.storing import stored_authority  # noqa: PLC0415  # as above
        from archive.citing import CiteFormat, cite  # noqa: PLC0415

        with self._reading() as connection:
            work = work_of(_whole(connection, name), stored_authority(connection))
        return cite(replace(work, page=page), CiteFormat(style))

    @contextmanager
    def _reading(self) -> Iterator[Connection]:
        with self._archive.connect() as connection:
            if self._as_of is not None:
                stand_at(connection, self._as_of)
            yield connection


def open_archive(path: str | Path, *, as_of: str | date | datetime | None = None) -> ArchiveReader:
    """Open an archive for reading; *as_of*, as it stood then (a day means its end, in UTC).

    :raises archive.errors.ArchiveError: there is none, or it is of another version.
    """
    return ArchiveReader(database.open_archive(Path(path)), _moment(as_of))


def _moment(as_of: str | date | datetime | None) -> datetime | None:
    match as_of:
        case None:
            return None
        case str():
            return moment_of(as_of)
        case datetime():
            return as_of if as_of.tzinfo else as_of.replace(tzinfo=UTC)
        case date():
            return datetime.combine(as_of, time.max, UTC)


def _known(connection: Connection, name: str) -> str:
    found = find_record(connection, [name])
    if found is None:
        raise NotInArchiveError(f"No record goes by {name!r}.")
    return found


def _whole(connection: Connection, name: str) -> dict[str, Any]:
    (whole,) = records_by_id(connection, [_known(connection, name)])
    return whole


def _record(whole: dict[str, Any]) -> ArchivedRecord:
    typed = {
        "aliases": tuple(whole["aliases"]),
        "kind": RecordKind(whole["kind"]),
        "parks": tuple(whole["parks"]),
        "updated_on": date.fromisoformat(whole["updated_on"]) if whole["updated_on"] else None,
        "files": tuple(OfferedFile(**file) for file in whole["files"]),
    }
    for name in ("themes", "tags", "related_documents", "related_experiences", "links", "same_as"):
        typed[name] = tuple(Link(**link) for link in whole.get(name, ()))
    for name in ("authors", "contributors"):
        typed[name] = tuple(Agent(**agent) for agent in whole[name])
    for name in ("first_seen", "last_seen", "withdrawn_at"):
        typed[name] = datetime.fromisoformat(whole[name]) if whole[name] else None
    return ArchivedRecord(**(whole | typed))


def _text(connection: Connection, sha256: str) -> FileText:
    (file,) = list_files(connection, sha256=sha256)
    return FileText(
        filename=file.name,
        sha256=sha256,
        status=file.text_status,
        pages=tuple(pages_of(connection, sha256)),
    )


def _versions(connection: Connection, record_id: str) -> Iterator[Version]:
    query = (
        select(
            RecordVersion.number,
            RecordVersion.run_id,
            RecordVersion.created_at.label("read_at"),
            RecordVersion.reader_version,
            RecordVersion.layout,
            RecordVersion.data,
        )
        .where(RecordVersion.record_id == record_id)
        .order_by(RecordVersion.number)
    )
    for row in connection.execute(query).mappings():
        yield Version(**row)


def _changes(connection: Connection, record_id: str) -> Iterator[RecordChange]:
    query = (
        select(
            Change.run_id,
            Change.created_at.label("found_at"),
            Change.kind,
            Change.field,
            Change.before,
            Change.after,
            Change.cause,
        )
        .where(Change.record_id == record_id)
        .order_by(Change.id)
    )
    for row in connection.execute(query).mappings():
        yield RecordChange(**row)
