"""The parent's side of a worker process: start it, ask it, wait with a limit, leave none behind."""

from __future__ import annotations

import contextlib
import json
import os
import select
import subprocess
import sys
from collections import deque
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any

import archive

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

_START_SECONDS = 60.0
_MARGIN_SECONDS = 30.0
"""How much longer than its own limit a worker may be silent before it is taken for hung."""


class WorkerLostError(Exception):
    """Raised when the worker process ended, or hangs, in the middle of a file."""


class WorkerProcess:
    """One worker, started when first asked. Not for two threads at once.

    *base* is what the worker removes when this process is gone, *scratch* at least.
    """

    def __init__(self, scratch: Path, base: Path | None = None) -> None:
        self._scratch = scratch
        self._base = base or scratch
        self._process: subprocess.Popen[bytes] | None = None
        self._lines: deque[bytes] = deque()
        self._unfinished: list[bytes] = []
        self.has_no_network = False

    @property
    def pid(self) -> int | None:
        """The worker's process id, None while there is none."""
        return self._process.pid if self._process else None

    def ask(
        self, request: Mapping[str, Any], take: Callable[[dict[str, Any]], bool], seconds: float
    ) -> None:
        """Send *request* and hand each event to *take* until it says that this was the last.

        Raises :class:`WorkerLostError` if the worker ends before, or stays silent for longer than
        *seconds* and a margin; it is gone then, and the next call starts another.
        """
        process = self._process or self.start()
        try:
            _write(process, json.dumps(request).encode() + b"\n")
            while not take(self._next_event(process, seconds + _MARGIN_SECONDS)):
                pass
        except (OSError, ValueError, KeyError, TypeError) as error:
            self.kill()
            raise WorkerLostError("the worker process ended unexpectedly") from error
        except BaseException:
            self.kill()
            raise

    def start(self) -> subprocess.Popen[bytes]:
        """Start the process and wait until it is ready."""
        self._lines.clear()
        self._unfinished.clear()
        self._process = subprocess.Popen(  # noqa: S603 - our own module and our own folder
            [sys.executable, "-P", "-m", "archive.extraction.worker", str(self._base)],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            env=_environment(self._scratch),
            start_new_session=True,
        )
        try:
            ready = self._next_event(self._process, _START_SECONDS)
        except BaseException as error:
            self.kill()
            if isinstance(error, (OSError, ValueError)):
                raise WorkerLostError("the worker process does not start") from error
            raise
        self.has_no_network = bool(ready.get("no_network"))
        return self._process

    def close(self) -> None:
        """End the worker and whatever it runs; it goes when its input is closed."""
        process = self._process
        if process is None:
            return
        self._process = None
        with contextlib.suppress(OSError):
            _write(process, b"\n")
        for pipe in (process.stdin, process.stdout):
            if pipe is not None:
                with contextlib.suppress(OSError):
                    pipe.close()
        try:
            process.wait(2)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()

    def interrupt(self) -> None:
        """Kill the process from another thread; the one that waits for it tidies up."""
        process = self._process
        if process is not None:
            process.kill()

    def kill(self) -> None:
        """End the worker at once; the kernel ends its child with it."""
        if self._process is not None:
            self._process.kill()
            self.close()

    def _next_event(self, process: subprocess.Popen[bytes], seconds: float) -> dict[str, Any]:
        assert process.stdout is not None  # noqa: S101 - Popen was asked for a pipe
        fd = process.stdout.fileno()
        poll = select.poll()
        poll.register(fd, select.POLLIN)
        deadline = monotonic() + seconds
        while not self._lines:
            if not poll.poll(max(0.0, 1000 * (deadline - monotonic()))):
                raise WorkerLostError(f"the worker process was silent for {seconds:.0f} s")
            chunk = os.read(fd, 262_144)
            if not chunk:
                raise WorkerLostError("the worker process ended unexpectedly")
            *lines, rest = chunk.split(b"\n")
            if lines:
                lines[0] = b"".join((*self._unfinished, lines[0]))
                self._unfinished = []
                self._lines.extend(lines)
            self._unfinished.append(rest)
        event: dict[str, Any] = json.loads(self._lines.popleft())
        return event


def _write(process: subprocess.Popen[bytes], data: bytes) -> None:
    assert process.stdin is not None  # noqa: S101 - Popen was asked for a pipe
    process.stdin.write(data)
    process.stdin.flush()


def _environment(scratch: Path) -> dict[str, str]:
    """Next to nothing of ours: a hostile file has no business with it."""
    root = str(Path(archive.__file__).resolve().parent.parent)
    search = os.pathsep.join(filter(None, (root, os.environ.get("PYTHONPATH", ""))))
    kept = {name: os.environ[name] for name in ("PATH", "TESSDATA_PREFIX") if name in os.environ}
    return {
        **kept,
        "LANG": "C.UTF-8",
        "PYTHONPATH": search,
        "TMPDIR": str(scratch),
        "HOME": str(scratch),
    }
