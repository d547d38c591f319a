"""What an HTTP status means to a crawl. Pure."""

from __future__ import annotations

from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from typing import Final

#: Statuses that say "not now": asked again later, never taken for a disappearance.
RETRYABLE: Final = frozenset({408, 425, 429, 500, 502, 503, 504, *range(520, 528)})
GONE: Final = frozenset({404, 410})
REDIRECTS: Final = frozenset({301, 302, 303, 307, 308})
REFUSALS: Final = frozenset({401, 403, 407, 451})


def is_retryable(status: int) -> bool:
    """Tell an answer that may be another one later."""
    return status in RETRYABLE


def retry_after(value: str, now: datetime | None = None) -> float | None:
    """Return how many seconds a Retry-After asks to wait: it is a number of them, or a date.

    *now* is the site's own time, as its answer says: its clock may be wrong, the span is right.

    >>> retry_after("120")
    120.0
    >>> retry_after("Mon, 02 Jan 2034 10:00:30 GMT", datetime(2034, 1, 2, 10, tzinfo=UTC))
    30.0
    >>> retry_after("soon") is None
    True
    """
    value = value.strip()
    if value.isascii() and value.isdigit():
        return float(value[:9])
    moment = http_date(value)
    if moment is None:
        return None
    return max(0.0, (moment - (now or datetime.now(UTC))).total_seconds())


def http_date(value: str) -> datetime | None:
    """Return the moment a header names, ``None`` if it names none.

    >>> http_date("Mon, 02 Jan 2034 10:00:30 GMT")
    datetime.datetime(2034, 1, 2, 10, 0, 30, tzinfo=datetime.timezone.utc)
    """
    try:
        moment = parsedate_to_datetime(value)
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
