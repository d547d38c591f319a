"""The `pnr` command: everything a user types and reads."""

from __future__ import annotations

import signal
import sys
from typing import TYPE_CHECKING

from crawler.errors import ExitCode

if TYPE_CHECKING:
    from types import FrameType

__all__ = ["main"]


def main() -> None:
    """Run `pnr` on the command line's arguments, and end the process.

    SIGTERM is to every command what Ctrl-C is, from its first moment on; only the code differs.
    """
    told: list[int] = []

    def end(number: int, _frame: FrameType | None) -> None:
        told.append(number)
        raise KeyboardInterrupt

    try:
        signal.signal(signal.SIGTERM, end)
        # Imported here: that takes a while, and may be cut short as well.
        from crawler.cli.edge import run  # noqa: PLC0415

        code = run(sys.argv[1:])
    except KeyboardInterrupt:
        sys.stderr.write("pnr: Cancelled.\n")
        code = ExitCode.CANCELLED
    # Nothing is left to be ended well, and no traceback may come of it.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    signal.signal(signal.SIGINT, signal.SIG_DFL)
    sys.exit(ExitCode.TERMINATED if told and code == ExitCode.CANCELLED else code)
