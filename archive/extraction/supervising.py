"""One file's child processes: forked, watched, ended, and followed by another where one died.

A child writes lines ``KIND NUMBER JSON``: the kind and the number (the page's, or the count of
pages) are all that is looked at here, the JSON goes on to the parent as it is.
"""

from __future__ import annotations

import fcntl
import json
import os
import select
import signal
from contextlib import suppress
from dataclasses import dataclass, field
from time import clock_gettime, monotonic, sleep
from typing import TYPE_CHECKING, Any, NoReturn

from archive.extraction.limits import ExtractionLimits
from archive.extraction.results import PageStatus, PageText, page_to_json
from archive.extraction.tasks import OUT_OF_MEMORY, run_child

if TYPE_CHECKING:
    from collections.abc import Callable

_STDERR_BYTES = 4096
_PATIENCE = 5.0
"""Seconds a child that has said everything gets to end by itself."""

_GATHERING_SECONDS = 0.025
_PIPE_BYTES = 1 << 20
_LINE_BYTES = 64_000_000
_STARVED = 0.4
"""A reader that crashes with so much of its memory in use has asked for as much again."""

_BUSY = 3
"""So many times its seconds a page may take on the clock, while others have the processor."""

_CRASH_SIGNALS = {signal.SIGABRT, signal.SIGSEGV, signal.SIGBUS, signal.SIGILL, signal.SIGTRAP}


@dataclass(kw_only=True)
class _Progress:
    """How far a file has come, over all its children."""

    started: float
    deadline: float
    pages: int = 0
    """How many there are to tell, where all of them are wanted."""
    told: set[int] = field(default_factory=set)
    at: int = 0
    """The page that is worked on, where that was said."""
    opened: bool = False
    improving: bool = False
    """Every page has been told; what runs now can only make some better."""
    failed: bool = False
    cpu_seconds: float = 0.0
    peak_mb: float = 0.0


@dataclass(frozen=True, slots=True, kw_only=True)
class _Death:
    """How a child ended: ``done``, ``damaged`` (crashed), ``timed-out`` or ``out-of-memory``."""

    how: str
    detail: str = ""


