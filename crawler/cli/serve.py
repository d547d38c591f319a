"""`pnr serve`: the reading room, in a browser."""

from __future__ import annotations

import gc
import logging
import os
import socket
import sys
import threading
import webbrowser
from contextlib import suppress
from typing import TYPE_CHECKING, Annotated

import typer

from archive.database import open_archive
from crawler.cli.edge import write_fault
from crawler.cli.options import ArchiveOption, settings
from crawler.cli.output import say
from crawler.errors import UsageError

if TYPE_CHECKING:
    from crawler.config import Config

app = typer.Typer(add_completion=False)


@app.command("serve")
def serve(
    host: Annotated[
        str,
        typer.Option(
            "--host",
            metavar="ADDRESS",
            help="Where to listen; 0.0.0.0 is everywhere.",
        ),
    ] = "127.0.0.1",
    port: Annotated[
        int,
        typer.Option(
            "--port", min=0, max=65535, metavar="N", help="The port; 0 takes any free one."
        ),
    ] = 8765,
    name: Annotated[
        list[str] | None,
        typer.Option(
            "--name", metavar="HOST", help="A name visitors call this server by; may be repeated."
        ),
    ] = None,
    review: Annotated[
        bool, typer.Option("--review", help="Let visitors give verdicts on what spot-checks found.")
    ] = False,
    browser: Annotated[bool, typer.Option("--browser", help="Open it in the browser.")] = False,
    archive: ArchiveOption = None,
) -> None:
    """Open the archive in a browser: search, records, PDFs at the page, what changed, the runs.

    It answers until Ctrl-C, also while a crawl writes. Nothing can be changed, but for verdicts on
    spot-checks where --review is given. Only this machine can ask unless --host says otherwise;
    there is no login, so put one before it where that matters.

    Example: pnr serve --archive demo/archive.sqlite
    """
    config = settings(archive)
    path = config.archive
    open_archive(path).close()
    with _listening(host, port) as listener:
        address = _address(host, listener)
        say(f"{path} is open at {address}; end it with Ctrl-C")
        sys.stdout.flush()
        if browser:
            # Some browsers run until they are closed; nobody waits for them here.
            threading.Thread(target=webbrowser.open, args=(address,), daemon=True).start()
        _serve(config, listener, [host, *(name or [])], reviews=review)


def _listening(host: str, port: int) -> socket.socket:
    try:
        (family, *_, place), *_ = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM)
        listener = socket.create_server(place[:2], family=family)
    except OSError as error:
        # Python's own words name the address once more; those of an unknown name have no number.
        words = (
            error.strerror if isinstance(error, socket.gaierror) else os.strerror(error.errno or 0)
        )
        raise UsageError(
            f"Port {port} of {host} cannot be had ({words}); --port names another."
        ) from error
    # Each page is sent as soon as it is there. Of a socket it did not make asyncio does not ask it,
    # and the kernel would wait for the visitor's receipt: 40 ms.
    listener.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
    return listener


def _address(host: str, listener: socket.socket) -> str:
    """Return what to type into a browser: of an address that means every one, this machine's."""
    number = listener.getsockname()[1]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)  # noqa: S104  # compared, not listened to
    return f"http://{shown}:{number}/"


def _serve(config: Config, listener: socket.socket, names: list[str], *, reviews: bool) -> None:
    # Imported here: a web server is no business of the other commands.
    import uvicorn  # noqa: PLC0415

    from archive.web import application  # noqa: PLC0415
    from crawler.reading import page_reader  # noqa: PLC0415

    logging.getLogger("archive.web").addHandler(_FaultLog())
    served = uvicorn.Config(
        application(
            config.archive,
            names=names,
            without_noise=page_reader(config).without_noise,
            reviews=reviews,
        ),
        log_config=None,
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        timeout_graceful_shutdown=5,
    )
    # What is loaded stays: going through all of it for garbage would hold a visitor up for 60 ms.
    gc.freeze()
    with suppress(KeyboardInterrupt):
        uvicorn.Server(served).run(sockets=[listener])


class _FaultLog(logging.Handler):
    """Says in a line what failed, and puts the traceback where those of every command are."""

    def emit(self, record: logging.LogRecord) -> None:
        sentence = record.getMessage()
        if record.exc_info:
            sentence += f"; its traceback is in {write_fault(self.format(record))}"
        sys.stderr.write(f"pnr: {sentence}\n")
        sys.stderr.flush()
