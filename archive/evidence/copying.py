"""Copies of the archive: taken while it is written, checked before they take its place."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from archive.database import open_archive, refuse_what_is_no_archive
from archive.errors import ArchiveNotFoundError, ArchiveUnwritableError, NotAnArchiveError
from archive.locking import writer_lock

if TYPE_CHECKING:
    from collections.abc import Iterator


def back_up(archive: Path, target: Path, *, replace: bool = False) -> int:
    """Copy the archive to *target* as it stands at one moment; return the copy's size.

    A crawl may go on writing meanwhile; it is neither stopped nor slowed. *target* is there whole
    or not at all.

    :raises ArchiveUnwritableError: *target* is there already, or cannot be written.
    """
    if target.is_dir():
        raise ArchiveUnwritableError(f"{target} is a folder; name the copy's file in it.")
    if target.exists() and (not replace or target.samefile(archive)):
        raise ArchiveUnwritableError(
            f"{target} is there already; name another file, or replace it with --force."
        )
    open_archive(archive).close()
    _copy(archive, target)
    return target.stat().st_size


def restore(archive: Path, source: Path, *, replace: bool = False) -> None:
    """Put a checked copy of *source* in the archive's place.

    :raises NotAnArchiveError: *source* is no archive, or damaged; nothing is touched.
    :raises ArchiveUnwritableError: there is an archive and it is not to be replaced.
    :raises ArchiveLockedError: another process is writing to it.
    """
    _refuse_what_is_no_backup(source)
    if archive.exists() and not replace:
        raise ArchiveUnwritableError(
            f"{archive} is there already; `pnr backup` it, then replace it with --force."
        )
    if archive.exists() and archive.samefile(source):
        raise ArchiveUnwritableError(f"{source} is the archive itself; name a backup of it.")
    _require_sound(source, "use another backup")
    with writer_lock(archive, "a restore"):
        _copy(source, archive)


def _refuse_what_is_no_backup(source: Path) -> None:
    if source.is_dir():
        raise NotAnArchiveError(f"{source} is a folder; name the backup's file in it.")
    try:
        refuse_what_is_no_archive(source)
    except ArchiveNotFoundError as error:
        raise ArchiveNotFoundError(
            f"There is no backup at {source}; name the file that `pnr backup` wrote."
        ) from error
    except NotAnArchiveError as error:
        raise NotAnArchiveError(
            f"{source} is no archive of this program; name the file that `pnr backup` wrote."
        ) from error


def _copy(source: Path, target: Path) -> None:
    try:
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=f".{target.name}.")
        os.close(handle)
    except OSError as error:
        raise ArchiveUnwritableError(
            f"{target} cannot be written: {error.strerror}; name another folder."
        ) from error
    copy = Path(name)
    try:
        _copy_pages(source, copy)
        _require_sound(copy, "restore an earlier backup with `pnr restore`", of=source)
        _publish(copy, target)
    except (OSError, sqlite3.Error) as error:
        raise ArchiveUnwritableError(f"{target} cannot be written: {error}.") from error
    finally:
        for leftover in _with_companions(copy):
            leftover.unlink(missing_ok=True)


def _copy_pages(source: Path, target: Path) -> None:
    # SQLite's own backup reads one state of the archive, whatever is written meanwhile.
    with (
        closing(sqlite3.connect(source, timeout=30)) as here,
        closing(sqlite3.connect(target)) as there,
    ):
        here.backup(there)


def _publish(copy: Path, target: Path) -> None:
    mask = os.umask(0)
    os.umask(mask)
    copy.chmod(0o666 & ~mask)
    with copy.open("rb") as file:
        os.fsync(file.fileno())
    # What was in flight for the file that goes must not be taken for the new one's.
    for companion in list(_with_companions(target))[1:]:
        companion.unlink(missing_ok=True)
    copy.replace(target)


def _require_sound(path: Path, advice: str, *, of: Path | None = None) -> None:
    """Refuse a damaged file; what is wrong with a copy is so with what it is a copy *of*."""
    named = of or path
    try:
        with closing(sqlite3.connect(path, timeout=30)) as connection:
            words = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            broken = connection.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.Error as error:
        raise NotAnArchiveError(f"{named} is damaged ({error}); {advice}.") from error
    if words != "ok" or broken:
        reason = words if words != "ok" else "a row refers to one that is not there"
        raise NotAnArchiveError(f"{named} is damaged ({reason}); {advice}.")


def _with_companions(path: Path) -> Iterator[Path]:
    for suffix in ("", "-wal", "-shm", "-journal"):
        yield path.with_name(path.name + suffix)
