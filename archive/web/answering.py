"""How a page is answered: in a thread, with a connection, within its time, and once for all of it.

A page is a function of an :class:`Asked`. It runs only if the visitor has not what it would say.
"""

from __future__ import annotations

import gzip
import hashlib
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from starlette.responses import Response
from starlette.routing import Route

from archive.web.asked import Asked
from archive.web.refusals import UnusableRequestError
from archive.web.statics import edition
from archive.web.wording import preferred_language

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from starlette.requests import Request

    from archive.web.room import Room
    from archive.web.wording import Language

#: What makes another page of the same address.
_VARIES: Final = "Accept-Encoding, Accept-Language, Cookie"
_PACKABLE: Final = ("text/", "application/json", "application/ld+json", "application/atom+xml")
_WORTH_IT: Final = 500
#: Bytes of a form: a verdict and a note.
_LONGEST_FORM: Final = 10_000

#: The cookie that holds the language chosen by the switch.
LANGUAGE_COOKIE: Final = "language"


def page(
    path: str, answer: Callable[[Asked], Response], *, methods: Sequence[str] = ("GET",)
) -> Route:
    """Return the route of a page that is made of what the archive holds, and of nothing else."""

    async def endpoint(request: Request) -> Response:
        room: Room = request.app.state.room
        language = language_of(request)
        tag = _tag(request, f"{room.state()} {room.reviews}", language)
        if request.method in {"GET", "HEAD"} and _is_known(request, tag):
            return Response(status_code=304, headers=_headers(tag, language))
        form = await _form(request) if request.method == "POST" else {}
        response = await room.ask(lambda: _answer(request, room, language, form, answer))
        if response.status_code == 200 and request.method != "POST":
            # What programs are told may be in a language of its own.
            said = response.headers.get("content-language", language)
            response.headers.update(_headers(tag, said))
        return response

    return Route(path, endpoint, methods=list(methods), name=answer.__name__)


def language_of(request: Request) -> Language:
    """Return the language in which a visitor is answered."""
    accepted = request.headers.get("accept-language", "")
    return preferred_language(accepted, request.cookies.get(LANGUAGE_COOKIE, ""))


def packed(request: Request, response: Response) -> Response:
    """Return a response compressed, where the visitor takes it and it is worth it."""
    media_type = response.headers.get("content-type", "")
    if (
        "gzip" in request.headers.get("accept-encoding", "")
        and media_type.startswith(_PACKABLE)
        and len(response.body) > _WORTH_IT
        and "content-encoding" not in response.headers
    ):
        response.body = gzip.compress(response.body, 5)
        response.headers["content-encoding"] = "gzip"
        response.headers["content-length"] = str(len(response.body))
    return response


async def _form(request: Request) -> dict[str, str]:
    """Return what a form of ours sends.

    :raises UnusableRequestError: it is more than any of them sends, or no form.
    """
    body = b""
    async for piece in request.stream():
        body += piece
        if len(body) > _LONGEST_FORM:
            raise UnusableRequestError
    try:
        return dict(parse_qsl(body.decode("utf-8"), keep_blank_values=True))
    except ValueError as error:
        raise UnusableRequestError from error


def _answer(
    request: Request,
    room: Room,
    language: Language,
    form: dict[str, str],
    answer: Callable[[Asked], Response],
) -> Response:
    with room.connection() as connection:
        response = answer(Asked(request, room, connection, language, form))
    # What is streamed has no body yet, and goes as it is.
    return packed(request, response) if hasattr(response, "body") else response


def _tag(request: Request, state: str, language: Language) -> str:
    """Return the ETag: of what the archive holds, this program, the address and the language.

    It is weak: a page may come compressed or not.
    """
    parts = (state, edition(), request.url.path, request.url.query, language)
    return f'W/"{hashlib.sha256(chr(0).join(parts).encode()).hexdigest()[:24]}"'


def _is_known(request: Request, tag: str) -> bool:
    known = request.headers.get("if-none-match", "")
    return tag in (each.strip() for each in known.split(","))


def _headers(tag: str, language: str) -> dict[str, str]:
    return {
        "etag": tag,
        # Kept, and asked for again each time: a 304 is quick, an old page is wrong.
        "cache-control": "private, no-cache",
        "content-language": language,
        "vary": _VARIES,
    }
