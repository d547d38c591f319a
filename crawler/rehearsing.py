"""Rehearse a crawl: a polite sample of the site, read and described, with nothing kept.

The first thing to run before a first crawl, and whenever the site looks different.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from protego import Protego

from archive.database import open_archive
from archive.runs.certificate import certify
from archive.runs.lifecycle import RunStatus, newest_crawl
from archive.runs.rehearsal import describe_rehearsal
from crawler.identity import PRODUCT
from crawler.pace import delay_between
from crawler.running import crawl

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from archive.runs.certificate import RobotsRules
    from archive.runs.rehearsal import Rehearsal
    from crawler.config import Config

#: Addresses of each kind that a rehearsal asks.
SAMPLE: Final = 10


def rehearse(
    config: Config, *, scrapy_settings: Mapping[str, object] | None = None, keep: Path | None = None
) -> Rehearsal:
    """Ask a sample of the site and describe how it reads.

    The archive that *config* names is neither read nor written; *keep* names a file to keep the
    sample's own archive in.
    """
    with tempfile.TemporaryDirectory(prefix="pnr-rehearsal-") as folder:
        archive = keep or Path(folder) / "rehearsal.sqlite"
        sample = config.model_copy(
            update={"archive": archive, "sample": config.sample or SAMPLE, "limit": None}
        )
        crawl(sample, scrapy_settings=scrapy_settings)
        with open_archive(archive) as opened, opened.connect() as connection:
            robots = certify(connection, newest_crawl(connection).id).robots
            return describe_rehearsal(connection, delay=_delay(config, robots))


def suggested_settings(rehearsal: Rehearsal) -> str:
    """Return lines for `pnr.toml` to try where something was not recognised, ``""`` if all was.

    A sample that was not asked in full tells nothing of what it did not see: there are none then.
    """
    if rehearsal.status != RunStatus.COMPLETE:
        return ""
    lines = []
    bad_start = [url for url, outcome in rehearsal.start if not _leads_somewhere(outcome)]
    if bad_start:
        good = [url for url, outcome in rehearsal.start if _leads_somewhere(outcome)]
        lines += [
            "# start addresses that led nowhere are left out; add the site's lists of resources",
            f"start = [{', '.join(map(_quoted, good))}]" if good else '# start = ["https://…"]',
            "",
        ]
    if rehearsal.not_recognised or not rehearsal.records:
        lines += [
            "[reader]",
            "# CSS selectors of what was not found: the rows of a list, the body of a record",
            '# listing_selectors = [".view-content article"]',
            '# body_selectors = [".content .body"]',
            "",
        ]
    if rehearsal.unknown_labels:
        lines.append("[reader.labels]")
        for unknown in rehearsal.unknown_labels:
            lines += [
                f"# on {unknown.pages} of the pages, for instance: {_one_line(unknown.value)}",
                f'{_quoted(unknown.label)} = "ignore"  # or a field, see docs/reading.md',
            ]
    return "\n".join(lines).rstrip()


def _delay(config: Config, robots: Iterable[RobotsRules]) -> float:
    """Return the seconds between requests of a full crawl: ours, or robots.txt's if longer."""
    theirs = [Protego.parse("\n".join(one.rules)).crawl_delay(PRODUCT) for one in robots]
    longest = max((float(delay) for delay in theirs if delay), default=0.0)
    return max(delay_between(url, config, longest) for url in config.start)


def _leads_somewhere(outcome: str) -> bool:
    return outcome.split(" ", 1)[0] in {
        "stored",
        "not-modified",
        "same-reading",
        "not-a-record",
        "alias",
    }


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _one_line(text: str) -> str:
    return " ".join(text.split())[:80]
