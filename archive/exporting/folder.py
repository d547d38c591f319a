"""Files laid out in a folder, under readable names, never over something else."""

from __future__ import annotations

import hashlib
import os
import tempfile
from contextlib import closing, suppress
from pathlib import Path
from typing import TYPE_CHECKING

from archive.evidence.blobs import read_in_pieces, readable_name

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sqlalchemy import Connection

    from archive.queries.files import FileLine


def lay_out(
    connection: Connection, files: Iterable[FileLine], folder: Path
) -> dict[str, tuple[str, bool]]:
    """Write each file into *folder*; return under which name, and whether it is new, by digest.

    What is there already with the same content stays; what is there with other content stays
    too, and ours takes another name. A file that is there is there whole.

    :raises OSError: the folder cannot be written.
    :raises CorruptBlobError: a file's bytes are damaged.
    """
    folder.mkdir(parents=True, exist_ok=True)
    return {file.sha256: _lay_out_one(connection, file, folder) for file in files}


def _lay_out_one(connection: Connection, file: FileLine, folder: Path) -> tuple[str, bool]:
    # The name was made safe when it was filed; an archive from elsewhere may hold another.
    name = readable_name(file.name)
    path = Path(name)
    names = (
        name,
        f"{path.stem}-{file.sha256[:8]}{path.suffix}",
        f"{path.stem}-{file.sha256}{path.suffix}",
    )
    for candidate in names:
        target = folder / candidate
        if _is_same(target, file.sha256):
            return candidate, False
        # Closed at once, should the disk be full: what it has open is the connection's.
        with closing(read_in_pieces(connection, file.sha256)) as pieces:
            if _write_new(target, pieces):
                return candidate, True
    raise FileExistsError(17, "every name for it is taken", str(folder / name))


def _is_same(path: Path, sha256: str) -> bool:
    if path.is_symlink() or not path.is_file():
        return False
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest() == sha256


def _write_new(path: Path, pieces: Iterable[bytes]) -> bool:
    """Write a file that is not there yet, whole or not at all; tell whether it was not there."""
    handle, temporary = tempfile.mkstemp(dir=path.parent, prefix=".pnr-")
    try:
        with os.fdopen(handle, "wb") as file:
            file.writelines(pieces)
        Path(temporary).chmod(0o644)
        # A link is refused where a name is taken, be it by a link to somewhere else.
        with suppress(FileExistsError):
            os.link(temporary, path, follow_symlinks=False)
            return True
        return False
    finally:
        Path(temporary).unlink(missing_ok=True)
