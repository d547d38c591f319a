"""Write whole or not at all: what a command writes stands in its place when all of it is there."""

from __future__ import annotations

import errno
import json
import os
import shutil
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from archive.errors import ArchiveError
from archive.exporting.manifests import MANIFEST
from crawler.cli.output import counted, say
from crawler.errors import CrawlError, NoRoomError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

#: The disk, the user's share of it, or the largest file it takes is full; or it fails.
_NO_ROOM: Final = {errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EIO}


@contextmanager
def new_file(path: Path) -> Iterator[Path]:
    """Give an empty file to write; it takes the place of *path* when the block ends well.

    :raises UsageError: it cannot be written.
    """
    with _place_beside(path) as place:
        new = place / path.name
        with _writing(path, at=new):
            yield new
            new.replace(path)


@contextmanager
def new_folder(path: Path) -> Iterator[Path]:
    """Give an empty folder to fill; its files stand in *path* when the block ends well.

    :raises UsageError: it cannot be written, or holds something else than an earlier export.
    """
    if path.is_dir() and any(path.iterdir()) and not (path / MANIFEST).is_file():
        raise UsageError(f"{path} holds something else than an export; name a new folder.")
    with _place_beside(path) as place, _writing(path):
        yield place
        path.mkdir(exist_ok=True)
        # The manifest comes last: until then it is the old one's, or none.
        for file in sorted(place.iterdir(), key=lambda each: (each.name == MANIFEST, each.name)):
            file.replace(path / file.name)


def beside(output: Path) -> Path:
    """Return where the manifest of a file stands."""
    return output.with_name(f"{output.name}.{MANIFEST}")


def write_manifest(said: dict[str, Any], path: Path) -> None:
    """Write a manifest."""
    text = json.dumps(said, ensure_ascii=False, indent=2)
    with new_file(path) as new:
        new.write_text(f"{text}\n", encoding="utf-8")


def say_written(output: Path, counts: Mapping[str, int]) -> None:
    """Say what was written where: that a filter left nothing is told, not found out later."""
    shown = {"records": counts["records"]} if "records" in counts else counts
    said = (counted(count, name.removesuffix("s")) for name, count in shown.items())
    say(f"{output}: {', '.join(said)}.")


def unwritable(path: Path, error: OSError) -> CrawlError:
    """Return in words why *path* could not be written: there is no room, or the name is wrong."""
    words = os.strerror(error.errno or 0)
    if error.errno in _NO_ROOM:
        return NoRoomError(f"{path} cannot be written whole ({words}): make room, then try again.")
    return UsageError(f"{path} cannot be written: {words}.")


@contextmanager
def _place_beside(path: Path) -> Iterator[Path]:
    """Give a folder on the same file system, gone afterwards."""
    with _writing(path):
        place = Path(tempfile.mkdtemp(dir=path.absolute().parent, prefix=f".{path.name}."))
    try:
        yield place
    finally:
        with suppress(OSError):
            shutil.rmtree(place)


@contextmanager
def _writing(path: Path, at: Path | None = None) -> Iterator[None]:
    """Say of *path* what went wrong, though it is written *at* another place first."""
    try:
        yield
    except ArchiveError as error:
        if at is None or str(at) not in str(error):
            raise
        raise type(error)(str(error).replace(str(at), str(path))) from error
    except OSError as error:
        if isinstance(error, BrokenPipeError):
            raise
        raise unwritable(path, error) from error
