"""How much time, memory and text one file may cost."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True, kw_only=True)
class ExtractionLimits:
    """The bounds of one file's worker.

    A file may take *seconds* and *seconds_per_page* for each of its pages, on the clock as well
    as of the processor; 60 s alone would lose real files. *page_seconds* bounds one single page,
    so that a page that never ends costs itself and not the pages behind it; where it has to wait
    for the processor, that is not held against it at first. *judging_share* is the part of the
    whole that second opinions (pdfplumber) may take.
    """

    seconds: float = 60.0
    seconds_per_page: float = 1.0
    page_seconds: float = 20.0
    judging_share: float = 0.5
    memory_mb: int = 1500
    scratch_mb: int = 1024
    max_file_mb: int = 500
    max_pages: int = 5000
    max_chars_per_page: int = 200_000
    max_chars: int = 20_000_000
    crashes: int = 3
    """How often a worker may die on one file before the rest of its pages is given up."""

    def wall_seconds(self, page_count: int) -> float:
        """Return the seconds a file of *page_count* pages may take on the clock."""
        return self.seconds + self.seconds_per_page * min(page_count, self.max_pages)
