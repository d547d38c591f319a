"""One writer, one spot-check at a time: locks that the system drops when their holder dies."""

from __future__ import annotations

import errno
import fcntl
import json
import os
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, Final

from archive.database import open_archive
from archive.errors import ArchiveLockedError, ArchiveUnwritableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from archive.database import Archive

#: What a crawl signs the lock with: whoever asks the site too makes way for it.
CRAWL: Final = "a crawl"


@contextmanager
def writing(path: Path, purpose: str) -> Iterator[Archive]:
    """Open an archive that exists, to write to it for long; *purpose* is told to who comes after.

    :raises ArchiveError: it is locked, missing, no archive, of a newer version, or not writable.
    """
    open_archive(path).close()
    with writer_lock(path, purpose), open_archive(path, access="write") as archive:
        yield archive


@contextmanager
def writer_lock(archive: Path, purpose: str) -> Iterator[None]:
    """Hold the archive's one writer lock, for whatever writes for long.

    :raises ArchiveLockedError: another process holds it; says which, since when, and doing what.
    :raises ArchiveUnwritableError: the folder cannot be written.
    """
    with _lock(archive, ".lock", purpose, "is being written by"):
        yield


@contextmanager
def spot_check_lock(archive: Path) -> Iterator[None]:
    """Hold the archive's one spot-check: another would ask the site too, and write the same items.

    :raises ArchiveLockedError: another process holds it; says which, and since when.
    :raises ArchiveUnwritableError: the folder cannot be written.
    """
    with _lock(archive, ".spot-check.lock", "a spot-check", "is being held against the site by"):
        yield


@contextmanager
def _lock(archive: Path, suffix: str, purpose: str, said: str) -> Iterator[None]:
    """Hold a lock of the kernel's, on a file beside the archive.

    The file's words only say who holds it, and one left behind by a dead holder stops nobody.
    """
    path = archive.with_name(archive.name + suffix)
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise ArchiveUnwritableError(
            f"{archive} cannot be written: its folder is read-only, full or missing "
            f"({error.strerror})."
        ) from error
    try:
        _take(descriptor, archive, said)
        _sign(descriptor, purpose)
        yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def holder_of(archive: Path) -> str:
    """Return who holds the archive's writer lock, and doing what; ``""`` if nobody does.

    Asked without touching the lock, so that asking never stands in a writer's way.
    """
    try:
        descriptor = os.open(archive.with_name(archive.name + ".lock"), os.O_RDONLY)
    except OSError:
        return ""
    try:
        words = _words(descriptor)
    finally:
        os.close(descriptor)
    return _in_words(words) if words and _is_alive(words["pid"]) else ""


def _take(descriptor: int, archive: Path, said: str) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in {errno.EWOULDBLOCK, errno.EACCES}:
            raise
        raise ArchiveLockedError(
            f"{archive} {said} {_holder(descriptor)}; wait for it, or stop it."
        ) from error


def _sign(descriptor: int, purpose: str) -> None:
    words = {"pid": os.getpid(), "since": datetime.now(UTC).isoformat(), "purpose": purpose}
    try:
        os.ftruncate(descriptor, 0)
        os.pwrite(descriptor, json.dumps(words).encode(), 0)
    except OSError:
        # A full disk: the lock holds all the same, it only goes unsigned.
        return


def _holder(descriptor: int) -> str:
    words = _words(descriptor)
    return _in_words(words) if words else "another process"


def _words(descriptor: int) -> dict[str, Any]:
    """Return what the holder signed the lock with, nothing if it did not or only in part."""
    try:
        words: dict[str, Any] = json.loads(os.pread(descriptor, 4096, 0))
        return {name: words[name] for name in ("pid", "since", "purpose")}
    except (ValueError, KeyError, TypeError):
        return {}


def _in_words(words: dict[str, Any]) -> str:
    return f"{words['purpose']} (process {words['pid']}, since {words['since'][:19]} UTC)"


def _is_alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    return True
