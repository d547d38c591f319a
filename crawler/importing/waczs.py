"""WACZ files: a zip of WARC files, of which nothing but those is ever unpacked."""

from __future__ import annotations

import zipfile
import zlib
from pathlib import Path, PurePosixPath
from typing import IO, TYPE_CHECKING, Final

from crawler.importing.captures import LeftOut, UnusableCaptureError

if TYPE_CHECKING:
    from collections.abc import Iterator

_WARC: Final = (".warc", ".warc.gz")
#: Members of a zip that are looked at; one with more is no WACZ but a trap.
_MOST_MEMBERS: Final = 100_000
#: A WARC that shrank to less than this share of itself is a trap too.
_TIGHTEST: Final = 100
_BLOCK: Final = 1 << 20


def warcs_in(path: Path, folder: Path) -> Iterator[Path]:
    """Yield the WARC files of a WACZ, unpacked into *folder* under names of our own.

    No name of the zip becomes a path, and nothing is unpacked that is packed too tight to be what
    it says.

    :raises UnusableCaptureError: it is no zip, damaged, encrypted or a trap.
    """
    try:
        with zipfile.ZipFile(path) as wacz:
            members = [one for one in wacz.infolist() if _is_warc(one.filename)]
            if len(wacz.infolist()) > _MOST_MEMBERS:
                raise UnusableCaptureError(LeftOut.TOO_LARGE)
            for number, member in enumerate(members):
                suffix = ".warc.gz" if member.filename.endswith(".gz") else ".warc"
                target = folder / f"{number}{suffix}"
                with wacz.open(member) as packed, target.open("wb") as out:
                    _copy(packed, out, most=max(member.compress_size, _BLOCK) * _TIGHTEST)
                yield target
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, EOFError) as error:
        raise UnusableCaptureError(LeftOut.DAMAGED, str(error)) from error


def _is_warc(name: str) -> bool:
    parts = PurePosixPath(name).parts
    return parts[:1] == ("archive",) and name.endswith(_WARC)


def _copy(packed: IO[bytes], out: IO[bytes], *, most: int) -> None:
    written = 0
    while data := packed.read(_BLOCK):
        written += out.write(data)
        if written > most:
            raise UnusableCaptureError(LeftOut.TOO_LARGE)
