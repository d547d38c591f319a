"""What the reading room costs: ``python -m bench.serving``; with ``BENCH_QUICK=1`` a small library.

A library of 100,000 generated pages (bench/library.py; ``BENCH_ARCHIVE`` names one that is kept)
is served by `pnr serve` and by stock Datasette, each in a process of its own, one after the other.
Pages of each kind are asked for by one visitor, and by eight at once without a pause. Datasette's
page that comes nearest is named beside ours; of the others it has none.
"""

from __future__ import annotations

import asyncio
import os
import random
import shutil
import socket
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from time import monotonic, perf_counter, sleep
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import quote_plus
from urllib.request import urlopen

import aiohttp
from sqlalchemy import func, insert, select, update

from archive.database import open_archive
from archive.exporting.datasette import datasette_metadata
from archive.models import (
    CatalogueRecord,
    FilePage,
    RecordVersion,
    Run,
    RunRecord,
    Snapshot,
    to_json,
)
from archive.searching.rebuilding import rebuild
from archive.searching.words import STOP_WORDS, surface_words
from bench.library import Library, fill

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

QUICK: Final = bool(os.environ.get("BENCH_QUICK"))
PAGES: Final = 3_000 if QUICK else 100_000
VISITORS: Final = 8
REQUESTS: Final = 160 if QUICK else 640
#: Requests of the one visitor, for each kind of page.
ALONE: Final = 40 if QUICK else 120
#: Records that have an earlier version, and where the numbers of it begin.
WITH_PAST: Final = 200
LATER: Final = 1_000_000
_SECONDS: Final = 60.0


@dataclass(frozen=True, slots=True)
class Served:
    """What visitors got: answers a second, milliseconds for half and for 99 of 100, bytes.

    *size* is what comes over the wire, on average.
    """

    rate: float
    median: float
    slowest: float
    size: int


def main() -> None:
    """Measure, and print what came out."""
    folder = Path(tempfile.mkdtemp(prefix="bench-serving-"))
    kept = os.environ.get("BENCH_ARCHIVE")
    path = Path(kept) if kept else folder / "library.sqlite"
    try:
        if not path.exists():
            fill(path, Library(), PAGES).close()
            with open_archive(path, access="write") as archive:
                list(rebuild(archive))
        ours, theirs = _paths(path)
        measure(path, folder, ours, theirs)
    finally:
        shutil.rmtree(folder)


def measure(
    path: Path, folder: Path, ours: dict[str, list[str]], theirs: dict[str, list[str]]
) -> None:
    """Serve the archive by both, and ask every kind of page."""
    metadata = folder / "metadata.json"
    metadata.write_text(to_json(datasette_metadata(path.stem)))
    _say(f"load {os.getloadavg()[0]:.1f} on {os.cpu_count()} processors")
    _say(f"{'':28}{'one visitor':>16}{f'{VISITORS} visitors':>27}")
    _say(f"{'':28}{'p50 ms':>8}{'p99 ms':>8}{'a second':>11}{'p50 ms':>8}{'p99 ms':>8}{'kB':>7}")
    datasette = ["-m", "datasette", "serve", str(path), "-m", str(metadata), "-h", "127.0.0.1"]
    # It gives a question up after a second otherwise; in so large an index few end before.
    datasette += ["--setting", "sql_time_limit_ms", str(int(_SECONDS * 1000))]
    pnr = ["-c", "from crawler.cli import main; main()", "serve", "--archive", str(path)]
    for command, port_option, pages in ((pnr, "--port", ours), (datasette, "-p", theirs)):
        with _serving(command, port_option) as base:
            for name, addresses in pages.items():
                alone = asyncio.run(_visit(base, addresses[:ALONE], visitors=1))
                _tell(name, alone, asyncio.run(_visit(base, addresses, visitors=VISITORS)))


def _paths(path: Path) -> tuple[dict[str, list[str]], dict[str, list[str]]]:
    """Return the addresses asked for, ours and Datasette's, by what they show."""
    pick = random.Random(5)  # noqa: S311  # a benchmark, no secret
    with open_archive(path, access="write") as archive, archive.transaction() as connection:
        _give_past(connection)
        words = _words(connection, pick)
        ids = list(connection.scalars(select(CatalogueRecord.id).limit(REQUESTS)))
        with_past = list(connection.scalars(select(RunRecord.record_id).distinct()))
    ours = {
        "pnr: start": ["/"] * REQUESTS,
        "pnr: overview": ["/overview"] * REQUESTS,
        "pnr: search": [f"/search?q={quote_plus(word)}" for word in words],
        "pnr: record": [f"/records/{each}" for each in ids],
        "pnr: difference": _as_many([f"/records/{each}/diff" for each in with_past]),
    }
    theirs = {
        "datasette: v_pages, searched": [
            f"/{path.stem}/v_pages?_size=20&_search={quote_plus(word)}" for word in words
        ],
        "datasette: row of records": [f"/{path.stem}/records/{each}" for each in ids],
    }
    return ours, theirs


