"""What a robots.txt says, as RFC 9309 has it. Pure."""

from __future__ import annotations

from typing import Final

from protego import Protego

#: RFC 9309: at least five redirects of a robots.txt are followed, at least 500 KiB are read.
ROBOTS_HOPS: Final = 5
_LONGEST: Final = 512_000


def robots_rules(text: bytes) -> Protego:
    """Return the rules of a robots.txt, however long it is."""
    # A byte order mark would hide the first group.
    return Protego.parse(_first_lines(text).decode("utf-8-sig", "replace"))


def _first_lines(text: bytes) -> bytes:
    """Return as much as is read; half a line might forbid more than the whole one."""
    if len(text) <= _LONGEST:
        return text
    return text[:_LONGEST].rpartition(b"\n")[0]
