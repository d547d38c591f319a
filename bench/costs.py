"""What a program takes, by the kernel's own account."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Cost:
    """What a process and its children took: CPU seconds, the peak of memory in MB; what it said."""

    seconds: float
    peak_mb: float
    answered: int | None
    code: int


def cost_of(command: Sequence[str], *, cwd: Path | None = None) -> Cost:
    """Run a program to its end, and say what it and the children it waited for took.

    *answered* is the number that it said last, if it did.
    """
    process = subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=cwd)  # noqa: S603  # our own
    assert process.stdout is not None  # noqa: S101  # asked for above
    said = process.stdout.read().split()
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    return Cost(
        seconds=used.ru_utime + used.ru_stime,
        peak_mb=used.ru_maxrss / 1024,
        answered=int(said[-1]) if said and said[-1].isdigit() else None,
        code=process.returncode,
    )


def pnr_told(arguments: Sequence[str]) -> int:
    """Run `pnr` here, and print the peak of its own memory in KiB: what was before does not count.

    The kernel's account of a child begins with what its parent held when it was started.
    """
    from crawler.cli.edge import run  # noqa: PLC0415  # a bare parse does without

    code = run([*arguments])
    status = Path("/proc/self/status").read_text()
    print(status.partition("VmHWM:")[2].split()[0], flush=True)  # noqa: T201  # a bench prints
    return code
