"""WARC and WACZ files: which of their records are captures of the site, and how they are read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, datetime
from functools import partial
from io import BytesIO
from typing import TYPE_CHECKING, Any, Final

from warcio.bufferedreaders import ChunkedDataReader
from warcio.exceptions import ArchiveLoadFailed

from archive.evidence.recording import Answer
from crawler.importing.captures import Capture, LeftOut, Refused, UnusableCaptureError
from crawler.importing.mementos import original_headers, replayed, without_replay
from crawler.importing.site import kind_of
from crawler.importing.walking import Flaw, Place, record_at, records_of
from crawler.statuses import REDIRECTS
from crawler.unpacking import unpacked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from pathlib import Path

    from crawler.importing.site import Site

_FLAWS: Final = {
    Flaw.DAMAGED: LeftOut.DAMAGED,
    Flaw.TRUNCATED: LeftOut.DAMAGED,
    Flaw.TOO_LARGE: LeftOut.TOO_LARGE,
}
#: Records that say something about others, or were asked by whoever made the file.
_ABOUT: Final = frozenset({"warcinfo", "request", "metadata", "continuation"})
#: Headers that say how a body was sent; it is kept as it was meant.
_OF_TRANSFER: Final = frozenset({"content-encoding", "transfer-encoding"})
_NOT_MODIFIED: Final = re.compile("server-not-modified", re.IGNORECASE)
#: More than the largest file, for its headers and for how it was packed.
_SLACK: Final = 1 << 20

Met = Capture | Refused


@dataclass(frozen=True, slots=True, kw_only=True)
class _Header:
    """What is known of a record before its body is read."""

    place: Place
    source: str
    url: str
    at: datetime
    record: Any = field(repr=False)

    @property
    def status(self) -> int:
        """The HTTP status, 0 where there is none."""
        code = str(self.record.http_headers.get_statuscode() if self.record.http_headers else "")
        return int(code) if code.isdecimal() else 0


def targets_in(path: Path, *, most: int) -> Iterator[str]:
    """Yield the addresses of the site's answers in a WARC file, as whoever made it wrote them."""
    for found in records_of(path, most=most + _SLACK):
        if not isinstance(found, Flaw) and found[1].rec_type == "response":
            yield replayed(found[1].rec_headers.get_header("WARC-Target-URI") or "")[0]


class WarcShelf:
    """Reads WARC files; a record may confirm one of another file, so all are looked at first."""

    def __init__(self, site: Site) -> None:
        self.site = site
        self._by_date: dict[tuple[str, datetime], Place] = {}
        self._by_digest: dict[str, Place] = {}
        self._revisits: list[_Header] = []

    def look_through(self, path: Path, source: str) -> Iterator[Met]:
        """Yield what a WARC file holds but for what confirms other records."""
        for found in records_of(path, most=self.site.file_bytes + _SLACK):
            if isinstance(found, Flaw):
                yield Refused(what=source, why=_FLAWS[found])
                continue
            place, record = found
            if record.rec_type in _ABOUT:
                continue
            try:
                header = self._header(place, record, source)
                if record.rec_type == "revisit":
                    self._revisits.append(header)
                elif (capture := self._response(header)) is not None:
                    yield capture
            except UnusableCaptureError as error:
                yield Refused(what=f"{source}: {error}", why=error.why)

    def revisits(self) -> Iterator[Met]:
        """Yield the records that confirm others, when every file was looked through."""
        for header in self._revisits:
            try:
                yield self._revisit(header)
            except UnusableCaptureError as error:
                yield Refused(what=f"{header.source}: {header.url}", why=error.why)

    def _header(self, place: Place, record: Any, source: str) -> _Header:
        headers = record.rec_headers
        uri = headers.get_header("WARC-Target-URI") or ""
        if record.rec_type not in {"response", "revisit"} or not uri.lower().startswith("http"):
            raise UnusableCaptureError(LeftOut.OTHER)
        if headers.get_header("WARC-Truncated") or headers.get_header("WARC-Segment-Number"):
            raise UnusableCaptureError(LeftOut.DAMAGED)
        own, date = replayed(uri)
        return _Header(
            place=place,
            source=source,
            url=self.site.address(own),
            at=date or _date(headers.get_header("WARC-Date")),
            record=record,
        )

    def _response(self, header: _Header) -> Capture | None:
        record = header.record
        if not header.status:
            raise UnusableCaptureError(LeftOut.DAMAGED)
        if self._leads_to_itself(header):
            return None
        _require_sound(record)
        self._by_date.setdefault((header.url, header.at), header.place)
        if digest := record.rec_headers.get_header("WARC-Payload-Digest"):
            self._by_digest.setdefault(digest, header.place)
        read = partial(_read, self.site, header.place, header.place, header.url, header.at)
        return _capture(header, read)

    def _leads_to_itself(self, header: _Header) -> bool:
        """Tell a redirect to another spelling of one address (http to https, say)."""
        if header.status not in REDIRECTS:
            return False
        try:
            target, _ = replayed(header.record.http_headers.get_header("Location") or "")
            return self.site.address(target) == header.url
        except UnusableCaptureError:
            return False

    def _revisit(self, header: _Header) -> Capture:
        headers = header.record.rec_headers
        original = self._original(header)
        if _NOT_MODIFIED.search(headers.get_header("WARC-Profile") or ""):
            place = None
        else:
            digest = headers.get_header("WARC-Payload-Digest") or ""
            place = (self._by_date.get(original) if original else None) or self._by_digest.get(
                digest
            )
        if place is None and original is None:
            raise UnusableCaptureError(LeftOut.NO_ORIGINAL)
        read = partial(_read, self.site, header.place, place, header.url, header.at)
        return _capture(header, read, confirms=None if place else original)

    def _original(self, header: _Header) -> tuple[str, datetime] | None:
        """Return address and moment of the record that this one confirms, where it says so."""
        headers = header.record.rec_headers
        uri = headers.get_header("WARC-Refers-To-Target-URI")
        date = headers.get_header("WARC-Refers-To-Date")
        if not date:
            return None
        return (self.site.address(replayed(uri)[0]) if uri else header.url), _date(date)


