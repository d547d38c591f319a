"""Long work on the archive's files: its progress, and what is said when it is stopped."""

from __future__ import annotations

import sys
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeRemainingColumn

from crawler.errors import StoppedError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from archive.texts.extracting import Told


@contextmanager
def progress_of(
    what: str, total: int, count: Callable[[Any], int] = lambda _result: 1
) -> Iterator[Told]:
    """Show how far the work is; in a terminal only. Gives what is told of each result.

    A result counts for one of *total*, or as *count* says. What is stopped by Ctrl-C ends in a
    sentence.
    """
    try:
        if not sys.stderr.isatty():
            yield lambda _sha256, _result: None
            return
        columns = (TextColumn(what), BarColumn(), MofNCompleteColumn(), TimeRemainingColumn())
        with Progress(*columns, console=Console(stderr=True), transient=True) as progress:
            task = progress.add_task(what, total=total)
            yield lambda _sha256, result: progress.advance(task, count(result))
    except KeyboardInterrupt:
        raise StoppedError(
            f"{what} was stopped; what is done is kept, and the same command goes on."
        ) from None
