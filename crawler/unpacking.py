"""Unpack a body as its Content-Encoding says. Pure."""

from __future__ import annotations

import zlib
from typing import Final

#: What a request says that we can unpack.
ACCEPTED: Final = "gzip, deflate"


def encodings_in(header: str) -> list[str]:
    """Return the encodings that a Content-Encoding names, in the order they were applied.

    >>> encodings_in("GZIP, deflate")
    ['gzip', 'deflate']
    """
    return [name.strip().lower() for name in header.split(",") if name.strip()]


def unpacked(body: bytes, encodings: list[str], *, most: int) -> bytes:
    """Return a body unpacked, the encoding applied last first; a little more than *most* at most.

    :raises ValueError: it breaks off, or is not packed as it says; in words.

    >>> unpacked(zlib.compress(b"parc"), ["deflate"], most=10)
    b'parc'
    """
    for encoding in reversed(encodings):
        try:
            body = _unpacked_once(body, encoding, most + 1)
        except zlib.error as error:
            raise ValueError(f"the body is not what its encoding ({encoding}) says") from error
    return body


def _unpacked_once(body: bytes, encoding: str, most: int) -> bytes:
    match encoding:
        case "identity":
            return body
        case "gzip" | "x-gzip":
            return _inflated(body, 31, most)
        case "deflate":
            # Some servers leave the header out that the standard asks for.
            return _inflated(body, 15 if body[0] & 0x0F == 8 else -15, most)
        case _:
            raise ValueError(f"the body is packed in a way nobody asked for ({encoding})")


def _inflated(body: bytes, window: int, most: int) -> bytes:
    data = b""
    # A gzip body may be several, one behind the other.
    while not data or (body.startswith(b"\x1f\x8b") and len(data) < most):
        unpacker = zlib.decompressobj(window)
        data += unpacker.decompress(body, most - len(data))
        if not unpacker.eof and len(data) < most:
            raise ValueError("the packed body breaks off before its end")
        if not unpacker.unused_data:
            break
        body = unpacker.unused_data
    return data
