"""The demo served over real HTTP, on a loopback port, in a thread of its own."""

from __future__ import annotations

import itertools
import socket
import threading
import time
from collections import deque
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Final, Self
from urllib.parse import parse_qs, unquote, urlsplit

from crawler.demo.answers import prepare
from crawler.demo.edition import Edition, Files
from crawler.demo.expected import expected
from crawler.demo.states import UnknownStateError, load_state

if TYPE_CHECKING:
    from collections.abc import Mapping
    from types import TracebackType

    from archive.records import Record
    from crawler.demo.catalogue import Catalogue

#: Where a state's name is posted to change the site from another process.
STATE_PATH: Final = "/_demo/state"
_REMEMBERED: Final = 100_000
_IDLE_SECONDS: Final = 60


@dataclass(frozen=True, slots=True, kw_only=True)
class Request:
    """One request the demo was asked: *path* with its query, *sent* the bytes of the body."""

    method: str
    path: str
    status: int
    sent: int
    headers: Mapping[str, str]
    at: float
    """When it was answered, on the monotonic clock."""


class DemoSite:
    """The replica of the resource centre; a context manager that serves while it is entered.

    *port* 0 takes any free one. The site listens on loopback unless *host* says otherwise.
    """

    def __init__(self, port: int = 0, host: str = "127.0.0.1", state: str = "first") -> None:
        first = load_state(state)
        self._server = _Server((host, port), self)
        self.url = f"http://{host}:{self._server.server_address[1]}"
        self.requests: deque[Request] = deque(maxlen=_REMEMBERED)
        self._files = Files()
        self._turns = itertools.count(1)
        self._changes = 0
        self._edition = Edition(first, self.url, self._files)
        self._thread: threading.Thread | None = None

    def __enter__(self) -> Self:
        self._thread = threading.Thread(target=self.serve, name="demo site", daemon=True)
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        if self._thread is not None:
            self._thread.join()
        self.close()

    def serve(self) -> None:
        """Answer requests until the site is left or interrupted; blocks."""
        self._server.serve_forever(poll_interval=0.05)

    def close(self) -> None:
        """Give the port back and hang up on whoever still holds a connection."""
        self._server.server_close()
        self._server.hang_up()

    @property
    def state(self) -> str:
        """The name of the state the site is in."""
        return self._edition.state.name

    @property
    def edition(self) -> Edition:
        """The site in its present state."""
        return self._edition

    @property
    def catalogue(self) -> Catalogue:
        """What the site holds in its present state, withdrawn records included."""
        return self._edition.catalogue

    def change_to(self, name: str) -> None:
        """Put the site into another state, at once and as a whole.

        :raises UnknownStateError: there is no such state.
        """
        state = load_state(name)
        if name == self.state:
            return
        self._changes += 1
        self._edition = Edition(state, self.url, self._files, self._changes)

    def expected(self, key: str) -> Record:
        """Return what a reader should make of the page of the record *key* in this state."""
        return expected(self.catalogue[key], self._edition)

    def next_turn(self) -> int:
        """Return a number no request had before."""
        return next(self._turns)


class _Server(ThreadingHTTPServer):
    daemon_threads = True
    request_queue_size = 64

    def __init__(self, address: tuple[str, int], site: DemoSite) -> None:
        super().__init__(address, _Handler)
        self.site = site
        self.connections: set[socket.socket] = set()

    def hang_up(self) -> None:
        for connection in tuple(self.connections):
            with suppress(OSError):
                connection.shutdown(socket.SHUT_RDWR)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    server_version = "Apache"
    disable_nagle_algorithm = True
    # Head and body leave in one packet.
    wbufsize = 1 << 16
    timeout = _IDLE_SECONDS
    server: _Server

    def setup(self) -> None:
        super().setup()
        self.server.connections.add(self.connection)

    def finish(self) -> None:
        self.server.connections.discard(self.connection)
        with suppress(ConnectionError):
            super().finish()

    def handle(self) -> None:
        # A client that hangs up is no error of the site.
        with suppress(ConnectionError):
            super().handle()

    def do_GET(self) -> None:
        site, parts = self.server.site, urlsplit(self.path)
        answer = site.edition.answer(unquote(parts.path), _list_page(parts.query))
        sent = prepare(answer, self.headers, site.next_turn())  # type: ignore[arg-type]  # a Message maps header names to values
        self._send(sent.status, sent.headers, sent.body)

    do_HEAD = do_GET  # noqa: N815 - http.server looks methods up by this name

    def do_POST(self) -> None:
        name = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode().strip()
        if self.path != STATE_PATH:
            self._send(405, (("Allow", "GET, HEAD"),), b"")
            return
        try:
            self.server.site.change_to(name)
        except UnknownStateError as error:
            self._send(400, (), f"{error}\n".encode())
        else:
            self._send(200, (), f"{name}\n".encode())

    def _send(self, status: int, headers: tuple[tuple[str, str], ...], body: bytes) -> None:
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        if status != 304:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        shown = b"" if self.command == "HEAD" else body
        self._remember(status, len(shown))
        self.wfile.write(shown)

    def _remember(self, status: int, sent: int) -> None:
        self.server.site.requests.append(
            Request(
                method=self.command,
                path=self.path,
                status=status,
                sent=sent,
                headers=dict(self.headers.items()),
                at=time.monotonic(),
            )
        )

    def version_string(self) -> str:
        return self.server_version

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - the base class names it so
        """Say nothing: `DemoSite.requests` remembers."""


def _list_page(query: str) -> int:
    # "0,2" is the third page of the second pager; the lists of the demo have one pager each.
    first = parse_qs(query).get("page", ["0"])[0].split(",")[0]
    return int(first) if first.isdigit() else 0