def _words(connection: Connection, pick: random.Random) -> list[str]:
    """Return words that occur, as often as they occur."""
    query = select(FilePage.text).order_by((func.length(FilePage.text) * 7919) % 104729).limit(200)
    pages = [surface_words(text) for text in connection.scalars(query)]
    found = [[word for word in page if word not in STOP_WORDS and len(word) > 3] for page in pages]
    return [pick.choice(pick.choice(found)) for _ in range(REQUESTS)]


def _give_past(connection: Connection) -> None:
    """Give some records a second state, edited in its text; an archive that is kept has it once."""
    if connection.scalar(select(func.count()).select_from(RunRecord)):
        return
    run = dict(connection.execute(select(Run.__table__)).mappings().one())
    moment = {"promoted_at": run["started_at"]}
    connection.execute(update(Run).values(moment))
    connection.execute(insert(Run), run | moment | {"id": 2})
    earlier = (
        select(RecordVersion.__table__, Snapshot.__table__)
        .join(Snapshot, Snapshot.id == RecordVersion.snapshot_id)
        .where(RecordVersion.id <= WITH_PAST)
    )
    for row in connection.execute(earlier).all():
        _add_state(connection, row)


def _add_state(connection: Connection, row: Any) -> None:
    version = {each.name: row._mapping[each] for each in RecordVersion.__table__.columns}  # noqa: SLF001  # the documented way to a row's columns
    snapshot = {each.name: row._mapping[each] for each in Snapshot.__table__.columns}  # noqa: SLF001
    later = LATER + version["id"]
    body = version["data"]["body_text"].replace(" la ", " une ")
    data = version["data"] | {"title": "Titre revu", "body_text": f"Ajout.\n{body}"}
    connection.execute(insert(Snapshot), snapshot | {"id": later, "run_id": 2})
    edited = {"id": later, "number": 2, "run_id": 2, "snapshot_id": later, "data": data}
    connection.execute(insert(RecordVersion), version | edited | {"sha256": f"{later:064x}"})
    for run_id, each in ((1, version["id"]), (2, later)):
        read = {"run_id": run_id, "version_id": each, "snapshot_id": each}
        connection.execute(insert(RunRecord), read | {"record_id": version["record_id"]})


@contextmanager
def _serving(command: Sequence[str], port_option: str) -> Iterator[str]:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = str(probe.getsockname()[1])
    quiet: Any = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    server = subprocess.Popen([sys.executable, *command, port_option, port], **quiet)  # noqa: S603  # our own
    base = f"http://127.0.0.1:{port}"
    try:
        _wait_for(base, server)
        yield base
    finally:
        server.terminate()
        server.wait()


def _wait_for(base: str, server: subprocess.Popen[bytes]) -> None:
    end = monotonic() + _SECONDS
    while monotonic() < end and server.poll() is None:
        try:
            urlopen(base, timeout=_SECONDS).close()  # noqa: S310  # our own server
        except OSError:
            sleep(0.1)
        else:
            return
    raise RuntimeError(f"no server came up at {base}")


def _as_many(addresses: Sequence[str]) -> list[str]:
    return list(addresses) * max(1, REQUESTS // len(addresses))


async def _visit(base: str, addresses: Sequence[str], *, visitors: int) -> Served:
    """Have visitors ask for the addresses, each the next one as soon as it has its answer."""
    waiting = list(addresses)
    times: list[float] = []
    sizes: list[int] = []

    async def visitor(session: aiohttp.ClientSession) -> None:
        while waiting:
            address = waiting.pop()
            begun = perf_counter()
            async with session.get(base + address) as answer:
                body = await answer.read()
                if answer.status != 200:
                    raise RuntimeError(f"{address} answered {answer.status}")
            times.append((perf_counter() - begun) * 1000)
            sizes.append(int(answer.headers.get("Content-Length", len(body))))

    async with aiohttp.ClientSession() as session:
        begun = perf_counter()
        await asyncio.gather(*(visitor(session) for _ in range(visitors)))
        seconds = perf_counter() - begun
    times.sort()
    at = [times[min(int(len(times) * part), len(times) - 1)] for part in (0.5, 0.99)]
    return Served(len(times) / seconds, at[0], at[1], sum(sizes) // len(sizes))


def _tell(name: str, alone: Served, together: Served) -> None:
    figures = f"{alone.median:8.1f}{alone.slowest:8.1f}"
    figures += f"{together.rate:11.0f}{together.median:8.1f}{together.slowest:8.1f}"
    _say(f"{name:28}{figures}{together.size / 1000:7.1f}")


def _say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
