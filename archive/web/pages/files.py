"""The files themselves: their bytes to take along, and single pages as pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from starlette.responses import Response, StreamingResponse
from starlette.routing import Route

from archive.evidence.blobs import read_blob, read_slice
from archive.extraction import draw_page
from archive.queries.files import archived_file
from archive.web.asked import whole_number
from archive.web.pictures import PictureKey
from archive.web.ranges import UnsatisfiableRangeError, range_of
from archive.web.refusals import NotHereError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from starlette.requests import Request

    from archive.queries.files import ArchivedName
    from archive.web.room import Room

#: A file is read in pieces: a slow visitor holds neither memory nor a state of the archive.
_PIECE: Final = 512 * 1024
_DIGEST: Final = 64

#: What is drawn: covers (twice as wide as they are shown), and pages to read.
_WIDTHS: Final = {"cover": 240, "page": 1100}

#: Bytes under their digest never change; they are no business of a shared cache.
_FOR_GOOD: Final = "private, max-age=31536000, immutable"
#: Nothing of a file is of this server's origin, whatever a browser takes it for.
_POLICY: Final = "default-src 'none'; sandbox"


async def original(request: Request) -> Response:
    """Send a file as it was received, all of it or the bytes asked for."""
    room: Room = request.app.state.room
    sha256 = _digest(request)
    file = await room.ask(lambda: _archived(room, sha256))
    headers = _headers(sha256, file)
    if request.headers.get("if-none-match") == headers["etag"]:
        return Response(status_code=304, headers=headers)
    wanted = request.headers.get("range", "")
    if request.headers.get("if-range", headers["etag"]) != headers["etag"]:
        wanted = ""
    try:
        part = range_of(wanted, file.size)
    except UnsatisfiableRangeError:
        return Response(status_code=416, headers={"content-range": f"bytes */{file.size}"})
    status = 200
    if part is not None:
        status = 206
        headers["content-range"] = f"bytes {part.start}-{part.stop - 1}/{file.size}"
    part = part or range(file.size)
    headers["content-length"] = str(len(part))
    if request.method == "HEAD":
        return Response(status_code=status, headers=headers)
    return StreamingResponse(_pieces(room, sha256, part), status_code=status, headers=headers)


async def picture(request: Request) -> Response:
    """Send a page as a picture; a sheet of paper, with status 404, where it cannot be drawn."""
    room: Room = request.app.state.room
    number = whole_number(request.path_params["number"])
    width = _WIDTHS.get(request.path_params["size"])
    if not number or width is None:
        raise NotHereError
    key = PictureKey(_digest(request), number, width)
    file = await room.ask(lambda: _archived(room, key.sha256))
    drawn = room.pictures.get(key)
    if drawn is None:
        drawn = b""
        if file.size <= room.limits.file_mb * 1_000_000:
            data = await room.ask(lambda: _bytes(room, key.sha256))
            drawn = (await room.draw(lambda: draw_page(data, number, width=width))).data
        room.pictures.keep(key, drawn)
    if not drawn:
        return Response(_PAPER, 404, {"cache-control": "no-store"}, "image/svg+xml")
    return Response(drawn, 200, {"cache-control": _FOR_GOOD}, "image/webp")


async def _pieces(room: Room, sha256: str, part: range) -> AsyncIterator[bytes]:
    for start in range(part.start, part.stop, _PIECE):
        length = min(_PIECE, part.stop - start)
        yield await room.ask(lambda start=start, length=length: _slice(room, sha256, start, length))  # type: ignore[misc]  # mypy knows no defaults of lambdas


def _digest(request: Request) -> str:
    sha256 = str(request.path_params["sha256"])
    if len(sha256) != _DIGEST:
        raise NotHereError
    return sha256


def _archived(room: Room, sha256: str) -> ArchivedName:
    with room.connection() as connection:
        found = archived_file(connection, sha256)
    if found is None:
        raise NotHereError
    return found


def _bytes(room: Room, sha256: str) -> bytes:
    with room.connection() as connection:
        return read_blob(connection, sha256)


def _slice(room: Room, sha256: str, start: int, length: int) -> bytes:
    with room.connection() as connection:
        return read_slice(connection, sha256, start, length)


def _headers(sha256: str, file: ArchivedName) -> dict[str, str]:
    is_pdf = file.media_type == "application/pdf"
    return {
        "content-type": "application/pdf" if is_pdf else "application/octet-stream",
        "content-disposition": f"attachment; filename*=UTF-8''{quote(file.name, safe='')}",
        "content-security-policy": _POLICY,
        "accept-ranges": "bytes",
        "cache-control": _FOR_GOOD,
        "etag": f'"{sha256}"',
    }


_PAPER: Final = (
    '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 120 170">'
    '<rect width="120" height="170" fill="#f2f0e8"/>'
    '<path d="M30 60h60M30 80h60M30 100h40" stroke="#b9b6a8" stroke-width="3"/></svg>'
)

ROUTES: Final = (
    Route("/files/{sha256}", original),
    Route("/files/{sha256}/pages/{number}/{size}.webp", picture),
)
