"""Which bytes a Range header asks for (RFC 9110, section 14)."""

from __future__ import annotations

import re
from typing import Final

_ONE: Final = re.compile(r"bytes=(\d{0,15})-(\d{0,15})")


class UnsatisfiableRangeError(ValueError):
    """Raised when a range has no byte of what it asks for."""


def range_of(header: str, size: int) -> range | None:
    """Return the bytes asked for, None for all: also for several ranges, or what is none.

    >>> range_of("bytes=0-9", 100), range_of("bytes=-10", 100), range_of("bytes=1-2,5-6", 100)
    (range(0, 10), range(90, 100), None)

    :raises UnsatisfiableRangeError: none of them is there.
    """
    match = _ONE.fullmatch(header.strip())
    if match is None or match.groups() == ("", ""):
        return None
    first, last = match.groups()
    if not first:
        found = range(max(size - int(last), 0), size)
    else:
        found = range(int(first), min(int(last), size - 1) + 1 if last else size)
        if last and int(last) < int(first):
            return None
    if not found:
        raise UnsatisfiableRangeError(header)
    return found
