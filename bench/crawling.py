"""What a crawl costs, beside programs that keep less: CPU per address, and peak memory.

``python -m bench.crawling``; with ``BENCH_QUICK=1`` a small site, once. The contestants take turns,
several rounds of it, for a machine that others use is slower at one minute than at the next; the
ratio of two medians says more than either figure.
"""

from __future__ import annotations

import os
import shutil
import statistics
import sys
import tempfile
from dataclasses import replace
from pathlib import Path
from typing import Final

from bench.contestants import FOLLOWED
from bench.costs import Cost, cost_of
from bench.pages import Plan
from bench.site import START, served

QUICK: Final = bool(os.environ.get("BENCH_QUICK"))
ROUNDS: Final = 1 if QUICK else 3
PLAN: Final = Plan(pages=400, files=100) if QUICK else Plan(pages=2000, files=500)
#: Sites whose crawls are to need the same memory.
SMALL: Final = Plan(pages=200, files=0) if QUICK else Plan(pages=1000, files=0)
LARGE: Final = Plan(pages=1000, files=0) if QUICK else Plan(pages=10_000, files=0)

WGET: Final = "wget -r"
EMPTY: Final = "empty Scrapy spider"
PARSING: Final = "Scrapy + BeautifulSoup, keeps nothing"
FIRST: Final = "pnr crawl, everything kept"
AGAIN: Final = "pnr crawl again, nothing changed"


def main() -> None:
    """Run everything, print the tables."""
    _tell(f"{PLAN.pages} pages of 60 KB and {PLAN.files} PDFs; load {os.getloadavg()[0]:.1f}")
    costs: dict[str, list[Cost]] = {}
    with served(PLAN) as base:
        for _ in range(ROUNDS):
            for name, cost in _round(base).items():
                costs.setdefault(name, []).append(cost)
    _print_costs(costs)
    small, large = (_peak(plan) for plan in (SMALL, LARGE))
    _tell(
        f"\nPeak memory of a first crawl: {small:.0f} MB at {SMALL.pages} pages, "
        f"{large:.0f} MB at {LARGE.pages} ({large / small - 1:+.0%}; aim: within 10 %)"
    )


def _round(base: str) -> dict[str, Cost]:
    with tempfile.TemporaryDirectory(prefix="bench-") as folder:
        archive = Path(folder) / "archive.sqlite"
        crawl = _contestant("pnr", base, str(archive))
        wget = {WGET: _mirror(base, f"{folder}/mirror")} if shutil.which("wget") else {}
        return wget | {
            EMPTY: cost_of(_contestant("empty", base)),
            PARSING: cost_of(_contestant("parsing", base)),
            FIRST: cost_of(crawl),
            AGAIN: cost_of(crawl),
        }


def _peak(plan: Plan) -> float:
    with served(plan) as base, tempfile.TemporaryDirectory(prefix="bench-") as folder:
        return cost_of(_contestant("pnr", base, f"{folder}/archive.sqlite")).peak_mb


def _contestant(name: str, base: str, *more: str) -> list[str]:
    return [sys.executable, "-m", "bench.contestants", name, base + START, *more]


def _wget(base: str, folder: str) -> list[str]:
    accept = f"--accept-regex=:[0-9]+{FOLLOWED.replace('(?:', '(')}"
    # Without an extension the listing would be a file where its records want a folder.
    options = ["--quiet", "--recursive", "--level=inf", "--adjust-extension"]
    return ["wget", *options, f"--directory-prefix={folder}", accept, base + START]


def _mirror(base: str, folder: str) -> Cost:
    cost = cost_of(_wget(base, folder))
    return replace(cost, answered=sum(path.is_file() for path in Path(folder).rglob("*")))


def _print_costs(costs: dict[str, list[Cost]]) -> None:
    _tell(f"{'CPU per address, median of ' + str(ROUNDS):40} {'ms':>7} {'range':>13}  addresses")
    medians = {name: statistics.median(c.seconds for c in each) for name, each in costs.items()}
    for name, each in costs.items():
        low, high = (_per_address(f(c.seconds for c in each)) for f in (min, max))
        answered = each[-1].answered or "-"
        _tell(f"{name:40} {_per_address(medians[name]):7.2f} {low:6.2f}-{high:.2f}  {answered:>9}")
    if WGET not in costs:
        _tell("wget is not installed: skipped")
    kept, again = medians[FIRST] / medians[PARSING], medians[AGAIN] / medians[FIRST]
    _tell(f"\neverything kept / keeps nothing: {kept:.2f} (aim: at most 1.5)")
    _tell(f"second crawl / first: {again:.2f} (aim: at most 0.35)")


def _tell(line: str) -> None:
    print(line, flush=True)  # noqa: T201  # a bench prints


def _per_address(seconds: float) -> float:
    return seconds * 1000 / (PLAN.pages + PLAN.files)


if __name__ == "__main__":
    main()
