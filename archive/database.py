"""Open the archive: one SQLite file, many readers, one writer at a time."""

from __future__ import annotations

import os
import sqlite3
from contextlib import closing, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, Literal

from sqlalchemy import URL, create_engine, event
from sqlalchemy.pool import NullPool, QueuePool

from archive import migrations
from archive.errors import (
    ArchiveError,
    ArchiveLockedError,
    ArchiveNotFoundError,
    ArchiveUnwritableError,
    NotAnArchiveError,
)

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType
    from typing import Self

    from sqlalchemy import Connection, Engine
    from sqlalchemy.engine import ExceptionContext

#: Says in bytes 68-71 of the file that this SQLite file is one of our archives ("PNRA").
APPLICATION_ID: Final = 0x504E5241

#: Seconds a statement waits for another process's transaction before it gives up.
BUSY_SECONDS: Final = 30

Access = Literal["read", "write", "create"]


class Archive:
    """An open archive. Close it, or use it as a context manager."""

    def __init__(self, path: Path, engine: Engine) -> None:
        self.path = path
        self.engine = engine
        self.upgraded_from: str | None = None
        """The revision of its schema that opening it to be written brought up to date."""

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        traceback: TracebackType | None,
    ) -> None:
        self.close()

    def connect(self) -> Connection:
        """Return a connection; its first statement opens a transaction."""
        return self.engine.connect()

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Give a connection whose work is kept whole or not at all."""
        with self.engine.begin() as connection:
            yield connection

    def execute_alone(self, *statements: str) -> None:
        """Run statements that SQLite allows in no transaction, such as ``VACUUM``."""
        connection = self.engine.raw_connection()
        try:
            for statement in statements:
                connection.cursor().execute(statement)
        except sqlite3.Error as error:
            raise (in_our_words(error, self.path) or error) from error
        finally:
            connection.close()

    def close(self) -> None:
        """Let go of the file."""
        self.engine.dispose()


def open_archive(path: Path, *, access: Access = "read", kept: int = 0) -> Archive:
    """Open the archive at *path*; ``"create"`` makes it if there is none, ``"write"`` migrates it.

    So many of a reader's connections are *kept* open between two questions, with what they know
    of the archive: for whoever asks all day.

    :raises ArchiveNotFoundError: there is none, and *access* is not ``"create"``.
    :raises NotAnArchiveError: the file is something else, damaged, or of a newer version.
    :raises ArchiveUnwritableError: it is to be written and cannot be.
    """
    refuse_what_is_no_archive(path, access)
    if access == "read":
        archive = Archive(path, _engine(path, readonly=True, kept=kept))
        _require_known_schema(archive)
    else:
        if access == "create":
            _mark_as_ours(path)
        archive = Archive(path, _engine(path, readonly=False))
        _bring_up_to_date(archive)
    return archive


def refuse_what_is_no_archive(path: Path, access: Access = "read") -> None:
    """Refuse a file that does not begin as an archive does.

    :raises ArchiveError: there is none, or it is something else.
    """
    # The header is read before SQLite opens the file: closing it by hand afterwards would drop
    # the locks SQLite holds on it in this process.
    try:
        with path.open("rb") as file:
            header = file.read(100)
    except FileNotFoundError:
        _refuse_missing(path, access)
        return
    except IsADirectoryError as error:
        raise NotAnArchiveError(
            f"{path} is a folder; name the archive's file inside it with --archive."
        ) from error
    except OSError as error:
        raise NotAnArchiveError(f"{path} cannot be read ({error.strerror}).") from error
    if not header and access == "create":
        return
    ours = header[:16] == b"SQLite format 3\0" and header[68:72] == APPLICATION_ID.to_bytes(4)
    if not ours:
        raise NotAnArchiveError(
            f"{path} is not an archive of this program; name another file with --archive."
        )


def _refuse_missing(path: Path, access: Access) -> None:
    if access != "create":
        raise ArchiveNotFoundError(
            f"There is no archive at {path}; `pnr crawl` makes one, --archive names another."
        )
    if not path.parent.is_dir():
        raise ArchiveUnwritableError(
            f"{path} cannot be made: there is no folder {path.parent}; make it first."
        )


def _mark_as_ours(path: Path) -> None:
    """Begin a new file with our mark, before it has a WAL.

    What is in the WAL only, nobody sees who looks at the file: neither a reader, nor the crawl
    that goes on after the first was killed in its first second.
    """
    # Killed between its page and its commit, the file looks like ours until SQLite takes the page
    # back: then it is empty, and nobody's.
    is_whole = not path.with_name(f"{path.name}-journal").exists()
    if is_whole and path.exists() and path.stat().st_size:
        return
    try:
        with closing(sqlite3.connect(path, timeout=BUSY_SECONDS)) as connection:
            connection.execute(f"PRAGMA application_id = {APPLICATION_ID}")
    except sqlite3.Error as error:
        raise (in_our_words(error, path) or error) from error


def _engine(path: Path, *, readonly: bool, kept: int = 0) -> Engine:
    pool: dict[str, Any] = {"poolclass": NullPool}
    if kept:
        # The last one given back is given first: what it has read is still in its memory.
        pool = {
            "poolclass": QueuePool,
            "pool_size": kept,
            "max_overflow": -1,
            "pool_use_lifo": True,
        }
    engine = create_engine(
        _url(path, readonly=readonly),
        # We say BEGIN ourselves: Python's sqlite3 would otherwise commit DDL behind our back.
        connect_args={"isolation_level": None, "timeout": BUSY_SECONDS},
        **pool,
    )
    begin = "BEGIN" if readonly else "BEGIN IMMEDIATE"
    event.listen(engine, "connect", _configure_reader if readonly else _configure_writer)
    event.listen(engine, "begin", lambda connection: connection.exec_driver_sql(begin))
    event.listen(engine, "handle_error", _translator(path))
    return engine


def _url(path: Path, *, readonly: bool) -> URL:
    folder_writable = os.access(path.parent, os.W_OK) and os.access(path, os.W_OK)
    if not readonly or folder_writable:
        return URL.create("sqlite", database=str(path))
    # In a folder that cannot be written SQLite cannot make the WAL's companions; without a WAL
    # there is nothing in flight, and the file can be read as it stands.
    query = {"mode": "ro", "uri": "true"}
    if not path.with_name(path.name + "-wal").exists():
        query["immutable"] = "1"
    return URL.create("sqlite", database=path.resolve().as_uri(), query=query)


def _configure_reader(connection: sqlite3.Connection, _record: object) -> None:
    connection.execute("PRAGMA foreign_keys = ON")
    connection.execute("PRAGMA query_only = ON")


def _configure_writer(connection: sqlite3.Connection, _record: object) -> None:
    # Readers must not wait for a crawl (WAL). A power cut may take the last transactions but
    # never half of one (NORMAL); what is lost is pending again and asked again.
    connection.execute("PRAGMA journal_mode = WAL")
    connection.execute("PRAGMA synchronous = NORMAL")
    connection.execute("PRAGMA foreign_keys = ON")


_SENTENCES: Final[dict[str, tuple[type[ArchiveError], str]]] = {
    "SQLITE_FULL": (
        ArchiveUnwritableError,
        "The disk is full: make room for {path} and run the same command again; nothing is lost.",
    ),
    "SQLITE_IOERR": (
        ArchiveUnwritableError,
        "The disk failed while {path} was being read or written; check it, then `pnr verify`.",
    ),
    "SQLITE_READONLY": (
        ArchiveUnwritableError,
        "{path} cannot be written: the file or its folder is read-only.",
    ),
    "SQLITE_CANTOPEN": (
        ArchiveUnwritableError,
        "{path} cannot be opened: its folder is missing, read-only or full.",
    ),
    "SQLITE_BUSY": (
        ArchiveLockedError,
        "Another program has held {path} for {seconds} s; try again when it is done.",
    ),
    "SQLITE_CORRUPT": (
        NotAnArchiveError,
        "{path} is damaged; restore a backup with `pnr restore`.",
    ),
    "SQLITE_NOTADB": (
        NotAnArchiveError,
        "{path} is not an archive of this program; name another file with --archive.",
    ),
}


@contextmanager
def large_value(
    connection: Connection, place: tuple[str, str, int], *, readonly: bool
) -> Iterator[sqlite3.Blob]:
    """Give one value, by (table, column, rowid), to be read or written piece by piece.

    It is there already, at its full length; it is never whole in memory.
    """
    driver: Any = connection.connection.driver_connection
    try:
        with driver.blobopen(*place, readonly=readonly) as value:
            yield value
    except sqlite3.Error as error:
        path = Path(connection.engine.url.database or "")
        raise (in_our_words(error, path) or error) from error


def in_our_words(error: BaseException, path: Path) -> ArchiveError | None:
    """Return what an error of SQLite means to a user, where that is known."""
    name = getattr(error, "sqlite_errorname", "")
    for prefix, (kind, sentence) in _SENTENCES.items():
        if name.startswith(prefix):
            return kind(sentence.format(path=path, seconds=BUSY_SECONDS))
    return None


def _translator(path: Path) -> Any:
    def translate(context: ExceptionContext) -> None:
        known = in_our_words(context.original_exception, path)
        if known is not None:
            raise known from context.original_exception

    return translate


def _require_known_schema(archive: Archive) -> None:
    with archive.connect() as connection:
        found = migrations.revision_of(connection)
    if found == migrations.HEAD:
        return
    if found is None:
        raise ArchiveNotFoundError(
            f"{archive.path} holds nothing yet; run the command again that makes it, `pnr crawl`."
        )
    if found in migrations.EARLIER:
        raise NotAnArchiveError(
            f"{archive.path} was made by an older version; `pnr upgrade` brings it up to date."
        )
    raise _newer(archive.path)


def _newer(path: Path) -> NotAnArchiveError:
    return NotAnArchiveError(
        f"{path} was made by a newer version of this program; install that version to open it."
    )


def _bring_up_to_date(archive: Archive) -> None:
    with archive.transaction() as connection:
        found = migrations.revision_of(connection)
        if found not in {None, migrations.HEAD, *migrations.EARLIER}:
            raise _newer(archive.path)
        if found != migrations.HEAD:
            migrations.upgrade(connection)
            archive.upgraded_from = found
