"""What a forked child does: put itself in its box, do its one task, tell, and end."""

from __future__ import annotations

import gc
import json
import os
import sys
import traceback
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

from archive.extraction.containing import die_with_parent, limit_processor, limit_resources
from archive.extraction.engines import EngineName
from archive.extraction.reading import read_file
from archive.extraction.telling import ReadingRequest

if TYPE_CHECKING:
    from collections.abc import Callable

    from archive.extraction.limits import ExtractionLimits

OUT_OF_MEMORY = 77
"""The exit code of a child that met its memory limit in Python."""

_FAILED = 70
_ENCODER = json.JSONEncoder(ensure_ascii=False, check_circular=False)


def run_child(
    request: dict[str, Any], limits: ExtractionLimits, telling: int, erring: int
) -> NoReturn:
    """Return the child's whole life, from the fork to ``os._exit``."""
    code = _FAILED
    try:
        _enter_box(request, limits, erring)
        _perform(request, limits, _Teller(telling, limits))
        code = 0
    except MemoryError:
        code = OUT_OF_MEMORY
    except BaseException:  # noqa: BLE001 - whatever it was, the child must end here and not in its parent's code
        _complain()
    os._exit(code)


class _Teller:
    """Writes events as lines ``KIND NUMBER JSON``."""

    def __init__(self, fd: int, limits: ExtractionLimits) -> None:
        self._fd = fd
        self._limits = limits

    def __call__(self, event: dict[str, Any]) -> None:
        number = 0
        if event["event"] == "page":
            number = event["page"]["number"]
        elif event["event"] in {"looked", "busy"}:
            number = event["number"]
        elif event["event"] == "opened":
            number = event["pages"]
            limit_processor(self._limits.wall_seconds(number))
        body = _ENCODER.encode(event)
        line = f"{event['event']} {number} {body}\n".encode("utf-8", errors="replace")
        while line:
            line = line[os.write(self._fd, line) :]


def _enter_box(request: dict[str, Any], limits: ExtractionLimits, erring: int) -> None:
    parent = os.getppid()
    os.setsid()
    die_with_parent(parent)
    nothing = os.open(os.devnull, os.O_RDWR)
    os.dup2(nothing, 0)
    os.dup2(nothing, 1)
    os.dup2(erring, 2)
    os.chdir(request["scratch"])
    os.environ.update(TMPDIR=request["scratch"], HOME=request["scratch"])
    limit_resources(memory_mb=limits.memory_mb, scratch_mb=limits.scratch_mb)
    limit_processor(limits.seconds)
    # What is read here makes no rings worth collecting, and the process is short-lived.
    gc.disable()


def _perform(
    request: dict[str, Any], limits: ExtractionLimits, tell: Callable[[dict[str, Any]], None]
) -> None:
    read_file(
        ReadingRequest(
            path=Path(request["path"]),
            scratch=Path(request["scratch"]),
            limits=limits,
            engine=EngineName(request.get("engine", EngineName.AUTO)),
            pages=tuple(request.get("pages", ())),
            repaired=request.get("repaired", False),
            width=request.get("width", 0),
        ),
        tell,
        request.get("task", "texts"),
    )


def _complain() -> None:
    """Return the last line of the traceback; the supervisor keeps it as the child's last words."""
    kind, error, _ = sys.exc_info()
    line = "".join(traceback.format_exception_only(kind, error)).strip().splitlines()[-1:]
    os.write(2, "".join(line).encode(errors="replace")[:500])
