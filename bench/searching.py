"""What search costs: ``python -m bench.searching``; with ``BENCH_QUICK=1`` a small library.

A library of 100,000 generated pages (bench/library.py) is indexed, and asked 240 questions of six
kinds with facets and the passages of 20 hits. Said are: how fast the index is made, against a bare
FTS5 load of the same text; its size, against the text; how long answers take, with what they read
in memory and not; and how good the order is, on a library whose right answers are known.

Each question is asked three times warm. The clock's columns are of all those answers, whatever
else the machine did meanwhile; those of this process's CPU time are of the best of each three.
"""

from __future__ import annotations

import gc
import math
import os
import random
import shutil
import sqlite3
import statistics
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from time import perf_counter, process_time
from typing import TYPE_CHECKING, Final

from archive.database import open_archive
from archive.queries.filtering import RecordFilter
from archive.searching.answering import search
from archive.searching.questions import Query
from archive.searching.rebuilding import rebuild
from archive.searching.words import STOP_WORDS, raw_words, surface_words
from bench.library import PARKS, SUBJECTS, THEMES, Library, fill

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection

    from archive.database import Archive

QUICK: Final = bool(os.environ.get("BENCH_QUICK"))
PAGES: Final = 3_000 if QUICK else 100_000
OF_EACH_KIND: Final = 10 if QUICK else 40
TIMES: Final = 3
JUDGED: Final = 60

#: Milliseconds that 99 of 100 warm answers are to stay under.
AIMS: Final = {"prefix": 150.0}
AIM: Final = 50.0

_OURS: Final = (
    "name GLOB 'page_index_*' OR name GLOB 'page_stems_*' OR name GLOB 'record_index_*' "
    "OR name GLOB 'word_index_*' OR name GLOB 'search_*' OR name GLOB '*autoindex_search_*' "
    "OR name GLOB 'ix_search_*'"
)


@dataclass(frozen=True, slots=True)
class Taken:
    """Milliseconds of one answer: by the clock, and of this process."""

    clock: float
    cpu: float


def main() -> None:
    """Measure, and print what came out."""
    folder = Path(tempfile.mkdtemp(prefix="bench-searching-"))
    kept = os.environ.get("BENCH_ARCHIVE")
    path = Path(kept) if kept else folder / "library.sqlite"
    try:
        if not path.exists():
            fill(path, Library(), PAGES).close()
        measure_building(path, folder / "bare.sqlite")
        measure_answers(path)
        measure_order(folder / "judged.sqlite")
    finally:
        shutil.rmtree(folder)


def measure_building(path: Path, bare: Path) -> None:
    """Make the index anew, load the same text into a bare FTS5 table, and compare."""
    with open_archive(path, access="write") as archive:
        ours = _cpu(lambda: list(rebuild(archive)))
        with archive.connect() as connection:
            size = _scalar(connection, f"SELECT sum(pgsize) FROM dbstat WHERE {_OURS}")  # noqa: S608  # constants
            text = _scalar(connection, "SELECT sum(length(CAST(text AS BLOB))) FROM file_pages")
            rows = connection.exec_driver_sql("SELECT text FROM file_pages").fetchall()
    stock = sqlite3.connect(bare)
    stock.execute("CREATE VIRTUAL TABLE bare USING fts5(text)")

    def load() -> None:
        stock.executemany("INSERT INTO bare VALUES (?)", [tuple(row) for row in rows])
        stock.commit()

    theirs = _cpu(load)
    stock.close()
    megabytes = text / 1e6
    say(f"text {megabytes:.0f} MB on {len(rows)} pages")
    say(f"index made at {megabytes / ours:.2f} MB per CPU second, bare FTS5 at ", end="")
    say(f"{megabytes / theirs:.2f}: 1/{ours / theirs:.1f} (aim: 1/6)")
    say(f"index {size / text:.2f} times the text (aim: 1.2)")


