"""Error pages: what went wrong, in a person's words; a traceback goes to the log only."""

from __future__ import annotations

import logging
from http import HTTPStatus
from typing import TYPE_CHECKING, Final

from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import HTMLResponse

from archive.web.answering import language_of, packed
from archive.web.api.endpoints import ROOT, json_response
from archive.web.asked import shared_values
from archive.web.refusals import (
    ArchiveUnreadableError,
    NotHereError,
    RefusedError,
    TooManyError,
    TooSlowError,
    WrongParameterError,
)
from archive.web.rendering import render
from archive.web.wording import words_of

if TYPE_CHECKING:
    from starlette.responses import Response
    from starlette.types import ASGIApp, Message, Receive, Scope, Send

_log = logging.getLogger("archive.web")

#: Seconds after which asking again makes sense.
_AGAIN: Final = "5"
_MESSAGES: Final = {
    HTTPStatus.NOT_FOUND: NotHereError.message,
    HTTPStatus.METHOD_NOT_ALLOWED: "error.method",
}


class Faults:
    """Makes a page of what no page foresaw, and leaves its traceback in the log."""

    def __init__(self, app: ASGIApp) -> None:
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve a request."""
        if scope["type"] != "http":
            await self._app(scope, receive, send)
            return
        begun = False

        async def send_noted(message: Message) -> None:
            nonlocal begun
            begun = True
            await send(message)

        try:
            await self._app(scope, receive, send_noted)
        except Exception:
            _log.exception("%s %s failed", scope["method"], scope["path"])
            if begun:
                raise
            status = HTTPStatus.INTERNAL_SERVER_ERROR
            response = _error_page(Request(scope), status, "error.fault")
            await response(scope, receive, send)


async def refused(request: Request, error: Exception) -> Response:
    """Return the page of a refusal."""
    assert isinstance(error, RefusedError)  # noqa: S101  # what it is registered for
    if isinstance(error, ArchiveUnreadableError):
        _log.error("%s", error)
    # What else an error says is for the log: it may name places of this machine.
    detail = str(error) if isinstance(error, WrongParameterError) else ""
    response = _error_page(request, error.status, error.message, detail=detail)
    if isinstance(error, TooManyError | TooSlowError):
        response.headers["retry-after"] = _AGAIN
    return response


async def not_routed(request: Request, error: Exception) -> Response:
    """Return the page of an address that is none of ours, or is asked in another way."""
    assert isinstance(error, HTTPException)  # noqa: S101  # what it is registered for
    status = HTTPStatus(error.status_code)
    response = _error_page(request, status, _MESSAGES.get(status, RefusedError.message))
    response.headers.update(error.headers or {})
    return response


def _error_page(
    request: Request, status: HTTPStatus, message: str, *, detail: str = ""
) -> Response:
    if request.url.path.startswith(f"{ROOT}/"):
        response = _for_programs(status, message, detail)
    else:
        words = words_of(language_of(request))
        values = shared_values(request, words) | {"status": int(status), "message": message}
        response = HTMLResponse(render("error.html", values), status_code=status)
    response.headers["cache-control"] = "no-store"
    return packed(request, response)


def _for_programs(status: HTTPStatus, message: str, detail: str) -> Response:
    sentence = detail or words_of("en").say(f"{message}.text")
    return json_response({"status": int(status), "error": sentence}, status=status)
