"""Bytes under their SHA-256: pages compressed, files laid out for stock tools."""

from __future__ import annotations

import hashlib
import os
import re
import sqlite3
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Any, BinaryIO, Final

import zstandard
from sqlalchemy import bindparam, column, exists, func, insert, select

from archive.database import large_value
from archive.errors import CorruptBlobError
from archive.models import ArchivedFile, Blob

if TYPE_CHECKING:
    from collections.abc import Generator
    from datetime import datetime

    from sqlalchemy import Connection, Select

#: zstd's own default: beyond it a page costs more time than it saves room.
_LEVEL: Final = 3

#: How the body of a blob is kept whose bytes are not in this archive: it is a light copy.
LEFT_OUT: Final = "left-out"

#: A name in `sqlar` is a path for whoever unpacks it: no folders, no surprises, within the 255
#: bytes that file systems allow (four for each letter, at worst).
_NAME_LENGTH: Final = 60
_REGULAR_FILE: Final = 0o100644
#: What ends a name, with what the address may have left behind it ("charte.pdf?").
_EXTENSION: Final = re.compile(r"\.(\w{1,8})[^\w.,'()]*$")

#: Bytes of a file that are in memory at a time.
_PIECE: Final = 1_000_000

_ENTER: Final = insert(Blob)
_ENTER_FILE: Final = insert(ArchivedFile)
#: Room for the bytes: SQLite sets it aside without holding them.
_ENTER_ROOM: Final = insert(ArchivedFile).values(data=func.zeroblob(bindparam("room")))
_ROW_OF_FILE: Final[Select[Any]] = (
    select(column("rowid"))
    .select_from(ArchivedFile)
    .where(ArchivedFile.sha256 == bindparam("digest"))
)
_HAS_BLOB: Final = select(Blob.size).where(Blob.sha256 == bindparam("digest"))
_BLOB: Final = select(Blob.encoding, Blob.data, Blob.base_sha256).where(
    Blob.sha256 == bindparam("digest")
)


def digest(data: bytes) -> str:
    """Return the SHA-256 of *data* in hexadecimal."""
    return hashlib.sha256(data).hexdigest()


def keep_page(
    connection: Connection,
    body: bytes,
    *,
    media_type: str,
    base_sha256: str | None,
    created_at: datetime,
) -> str:
    """Keep a page's decoded body once, compressed; return its digest.

    *base_sha256* names an earlier body of the same resource to compress against (a tenth of the
    room and more). The chain is one link long: the base must itself stand alone.
    """
    sha256 = digest(body)
    if _has_blob(connection, sha256):
        return sha256
    base = _standalone(connection, base_sha256) if base_sha256 else None
    if base is None:
        data, base_sha256 = zstandard.ZstdCompressor(level=_LEVEL).compress(body), None
    else:
        data = _compressor_against(base).compress(body)
    connection.execute(
        _ENTER,
        {
            "sha256": sha256,
            "media_type": media_type,
            "size": len(body),
            "encoding": "zstd",
            "base_sha256": base_sha256,
            "data": data,
            "created_at": created_at,
        },
    )
    return sha256


def keep_file(
    connection: Connection,
    data: bytes | BinaryIO,
    *,
    filename: str,
    media_type: str,
    created_at: datetime,
) -> str:
    """Keep a downloaded file once, as it is, under a readable name; return its digest.

    A file that is given open, to be read, is never whole in memory.
    """
    if isinstance(data, bytes):
        sha256, size = digest(data), len(data)
    else:
        sha256 = _digest_of(data)
        size = data.seek(0, os.SEEK_END)
    if _has_blob(connection, sha256):
        return sha256
    connection.execute(
        _ENTER,
        {
            "sha256": sha256,
            "media_type": media_type,
            "size": size,
            "encoding": "sqlar",
            "base_sha256": None,
            "data": None,
            "created_at": created_at,
        },
    )
    row = {
        "name": _free_name(connection, filename, sha256),
        "mode": _REGULAR_FILE,
        "mtime": int(created_at.timestamp()),
        "sz": size,
        "sha256": sha256,
        "media_type": media_type,
    }
    if isinstance(data, bytes):
        connection.execute(_ENTER_FILE, row | {"data": data})
    else:
        connection.execute(_ENTER_ROOM, row | {"room": size})
        _fill(connection, sha256, data)
    return sha256


def _digest_of(file: BinaryIO) -> str:
    found = hashlib.sha256()
    file.seek(0)
    while piece := file.read(_PIECE):
        found.update(piece)
    return found.hexdigest()


def _fill(connection: Connection, sha256: str, source: BinaryIO) -> None:
    with large_value(connection, _place(connection, sha256), readonly=False) as room:
        source.seek(0)
        while piece := source.read(_PIECE):
            room.write(piece)


def _place(connection: Connection, sha256: str) -> tuple[str, str, int]:
    row_id: int = connection.execute(_ROW_OF_FILE, {"digest": sha256}).scalar_one()
    return ArchivedFile.__tablename__, "data", row_id


