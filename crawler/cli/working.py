"""Progress of long work on the archive's files."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def progress_of(what: str, total: int) -> Iterator[Callable[[str, Any], None]]:
    """Show how far the work on *total* files is; in a terminal only. Gives what counts one."""
    if not sys.stderr.isatty():
        yield lambda _sha256, _result: None
        return
    columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
    with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
        task = progress.add_task(what, total=total)
        yield lambda _sha256, _result: progress.advance(task)
