"""The files of the interface, read once: a path in an address never reaches the file system."""

from __future__ import annotations

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from importlib.resources.abc import Traversable

_TYPES: Final = {
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "mjs": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
    "wasm": "application/wasm",
    "txt": "text/plain; charset=utf-8",
}
#: Smaller files gain nothing by being compressed.
_WORTH_IT: Final = 500


@dataclass(frozen=True, slots=True)
class StaticFile:
    """A file as it is sent."""

    name: str
    data: bytes
    media_type: str

    @property
    def packed(self) -> bytes | None:
        """The file compressed, where that is worth it."""
        return _packed(self.name) if len(self.data) > _WORTH_IT else None


@cache
def static_files() -> dict[str, StaticFile]:
    """Return the files by their names, such as ``style.css`` and ``vendor/htmx.min.js``."""
    found: dict[str, StaticFile] = {}
    _collect(files("archive.web") / "static", "", found)
    return found


@cache
def edition() -> str:
    """Return what is another whenever a file or template is: addresses and ETags carry it."""
    seen = hashlib.sha256()
    for name, file in sorted(static_files().items()):
        seen.update(f"{name}\0{len(file.data)}\0".encode() + file.data)
    for folder in ("templates", "messages"):
        for name, text in sorted(_texts(files("archive.web") / folder).items()):
            seen.update(f"{folder}/{name}\0{len(text)}\0".encode() + text)
    return seen.hexdigest()[:12]


def static_address(name: str) -> str:
    """Return the address of a file; a name that does not exist is a fault of ours.

    >>> static_address("style.css").endswith("/style.css")
    True
    """
    return f"/static/{edition()}/{static_files()[name].name}"


@cache
def _packed(name: str) -> bytes:
    return gzip.compress(static_files()[name].data, 9, mtime=0)


def _collect(folder: Traversable, before: str, found: dict[str, StaticFile]) -> None:
    for entry in folder.iterdir():
        name = f"{before}{entry.name}"
        if entry.is_dir():
            _collect(entry, f"{name}/", found)
        elif (suffix := entry.name.rpartition(".")[2]) in _TYPES:
            found[name] = StaticFile(name, entry.read_bytes(), _TYPES[suffix])


def _texts(folder: Traversable) -> dict[str, bytes]:
    found: dict[str, bytes] = {}
    for entry in folder.iterdir():
        if entry.is_dir():
            found |= {f"{entry.name}/{name}": text for name, text in _texts(entry).items()}
        else:
            found[entry.name] = entry.read_bytes()
    return found
