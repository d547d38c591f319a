"""Sizes and durations as people read them."""

from __future__ import annotations


def size(count: float) -> str:
    """Return a number of bytes as people read it.

    >>> size(999), size(3_198_507)
    ('999 B', '3.2 MB')
    """
    for unit in ("B", "kB", "MB"):
        if count < 1000:
            return f"{count:.0f} B" if unit == "B" else f"{count:.1f} {unit}"
        count /= 1000
    return f"{count:.1f} GB"


def duration(seconds: float) -> str:
    """Return a duration as people read it.

    >>> duration(42), duration(3_725), duration(200_000)
    ('42 s', '1 h 02 min', '2 d 7 h')
    """
    minutes, rest = divmod(round(seconds), 60)
    hours, minutes = divmod(minutes, 60)
    days, hours = divmod(hours, 24)
    if days:
        return f"{days} d {hours} h"
    if hours:
        return f"{hours} h {minutes:02} min"
    return f"{minutes} min {rest:02} s" if minutes else f"{rest} s"
