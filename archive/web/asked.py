"""One request as a page meets it: the archive, the visitor's language, checked values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any
from urllib.parse import urlencode

from starlette.responses import HTMLResponse

from archive.web.refusals import UnusableRequestError
from archive.web.rendering import render
from archive.web.statics import static_address
from archive.web.wording import LANGUAGES, words_of

if TYPE_CHECKING:
    from collections.abc import Mapping

    from sqlalchemy import Connection
    from starlette.requests import Request
    from starlette.responses import Response

    from archive.web.room import Room
    from archive.web.wording import Language, Words

#: Numbers in addresses have no more digits; none of the archive's has.
_DIGITS = 9


@dataclass(frozen=True, slots=True)
class Asked:
    """A request, for the time in which it is answered; *connection* is read-only."""

    request: Request
    room: Room
    connection: Connection
    language: Language
    form: Mapping[str, str] = field(default_factory=dict)
    """What a form of ours sends, where it does."""

    @property
    def words(self) -> Words:
        """The words of the visitor's language."""
        return words_of(self.language)

    def text(self, name: str) -> str:
        """Return a value of the address, ``""`` where there is none.

        :raises UnusableRequestError: it is longer than any that makes sense.
        """
        value = self.request.query_params.get(name, "").strip()
        if len(value) > self.room.limits.text:
            raise UnusableRequestError
        return value

    def number(self, name: str) -> int | None:
        """Return a whole number of the address, None where there is none.

        :raises UnusableRequestError: it is no number.
        """
        return whole_number(self.text(name))

    def path(self, name: str) -> str:
        """Return a part of the address's path."""
        return str(self.request.path_params[name])

    def page(self, template: str, *, status: int = 200, **values: Any) -> Response:
        """Return a page, filled in."""
        return HTMLResponse(self.part(template, **values), status_code=status)

    def part(self, template: str, **values: Any) -> str:
        """Return a template filled in, with what every template may use."""
        return render(template, shared_values(self.request, self.words) | values)


def shared_values(request: Request, words: Words) -> dict[str, Any]:
    """Return what every template may use: words, addresses, where the visitor is."""
    url = request.url
    here = f"{url.path}?{url.query}" if url.query else url.path
    return {
        "t": words.say,
        "words": words,
        "language": words.language,
        "languages": LANGUAGES,
        "static": static_address,
        "address": address,
        "here": here,
        "path": url.path,
        "navigation": request.app.state.navigation,
    }


def address(path: str, values: Mapping[str, object] | None = None, **more: object) -> str:
    """Return a path with its values; what is empty is left out.

    >>> address("/search", q="forêt ancienne", park="")
    '/search?q=for%C3%AAt+ancienne'
    """
    given = {**(values or {}), **more}
    query = urlencode({name: value for name, value in given.items() if value not in {"", None}})
    return f"{path}?{query}" if query else path


def whole_number(text: str) -> int | None:
    """Return a number of an address.

    :raises UnusableRequestError: it is none.
    """
    if not text:
        return None
    if not (text.isascii() and text.isdigit() and len(text) <= _DIGITS):
        raise UnusableRequestError
    return int(text)
