"""A site to crawl: thousands of themed pages and small PDFs, answered as fast as Python can.

Run as a module it serves in a process of its own, whose CPU time nobody counts:
``python -m bench.site PAGES FILES`` says its address on a line and ends with its standard input.
Everything is rendered before the first request, so that answering costs next to nothing.
"""

from __future__ import annotations

import asyncio
import hashlib
import subprocess
import sys
from contextlib import contextmanager
from io import BytesIO
from itertools import count
from typing import TYPE_CHECKING, Final

from reportlab.pdfgen.canvas import Canvas

from bench.pages import (
    CUT,
    TERMS,
    TOKEN,
    Plan,
    file_path,
    listing_page,
    record_page,
    record_path,
    term_page,
    term_path,
    words,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

START: Final = "/centre-de-ressources"
_MODIFIED: Final = b"Tue, 03 Nov 2020 04:00:00 GMT"
_ROBOTS: Final = b"User-agent: *\nCrawl-delay: 10\nDisallow: /admin/\n"
_LINES_OF_A_PDF: Final = 40


@contextmanager
def served(plan: Plan) -> Iterator[str]:
    """Serve a site from a process of its own; give its address."""
    command = [sys.executable, "-m", "bench.site", str(plan.pages), str(plan.files)]
    with subprocess.Popen(  # noqa: S603  # our own command
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        assert process.stdout is not None  # noqa: S101  # asked for above
        yield process.stdout.readline().strip()
        process.communicate()


class Site:
    """What lies under which address, ready to be sent."""

    def __init__(self, plan: Plan, base: str) -> None:
        self.plan, self.base = plan, base
        self._turns = count()
        self._shared: dict[bytes, bytes] = {}
        self._routes: dict[bytes, Callable[[bytes], bytes]] = {
            b"/robots.txt": lambda _: _answer(b"200 OK", b"text/plain", _ROBOTS)
        }
        self._render()

    def answer(self, path: bytes, head: bytes) -> bytes:
        """Return the whole answer to a request for *path*; *head* is all that was asked."""
        route = self._routes.get(path)
        return route(head) if route else _answer(b"404 Not Found", b"text/plain", b"404")

    def _render(self) -> None:
        plan, base = self.plan, self.base
        for number in range(1, plan.records + 1):
            self._add_page(number, record_path(number), record_page(number, plan, base))
        for number in range(plan.listings):
            path = f"{START}?page={number}" if number else START
            self._add_page(number, path, listing_page(number, plan, base))
        for number in range(TERMS):
            self._add_page(number, term_path(number), term_page(number, plan, base))
        for number in range(1, plan.files + 1):
            self._add_file(number)

    def _add_page(self, number: int, path: str, text: str) -> None:
        pieces = [self._held_once(piece.encode()) for piece in text.split(CUT)]
        # Half of the pages are as out of Drupal 7's cache: fixed, with validators. The others are
        # made anew at each request. Two in a row, for odd pages are Drupal 8's.
        if number // 2 % 2:
            self._routes[path.encode()] = lambda head: self._cached(pieces, number, head)
        else:
            self._routes[path.encode()] = lambda _: self._made_anew(pieces)

    def _held_once(self, piece: bytes) -> bytes:
        return self._shared.setdefault(piece, piece)

    def _made_anew(self, pieces: list[bytes]) -> bytes:
        return _page(pieces, next(self._turns), b"Cache-Control: no-cache, private\r\n")

    def _cached(self, pieces: list[bytes], number: int, head: bytes) -> bytes:
        tag = b'"%d-0"' % (1604376000 + number)
        validators = b"ETag: %b\r\nLast-Modified: %b\r\n" % (tag, _MODIFIED)
        # Drupal 7 wants both before it says 304.
        if tag in head and b"If-Modified-Since: " + _MODIFIED in head:
            return _not_modified(validators)
        return _page(pieces, number, validators)

    def _add_file(self, number: int) -> None:
        body = make_pdf(number)
        tag = b'"%x-%x"' % (len(body), number)
        validators = b"ETag: %b\r\nLast-Modified: %b\r\n" % (tag, _MODIFIED)

        def answer(head: bytes) -> bytes:
            if tag in head:
                return _not_modified(validators)
            return _answer(b"200 OK", b"application/pdf", body, validators)

        self._routes[file_path(number).encode()] = answer


def make_pdf(number: int) -> bytes:
    """Return a small, real PDF: two pages of French words."""
    out = BytesIO()
    canvas = Canvas(out, invariant=True, pageCompression=1)
    for page in range(2):
        text = canvas.beginText(60, 780)
        for line in range(_LINES_OF_A_PDF):
            text.textLine(words(number * 100 + page * 50 + line, 12))
        canvas.drawText(text)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _page(pieces: list[bytes], seed: int, headers: bytes) -> bytes:
    token = hashlib.sha256(b"%d" % seed).hexdigest()[:43].encode()
    body = b"".join(pieces).replace(TOKEN.encode(), token)
    return _answer(b"200 OK", b"text/html; charset=utf-8", body, headers)


def _answer(status: bytes, media_type: bytes, body: bytes, headers: bytes = b"") -> bytes:
    return (
        b"HTTP/1.1 %b\r\nServer: Apache\r\nContent-Type: %b\r\n%bContent-Length: %d\r\n\r\n%b"
        % (status, media_type, headers, len(body), body)
    )


def _not_modified(validators: bytes) -> bytes:
    return b"HTTP/1.1 304 Not Modified\r\n%b\r\n" % validators


class _Connection(asyncio.Protocol):
    """Answers GET requests on a connection that stays open."""

    def __init__(self, site: Site) -> None:
        self._site = site
        self._asked = b""
        self._transport: asyncio.Transport | None = None

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Remember where to answer."""
        assert isinstance(transport, asyncio.Transport)  # noqa: S101  # a socket's
        self._transport = transport

    def data_received(self, data: bytes) -> None:
        """Answer each request that has come in whole."""
        assert self._transport is not None  # noqa: S101  # made before data comes
        self._asked += data
        while b"\r\n\r\n" in self._asked:
            head, _, self._asked = self._asked.partition(b"\r\n\r\n")
            path = head.split(b" ", 2)[1]
            self._transport.write(self._site.answer(path, head))


async def _serve(plan: Plan) -> None:
    loop = asyncio.get_running_loop()
    made: list[Site] = []
    server = await loop.create_server(lambda: _Connection(made[0]), "127.0.0.1", 0)
    base = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    made.append(Site(plan, base))
    sys.stdout.write(f"{base}\n")
    sys.stdout.flush()
    await loop.run_in_executor(None, sys.stdin.read)


if __name__ == "__main__":
    asyncio.run(_serve(Plan(pages=int(sys.argv[1]), files=int(sys.argv[2]))))
