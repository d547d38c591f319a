"""From the bytes of an answer to text, whatever its headers claim."""

from __future__ import annotations

import codecs
import re
import zlib
from typing import Final

#: More than this of one page is not read; a themed page has 60 kilobytes.
MOST_BYTES: Final = 6_000_000

_CHARSET: Final = re.compile(rb"charset\s*=\s*[\"']?\s*([\w.:-]{2,40})", re.IGNORECASE)
_BOMS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)


def decoded(body: bytes, content_type: str = "") -> str:
    """Return the text of a page.

    What is valid UTF-8 is UTF-8 even when a header says otherwise: that error is common, and its
    opposite hardly possible. Else the declared character set, else Windows-1252.
    """
    body = body[:MOST_BYTES]
    for bom, encoding in _BOMS:
        if body.startswith(bom):
            return body[len(bom) :].decode(encoding, "replace")
    try:
        return body.decode("utf-8")
    except UnicodeDecodeError as error:
        # A page cut in the middle of a letter is still UTF-8.
        if len(body) == MOST_BYTES and error.start > MOST_BYTES - 4:
            return body[: error.start].decode("utf-8")
    return body.decode(_declared(body, content_type), "replace")


def inflated(body: bytes, *, most: int) -> bytes:
    """Return gzipped bytes unpacked, at most *most* of them, and any others as they are."""
    if not body.startswith(b"\x1f\x8b"):
        return body
    unpacker = zlib.decompressobj(wbits=31)
    try:
        return unpacker.decompress(body, most)
    except zlib.error:
        return b""


def _declared(body: bytes, content_type: str) -> str:
    header = _CHARSET.search(content_type.encode("ascii", "ignore"))
    for found in filter(None, (header, _CHARSET.search(body[:4096]))):
        name = found[1].decode("ascii").lower()
        # Browsers read Latin-1 as Windows-1252, and so do the people who write such pages.
        name = "cp1252" if name in {"iso-8859-1", "latin-1", "latin1", "us-ascii"} else name
        try:
            if codecs.lookup(name)._is_text_encoding and name not in {"utf-8", "utf8"}:  # noqa: SLF001 - codecs has no public way to ask
                b"".decode(name)
                return name
        except (LookupError, UnicodeError):
            continue
    return "cp1252"
