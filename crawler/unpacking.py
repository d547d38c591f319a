"""Unpack a body as its Content-Encoding says. Pure."""

from __future__ import annotations

import zlib
from itertools import chain
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

#: What a request says that we can unpack.
ACCEPTED: Final = "gzip, deflate"

#: Bytes that are unpacked at a time.
_PIECE: Final = 1_000_000


def encodings_in(header: str) -> list[str]:
    """Return the encodings that a Content-Encoding names, in the order they were applied.

    >>> encodings_in("GZIP, deflate")
    ['gzip', 'deflate']
    """
    return [name.strip().lower() for name in header.split(",") if name.strip()]


def unpacked(body: bytes, encodings: list[str], *, most: int) -> bytes:
    """Return a body unpacked; a little more than *most* bytes at most.

    :raises ValueError: it breaks off, or is not packed as it says; in words.

    >>> unpacked(zlib.compress(b"parc"), ["deflate"], most=10)
    b'parc'
    """
    return b"".join(at_most(most + 1, unpacked_in_pieces([body], encodings)))


def at_most(most: int, pieces: Iterable[bytes]) -> Iterator[bytes]:
    """Yield pieces up to so many bytes of them; no further one is made."""
    for piece in pieces:
        yield piece[:most]
        most -= len(piece)
        if most <= 0:
            return


def unpacked_in_pieces(packed: Iterable[bytes], encodings: list[str]) -> Iterator[bytes]:
    """Yield a body unpacked, the encoding applied last first; little of it at a time.

    :raises ValueError: it breaks off, or is not packed as it says; in words.
    """
    body = iter(packed)
    for encoding in reversed(encodings):
        body = _unpacked_once(body, encoding)
    return body


def _unpacked_once(body: Iterator[bytes], encoding: str) -> Iterator[bytes]:
    try:
        match encoding:
            case "identity":
                yield from body
            case "gzip" | "x-gzip":
                yield from _inflated(body, 31)
            case "deflate":
                first = next(filter(None, body), b"")
                # Some servers leave the header out that the standard asks for.
                has_header = bool(first) and first[0] & 0x0F == 8
                yield from _inflated(chain([first], body), 15 if has_header else -15)
            case _:
                raise ValueError(f"the body is packed in a way nobody asked for ({encoding})")
    except zlib.error as error:
        raise ValueError(f"the body is not what its encoding ({encoding}) says") from error


def _inflated(body: Iterator[bytes], window: int) -> Iterator[bytes]:
    unpacker = zlib.decompressobj(window)
    for packed in body:
        rest = packed
        while rest:
            if unpacker.eof:
                # A gzip body may be several, one behind the other; nothing else belongs to it.
                if not rest.startswith(b"\x1f\x8b"):
                    return
                unpacker = zlib.decompressobj(window)
            if piece := unpacker.decompress(rest, _PIECE):
                yield piece
            rest = unpacker.unconsumed_tail or unpacker.unused_data
    # What was packed best may come out when nothing more goes in.
    while not unpacker.eof and (piece := unpacker.decompress(b"", _PIECE)):
        yield piece
    if not unpacker.eof:
        raise ValueError("the packed body breaks off before its end")