class Supervisor:
    """The whole life of one request."""

    def __init__(
        self,
        request: dict[str, Any],
        write: Callable[[bytes], None],
        leave: Callable[[], NoReturn],
    ) -> None:
        self._request = request
        self._limits = ExtractionLimits(**request["limits"])
        self._write = write
        self._leave = leave
        self._warm: list[str] = []
        now = monotonic()
        self._progress = _Progress(started=now, deadline=now + self._limits.seconds)

    def run(self) -> list[str]:
        """Read the file, whatever number of children that takes; return the engines to warm."""
        progress = self._progress
        for _ in range(1 + self._limits.crashes):
            death = self._run_child()
            if death.how == "done" or not self._go_on_after(death):
                break
        self._tell(
            "ended",
            how="done" if progress.improving or progress.failed else death.how,
            detail=death.detail,
            cpu_seconds=round(progress.cpu_seconds, 3),
            peak_memory_mb=round(progress.peak_mb, 1),
        )
        return self._warm

    def _go_on_after(self, death: _Death) -> bool:
        """Prepare the next child: behind the page that killed this one, or on a mended copy."""
        progress = self._progress
        if progress.improving or progress.failed or monotonic() >= progress.deadline:
            return False
        if not progress.opened:
            again = not self._request.get("repaired") and death.how == "damaged"
            self._request["repaired"] = True
            return again
        victim = self._victim()
        if victim is None:
            return False
        page = PageText(number=victim, status=PageStatus(death.how))
        self._tell("page", page=page_to_json(page), top=(), bottom=())
        self._tell("note", detail=f"page {victim}: {death.detail}")
        progress.told.add(victim)
        self._request["pages"] = self._left()
        progress.improving = not self._request["pages"]
        return not progress.improving

    def _victim(self) -> int | None:
        """Return the page that was being read: the one that was said, else the first not told."""
        left = self._left()
        return self._progress.at if self._progress.at in left else next(iter(left), None)

    def _left(self) -> list[int]:
        """Return the pages that were asked for and not told."""
        wanted = self._request.get("pages") or range(1, self._progress.pages + 1)
        return [number for number in wanted if number not in self._progress.told]

    def _run_child(self) -> _Death:
        told, telling = os.pipe()
        errors, erring = os.pipe()
        pid = os.fork()
        if pid == 0:
            os.close(told)
            os.close(errors)
            run_child(self._request, self._limits, telling, erring)
        os.close(telling)
        os.close(erring)
        watch = _Watch(pid, told, errors, self._leave)
        timed_out = self._hand_on(watch)
        status, usage = watch.end(0.0 if timed_out else _PATIENCE)
        self._progress.cpu_seconds += usage[0]
        self._progress.peak_mb = max(self._progress.peak_mb, usage[1])
        return (
            _Death(how="timed-out", detail=timed_out)
            if timed_out
            else self._death(status, usage[1], watch.stderr)
        )

    def _hand_on(self, watch: _Watch) -> str:
        """Hand the child's lines on until it ends (``""``) or its time does (which, in words)."""
        progress = self._progress
        clock = watch.page_clock(self._limits.page_seconds, self._request.get("task", "texts"))
        while True:
            left = progress.deadline - monotonic()
            page_left = clock.left() if progress.opened else left
            lines = watch.lines(min(left, page_left))
            if lines is None:
                return ""
            if not lines and min(left, page_left) <= 0:
                return self._limit_in_words(of_page=page_left < left)
            for line in lines:
                self._take(line)
            if lines:
                clock.start()

    def _limit_in_words(self, *, of_page: bool) -> str:
        if of_page:
            return f"one page took more than {self._limits.page_seconds:g} s"
        progress = self._progress
        return f"the file took more than {progress.deadline - progress.started:.0f} s"

    def _take(self, line: bytes) -> None:
        kind, number, event = line.split(b" ", 2)
        progress = self._progress
        match kind:
            case b"page" | b"looked":
                progress.told.add(int(number))
            case b"busy":
                progress.at = int(number)
                return
            case b"opened":
                progress.opened = True
                progress.pages = progress.pages or int(number)
                whole = progress.started + self._limits.wall_seconds(int(number))
                progress.deadline = max(progress.deadline, whole)
            case b"phase":
                progress.improving = True
            case b"failed":
                progress.failed = True
            case b"warm":
                self._warm.append(json.loads(event)["engine"])
                return
        self._write(event + b"\n")

    def _death(self, status: int, peak_mb: float, stderr: str) -> _Death:
        code = os.waitstatus_to_exitcode(status)
        last_words = f" ({stderr})" if stderr else ""
        memory = f"needed more than {self._limits.memory_mb} MB{last_words}"
        if code == 0:
            return _Death(how="done")
        if code == OUT_OF_MEMORY:
            return _Death(how="out-of-memory", detail=memory)
        if code > 0:
            return _Death(how="damaged", detail=f"the reader failed{last_words}")
        if -code == signal.SIGXCPU:
            return _Death(how="timed-out", detail="took more processor time than the limit")
        starved = peak_mb > _STARVED * self._limits.memory_mb or "alloc" in stderr.lower()
        if -code in _CRASH_SIGNALS and starved:
            return _Death(how="out-of-memory", detail=memory)
        name = signal.Signals(-code).name
        return _Death(how="damaged", detail=f"the reader crashed with {name}{last_words}")

    def _tell(self, kind: str, **fields: Any) -> None:
        self._write(json.dumps({"event": kind, **fields}, ensure_ascii=False).encode() + b"\n")


