"""The reading room as an ASGI application, for `pnr serve`, for tests, and for other servers."""

from __future__ import annotations

from contextlib import asynccontextmanager
from typing import TYPE_CHECKING

from starlette.applications import Starlette
from starlette.exceptions import HTTPException
from starlette.middleware import Middleware

from archive.web.failing import Faults, not_routed, refused
from archive.web.guarding import Guard
from archive.web.pages import NAVIGATION, SUBJECTS
from archive.web.refusals import RefusedError
from archive.web.room import Limits, Room

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterable
    from pathlib import Path


def application(
    archive_path: Path,
    *,
    names: Iterable[str] = (),
    limits: Limits | None = None,
    without_noise: Callable[[bytes], bytes] = bytes,
    reviews: bool = False,
) -> Starlette:
    """Return the reading room of one archive.

    *names* are host names, besides ``localhost`` and addresses in figures, by which visitors may
    call this server. *without_noise* leaves out of a page's body what changes at every request,
    before two pages are compared. With *reviews*, verdicts on spot-checks may be given; nothing
    else is ever written. The archive is opened when it is first asked, and again when it was
    replaced.
    """
    room = Room(archive_path, limits or Limits(), without_noise=without_noise, reviews=reviews)

    @asynccontextmanager
    async def lifespan(_app: Starlette) -> AsyncIterator[None]:
        yield
        room.close()

    app = Starlette(
        routes=[route for routes in SUBJECTS for route in routes],
        middleware=[Middleware(Guard, names=tuple(names)), Middleware(Faults)],
        exception_handlers={RefusedError: refused, HTTPException: not_routed},
        lifespan=lifespan,
    )
    # An address has one form; that of none is not looked for under another.
    app.router.redirect_slashes = False
    app.state.room = room
    app.state.navigation = NAVIGATION
    return app
