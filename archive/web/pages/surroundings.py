"""What surrounds the pages: files of the interface, the language switch, whether all is well."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from archive.database import refuse_what_is_no_archive
from archive.errors import ArchiveError
from archive.web.answering import LANGUAGE_COOKIE
from archive.web.refusals import NotHereError
from archive.web.statics import edition, static_files
from archive.web.wording import LANGUAGES

if TYPE_CHECKING:
    from starlette.requests import Request

#: What draws PDFs runs in a worker, which may also run compiled code for pictures of scans.
_WORKER: Final = "vendor/pdf.worker.min.mjs"
_WORKERS_POLICY: Final = (
    "default-src 'none'; script-src 'self' 'wasm-unsafe-eval'; connect-src 'self'"
)
_YEAR: Final = 365 * 24 * 60 * 60


def static_file(request: Request) -> Response:
    """Send a file of the interface; its address changes with it, so it may be kept for good."""
    file = static_files().get(request.path_params["name"])
    if file is None:
        raise NotHereError
    is_current = request.path_params["edition"] == edition()
    age = f"max-age={_YEAR}, immutable" if is_current else "no-cache"
    headers = {"cache-control": f"public, {age}", "vary": "Accept-Encoding"}
    if file.name == _WORKER:
        headers["content-security-policy"] = _WORKERS_POLICY
    data = file.data
    if file.packed is not None and "gzip" in request.headers.get("accept-encoding", ""):
        data, headers["content-encoding"] = file.packed, "gzip"
    return Response(data, media_type=file.media_type, headers=headers)


async def favicon(_request: Request) -> Response:
    """Send browsers that ask by themselves to the icon."""
    return RedirectResponse(f"/static/{edition()}/icon.svg", status_code=302)


async def switch_language(request: Request) -> Response:
    """Keep the language chosen, and go back to where the visitor was."""
    language = request.path_params["language"]
    if language not in LANGUAGES:
        raise NotHereError
    response = RedirectResponse(_place_here(request.query_params.get("back", "/")), 303)
    response.set_cookie(LANGUAGE_COOKIE, language, max_age=_YEAR, httponly=True, samesite="lax")
    return response


async def health(request: Request) -> Response:
    """Tell a supervisor whether the archive can be asked."""
    try:
        refuse_what_is_no_archive(request.app.state.room.path)
    except ArchiveError:
        return JSONResponse({"status": "unreadable"}, status_code=503, headers=_NOT_KEPT)
    return JSONResponse({"status": "ok"}, headers=_NOT_KEPT)


_NOT_KEPT: Final = {"cache-control": "no-store"}


def _place_here(back: str) -> str:
    """Return a path of this server: a switch must lead nowhere else."""
    is_here = back.startswith("/") and not back.startswith(("//", "/\\"))
    return back if is_here and back.isprintable() and "\\" not in back else "/"


ROUTES: Final = (
    Route("/static/{edition}/{name:path}", static_file),
    Route("/favicon.ico", favicon),
    Route("/language/{language}", switch_language),
    Route("/healthz", health),
)