class PageClock:
    """How long a child may still be on its page.

    Where it has to wait for the processor, as on a busy machine, that is not held against it, up
    to :data:`_BUSY` times its seconds.
    """

    def __init__(self, pid: int, seconds: float, *, own_work: bool) -> None:
        self._pid = pid
        self._seconds = seconds
        self._own_work = own_work
        self.start()

    def start(self) -> None:
        """Start anew, with the next page."""
        self._started = monotonic()
        self._worked = _worked_seconds(self._pid)

    def left(self) -> float:
        """Return the seconds that are left, none or less when the page is to be given up."""
        passed = monotonic() - self._started
        left = self._seconds - passed
        if left > 0 or not self._own_work:
            return left
        worked = _worked_seconds(self._pid) - self._worked
        return min(self._seconds - worked, _BUSY * self._seconds - passed)


def _worked_seconds(pid: int) -> float:
    """Return the processor seconds of a process; those of the clock where nobody tells."""
    try:
        # Linux's number for the clock of another process; see clock_getcpuclockid(3).
        return clock_gettime((~pid << 3) | 2)
    except OSError:
        return monotonic()


class _Watch:
    """A running child and the two pipes it writes to."""

    def __init__(self, pid: int, told: int, errors: int, leave: Callable[[], NoReturn]) -> None:
        self._pid = pid
        self._leave = leave
        self._told = told
        self._errors = errors
        self._pending = b""
        self._stderr = b""
        self._poll = select.poll()
        # Woken when the child ends, else now and then: a wake for every page would cost a tenth.
        self._poll.register(told, 0)
        os.set_blocking(told, False)
        with suppress(OSError, AttributeError):  # a smaller pipe is slower, and no harm
            fcntl.fcntl(told, fcntl.F_SETPIPE_SZ, _PIPE_BYTES)
        self._poll.register(errors, select.POLLIN)
        # The parent says nothing while a file is read: its pipe is readable when it is gone.
        self._poll.register(0, select.POLLIN)

    def page_clock(self, seconds: float, task: str) -> PageClock:
        """Return a clock for the child's pages; what OCR works is another program's work."""
        return PageClock(self._pid, seconds, own_work=task in {"texts", "tables"})

    @property
    def stderr(self) -> str:
        """The last line the child wrote to its standard error."""
        lines = self._stderr.decode(errors="replace").strip().splitlines()
        return lines[-1][:300] if lines else ""

    def lines(self, seconds: float) -> list[bytes] | None:
        """Whole lines that arrive within so many seconds; None when the child is done telling."""
        pause = min(max(0.0, seconds), _GATHERING_SECONDS)
        ready = {fd for fd, _ in self._poll.poll(1000 * pause)}
        if 0 in ready:
            self.end()
            self._leave()
        if self._errors in ready:
            self._take_stderr()
        try:
            chunk = os.read(self._told, _PIPE_BYTES)
        except BlockingIOError:
            return []
        if not chunk or len(self._pending) > _LINE_BYTES:
            return None
        *lines, self._pending = (self._pending + chunk).split(b"\n")
        return lines

    def _take_stderr(self) -> None:
        chunk = os.read(self._errors, 65536)
        if not chunk:
            self._poll.unregister(self._errors)
        self._stderr = (self._stderr + chunk)[-_STDERR_BYTES:]

    def end(self, patience: float = 0.0) -> tuple[int, tuple[float, float]]:
        """End the child, after *patience* seconds, and whatever it started.

        Return its exit status, and its CPU seconds and peak megabytes.
        """
        pid, status, usage = 0, 0, None
        deadline, pause = monotonic() + patience, 0.0005
        while not pid and monotonic() < deadline:
            pid, status, usage = os.wait4(self._pid, os.WNOHANG)
            if not pid:
                sleep(pause)
                pause = min(0.05, pause * 2)
        with suppress(ProcessLookupError):
            os.killpg(self._pid, signal.SIGKILL)
        if usage is None or not pid:
            with suppress(ProcessLookupError):
                os.kill(self._pid, signal.SIGKILL)
            _, status, usage = os.wait4(self._pid, 0)
        os.close(self._told)
        os.close(self._errors)
        return status, (usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024)
