"""Copies of the archive: taken while it is written, checked before they take its place."""

from __future__ import annotations

import os
import sqlite3
import tempfile
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from archive.database import open_archive, refuse_what_is_no_archive
from archive.errors import ArchiveUnwritableError, NotAnArchiveError
from archive.locking import writer_lock

if TYPE_CHECKING:
    from collections.abc import Iterator


def back_up(archive: Path, target: Path, *, replace: bool = False) -> int:
    """Copy the archive to *target* as it stands at one moment; return the copy's size.

    A crawl may go on writing meanwhile; it is neither stopped nor slowed. *target* is there whole
    or not at all.

    :raises ArchiveUnwritableError: *target* is there already, or cannot be written.
    """
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
    refuse_what_is_no_archive(source)
    if archive.exists() and not replace:
        raise ArchiveUnwritableError(
            f"{archive} is there already; `pnr backup` it, then replace it with --force."
        )
    if archive.exists() and archive.samefile(source):
        raise ArchiveUnwritableError(f"{source} is the archive itself; name a backup of it.")
    _require_sound(source)
    with writer_lock(archive, "a restore"):
        _copy(source, archive)


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
        _require_sound(copy)
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


def _require_sound(path: Path) -> None:
    try:
        with closing(sqlite3.connect(path, timeout=30)) as connection:
            words = connection.execute("PRAGMA integrity_check(1)").fetchone()[0]
            broken = connection.execute("PRAGMA foreign_key_check").fetchone()
    except sqlite3.Error as error:
        raise NotAnArchiveError(f"{path} is damaged ({error}); use another backup.") from error
    if words != "ok" or broken:
        reason = words if words != "ok" else "a row refers to one that is not there"
        raise NotAnArchiveError(f"{path} is damaged ({reason}); use another backup.")


def _with_companions(path: Path) -> Iterator[Path]:
    for suffix in ("", "-wal", "-shm"):
        yield path.with_name(path.name + suffix)
