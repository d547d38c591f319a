"""What reading the archive again costs, beside a bare parse: ``python -m bench.rereading``.

2,000 archived pages of about 60 KB (bench/pages.py) are read again by a reader that was taught a
label: looked at only (a dry run), made current with nothing changed, and with a field of every
record changed. Beside it the same pages, out of memory, are parsed with BeautifulSoup and lxml, and
nothing else. Costs are those of the whole program, its workers and its start included.
"""

from __future__ import annotations

import os
import shutil
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from bs4 import BeautifulSoup

from archive.catalogue.promoting import promote_run, promote_version
from archive.catalogue.versions import note_version, record_of_version
from archive.catalogue.writing import keep_reading, tie_snapshot
from archive.database import open_archive
from archive.evidence.recording import Answer, record_answer
from archive.evidence.resources import resolve_resource
from archive.records import FetchedPage
from archive.runs.ledger import now
from archive.runs.lifecycle import RunStatus, begin_run, end_run
from bench.costs import Cost, cost_of, pnr_told
from bench.pages import Plan, record_bytes, record_path
from crawler.config import load_config
from crawler.reading import page_reader

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from crawler.reading import PageReader

QUICK: Final = bool(os.environ.get("BENCH_QUICK"))
PAGES: Final = 400 if QUICK else 2000
SMALL: Final = 400 if QUICK else 1000
LARGE: Final = 1200 if QUICK else 4000
BASE: Final = "https://parcs.example.org"

#: What the reader is taught: nothing that a page has, or a label that every page has.
_NOTHING: Final = '[reader.labels]\n"Cote" = "ignore"\n'
_ALL: Final = '[reader.labels]\n"Contributeur(s)" = "ignore"\n'
_BENCH: Final = [sys.executable, "-m", "bench.rereading"]


def main() -> None:
    """Run everything, print the table."""
    _tell(f"{PAGES} archived pages of 60 KB; load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        archive = _made(folder / "archive.sqlite", PAGES)
        bare = cost_of([*_BENCH, "parse", str(PAGES)])
        _say("BeautifulSoup and lxml, parsed and nothing else", bare, bare)
        dry = _reread(archive, _NOTHING, "--dry-run", "--workers", "1")
        _say("pnr reread --dry-run", dry, bare)
        _say("pnr reread, nothing changed", _reread(archive, _NOTHING), bare)
        _say("pnr reread, a field of every record lost", _reread(archive, _ALL, "--yes"), bare)
        small, large = (_peak(folder / f"{count}.sqlite", count) for count in (SMALL, LARGE))
    _tell(
        f"\nPeak memory of a rereading: {small:.0f} MB at {SMALL} pages, {large:.0f} MB at {LARGE} "
        f"({large / small - 1:+.0%}; aim: within 10 %)"
    )


def _peak(path: Path, count: int) -> float:
    cost = _reread(_made(path, count), _ALL, "--yes", "--workers", "1")
    return (cost.answered or 0) / 1024


def _reread(archive: Path, taught: str, *options: str) -> Cost:
    """Read a copy of the archive again, and say what that took."""
    with tempfile.TemporaryDirectory(prefix="bench-", dir=archive.parent) as name:
        folder = Path(name)
        shutil.copy(archive, folder / "own.sqlite")
        (folder / "pnr.toml").write_text(taught)
        command = [*_BENCH, "reread", *options, "--archive", str(folder / "own.sqlite")]
        cost = cost_of(command, cwd=folder)
    if cost.code:
        sys.exit(f"{command} ended with code {cost.code}")
    return cost


def _made(path: Path, count: int) -> Path:
    """Make an archive of so many records, as a crawl leaves it, without one."""
    reader = page_reader(load_config().config)
    with open_archive(path, access="create") as archive, archive.transaction() as connection:
        run_id = begin_run(
            connection,
            scope={"start": [BASE]},
            limited=False,
            software="0",
            reader_version=reader.version,
        )
        for number in range(1, count + 1):
            _file(connection, run_id, reader, number)
        promote_run(connection, run_id)
        end_run(connection, run_id, RunStatus.COMPLETE)
    return path


def _file(connection: Connection, run_id: int, reader: PageReader, number: int) -> None:
    url, body, moment = BASE + record_path(number), _body(number), now()
    answer = Answer(
        url=url,
        requested_at=moment,
        fetched_at=moment,
        status=200,
        headers=(("Content-Type", "text/html; charset=utf-8"),),
        body=body,
        received=len(body),
    )
    recorded = record_answer(
        connection,
        run_id,
        answer,
        visit_id=None,
        settles=False,
        without_noise=reader.without_noise(body),
    )
    reading = reader.read(FetchedPage(url=url, body=body, content_type="text/html"))
    resource_id = resolve_resource(
        connection,
        asked=url,
        canonical=url,
        kind="record",
        identity=reading.identity,
        seen_at=moment,
    )
    stored = keep_reading(
        connection, run_id, resource_id, recorded, reading, reader_version=reader.version
    )
    tie_snapshot(connection, recorded.snapshot_id, resource_id, stored.id)
    assert stored.version_id is not None  # noqa: S101  # each page of the bench is a record's
    record_id = record_of_version(connection, stored.version_id)
    note_version(connection, run_id, record_id, stored.version_id, recorded.snapshot_id)
    promote_version(connection, record_id, stored.version_id, recorded.snapshot_id)


def _body(number: int) -> bytes:
    return record_bytes(number, Plan(pages=LARGE, files=0), BASE)


def _parse(count: int) -> None:
    for number in range(1, count + 1):
        BeautifulSoup(_body(number), "lxml")


def _say(name: str, cost: Cost, bare: Cost) -> None:
    _tell(
        f"{name:50} {PAGES / cost.seconds:6.0f} pages per CPU second, "
        f"{cost.seconds / bare.seconds:5.2f} of the bare parse"
    )


def _tell(line: str) -> None:
    print(line, flush=True)  # noqa: T201  # a bench prints


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["parse", count]:
            _parse(int(count))
        case ["reread", *_] as arguments:
            sys.exit(pnr_told(arguments))
        case _:
            main()