def _capture(
    header: _Header,
    read: Callable[[], Answer],
    confirms: tuple[str, datetime] | None = None,
) -> Capture:
    return Capture(
        url=header.url,
        captured_at=header.at,
        source=header.source,
        size=header.place.length,
        read=read,
        confirms=confirms,
        kind=kind_of(header.url),
    )


def _date(text: str | None) -> datetime:
    try:
        moment = datetime.fromisoformat(text or "")
    except ValueError as error:
        raise UnusableCaptureError(LeftOut.DAMAGED, f"{text!r} is no date") from error
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if moment > datetime.now(UTC):
        raise UnusableCaptureError(LeftOut.DAMAGED, f"{text} is yet to come")
    return moment.astimezone(UTC)


def _require_sound(record: Any) -> None:
    """Hold a record's block against its digest; that of its payload is counted in many ways."""
    while record.raw_stream.read(1 << 16):
        pass
    if any(problem.startswith("block digest failed") for problem in record.digest_checker.problems):
        raise UnusableCaptureError(LeftOut.DAMAGED)


def _read(site: Site, place: Place, body: Place | None, url: str, at: datetime) -> Answer:
    """Return the answer that a record holds, with the body of another where it confirms that."""
    most = site.file_bytes + _SLACK
    try:
        record = record_at(place, most=most)
        source = record if body == place else None if body is None else record_at(body, most=most)
    except (ArchiveLoadFailed, EOFError, OSError, ValueError) as error:
        raise UnusableCaptureError(LeftOut.DAMAGED, str(error)) from error
    said = record.http_headers or (source.http_headers if source else None)
    headers = original_headers(list(said.headers)) if said else []
    packed = source.raw_stream.read() if source else b""
    is_replay = replayed(record.rec_headers.get_header("WARC-Target-URI"))[1] is not None
    decoded = _decoded(packed, source.http_headers, site.file_bytes) if source else b""
    status = str(said.get_statuscode()) if said else ""
    return Answer(
        url=url,
        requested_at=at,
        fetched_at=at,
        # A server that says "not modified" may be on record without its own headers.
        status=int(status) if status.isdecimal() else 304 if source is None else 200,
        headers=tuple(pair for pair in headers if pair[0].lower() not in _OF_TRANSFER),
        body=site.require_room(url, without_replay(decoded) if is_replay else decoded),
        received=len(packed),
    )


def _decoded(packed: bytes, headers: Any, most: int) -> bytes:
    """Return a body as it was meant: chunks joined, unpacked, no larger than it may be."""
    if (headers.get_header("Transfer-Encoding") or "").strip().lower() == "chunked":
        packed = ChunkedDataReader(BytesIO(packed), decomp_type=None).read()
    names = [
        name.strip().lower()
        for name in (headers.get_header("Content-Encoding") or "").split(",")
        if name.strip()
    ]
    if names and packed:
        try:
            packed = unpacked(packed, names, most=most)
        except ValueError as error:
            # Many keep the body unpacked and the header as it was.
            if not _is_plain(packed):
                raise UnusableCaptureError(LeftOut.DAMAGED, str(error)) from error
    if len(packed) > most:
        raise UnusableCaptureError(LeftOut.TOO_LARGE)
    return packed


def _is_plain(body: bytes) -> bool:
    begins = body[:1024].lstrip()
    return begins.startswith((b"<", b"%PDF-")) or (begins.isascii() and b"\x00" not in begins)
