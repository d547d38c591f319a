"""Pages as the Wayback Machine replays them: their own address, date and body. Pure."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Final

from crawler.statuses import http_date

#: `web/20150409102233id_/http://…`: the date, what was asked to be left alone, the address.
_REPLAYED: Final = re.compile(
    r"https?://(?:web|wayback)\.archive\.org/web/(\d{4,14})(?:[a-z]{2}_)?/(.+)", re.IGNORECASE
)
_PREFIX: Final = re.compile(
    rb"(?:(?:https?:)?//(?:web|wayback)\.archive\.org)?/web/\d{4,14}(?:[a-z]{2}_)?/"
    rb"(?=https?:|//)",
    re.IGNORECASE,
)
_ADDED: Final = (
    re.compile(
        rb"<!-- BEGIN WAYBACK TOOLBAR INSERT -->.*?<!-- END WAYBACK TOOLBAR INSERT -->\s?",
        re.DOTALL,
    ),
    re.compile(
        rb"(?:<script[^>]*(?:archive\.org|/_static/)[^>]*>\s*</script>|<script[^>]*>\s*"
        rb"(?:window\.RufflePlayer|__wm\.|var _____WB|archive_analytics).*?</script>|"
        rb"<link[^>]*/_static/[^>]*>|\s)*<!-- End Wayback Rewrite JS Include -->\s?",
        re.DOTALL,
    ),
    re.compile(rb"<!--\s*FILE ARCHIVED ON .*?-->\s?", re.DOTALL),
    re.compile(rb"<!--\s*playback timings \(ms\):.*?-->\s?", re.DOTALL),
)
_BEGINS_AS_PAGE: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*<")
_ARCHIVED_ON: Final = re.compile(
    rb"FILE ARCHIVED ON (\d\d:\d\d:\d\d [A-Z][a-z]{2} \d\d, \d{4}) AND RETRIEVED"
)
_ORIGINAL: Final = "x-archive-orig-"


def replayed(url: str) -> tuple[str, datetime | None]:
    """Return the address that a replay is of, and its date; any other address as it is.

    >>> replayed("https://web.archive.org/web/20150409102233id_/http://parcs.fr/a")
    ('http://parcs.fr/a', datetime.datetime(2015, 4, 9, 10, 22, 33, tzinfo=datetime.timezone.utc))
    >>> replayed("https://parcs.fr/a")
    ('https://parcs.fr/a', None)
    """
    found = _REPLAYED.fullmatch(url)
    if found is None:
        return url, None
    own = found[2] if "://" in found[2] else f"http://{found[2].removeprefix('http:/')}"
    return own, _moment(found[1])


def original_headers(headers: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """Return the headers the site sent, where a replay carries them along; else all of them.

    >>> original_headers([("X-Archive-Orig-ETag", "x"), ("Server", "nginx")])
    [('ETag', 'x')]
    """
    own = [
        (name[len(_ORIGINAL) :], value)
        for name, value in headers
        if name.lower().startswith(_ORIGINAL)
    ]
    types = [pair for pair in headers if pair[0].lower() == "content-type"]
    return (
        own + ([] if any(name.lower() == "content-type" for name, _ in own) else types) or headers
    )


def date_in_headers(headers: list[tuple[str, str]]) -> datetime | None:
    """Return when an answer was given: a replay's own date first, then the site's."""
    named = {name.lower(): value for name, value in reversed(headers)}
    for name in ("memento-datetime", "x-archive-orig-date", "date"):
        if (moment := http_date(named.get(name, "") or "-")) is not None:
            return moment
    return None


def date_in_body(body: bytes) -> datetime | None:
    """Return the date that the Wayback Machine wrote below a page it replayed."""
    found = _ARCHIVED_ON.search(body)
    if found is None:
        return None
    try:
        return datetime.strptime(found[1].decode(), "%H:%M:%S %b %d, %Y").replace(tzinfo=UTC)
    except ValueError:
        return None


def without_replay(body: bytes) -> bytes:
    """Return a page without what the replay added: its toolbar, its scripts, its addresses.

    >>> without_replay(b'<a href="/web/20150409102233/http://parcs.fr/a">')
    b'<a href="http://parcs.fr/a">'
    """
    # A PDF that speaks of the Wayback Machine stays as it is.
    if not _BEGINS_AS_PAGE.match(body):
        return body
    for added in _ADDED:
        body = added.sub(b"", body)
    return _PREFIX.sub(b"", body)


def _moment(digits: str) -> datetime | None:
    whole = digits + "00000101000000"[len(digits) :]
    try:
        return datetime.strptime(whole, "%Y%m%d%H%M%S").replace(tzinfo=UTC)
    except ValueError:
        return None
