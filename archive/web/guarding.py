"""What holds for every answer: who may ask, how, and what a browser may do with it."""

from __future__ import annotations

import ipaddress
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import PlainTextResponse

if TYPE_CHECKING:
    from collections.abc import Iterable

    from starlette.types import ASGIApp, Message, Receive, Scope, Send

#: Nothing inline, nothing from elsewhere, no frame around us. An answer may bring a policy of its
#: own: the PDF viewer's, or that of archived HTML in its sandboxed frame.
POLICY: Final = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
    "font-src 'self'; connect-src 'self'; worker-src 'self'; frame-src 'self'; "
    "form-action 'self'; base-uri 'none'; frame-ancestors 'none'"
)
_HEADERS: Final = {
    "content-security-policy": POLICY,
    "x-content-type-options": "nosniff",
    "x-frame-options": "DENY",
    # What somebody looked for is nobody's business who is linked from a page.
    "referrer-policy": "no-referrer",
    "permissions-policy": "camera=(), geolocation=(), microphone=(), payment=(), usb=()",
    "cross-origin-opener-policy": "same-origin",
    "cross-origin-resource-policy": "same-origin",
}
_READING: Final = frozenset({"GET", "HEAD"})
_METHODS: Final = _READING | {"POST"}
_LONGEST_ADDRESS: Final = 8_000


class Guard:
    """Turns away what no browser of a visitor sends, and says what browsers may do with answers.

    A name that resolves to this machine does not make a page ours (DNS rebinding): only addresses
    in figures, ``localhost`` and the *names* given are answered. What writes must come from a page
    of our own.
    """

    def __init__(self, app: ASGIApp, names: Iterable[str] = ()) -> None:
        self._app = app
        self._names = frozenset({"localhost", *(name.lower() for name in names)})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return

        async def send_guarded(message: Message) -> None:
            # A browser takes over what a 304 says: the page it has is to keep the policy it came
            # with, which is not ours where it is archived HTML for a frame.
            if (
                message["type"] == "http.response.start"
                and message["status"] != HTTPStatus.NOT_MODIFIED
            ):
                headers = MutableHeaders(scope=message)
                for name, value in _HEADERS.items():
                    headers.setdefault(name, value)
            await send(message)

        refusal = self._refusal(scope)
        await (refusal or self._app)(scope, receive, send_guarded)

    def _refusal(self, scope: Scope) -> ASGIApp | None:
        headers = Headers(scope=scope)
        if not self._is_ours(headers.get("host", "")):
            return PlainTextResponse("This server does not go by that name.\n", status_code=421)
        if scope["method"] not in _METHODS:
            return PlainTextResponse(
                "This method is not understood.\n", status_code=405, headers={"allow": "GET, HEAD"}
            )
        if scope["method"] not in _READING and not _is_from_here(headers):
            return PlainTextResponse("Only pages of this server may ask that.\n", status_code=403)
        if len(scope.get("raw_path") or b"") + len(scope["query_string"]) > _LONGEST_ADDRESS:
            return PlainTextResponse("The address is too long.\n", status_code=414)
        return None

    def _is_ours(self, host: str) -> bool:
        name = host_name(host)
        if name in self._names:
            return True
        try:
            ipaddress.ip_address(name)
        except ValueError:
            return False
        return True


def host_name(host: str) -> str:
    """Return the name in a Host header, without the port.

    >>> host_name("LOCALHOST:8765"), host_name("[::1]:8765"), host_name("::1")
    ('localhost', '::1', '::1')
    """
    host = host.strip().lower()
    if host.startswith("["):
        return host[1:].partition("]")[0]
    name, colon, port = host.partition(":")
    return name if colon and port.isdigit() else host


def _is_from_here(headers: Headers) -> bool:
    """Tell whether a request comes from a page of ours, by what the browser says of it."""
    site = headers.get("sec-fetch-site")
    if site is not None:
        return site == "same-origin"
    origin = headers.get("origin")
    return origin is not None and origin.partition("://")[2] == headers.get("host")
