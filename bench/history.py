"""What diffs and clusters cost: ``python -m bench.history``; with ``BENCH_QUICK=1`` smaller ones.

Two PDFs of 200 pages that differ on every tenth page are compared, as texts; so are two texts of
100 pages, line by line. Said are CPU times, beside difflib on the words of a fifth of the pages,
and memory: flat, however often. Then the changes of 2,000 records are clustered.
"""

from __future__ import annotations

import difflib
import os
import random
import sys
import tracemalloc
from dataclasses import dataclass
from time import process_time
from typing import TYPE_CHECKING, Final

from archive.comparing.clustering import cluster_changes
from archive.comparing.pdfs import FileText, compare_pdfs
from archive.comparing.texts import compare_texts

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

QUICK: Final = bool(os.environ.get("BENCH_QUICK"))
PAGES: Final = 40 if QUICK else 200
TEXT_PAGES: Final = 20 if QUICK else 100
LINES: Final = 45
WORDS: Final = 11
RECORDS: Final = 400 if QUICK else 2_000


def main() -> None:
    """Measure, and print what came out."""
    pages = _document(PAGES)
    measure_pdfs(pages)
    measure_text(pages[:TEXT_PAGES])
    measure_clusters()


def measure_pdfs(pages: Sequence[str]) -> None:
    """Compare two PDFs: every tenth page edited, two pages put in, one moved."""
    old, new = FileText(tuple(pages)), FileText(tuple(_edited(pages)))
    found = compare_pdfs(old, new)
    ours = _milliseconds(lambda: compare_pdfs(old, new))
    say(f"two PDFs of {PAGES} pages: {ours:.0f} ms CPU ({found.in_words()})")
    once, often = _peak(old, new, 1), _peak(old, new, 20)
    say(f"memory at most {once:.1f} MB once, {often:.1f} MB in 20 times")


def measure_text(pages: Sequence[str]) -> None:
    """Compare two long texts line by line and word by word, and with difflib for once."""
    before, after = "\n".join(pages), "\n".join(_edited(pages))
    ours = _milliseconds(lambda: compare_texts(before, after))
    line = f"two texts of {TEXT_PAGES} pages, in words: {ours:.0f} ms CPU"
    few = TEXT_PAGES // 5
    one, other = ("\n".join(some[:few]).split() for some in (pages, _edited(pages)))
    theirs = _milliseconds(
        lambda: difflib.SequenceMatcher(None, one, other, autojunk=False).get_opcodes(), times=1
    )
    say(f"{line}; difflib on the words of {few} pages: {theirs:.0f} ms")


def measure_clusters() -> None:
    """Cluster the changes of a redesign that touched three fields of every record."""
    changes = [
        _Lost(f"node-{number}", field, f"{field} {number}")
        for number in range(RECORDS)
        for field in ("authors", "parks", "tags")
    ]
    taken = _milliseconds(lambda: cluster_changes(changes))
    count = len(cluster_changes(changes).clusters)
    say(f"{len(changes)} changes: {taken:.0f} ms CPU, {count} clusters")


def say(line: str) -> None:
    """Print at once."""
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


@dataclass(frozen=True, slots=True)
class _Lost:
    record_id: str
    field: str
    before: str
    after: str = ""
    run: int = 2
    kind: str = "changed"
    cause: str = "layout"
    document_type: str = "Guide méthodologique"
    parks: tuple[str, ...] = ("Pilat",)


def _document(count: int) -> list[str]:
    pick = random.Random(4)  # noqa: S311  # a benchmark, no secret
    words = [f"mot{number}" for number in range(4_000)]
    weights = [1 / (rank + 1) for rank in range(len(words))]
    return [
        "\n".join(" ".join(pick.choices(words, weights, k=WORDS)) for _ in range(LINES))
        for _ in range(count)
    ]


def _edited(pages: Sequence[str]) -> list[str]:
    edited = [
        page.replace("mot7 ", "autre ") if number % 10 == 0 else page
        for number, page in enumerate(pages)
    ]
    new = _document(len(pages) + 2)[-2:]
    return [*edited[:3], *new, *edited[4:-2], edited[3], *edited[-2:]]


def _milliseconds(work: Callable[[], object], *, times: int = 3) -> float:
    taken = []
    for _ in range(times):
        began = process_time()
        work()
        taken.append(process_time() - began)
    return min(taken) * 1000


def _peak(old: FileText, new: FileText, times: int) -> float:
    tracemalloc.start()
    for _ in range(times):
        compare_pdfs(old, new)
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    return peak / 1e6


if __name__ == "__main__":
    main()
