"""Walk through a WARC file, record by record, past whatever in it is damaged.

A WARC is a long-lived thing: some were cut short, some lost a sector. What stands behind a damaged
stretch is found again by its first bytes. Nothing is unpacked beyond what may be kept.
"""

from __future__ import annotations

import zlib
from contextlib import suppress
from dataclasses import dataclass
from enum import StrEnum
from io import BytesIO
from tempfile import SpooledTemporaryFile
from typing import IO, TYPE_CHECKING, Any, Final

from warcio.exceptions import ArchiveLoadFailed
from warcio.recordloader import ArcWarcRecordLoader

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_GZIP: Final = b"\x1f\x8b\x08"
_WARC: Final = b"WARC/1."
_BLOCK: Final = 1 << 16
_LONGEST_HEADER: Final = 1 << 16
#: Bytes of an unpacked member that are held in memory; a larger one goes into a temporary file.
_IN_MEMORY: Final = 4 << 20
#: What is packed tighter than this is no page but a trap.
_TIGHTEST: Final = 100


class Flaw(StrEnum):
    """What is wrong with a stretch of a WARC file."""

    DAMAGED = "damaged"
    TRUNCATED = "truncated"
    TOO_LARGE = "too-large"


@dataclass(frozen=True, slots=True, kw_only=True)
class Place:
    """Where a record stands: its file, where its gzip member begins, where it begins in there."""

    path: Path
    member: int
    start: int
    length: int


class _FlawError(Exception):
    """Raised when a member cannot be unpacked, or is not to be."""

    def __init__(self, flaw: Flaw) -> None:
        super().__init__(flaw)
        self.flaw = flaw


def records_of(path: Path, *, most: int) -> Iterator[tuple[Place, Any] | Flaw]:
    """Yield each record of a WARC file with its place, and a flaw for each stretch that is none.

    The record's stream is to be read before the next is asked for. A gzip member that unpacks to
    more than *most* bytes, and is packed as no text is, counts as too large.
    """
    with path.open("rb") as file:
        if file.read(len(_GZIP)) == _GZIP:
            yield from _packed(path, file, most)
        else:
            yield from _plain(path, file, most, member=-1)


def record_at(place: Place, *, most: int) -> Any:
    """Return the record at a place, with its stream at its beginning.

    :raises ArchiveLoadFailed: there is none any more.
    """
    with place.path.open("rb") as file:
        stream: IO[bytes] = file
        with SpooledTemporaryFile(_IN_MEMORY) as unpacked:
            if place.member >= 0:
                _unpack_member(file, place.member, unpacked, most)
                stream = unpacked
            stream.seek(place.start)
            return _parsed(BytesIO(stream.read(place.length)))


def _packed(path: Path, file: IO[bytes], most: int) -> Iterator[tuple[Place, Any] | Flaw]:
    member = 0
    while member >= 0:
        with SpooledTemporaryFile(_IN_MEMORY) as unpacked:
            try:
                end = _unpack_member(file, member, unpacked, most)
            except (_FlawError, zlib.error) as error:
                yield error.flaw if isinstance(error, _FlawError) else Flaw.DAMAGED
                member = _found(file, member + 1, _GZIP)
                continue
            yield from _plain(path, unpacked, most, member=member)
        member = _found(file, end, _GZIP)
        if member != end and (member > end or file.seek(0, 2) > end):
            yield Flaw.DAMAGED


def _unpack_member(file: IO[bytes], start: int, into: IO[bytes], most: int) -> int:
    """Unpack one gzip member; return where it ends in the file."""
    file.seek(start)
    unpacker = zlib.decompressobj(31)
    taken = given = 0
    while not unpacker.eof:
        packed = unpacker.unconsumed_tail or file.read(_BLOCK)
        if not packed:
            raise _FlawError(Flaw.TRUNCATED)
        data = unpacker.decompress(packed, _BLOCK)
        given += len(data)
        taken = file.tell() - start - len(unpacker.unconsumed_tail)
        if given > most and given > _TIGHTEST * taken:
            raise _FlawError(Flaw.TOO_LARGE)
        into.write(data)
    into.seek(0)
    return file.tell() - len(unpacker.unused_data)


def _plain(
    path: Path, file: IO[bytes], most: int, *, member: int
) -> Iterator[tuple[Place, Any] | Flaw]:
    """Yield the records of a stream that is not packed; one flaw for a stretch, however long."""
    start, sound = _found(file, 0, _WARC), True
    if start != 0:
        yield Flaw.DAMAGED
    while start >= 0:
        found = _record(path, file, start, most, member)
        if not isinstance(found, Flaw) or found is Flaw.TOO_LARGE or sound:
            yield found
        sound = not isinstance(found, Flaw)
        end = start + 1 if isinstance(found, Flaw) else start + found[0].length
        start = _found(file, end, _WARC)


def _record(
    path: Path, file: IO[bytes], start: int, most: int, member: int
) -> tuple[Place, Any] | Flaw:
    size, end = file.seek(0, 2), _end_of_record(file, start)
    if end is None or not _is_followed_well(file, end):
        return Flaw.TRUNCATED if end is not None and end > size else Flaw.DAMAGED
    if end - start > most + _LONGEST_HEADER:
        return Flaw.TOO_LARGE
    file.seek(start)
    try:
        record = _parsed(BytesIO(file.read(end - start)))
    except (ArchiveLoadFailed, EOFError, ValueError, AttributeError):
        return Flaw.DAMAGED
    return Place(path=path, member=member, start=start, length=end - start), record


def _parsed(stream: BytesIO) -> Any:
    loader = ArcWarcRecordLoader(verify_http=False, arc2warc=False)
    return loader.parse_record_stream(stream, known_format="warc", check_digests=True)


def _end_of_record(file: IO[bytes], start: int) -> int | None:
    """Return where a record's block ends as its header says; nothing where it does not say."""
    file.seek(start)
    header = file.read(_LONGEST_HEADER)
    block = header.find(b"\r\n\r\n")
    if block < 0:
        return None
    for line in header[:block].split(b"\r\n")[1:]:
        name, _, value = line.partition(b":")
        if name.strip().lower() == b"content-length":
            with suppress(ValueError):
                return start + block + 4 + max(int(value), 0)
    return None


def _is_followed_well(file: IO[bytes], end: int) -> bool:
    """Tell whether behind a block stands what must: two line ends, and a record or nothing."""
    if end > file.seek(0, 2):
        return False
    file.seek(end)
    behind = file.read(4 + len(_WARC))
    rest = behind.lstrip(b"\r\n")
    return not rest or rest.startswith(_WARC[: len(rest)])


def _found(file: IO[bytes], start: int, mark: bytes) -> int:
    """Return where these bytes stand next, -1 where they do no more."""
    file.seek(start)
    offset, kept = start, b""
    while block := file.read(_BLOCK):
        where = (kept + block).find(mark)
        if where >= 0:
            return offset - len(kept) + where
        offset += len(block)
        kept = (kept + block)[-len(mark) + 1 :]
    return -1
