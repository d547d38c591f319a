"""The server: it answers as it is told, down to lengths that lie and connections that drop."""

from __future__ import annotations

import socket
import struct
import threading
import time
from contextlib import suppress
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import TYPE_CHECKING, Any, Self, TypeAlias
from urllib.parse import urlsplit

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from types import TracebackType


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """One request: *path* with its query; *times* counts those of this path, from 1."""

    path: str
    host: str
    """``""`` unless it came as to a proxy."""
    times: int
    headers: Mapping[str, str]
    at: float
    """When it arrived, in seconds on the monotonic clock."""
    base: str
    """Where the site is."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """An answer, and how it goes wrong.

    *after* so many seconds; *length* is claimed as Content-Length (-1: none is, and the body ends
    with the connection); *drops_at* hangs up hard after so many bytes of body (-1: before any
    answer); *pace* waits so many seconds behind each 50 bytes of the body, *pause* in its middle.
    """

    body: bytes = b""
    status: int = 200
    headers: Mapping[str, str] | tuple[tuple[str, str], ...] = ()
    media_type: str = "text/html; charset=utf-8"
    after: float = 0.0
    length: int | None = None
    drops_at: int | None = None
    pace: float = 0.0
    pause: float = 0.0


#: Makes the answer to one request; bytes alone are a page.
Resource: TypeAlias = "Callable[[Asked], Reply] | bytes"


class MisbehavingSite:
    """Serves *resources*, by path with or without query; anything else is an honest 404.

    A context manager; :attr:`asked` is the log of requests, :attr:`resources` may be changed
    between crawls. *port* 0 takes any free one. As a proxy (``http_proxy``) it answers for any
    host; a resource may then be named with it (``parc.example/robots.txt``).
    """

    def __init__(self, resources: Mapping[str, Resource], *, port: int = 0) -> None:
        self.resources: dict[str, Resource] = dict(resources)
        self.asked: list[Asked] = []
        #: Called with each request before it is answered.
        self.watch: Callable[[Asked], None] | None = None
        self._server = _Server(("127.0.0.1", port), self)
        self.port = self._server.server_address[1]
        self.base = f"http://127.0.0.1:{self.port}"
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.02,))

    def __enter__(self) -> Self:
        self._thread.start()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def paths(self) -> list[str]:
        """Return the paths that were asked, in order."""
        return [asked.path for asked in self.asked]

    def reply(self, path: str, headers: Mapping[str, str]) -> Reply:
        """Answer one request, and remember it."""
        host, path = _parted(path)
        asked = Asked(
            path=path,
            host=host,
            times=1 + sum(one.path == path and one.host == host for one in self.asked),
            headers=headers,
            at=time.monotonic(),
            base=f"http://{host}" if host else self.base,
        )
        self.asked.append(asked)
        if self.watch is not None:
            self.watch(asked)
        resource = self._resource(host, path)
        return Reply(body=resource) if isinstance(resource, bytes) else resource(asked)

    def _resource(self, host: str, path: str) -> Resource:
        plain = path.partition("?")[0]
        for name in (f"{host}{path}", f"{host}{plain}", path, plain, "*"):
            if name in self.resources:
                return self.resources[name]
        return lambda _: Reply(status=404, body=b"<h1>Page introuvable</h1>")


def _parted(path: str) -> tuple[str, str]:
    """Return host and path of what was asked; a proxy is asked with the host."""
    if path.startswith("/"):
        return "", path
    parts = urlsplit(path)
    return parts.netloc, parts._replace(scheme="", netloc="").geturl() or "/"


class _Server(ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, address: tuple[str, int], site: MisbehavingSite) -> None:
        super().__init__(address, _Handler)
        self.site = site

    def handle_error(self, request: Any, client_address: Any) -> None:
        # A client that hangs up is no error of the site.
        with suppress(ConnectionError):
            super().handle_error(request, client_address)


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True
    timeout = 30
    server: _Server

    def handle(self) -> None:
        with suppress(ConnectionError):
            super().handle()

    def do_GET(self) -> None:
        reply = self.server.site.reply(self.path, dict(self.headers.items()))
        time.sleep(reply.after)
        if reply.drops_at is not None and reply.drops_at < 0:
            self._drop()
            return
        self.send_response(reply.status)
        for name, value in self._headers(reply):
            self.send_header(name, value)
        self.end_headers()
        self._send(reply)

    def _headers(self, reply: Reply) -> list[tuple[str, str]]:
        headers = reply.headers.items() if not isinstance(reply.headers, tuple) else reply.headers
        sent = list(headers)
        if reply.status != 304 and reply.media_type:
            sent.append(("Content-Type", reply.media_type))
        if reply.length == -1:
            sent.append(("Connection", "close"))
        elif reply.status != 304:
            length = len(reply.body) if reply.length is None else reply.length
            sent.append(("Content-Length", str(length)))
        return sent

    def _send(self, reply: Reply) -> None:
        body = reply.body if reply.drops_at is None else reply.body[: reply.drops_at]
        if reply.pace:
            for index in range(0, len(body), 50):
                self.wfile.write(body[index : index + 50])
                time.sleep(reply.pace)
        elif reply.status != 304:
            self.wfile.write(body[: len(body) // 2])
            time.sleep(reply.pause)
            self.wfile.write(body[len(body) // 2 :])
        if reply.drops_at is not None:
            self._drop()
        elif reply.length is not None:
            # What follows would be taken for the rest of this body.
            self.close_connection = True

    def _drop(self) -> None:
        self.wfile.flush()
        # Not a polite end of the stream: a reset, as a firewall or a crash gives.
        linger = struct.pack("ii", 1, 0)
        self.connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)
        self.close_connection = True
        self.connection.close()

    def finish(self) -> None:
        with suppress(OSError, ValueError):
            super().finish()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002  # the base class names it so
        """Say nothing: `MisbehavingSite.asked` remembers."""
