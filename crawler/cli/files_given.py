"""Files that a user names on the command line: on this machine, or archived."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.cli.options import names_of
from crawler.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from sqlalchemy import Connection


def given_file(path: Path) -> Path:
    """Return the file, if it is one that can be read.

    :raises UsageError: it is missing, a folder, a pipe or the like, or may not be read.
    """
    if path.exists() and not path.is_file() and not path.is_dir():
        raise UsageError(f"{path} is no file; write what it gives to one first.")
    try:
        with path.open("rb") as file:
            file.read(1)
    except FileNotFoundError:
        raise UsageError(f"There is no file {path}.") from None
    except IsADirectoryError:
        raise UsageError(f"{path} is a folder; name a file in it.") from None
    except OSError as error:
        raise UsageError(f"{path} cannot be read: {error.strerror}.") from None
    return path


def archived_file(connection: Connection, name: str) -> str:
    """Return the digest of the archived file that goes by this address, name, digest or record.

    :raises UsageError: there is none, or there are several.
    """
    from archive.queries.files import find_files, list_files  # noqa: PLC0415 - `pnr read-pdf` asks no archive

    found = find_files(connection, names_of(connection, name))
    if not found:
        raise UsageError(f"No file goes by {name!r}; `pnr files` lists them.")
    if len(found) > 1:
        choice = ", ".join(
            f"{file.name} ({sha256[:12]})"
            for sha256 in found
            for file in list_files(connection, sha256=sha256)
        )
        raise UsageError(
            f"{name!r} has {len(found)} files; give the name or digest of one: {choice}."
        )
    return found[0]