def read_blob(connection: Connection, sha256: str) -> bytes:
    """Return the bytes filed under *sha256*.

    :raises CorruptBlobError: there are none, or they do not match their digest.
    """
    row = connection.execute(_BLOB, {"digest": sha256}).first()
    if row is None:
        raise CorruptBlobError(f"The archive holds no bytes under {sha256}; run `pnr verify`.")
    if row.encoding == LEFT_OUT:
        raise CorruptBlobError(
            f"This is a light copy: the bytes under {sha256} are in the archive it was made of."
        )
    data = _decoded(connection, sha256, row.encoding, row.data, row.base_sha256)
    if data is None or digest(data) != sha256:
        raise _damaged(sha256)
    return data


def read_in_pieces(connection: Connection, sha256: str) -> Generator[bytes]:
    """Yield the bytes filed under *sha256*; those of a file are never whole in memory.

    :raises CorruptBlobError: there are none, or, behind the last piece, they do not match their
        digest.
    """
    if connection.scalar(_IS_FILE, {"digest": sha256}) is None:
        yield read_blob(connection, sha256)
        return
    found = hashlib.sha256()
    try:
        with large_value(connection, _place(connection, sha256), readonly=True) as value:
            while piece := value.read(_PIECE):
                found.update(piece)
                yield piece
    except sqlite3.OperationalError as error:
        # What stands there is no bytes at all.
        raise _damaged(sha256) from error
    if found.hexdigest() != sha256:
        raise _damaged(sha256)


_IS_FILE: Final = (
    select(Blob.size)
    .join(ArchivedFile, ArchivedFile.sha256 == Blob.sha256)
    .where(Blob.sha256 == bindparam("digest"), Blob.encoding == "sqlar")
)


def _damaged(sha256: str) -> CorruptBlobError:
    return CorruptBlobError(f"The bytes under {sha256} are damaged; run `pnr verify`.")


def read_slice(connection: Connection, sha256: str, start: int, length: int) -> bytes:
    """Return a part of an archived file's bytes, without reading the others; unchecked.

    :raises CorruptBlobError: the archive has no such file, or not its bytes.
    """
    if connection.scalar(_IS_FILE, {"digest": sha256}) is None:
        raise CorruptBlobError(f"The archive holds no file under {sha256}; run `pnr verify`.")
    with large_value(connection, _place(connection, sha256), readonly=True) as value:
        value.seek(min(start, len(value)))
        return bytes(value.read(length))


def readable_name(filename: str) -> str:
    """Return a file name that any file system takes and a person can read.

    >>> readable_name("../Charte  été?.PDF")
    'Charte été.pdf'
    """
    name = unicodedata.normalize("NFC", filename).replace("\\", "/").rsplit("/", 1)[-1]
    extension = _EXTENSION.search(name)
    if extension is None:
        # Without a dot: what follows one would be taken for an extension by whoever reads it next.
        return _readable(name.replace(".", " "))
    suffix = re.sub(r"\W", "", extension[1].lower())
    return f"{_readable(name[: extension.start()])}.{suffix}"


def _readable(stem: str) -> str:
    words = re.sub(r"[^\w\-.,'()]+", " ", stem).strip(" .")
    return words[:_NAME_LENGTH].strip(" .") or "file"


def _has_blob(connection: Connection, sha256: str) -> bool:
    return connection.scalar(_HAS_BLOB, {"digest": sha256}) is not None


def _standalone(connection: Connection, sha256: str) -> bytes | None:
    row = connection.execute(_BLOB, {"digest": sha256}).first()
    if row is None or row.encoding != "zstd" or row.base_sha256 is not None:
        return None
    try:
        data = _decompress(row.data)
    except zstandard.ZstdError:
        return None
    # Against a damaged body nothing is compressed: it could not be read back.
    return data if digest(data) == sha256 else None


def _decoded(
    connection: Connection, sha256: str, encoding: str, data: bytes | None, base: str | None
) -> bytes | None:
    try:
        if encoding == "sqlar":
            query = select(ArchivedFile.data).where(ArchivedFile.sha256 == sha256)
            return connection.scalar(query)
        if encoding == "identity" or data is None:
            return data
        return _decompress(data, read_blob(connection, base) if base else b"")
    except zstandard.ZstdError:
        return None


def _decompress(data: bytes, base: bytes = b"") -> bytes:
    if not base:
        return zstandard.ZstdDecompressor().decompress(data)
    return zstandard.ZstdDecompressor(dict_data=_dictionary(base)).decompress(data)


@lru_cache(maxsize=4)
def _dictionary(base: bytes) -> zstandard.ZstdCompressionDict:
    return zstandard.ZstdCompressionDict(base, dict_type=zstandard.DICT_TYPE_RAWCONTENT)


def _compressor_against(base: bytes) -> zstandard.ZstdCompressor:
    return zstandard.ZstdCompressor(level=_LEVEL, dict_data=_dictionary(base))


def _free_name(connection: Connection, filename: str, sha256: str) -> str:
    name = readable_name(filename)
    # Names that differ only by case meet on some file systems.
    taken = exists().where(func.lower(ArchivedFile.name) == name.lower())
    if not connection.scalar(select(taken)):
        return name
    stem, dot, suffix = name.rpartition(".")
    return f"{stem}-{sha256[:8]}{dot}{suffix}" if dot else f"{name}-{sha256[:8]}"
