"""What taking in captures of others costs, beside a bare parse: ``python -m bench.importing``.

A WARC file of generated pages of about 60 KB (bench/pages.py), captured on ten days, is imported
into an archive that is not there yet, and once more, where it adds nothing. Beside it the same file
is read by warcio, and each page parsed with BeautifulSoup and lxml, and nothing else. Costs are
those of the whole program, its start included.
"""

from __future__ import annotations

import os
import sys
import tempfile
from io import BytesIO
from pathlib import Path
from typing import Final

from bs4 import BeautifulSoup
from warcio.archiveiterator import ArchiveIterator
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from bench.costs import Cost, cost_of, pnr_told
from bench.pages import Plan, record_bytes, record_path

QUICK: Final = bool(os.environ.get("BENCH_QUICK"))
SMALL: Final = 100 if QUICK else 250
LARGE: Final = 400 if QUICK else 1000
DAYS: Final = 10
HOST: Final = "parcs.example.org"
_BENCH: Final = [sys.executable, "-m", "bench.importing"]


def main() -> None:
    """Run everything, print the table."""
    _tell(f"{LARGE} captures of 60 KB; load {os.getloadavg()[0]:.1f}")
    with tempfile.TemporaryDirectory(prefix="bench-") as name:
        folder = Path(name)
        small, large = (_written(folder / f"{count}.warc.gz", count) for count in (SMALL, LARGE))
        bare = cost_of([*_BENCH, "parse", str(large)])
        _say("warcio, BeautifulSoup and lxml, and nothing else", bare, bare)
        first = _imported(large)
        _say("pnr import", first, bare)
        _say("pnr import, all of it archived already", _imported(large), bare)
        peaks = [(cost.answered or 0) / 1024 for cost in (_imported(small), first)]
    _tell(
        f"\nPeak memory of an import: {peaks[0]:.0f} MB at {SMALL} captures, {peaks[1]:.0f} MB at "
        f"{LARGE} ({peaks[1] / peaks[0] - 1:+.0%}; aim: within 10 %)"
    )


def _imported(warc: Path) -> Cost:
    """Import a file into the archive beside it, and say what that took."""
    archive = warc.with_suffix(".sqlite")
    command = [*_BENCH, "import", str(warc), "--host", HOST, "--archive", str(archive)]
    cost = cost_of(command, cwd=warc.parent)
    if cost.code:
        sys.exit(f"{command} ended with code {cost.code}")
    return cost


def _written(path: Path, count: int) -> Path:
    plan, base = Plan(pages=LARGE, files=0), f"https://{HOST}"
    headers = [("Content-Type", "text/html; charset=utf-8")]
    with path.open("wb") as file:
        writer = WARCWriter(file, gzip=True, warc_version="1.1")
        for number in range(1, count + 1):
            body = record_bytes(number, plan, base)
            record = writer.create_warc_record(
                base + record_path(number),
                "response",
                payload=BytesIO(body),
                length=len(body),
                http_headers=StatusAndHeaders("200 OK", headers, protocol="HTTP/1.1"),
                warc_headers_dict={"WARC-Date": f"2015-04-{number % DAYS + 1:02}T10:22:33Z"},
            )
            writer.write_record(record)
    return path


def _parse(warc: Path) -> None:
    with warc.open("rb") as file:
        for record in ArchiveIterator(file):
            BeautifulSoup(record.content_stream().read(), "lxml")


def _say(name: str, cost: Cost, bare: Cost) -> None:
    _tell(
        f"{name:50} {LARGE / cost.seconds:6.0f} captures per CPU second, "
        f"{cost.seconds / bare.seconds:5.2f} of the bare parse"
    )


def _tell(line: str) -> None:
    print(line, flush=True)  # noqa: T201  # a bench prints


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["parse", warc]:
            _parse(Path(warc))
        case ["import", *_] as arguments:
            sys.exit(pnr_told(arguments))
        case _:
            main()
