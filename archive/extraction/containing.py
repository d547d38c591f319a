"""Keeping a worker in its box: address space, processor, files, network, orphans.

All of it holds on Linux; elsewhere each function does what the system allows.
"""

from __future__ import annotations

import ctypes
import os
import resource
import signal
import sys
from functools import cache
from pathlib import Path

_CLONE_NEWUSER = 0x10000000
_CLONE_NEWNET = 0x40000000
_PR_SET_PDEATHSIG = 1
_MEGABYTE = 1024 * 1024


def leave_network() -> bool:
    """Take the network away from this process and all it will start; whether that worked."""
    libc = _libc()
    if libc is None:
        return False
    return any(
        libc.unshare(flags) == 0 for flags in (_CLONE_NEWNET, _CLONE_NEWUSER | _CLONE_NEWNET)
    )


def can_leave_network() -> bool:
    """Whether this system lets a worker's network be taken away; tried in a child that ends."""
    child = os.fork()
    if child == 0:
        os._exit(0 if leave_network() else 1)
    return os.waitpid(child, 0)[1] == 0


def die_with_parent(parent: int) -> None:
    """Ask the kernel to kill this process when *parent*, its parent, ends; end if it has."""
    libc = _libc()
    if libc is not None:
        libc.prctl(_PR_SET_PDEATHSIG, signal.SIGKILL, 0, 0, 0)
    if os.getppid() != parent:
        os._exit(1)


def limit_resources(*, memory_mb: int, scratch_mb: int) -> None:
    """Bound this process. *memory_mb* is granted on top of what it has mapped already."""
    limits = {
        resource.RLIMIT_AS: mapped_bytes() + memory_mb * _MEGABYTE,
        resource.RLIMIT_FSIZE: scratch_mb * _MEGABYTE,
        resource.RLIMIT_CORE: 0,
        resource.RLIMIT_NOFILE: 128,
    }
    for limit, value in limits.items():
        _, hard = resource.getrlimit(limit)
        bound = value if hard == resource.RLIM_INFINITY else min(value, hard)
        resource.setrlimit(limit, (bound, bound))
    # A write beyond the limit is to be an error of that write, not a signal.
    signal.signal(signal.SIGXFSZ, signal.SIG_IGN)


def limit_processor(seconds: float) -> None:
    """Let the system end this process after so many seconds of processor time since its start."""
    _, hard = resource.getrlimit(resource.RLIMIT_CPU)
    bound = int(seconds) + 1
    soft = bound if hard == resource.RLIM_INFINITY else min(bound, hard)
    resource.setrlimit(resource.RLIMIT_CPU, (soft, hard))


def mapped_bytes() -> int:
    """Return the address space this process has mapped, 0 where the system does not tell."""
    try:
        return int(Path("/proc/self/statm").read_bytes().split()[0]) * resource.getpagesize()
    except OSError:
        return 0


@cache
def _libc() -> ctypes.CDLL | None:
    return ctypes.CDLL(None, use_errno=True) if sys.platform == "linux" else None
