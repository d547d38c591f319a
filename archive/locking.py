"""One writer at a time: a lock that the system drops when its holder dies, however it dies."""

from __future__ import annotations

import errno
import fcntl
import json
import os
from contextlib import contextmanager
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from archive.errors import ArchiveLockedError, ArchiveUnwritableError

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@contextmanager
def writer_lock(archive: Path, purpose: str) -> Iterator[None]:
    """Hold the archive's one writer lock, for whatever writes for long.

    The lock is the kernel's, on a file beside the archive; the file's words only say who holds
    it, and a file left behind by a dead holder stops nobody.

    :raises ArchiveLockedError: another process holds it; says which, since when, and doing what.
    :raises ArchiveUnwritableError: the folder cannot be written.
    """
    path = archive.with_name(archive.name + ".lock")
    try:
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o644)
    except OSError as error:
        raise ArchiveUnwritableError(
            f"{archive} cannot be written: its folder is read-only, full or missing "
            f"({error.strerror})."
        ) from error
    try:
        _take(descriptor, archive)
        _sign(descriptor, purpose)
        yield
        os.ftruncate(descriptor, 0)
    finally:
        os.close(descriptor)


def _take(descriptor: int, archive: Path) -> None:
    try:
        fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as error:
        if error.errno not in {errno.EWOULDBLOCK, errno.EACCES}:
            raise
        raise ArchiveLockedError(
            f"{archive} is being written by {_holder(descriptor)}; wait for it, or stop it."
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
    try:
        words: dict[str, Any] = json.loads(os.pread(descriptor, 4096, 0))
        return f"{words['purpose']} (process {words['pid']}, since {words['since'][:19]} UTC)"
    except (ValueError, KeyError, TypeError):
        return "another process"
