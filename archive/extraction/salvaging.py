"""The pages of a file whose catalogue is lost, gathered under a new one.

What is cut off at a file's end is first of all the way to its pages: the catalogue and the table of
its objects. The objects that are left still say what they are.
"""

from __future__ import annotations

import re
import zlib
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_OBJECT = re.compile(rb"(?<!\d)(\d{1,9})\s+(\d{1,5})\s+obj\b")
_REFERENCE = re.compile(rb"(?<!\d)(\d{1,9})\s+\d{1,5}\s+R\b")
PAGE = re.compile(rb"/Type\s*/Page(?![A-Za-z])")
"""What a page says of itself, where its object is not packed."""

_PACKED = re.compile(rb"/Type\s*/ObjStm(?![A-Za-z])")
_COUNT, _FIRST = re.compile(rb"/N\s+(\d{1,6})"), re.compile(rb"/First\s+(\d{1,9})")
_STREAM = re.compile(rb"stream\r?\n")
_MOST_BYTES = 200_000_000
"""A larger file is not gone through: it would have to be held in memory twice."""

_HEAD_BYTES = 16_384
"""How far into an object its dictionary is looked for."""

_UNPACKED_BYTES = 64_000_000
"""What all packed objects of a file may come to."""


def gather_pages(path: Path, gathered: Path) -> bool:
    """Write to *gathered* the file at *path* with a catalogue of every page found in it.

    Return whether there are any. The copy wants mending: its objects have no table.
    """
    if path.stat().st_size > _MOST_BYTES:
        return False
    data = path.read_bytes()
    data += b"\nendstream\nendobj\n" + b"".join(_unpacked(data))
    pages = dict.fromkeys(found.groups() for found, head in _objects(data) if PAGE.search(head))
    if not pages:
        return False
    top = 1 + max(int(found[1]) for each in (_OBJECT, _REFERENCE) for found in each.finditer(data))
    kids = b" ".join(b"%s %s R" % page for page in pages)
    gathered.write_bytes(
        b"%%PDF-1.7\n%s\n"
        b"%d 0 obj\n<< /Type /Pages /Count %d /Kids [%s] >>\nendobj\n"
        b"%d 0 obj\n<< /Type /Catalog /Pages %d 0 R >>\nendobj\n"
        b"trailer\n<< /Root %d 0 R /Size %d >>\nstartxref\n0\n%%%%EOF\n"
        % (data, top, len(pages), kids, top + 1, top, top + 1, top + 2)
    )
    return True


def _objects(data: bytes) -> Iterator[tuple[re.Match[bytes], bytes]]:
    """Yield where each object begins, and its dictionary with no more than what belongs to it."""
    for found in _OBJECT.finditer(data):
        head = data[found.end() : found.end() + _HEAD_BYTES]
        yield found, head.partition(b"endobj")[0].partition(b"stream")[0]


def _unpacked(data: bytes) -> Iterator[bytes]:
    """Yield the objects that stand deflated in streams, written out as any other."""
    left = _UNPACKED_BYTES
    for found, head in _objects(data):
        if not _PACKED.search(head):
            continue
        count, first = _COUNT.search(head), _FIRST.search(head)
        start = _STREAM.match(data, found.end() + len(head))
        if count is None or first is None or start is None:
            continue
        unpacked = _inflated(data[start.end() :], left)
        left -= len(unpacked)
        yield from _written_out(unpacked, int(count[1]), int(first[1]))


def _inflated(data: bytes, most: int) -> bytes:
    try:
        return zlib.decompressobj().decompress(data, most) if most > 0 else b""
    except zlib.error:
        return b""


def _written_out(unpacked: bytes, count: int, first: int) -> Iterator[bytes]:
    numbers = unpacked[:first].split()[: 2 * count]
    if not all(map(bytes.isdigit, numbers)):
        return
    places = [first + int(place) for place in numbers[1::2]]
    for number, start, end in zip(numbers[::2], places, [*places[1:], len(unpacked)], strict=False):
        yield b"%s 0 obj\n%s\nendobj\n" % (number, unpacked[start:end])