def measure_answers(path: Path) -> None:
    """Ask every kind of question, warm and cold."""
    with open_archive(path) as archive, archive.connect() as connection:
        questions = _questions(connection)
    # As `pnr serve` does: no answer pays for a walk through all that is loaded.
    gc.freeze()
    say(f"{'':12}{'p50 ms':>8}{'p99 ms':>8}{'p50 cpu':>9}{'p99 cpu':>9}{'cold p50':>10}{'p99':>7}")
    everything: list[list[Taken]] = []
    for kind, queries in questions.items():
        with open_archive(path) as archive, archive.connect() as connection:
            for query in queries:
                _ask(connection, query)
            warm = [[_ask(connection, query) for query in queries] for _ in range(TIMES)]
        cold = [_ask_cold(path, query) for query in queries[: OF_EACH_KIND // 2]]
        answers = [list(each) for each in zip(*warm, strict=True)]
        everything += answers
        _say_times(kind, answers, cold)
    _say_times("all", everything, [])
    say(f"load of the machine meanwhile: {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")


def measure_order(path: Path) -> None:
    """Say how good the order is where the right answers are known.

    A question is two or three words of a subject. A record of this subject is a right answer
    (2), one of another in which the words stand by chance is none, and one whose title has them
    is the best (3).
    """
    library = Library(seed=7)
    fill(path, library, 2_000 if QUICK else 6_000).close()
    pick = random.Random(3)  # noqa: S311  # a benchmark, no secret
    with open_archive(path, access="write") as archive:
        list(rebuild(archive))
        gains = [_ndcg(archive, library, pick) for _ in range(JUDGED)]
    say(f"nDCG@10 {statistics.mean(gains):.3f} over {JUDGED} judged questions")


def say(line: str, *, end: str = "\n") -> None:
    """Print at once."""
    sys.stdout.write(f"{line}{end}")
    sys.stdout.flush()


def _ndcg(archive: Archive, library: Library, pick: random.Random) -> float:
    subject = pick.randrange(SUBJECTS)
    words = pick.sample(library.subjects[subject], pick.choice((2, 3)))
    with archive.connect() as connection:
        rows = connection.exec_driver_sql("SELECT id, title FROM records").fetchall()
        judged = {row.id: _grade(row.title, library.subjects[subject], words) for row in rows}
        hits = search(connection, Query(text=" ".join(words)), limit=10, with_facets=False).hits
    ideal = _dcg(sorted(judged.values(), reverse=True)[:10])
    found = _dcg([judged[hit.id] for hit in hits])
    return found / ideal if ideal else 1.0


def _grade(title: str, subject: Sequence[str], asked: Sequence[str]) -> int:
    words = {word.lower() for word in raw_words(title)}
    if words.isdisjoint(subject):
        return 0
    return 3 if words.intersection(asked) else 2


def _dcg(grades: Sequence[int]) -> float:
    return sum(float(2**grade - 1) / math.log2(place + 2) for place, grade in enumerate(grades))


def _questions(connection: Connection) -> dict[str, list[Query]]:
    """Return questions as people ask them: words that occur, as often as they occur."""
    pick = random.Random(1)  # noqa: S311  # a benchmark, no secret
    query = "SELECT text FROM file_pages ORDER BY (rowid * 7919) % 104729 LIMIT 400"
    pages = [surface_words(row.text) for row in connection.exec_driver_sql(query)]

    def words(count: int) -> str:
        page = pick.choice(pages)
        return " ".join(pick.sample([w for w in page if w not in STOP_WORDS and len(w) > 2], count))

    def phrase() -> str:
        while True:
            page = pick.choice(pages)
            at = pick.randrange(len(page) - 3)
            row = page[at : at + pick.choice((2, 3))]
            if any(word not in STOP_WORDS for word in row):
                return f'"{" ".join(row)}"'

    def filtered() -> Query:
        filters = RecordFilter(park=pick.choice(PARKS), theme=pick.choice(THEMES))
        return Query(text=words(1), filters=filters)

    kinds: dict[str, Callable[[], Query]] = {
        "one word": lambda: Query(text=words(1)),
        "two words": lambda: Query(text=words(2)),
        "three words": lambda: Query(text=words(3)),
        "phrase": lambda: Query(text=phrase()),
        "prefix": lambda: Query(text=f"{words(1)[:3]}*"),
        "filtered": filtered,
    }
    return {kind: [make() for _ in range(OF_EACH_KIND)] for kind, make in kinds.items()}


def _ask(connection: Connection, query: Query) -> Taken:
    clock, cpu = perf_counter(), process_time()
    search(connection, query, limit=20)
    return Taken((perf_counter() - clock) * 1000, (process_time() - cpu) * 1000)


def _ask_cold(path: Path, query: Query) -> Taken:
    """Ask with nothing of the file in memory, over a connection of its own."""
    with path.open("rb") as file:
        os.posix_fadvise(file.fileno(), 0, 0, os.POSIX_FADV_DONTNEED)
    with open_archive(path) as archive, archive.connect() as connection:
        return _ask(connection, query)


def _say_times(kind: str, warm: Sequence[Sequence[Taken]], cold: Sequence[Taken]) -> None:
    clock = [taken.clock for answers in warm for taken in answers]
    cpu = [min(taken.cpu for taken in answers) for answers in warm]
    line = f"{kind:12}{_p(clock, 50):8.1f}{_p(clock, 99):8.1f}{_p(cpu, 50):9.1f}{_p(cpu, 99):9.1f}"
    if cold:
        times = [each.clock for each in cold]
        line += f"{_p(times, 50):10.1f}{_p(times, 99):7.1f}  (aim: {AIMS.get(kind, AIM):.0f})"
    say(line)


def _p(values: Sequence[float], percent: int) -> float:
    ordered = sorted(values)
    return ordered[min(math.ceil(len(ordered) * percent / 100), len(ordered)) - 1]


def _cpu(work: Callable[[], object]) -> float:
    before = process_time()
    work()
    return process_time() - before


def _scalar(connection: Connection, statement: str) -> int:
    return int(connection.exec_driver_sql(statement).scalar_one())


if __name__ == "__main__":
    main()
