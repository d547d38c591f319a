"""Saved pages and PDFs: which page a file is, when it was saved, and what the site answered."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from functools import partial
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote, urlsplit

from archive.evidence.recording import Answer, is_pdf
from archive.records import FetchedPage
from crawler.importing.captures import Capture, LeftOut, UnusableCaptureError
from crawler.importing.mementos import (
    date_in_body,
    date_in_headers,
    original_headers,
    replayed,
    without_replay,
)
from crawler.urls import UnusableUrlError, canonical_url, filename_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

    from archive.records import PageReading
    from crawler.importing.site import Site

#: Types of saved pages by their ending; a file without one is looked into.
PAGES: Final = {
    ".html": "text/html",
    ".htm": "text/html",
    ".xhtml": "application/xhtml+xml",
    ".txt": "text/plain",
    ".md": "text/markdown",
    "": "text/html",
}
_HEADERS: Final = re.compile(rb"HTTP/\d(?:\.\d)? +(\d{3})[^\r\n]*\r?\n(.*?)\r?\n\r?\n", re.DOTALL)
_SAVED_FROM: Final = re.compile(rb"<!-- *saved from url=\(\d+\)(\S+) *-->")
_SINGLE_FILE: Final = re.compile(
    rb"Page saved with SingleFile.*?url: *(\S+).*?saved date: *([^\r\n(]+)", re.DOTALL
)
_BEGINS_AS_PAGE: Final = re.compile(rb"(?:\xef\xbb\xbf)?\s*(?:<|HTTP/\d)")
_OF_TRANSFER: Final = frozenset({"content-encoding", "transfer-encoding"})
#: Where a browser, or whoever saved a page, says what it was.
_HEAD: Final = 4096


@dataclass(frozen=True, slots=True, kw_only=True)
class SavedPage:
    """A saved page as its file has it, and what the file says of it; ``""`` where it is silent."""

    body: bytes
    status: int
    headers: tuple[tuple[str, str], ...]
    url: str
    at: datetime | None

    @property
    def content_type(self) -> str:
        """What the body is."""
        named = {name.lower(): value for name, value in self.headers}
        return named.get("content-type", "")


@dataclass(frozen=True, slots=True, kw_only=True)
class Given:
    """What the user says of the files: the address of the one, the date of all."""

    url: str = ""
    at: datetime | None = None


def looks_saved(path: Path) -> str:
    """Return ``page`` or ``pdf`` for a file that is one, ``""`` for another."""
    with path.open("rb") as file:
        begins = file.read(1024)
    suffix = path.suffix.lower()
    if is_pdf(begins):
        return "pdf"
    if suffix in PAGES and suffix:
        return "page"
    # A mirrored page has the name of its address, which need not end in .html.
    return "page" if _BEGINS_AS_PAGE.match(begins) and not begins.startswith(b"<?xml") else ""


def page_capture(path: Path, root: Path, site: Site, given: Given) -> tuple[Capture, PageReading]:
    """Return the capture that a saved page is, and how it reads.

    Its address is what the user says; else what the browser noted in it; else its place in a
    mirrored folder; else what the page itself says (canonical link, Source URL).

    :raises UnusableCaptureError: it says nothing of its address, is of another site or too large.
    """
    saved = read_saved(path)
    url = given.url or saved.url or place_in_mirror(path, root, site)
    reading = _read(saved, url or _nowhere(site), site)
    if not url:
        url = "" if reading.canonical_url == _nowhere(site) else reading.canonical_url
    elif reading.canonical_url == url.removesuffix(".html"):
        # A mirror may add an ending that the address has not.
        url = reading.canonical_url
    if not url:
        raise UnusableCaptureError(LeftOut.NO_ADDRESS)
    url = site.address(url)
    site.require_room(url, saved.body)
    at = given.at or saved.at
    capture = Capture(
        url=url,
        captured_at=at or _saved_at(path),
        source=path.name,
        size=len(saved.body),
        read=partial(_answer, path, url, at or _saved_at(path), site),
        dated=at is not None,
    )
    return capture, _read(saved, url, site)


def pdf_capture(
    path: Path, root: Path, site: Site, given: Given, names: Mapping[str, Sequence[str]]
) -> Capture:
    """Return the capture that a saved PDF is; *names* are addresses of files by file name.

    :raises UnusableCaptureError: nothing says its address, it is of another site or too large.
    """
    url = given.url or place_in_mirror(path, root, site)
    if not url:
        known = names.get(path.name.casefold(), ())
        if len(known) != 1:
            raise UnusableCaptureError(LeftOut.NO_ADDRESS)
        url = known[0]
    url = site.address(url)
    size = path.stat().st_size
    if size > site.file_bytes:
        raise UnusableCaptureError(LeftOut.TOO_LARGE)
    at = given.at or _saved_at(path)
    return Capture(
        url=url,
        captured_at=at,
        source=path.name,
        size=size,
        read=partial(_pdf_answer, path, url, at),
        dated=given.at is not None,
        kind="file",
    )


def names_of_files(readings: Sequence[PageReading]) -> dict[str, list[str]]:
    """Return the addresses of the files that pages offer, by their file names."""
    found: dict[str, list[str]] = {}
    for reading in readings:
        for file in reading.record.files if reading.record else ():
            add_name(found, file.url)
    return found


def add_name(names: dict[str, list[str]], url: str) -> None:
    """Add the address of a file to those of its name."""
    of_name = names.setdefault(filename_of(url).casefold(), [])
    if url not in of_name:
        of_name.append(url)


def read_saved(path: Path) -> SavedPage:
    """Return what a file holds: headers that were saved with it, the page, who saved it when."""
    body = path.read_bytes()
    content_type = PAGES.get(path.suffix.lower(), "text/html")
    headers: list[tuple[str, str]] = []
    status = 200
    if found := _HEADERS.match(body):
        lines = [line.partition(":") for line in found[2].decode("latin-1").splitlines()]
        headers = [(name.strip(), value.strip()) for name, colon, value in lines if colon]
        status, body = int(found[1]), body[found.end() :]
    url, noted = _noted(body[:_HEAD])
    own, date = replayed(url) if url else ("", None)
    at = date or date_in_headers(headers) or date_in_body(body) or noted
    headers = original_headers(headers) if headers else [("Content-Type", content_type)]
    return SavedPage(
        body=without_replay(body),
        status=status,
        headers=tuple(pair for pair in headers if pair[0].lower() not in _OF_TRANSFER),
        url=own,
        at=at,
    )


def place_in_mirror(path: Path, root: Path, site: Site) -> str:
    """Return the address that a file has by its place in a mirrored folder, as wget lays it out.

    The folder is named as the host; below it stands the path.
    """
    parts = path.absolute().relative_to(root.absolute().parent).parts
    hosts = {urlsplit(origin).netloc: origin for origin in site.origins}
    for index, part in enumerate(parts[:-1]):
        origin = hosts.get(part) or hosts.get(f"www.{part}") or hosts.get(part.replace("+", ":"))
        if origin is not None:
            rest = "/".join(quote(name, safe="?=&") for name in parts[index + 1 :])
            return f"{origin}/{rest.removesuffix('index.html').removesuffix('index.htm')}"
    return ""


def _noted(head: bytes) -> tuple[str, datetime | None]:
    """Return address and date that a browser noted at the beginning of a page it saved."""
    if found := _SINGLE_FILE.search(head):
        return found[1].decode("utf-8", "replace"), _browser_date(
            found[2].decode("ascii", "replace")
        )
    if found := _SAVED_FROM.search(head):
        return found[1].decode("utf-8", "replace"), None
    return "", None


def _browser_date(text: str) -> datetime | None:
    """Return the moment that JavaScript wrote as `Thu Apr 09 2015 10:22:33 GMT+0200`."""
    found = re.search(r"(\w{3}) (\d{2}) (\d{4}) (\d\d:\d\d:\d\d) GMT([+-]\d{4})", text)
    if found is None:
        return None
    try:
        return parsedate_to_datetime(f"{found[2]} {found[1]} {found[3]} {found[4]} {found[5]}")
    except ValueError:
        return None


def _nowhere(site: Site) -> str:
    """Return an address for a page that has none yet: on the site, for what it says of itself."""
    return canonical_url("/saved-page", base=site.origins[0])


def _read(saved: SavedPage, url: str, site: Site) -> PageReading:
    page = FetchedPage(url=url, body=saved.body, content_type=saved.content_type)
    reading = site.reader.read(replace(page, status=saved.status))
    try:
        return replace(reading, canonical_url=canonical_url(reading.canonical_url or url))
    except UnusableUrlError:
        return replace(reading, canonical_url=url)


def _saved_at(path: Path) -> datetime:
    """Return when a file was last written, to the second: copies lose what is finer."""
    written = datetime.fromtimestamp(int(path.stat().st_mtime), UTC)
    return min(written, datetime.now(UTC).replace(microsecond=0))


def _answer(path: Path, url: str, at: datetime, site: Site) -> Answer:
    saved = read_saved(path)
    body = site.require_room(url, saved.body)
    return _of_file(url, at, body, saved.headers, saved.status)


def _pdf_answer(path: Path, url: str, at: datetime) -> Answer:
    return _of_file(url, at, path.read_bytes(), (("Content-Type", "application/pdf"),), 200)


def _of_file(url: str, at: datetime, body: bytes, headers: Any, status: int) -> Answer:
    return Answer(
        url=url,
        requested_at=at,
        fetched_at=at,
        status=status,
        headers=tuple(headers),
        body=body,
        received=len(body),
    )
