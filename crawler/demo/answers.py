"""What the demo answers: bodies whose noise changes at every request, validators, 304."""

from __future__ import annotations

import gzip
import hashlib
import re
from dataclasses import dataclass
from email.utils import formatdate, parsedate_to_datetime
from enum import StrEnum
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    #: Makes the answer to one address; the number is the page of a list, the first being 0.
    Route = Callable[[int], "Answer"]

_MARK: Final = re.compile(rb"~~(token|dom|itok|css|count|now)~~")
_BLOCKS: Final = b"~~blocks~~"
_LONG_PAST: Final = ("Expires", "Sun, 19 Nov 1978 05:00:00 GMT")


class Validators(StrEnum):
    """What an answer says of its own freshness."""

    NONE = "none"
    """A page Drupal makes anew: other bytes every time."""
    CACHED = "cached"
    """A page out of Drupal 7's cache: validators of the cache entry, both needed for a 304."""
    FILE = "file"
    """A static file, with the validators of the web server."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """An answer before noise, compression and validators; *modified* is in Unix seconds."""

    body: bytes
    status: int = 200
    media_type: str = "text/html; charset=utf-8"
    headers: tuple[tuple[str, str], ...] = ()
    blocks: tuple[bytes, ...] = ()
    validators: Validators = Validators.NONE
    modified: int = 0


@dataclass(frozen=True, slots=True)
class Sent:
    """An answer as it goes over the wire."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: bytes


def redirect(address: str, status: int = 301) -> Answer:
    """Return a redirect to *address*, which is absolute, as Drupal's are."""
    return Answer(body=b"", status=status, headers=(("Location", address),))


def prepare(answer: Answer, asked: Mapping[str, str], turn: int) -> Sent:
    """Return what to send for *answer*: *asked* are the request's headers, *turn* its number."""
    if answer.validators is Validators.FILE:
        return _file(answer, asked)
    # A cached page is one page: its noise was fixed when it was cached.
    fixed = answer.validators is Validators.CACHED
    body = _with_noise(answer, answer.modified if fixed else turn)
    headers = [("Content-Type", answer.media_type), ("Content-Language", "fr"), _LONG_PAST]
    packed = bool(body) and "gzip" in asked.get("Accept-Encoding", "")
    if packed:
        body = gzip.compress(body, compresslevel=1, mtime=0)
        headers.append(("Content-Encoding", "gzip"))
    if fixed:
        tag, date = f'"{answer.modified}-{int(packed)}"', formatdate(answer.modified, usegmt=True)
        headers += [
            ("ETag", tag),
            ("Last-Modified", date),
            ("Cache-Control", "public, max-age=0"),
            ("Vary", "Cookie,Accept-Encoding"),
            ("X-Drupal-Cache", "HIT"),
        ]
        if asked.get("If-None-Match") == tag and asked.get("If-Modified-Since") == date:
            return Sent(304, (("ETag", tag), ("Last-Modified", date)), b"")
    else:
        headers.append(("Cache-Control", "must-revalidate, no-cache, private"))
    return Sent(answer.status, (*headers, *answer.headers), body)


def _file(answer: Answer, asked: Mapping[str, str]) -> Sent:
    tag = f'"{len(answer.body):x}-{answer.modified:x}"'
    headers = (
        ("ETag", tag),
        ("Last-Modified", formatdate(answer.modified, usegmt=True)),
        ("Accept-Ranges", "none"),
        *answer.headers,
    )
    if _is_current(asked, tag, answer.modified):
        return Sent(304, headers, b"")
    return Sent(answer.status, (("Content-Type", answer.media_type), *headers), answer.body)


def _is_current(asked: Mapping[str, str], tag: str, modified: int) -> bool:
    # RFC 9110: where there is an entity tag to compare, the date does not count.
    if known := asked.get("If-None-Match"):
        return tag in re.split(r"\s*,\s*", known)
    try:
        since = parsedate_to_datetime(asked.get("If-Modified-Since", ""))
    except ValueError:  # none, or one that is no date: RFC 9110 says to ignore it
        return False
    return since.timestamp() >= modified


def _with_noise(answer: Answer, turn: int) -> bytes:
    body = answer.body
    if answer.blocks:
        first = turn % len(answer.blocks)
        body = body.replace(_BLOCKS, b"\n".join(answer.blocks[first:] + answer.blocks[:first]))
    if b"~~" not in body:
        return body
    digest = hashlib.sha256(str(turn).encode()).hexdigest().encode()
    noise = {
        b"token": digest[:43],
        b"dom": digest[:32],
        b"itok": digest[-8:],
        b"css": digest[20:26],
        b"count": b"%d" % (1000 + turn),
        b"now": b"%02d:%02d" % divmod(turn % 1440, 60),
    }
    return _MARK.sub(lambda match: noise[match[1]], body)
