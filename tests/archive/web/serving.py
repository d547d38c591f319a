"""A real server of the reading room in a thread, on a loopback port, and visitors of it."""

from __future__ import annotations

import socket
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

import httpx
import uvicorn

from archive.web import Limits, application

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from starlette.applications import Starlette

#: A machine that runs tests may be busy with others.
PATIENT: Final = Limits(seconds=60)


@contextmanager
def serving(app: Starlette) -> Iterator[str]:
    """Serve an application as `pnr serve` does; give its address, without a slash at its end."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        config = uvicorn.Config(app, log_config=None, access_log=False, server_header=False)
        server = uvicorn.Server(config)
        thread = threading.Thread(target=server.run, args=([listener],))
        # Connections are accepted from now on: who comes early only waits.
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


@contextmanager
def visiting(app: Starlette, language: str = "en") -> Iterator[httpx.Client]:
    """Serve an application, and give a visitor of it; redirects are not followed."""
    headers = {"accept-language": language}
    with serving(app) as url, httpx.Client(base_url=url, headers=headers, timeout=60) as client:
        yield client


@contextmanager
def visitor_of(path: Path, *, reviews: bool = False) -> Iterator[httpx.Client]:
    """Serve the reading room of an archive, and give a visitor whose browser is English."""
    with visiting(application(path, limits=PATIENT, reviews=reviews)) as client:
        yield client
