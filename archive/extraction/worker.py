"""The worker process: ``python -P -m archive.extraction.worker SCRATCH``, spoken to in JSON lines.

One long-lived, single-threaded process imports the engines and the word list once and then forks
a child for every file, so that a file costs a fork and not a start of Python. The child is put in
its box (:mod:`archive.extraction.containing`), reads, and streams what it finds; this process
hands that on, watches the clock, and goes on behind a page that killed its reader.

It answers each request on its standard input with the child's events on its standard output, the
last of them ``ended``. It ends when it is told to, or when its parent is gone; then it removes the
parent's SCRATCH folder too.
"""

from __future__ import annotations

import gc
import json
import os
import select
import shutil
import sys
from importlib import import_module
from typing import Any, NoReturn

from archive.extraction.containing import leave_network
from archive.extraction.supervising import Supervisor
from archive.extraction.words import french_words

_ORPHAN_CHECK_MS = 2000
_WARMED = {
    "pdfplumber": "archive.extraction.engines.plumber",
    "PIL.WebPImagePlugin": "PIL.WebPImagePlugin",
}


def main() -> None:
    """Serve requests until there is nobody to serve."""
    has_no_network = leave_network()
    french_words()
    _settle()
    channel = _Channel()
    channel.send({"event": "ready", "no_network": has_no_network})
    while (request := channel.receive()) is not None:
        for engine in Supervisor(request, channel.write, channel.leave).run():
            _warm(engine)


class _Channel:
    """The two pipes to the parent."""

    def __init__(self) -> None:
        self._parent = os.getppid()
        self._pending = b""

    def receive(self) -> dict[str, Any] | None:
        """Return the next request; None when the parent says goodbye with an empty line."""
        poll = select.poll()
        poll.register(0, select.POLLIN)
        while b"\n" not in self._pending:
            if not poll.poll(_ORPHAN_CHECK_MS):
                if os.getppid() != self._parent:
                    self.leave()
                continue
            chunk = os.read(0, 65536)
            if not chunk:
                self.leave()
            self._pending += chunk
        line, self._pending = self._pending.split(b"\n", 1)
        if not line:
            return None
        request: dict[str, Any] = json.loads(line)
        return request

    def send(self, event: dict[str, Any]) -> None:
        self.write(json.dumps(event).encode() + b"\n")

    def write(self, data: bytes) -> None:
        """Write *data* whole; a parent that does not listen any more ends this process."""
        try:
            while data:
                data = data[os.write(1, data) :]
        except BrokenPipeError:
            self.leave()

    def leave(self) -> NoReturn:
        """End, as the parent has without a word, and sweep up what it can no longer."""
        if len(sys.argv) > 1:
            shutil.rmtree(sys.argv[1], ignore_errors=True)
        os._exit(0)


def _warm(engine: str) -> None:
    """Import what the file just read had to import by itself, for the files to come."""
    if engine in _WARMED and engine not in sys.modules:
        import_module(_WARMED[engine])
        _settle()


def _settle() -> None:
    """Keep the collector away from what children share, so that they copy fewer pages."""
    gc.collect()
    gc.freeze()


if __name__ == "__main__":
    main()
