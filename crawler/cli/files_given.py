"""Files that a user names on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from crawler.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path


def given_file(path: Path) -> Path:
    """Return the file, if it is one that can be read.

    :raises UsageError: it is missing, a folder, or may not be read.
    """
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
