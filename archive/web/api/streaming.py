"""Long answers, sent while they are made: memory does not grow with the archive."""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING, Final

from starlette.responses import StreamingResponse

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator

    from sqlalchemy import Connection
    from starlette.responses import Response

    from archive.web.asked import Asked

#: Lines that are made at a time, in a thread; between them others are served.
_AT_A_TIME: Final = 100
#: Seconds that a whole answer may take: the state it reads is held for so long.
_SECONDS: Final = 600.0


def streamed(
    asked: Asked,
    lines: Callable[[Connection], Iterator[str]],
    filename: str,
    media_type: str,
) -> Response:
    """Return lines as a file, all of one state of the archive."""
    room = asked.room

    async def pieces() -> AsyncIterator[bytes]:
        with room.connection(seconds=_SECONDS) as connection:
            source = lines(connection)
            while piece := await room.ask(lambda: "".join(islice(source, _AT_A_TIME))):
                yield piece.encode("utf-8", "replace")

    headers = {"content-disposition": f'attachment; filename="{filename}"'}
    return StreamingResponse(pieces(), media_type=f"{media_type}; charset=utf-8", headers=headers)
