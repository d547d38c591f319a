"""Whether what a page draws is whole in the file: its content streams, held against themselves.

pdfium shows what it has of a content up to where that is corrupt, and says nothing. A deflated
stream tells: it has an end of its own, and a checksum.
"""

from __future__ import annotations

import re
import zlib
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Any

import pikepdf

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Sequence
    from pathlib import Path

_BLANK_BYTES = 64
"""A content stream so short draws nothing worth reading, whatever it says."""

_SMALL_STREAM = 1_000_000
"""Bytes of a stream that is not deflated, and may be decoded whole: it does not grow by much."""

_PORTION = 1 << 20
_INFLATED_BYTES = 50_000_000
"""What is inflated of one stream; a bomb has its own limits, and is no damage."""

_CHECKSUM_BYTES = 4
_LETTERS = frozenset({"ASCII85Decode", "ASCIIHexDecode"})


@dataclass(frozen=True, slots=True, kw_only=True)
class ContentFault:
    """What is wrong with the content of a page; *is_lost* where nothing is left of it."""

    page: int
    why: str
    is_lost: bool


def faults_of_contents(
    path: Path, numbers: Sequence[int], *, blank: Collection[int], is_mended: bool, deadline: float
) -> Iterator[ContentFault]:
    """Yield what is wrong with the content of the pages *numbers*; *blank* ones show none.

    What a blank page may say in a few bytes is left alone, but in a copy that had to be mended.
    Pages that are not reached by *deadline* (monotonic) are not looked at.
    """
    try:
        with pikepdf.open(path, suppress_warnings=True) as pdf:
            for number in numbers:
                if monotonic() > deadline:
                    return
                page = pdf.pages[number - 1].obj
                if number not in blank:
                    why = _cut_short(_streams_of(page))
                elif _is_lost(path, page, is_mended=is_mended):
                    why = "its content is lost"
                else:
                    why = _cannot_begin(_streams_of(page), 1 if is_mended else _BLANK_BYTES)
                if why:
                    yield ContentFault(page=number, why=why, is_lost=number in blank)
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - qpdf's binding raises whatever its layers raised
        return


def _streams_of(page: Any) -> list[Any]:
    """Return the streams of a page's content; None stands for one that leads nowhere."""
    contents = page.get("/Contents")
    parts = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    return [part if isinstance(part, pikepdf.Stream) else None for part in parts]


def _is_lost(path: Path, page: Any, *, is_mended: bool) -> bool:
    """Whether a page has no content any more: qpdf leaves out what leads nowhere."""
    return page.get("/Contents") is None and (is_mended or _names_content(path, page.objgen))


def _names_content(path: Path, place: tuple[int, int]) -> bool:
    """Whether the page with this object number says, in the file's own bytes, to have a content."""
    own = rb"(?<!\d)%d\s+%d\s+obj\b(?:(?!endobj).)*?/Contents\s+\d" % place
    return re.search(own, path.read_bytes(), re.DOTALL) is not None


def _cut_short(streams: Sequence[Any]) -> str:
    """Say what is missing from the content of a page that shows something, ``""`` if nothing is."""
    if len(streams) > 1 and None in streams:
        return "a part of its content is lost"
    for stream in filter(None, streams):
        deflated = _deflated(stream)
        if deflated is not None and (why := _fault_of(deflated)):
            return why
    return ""


def _cannot_begin(streams: Sequence[Any], fewest: int) -> str:
    """Say whether a stream of *fewest* bytes or more gives no first byte."""
    for stream in filter(None, streams):
        if len(stream.read_raw_bytes()) >= fewest and not _begins(stream):
            return "its content cannot be decompressed"
    return ""


def _begins(stream: Any) -> bool:
    filters = _filters_of(stream)
    if "FlateDecode" in filters:
        deflated = _deflated(stream)
        try:
            return deflated is None or bool(zlib.decompressobj().decompress(deflated, 64))
        except zlib.error:
            return False
    if not filters or len(stream.read_raw_bytes()) > _SMALL_STREAM:
        return True
    try:
        return bool(stream.read_bytes())
    except (pikepdf.PdfError, pikepdf.DataDecodingError):
        return False


def _deflated(stream: Any) -> bytes | None:
    """Return the deflated bytes of a stream, out of the letters they may be written in.

    None where it is not deflated, or in another filter's form; ``b""`` where the letters are none.
    """
    filters = _filters_of(stream)
    if "FlateDecode" not in filters:
        return None
    raw = bytes(stream.read_raw_bytes())
    letters = filters[: filters.index("FlateDecode")]
    if not letters:
        return raw
    if not _LETTERS.issuperset(letters):
        return None
    with pikepdf.new() as aside:
        written = pikepdf.Stream(aside, b"")
        written.write(raw, filter=pikepdf.Array([pikepdf.Name(f"/{name}") for name in letters]))
        try:
            return bytes(written.read_bytes())
        except (pikepdf.PdfError, pikepdf.DataDecodingError):
            return b""


def _filters_of(stream: Any) -> list[str]:
    return re.findall(r"/(\w+)", str(stream.get("/Filter", "")))


def _fault_of(deflated: bytes) -> str:
    """Say what is wrong with a deflated stream, ``""`` where nothing is.

    A missing checksum is no damage, nor is what stands behind it: that is a wrong length.
    """
    inflating = zlib.decompressobj(-zlib.MAX_WBITS)
    checksum, size, rest = 1, 0, deflated[2:]
    try:
        while rest and not inflating.eof and size < _INFLATED_BYTES:
            portion = inflating.decompress(rest, _PORTION)
            checksum, size = zlib.adler32(portion, checksum), size + len(portion)
            rest = inflating.unconsumed_tail
    except zlib.error:
        return "its content is corrupt, and its text ends there"
    if size >= _INFLATED_BYTES:
        return ""
    if not inflating.eof:
        return "its content is cut off, and its text ends there"
    said = inflating.unused_data[:_CHECKSUM_BYTES]
    if len(said) == _CHECKSUM_BYTES and int.from_bytes(said) != checksum:
        return "its content is corrupt, and its text may be wrong"
    return ""
