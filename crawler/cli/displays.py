"""Where a crawl's progress is shown: live in a terminal, line by line elsewhere."""

from __future__ import annotations

import json
import sys
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rich.console import Console
from rich.live import Live
from rich.spinner import Spinner
from rich.table import Table

from archive.measures import duration
from crawler.extensions.progress import in_a_line

if TYPE_CHECKING:
    from crawler.extensions.progress import Progress


class LiveDisplay:
    """One display in the terminal that is always current."""

    interval = 0.5

    def __init__(self) -> None:
        self._spinner = Spinner("dots")
        self._live = Live(console=Console(stderr=True, highlight=False), transient=True)
        self._live.start()

    def show(self, progress: Progress) -> None:
        """Replace what is shown."""
        self._live.update(_panel(progress, self._spinner))

    def close(self) -> None:
        """Clear the display."""
        self._live.stop()


class LineDisplay:
    """A line at most every half minute, for logs and timers."""

    interval = 30.0

    def show(self, progress: Progress) -> None:
        """Write one line."""
        sys.stderr.write(f"{in_a_line(progress)}\n")
        sys.stderr.flush()

    def close(self) -> None:
        """Do nothing: what was written stays."""


class JsonDisplay(LineDisplay):
    """A JSON object at most every half minute."""

    def show(self, progress: Progress) -> None:
        """Write one object."""
        log_line("progress", **{name: getattr(progress, name) for name in progress.__slots__})


def log_line(event: str, *, level: str = "info", **fields: Any) -> None:
    """Write one line of a log for machines, on standard error."""
    line = {"time": datetime.now(UTC).isoformat(), "level": level, "event": event} | fields
    sys.stderr.write(f"{json.dumps(line, ensure_ascii=False)}\n")
    sys.stderr.flush()


class NoDisplay(LineDisplay):
    """Nothing at all."""

    def show(self, progress: Progress) -> None:
        """Keep quiet."""


def _panel(progress: Progress, spinner: Spinner) -> Table:
    left = ""
    if progress.seconds_left is not None and progress.pending:
        left = f"about {duration(progress.seconds_left)} left"
    state = "reading the last PDFs" if progress.closing else f"run {progress.run_id}"
    spinner.update(text=f" {state} · {progress.rate:.1f} addresses/s {'· ' if left else ''}{left}")
    figures = Table.grid(padding=(0, 2))
    figures.add_row(
        f"[b]{progress.found}[/b] found",
        f"[b]{progress.fetched}[/b] fetched",
        f"[b]{progress.unchanged}[/b] unchanged",
        f"[{'red' if progress.failed else 'b'}]{progress.failed}[/] failed",
        f"[b]{progress.records}[/b] records",
        f"[b]{progress.texts_waiting}[/b] PDFs waiting for text",
    )
    shown = Table.grid()
    shown.add_row(spinner)
    shown.add_row(figures)
    return shown
