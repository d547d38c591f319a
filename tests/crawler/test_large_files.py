"""A large file goes to disk while it arrives, and into the archive piece by piece."""

from __future__ import annotations

import gzip
import hashlib
import random
from typing import TYPE_CHECKING, Final

import pytest

from archive.runs.ledger import Outcome
from archive.runs.lifecycle import RunStatus
from crawler.errors import ExitCode
from tests.crawler.crawling import Crawled, crawl, query
from tests.crawler.misbehaving import (
    LISTING,
    PDF,
    MisbehavingSite,
    Reply,
    document,
    listing,
    page,
    record,
)
from tests.crawler.misbehaving.resources import always
from tests.crawler.sharing import made_once

if TYPE_CHECKING:
    from pathlib import Path

    from tests.crawler.misbehaving import Resource

_MB: Final = 1_000_000
_FILES: Final = "/sites/federationpnr/files/"
#: Nothing here is read; what is kept is the point.
_SETTINGS: Final = {"extract": "later", "max_file_mb": 12.0, "max_page_mb": 5.0, "timeout": 30.0}


def _large(number: int, size: int = 9 * _MB) -> bytes:
    """Return what passes for a PDF and cannot be packed."""
    return PDF + random.Random(number).randbytes(size)  # noqa: S311  # no secret


def _served(body: bytes, **how: object) -> Reply:
    return Reply(body=body, media_type="application/pdf", **how)  # type: ignore[arg-type]


_GZIP: Final = {"Content-Encoding": "gzip"}
_PACKED: Final = gzip.compress(_large(2), 1)
_FORM: Final = page("Un formulaire", "<p>" + "mot " * 1_500_000 + "</p>")

#: By name: what is served, what it comes to, and why.
_SERVED: Final[dict[str, tuple[Reply, Outcome, str]]] = {
    "entier": (_served(_large(1)), Outcome.STORED, ""),
    "gzip": (_served(_PACKED, headers=_GZIP), Outcome.STORED, ""),
    "sans-longueur": (_served(_large(3), length=-1), Outcome.STORED, ""),
    "petit-en-gzip": (
        _served(gzip.compress(PDF + bytes(9 * _MB)), headers=_GZIP),
        Outcome.STORED,
        "",
    ),
    "coupe": (_served(_large(4), drops_at=6 * _MB), Outcome.FAILED, "DataLoss"),
    "longueur-fausse": (_served(_large(5), length=10 * _MB), Outcome.FAILED, "DataLoss"),
    "gzip-coupe": (_served(_PACKED[:-99], headers=_GZIP), Outcome.FAILED, "breaks off"),
    "faux-gzip": (_served(_large(6), headers=_GZIP), Outcome.FAILED, "not what its encoding"),
    "trop-grand": (_served(_large(7, 13 * _MB)), Outcome.TOO_LARGE, "max_file_mb"),
    "trop-grand-sans-longueur": (
        _served(_large(8, 13 * _MB), length=-1),
        Outcome.TOO_LARGE,
        "max_file_mb",
    ),
    "trop-grand-en-gzip": (
        _served(gzip.compress(PDF + bytes(13 * _MB)), headers=_GZIP),
        Outcome.TOO_LARGE,
        "max_file_mb",
    ),
    "une-page": (Reply(body=_FORM), Outcome.TOO_LARGE, "max_page_mb"),
    "du-texte": (Reply(body=b"x" * 6 * _MB), Outcome.TOO_LARGE, "max_page_mb"),
}


def _site(served: dict[str, Reply]) -> MisbehavingSite:
    paths = {f"{_FILES}{name}.pdf": reply for name, reply in served.items()}
    resources: dict[str, Resource] = {
        LISTING: listing([document("a")]),
        document("a"): record("A", files=paths),
    }
    return MisbehavingSite(resources | {path: always(reply) for path, reply in paths.items()})


@pytest.fixture(scope="module")
def crawled(tmp_path_factory: pytest.TempPathFactory) -> Crawled:
    """Crawl all of them once."""
    return made_once(tmp_path_factory, "large-files", _crawled)


def _crawled(folder: Path) -> Crawled:
    with _site({name: reply for name, (reply, _, _) in _SERVED.items()}) as site:
        return crawl(folder / "archive.sqlite", start=[site.base + LISTING], retries=0, **_SETTINGS)


@pytest.mark.parametrize("name", _SERVED)
def test_a_large_body_comes_to_what_a_small_one_would(crawled: Crawled, name: str) -> None:
    _, outcome, words = _SERVED[name]

    came_to, reason = crawled.ledger()[f"{_FILES}{name}.pdf"]

    assert (came_to, words in reason) == (outcome, True), reason
    assert crawled.status is RunStatus.COMPLETE


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("entier", _large(1)),
        ("gzip", _large(2)),
        ("sans-longueur", _large(3)),
        ("petit-en-gzip", PDF + bytes(9 * _MB)),
    ],
)
def test_it_is_kept_byte_by_byte(crawled: Crawled, name: str, body: bytes) -> None:
    [(size, data, sha256)] = crawled.query(
        "SELECT sz, data, sha256 FROM sqlar WHERE name = ?", f"{name}.pdf"
    )

    assert (size, data == body) == (len(body), True)
    assert sha256 == hashlib.sha256(body).hexdigest()


def test_what_is_too_large_is_an_issue_and_nothing_of_it_is_kept(crawled: Crawled) -> None:
    issues = crawled.query("SELECT url, code FROM issues WHERE code = 'too-large'")

    assert len(issues) == sum(outcome is Outcome.TOO_LARGE for _, outcome, _ in _SERVED.values())
    assert crawled.query("SELECT count(*) FROM sqlar") == [(4,)]
    assert crawled.query("SELECT max(size) < 12e6 FROM blobs") == [(1,)]


def test_what_came_over_the_wire_is_counted(crawled: Crawled) -> None:
    received = dict(
        crawled.query(
            "SELECT replace(url, rtrim(url, replace(url, '/', '')), ''), received "
            "FROM snapshots WHERE url LIKE '%.pdf'"
        )
    )

    assert received["entier.pdf"] == len(_large(1))
    assert received["gzip.pdf"] == len(_PACKED)


def test_nothing_is_left_beside_the_archive(crawled: Crawled) -> None:
    names = {path.name for path in crawled.archive.parent.iterdir()}

    assert not {name for name in names if name.startswith("tmp")}


def test_memory_does_not_grow_with_the_file(tmp_path: Path) -> None:
    peaks = []
    for size in (1, 60):
        with _site({"rapport": _served(PDF + bytes(size * _MB))}) as site:
            crawled = crawl(
                tmp_path / f"{size}.sqlite",
                start=[site.base + LISTING],
                extract="later",
                max_file_mb=100.0,
            )
        assert crawled.outcomes()[f"{_FILES}rapport.pdf"] is Outcome.STORED
        peaks.append(crawled.peak_mb)

    assert peaks[1] - peaks[0] < 20


def test_a_disk_that_is_full_while_a_file_arrives_stops_the_run_and_nothing_is_lost(
    tmp_path: Path,
) -> None:
    archive = tmp_path / "archive.sqlite"
    with _site({"rapport": _served(_large(1))}) as site:
        start = [site.base + LISTING]
        stopped = crawl(archive, start=start, file_limit=7 * _MB, **_SETTINGS)
        asked = len(site.asked)

        resumed = crawl(archive, start=start, **_SETTINGS)

    assert (stopped.status, stopped.exit_code) == (RunStatus.INTERRUPTED, ExitCode.INCOMPLETE)
    assert "make room and run the same command again" in stopped.reason
    assert "Traceback" not in stopped.log
    assert asked == 4
    assert resumed.status is RunStatus.COMPLETE
    assert site.paths()[asked:] == [f"{_FILES}rapport.pdf"]
    assert query(archive, "SELECT attempts FROM visits WHERE kind = 'file'") == [(0,)]


def test_a_large_file_over_a_slow_line_is_not_given_up_and_one_that_drips_is(
    tmp_path: Path,
) -> None:
    # Half a megabyte buys 10 s beyond the timeout, 50 bytes a thousandth of one.
    large = _served(_large(1, _MB), pause=2.0)
    drip = _served(_large(2, 5_000), pace=0.05)
    with _site({"lent": large, "goutte": drip}) as site:
        crawled = crawl(
            tmp_path / "archive.sqlite",
            start=[site.base + LISTING],
            extract="later",
            timeout=1.0,
            retries=0,
        )

    assert crawled.outcomes()[f"{_FILES}lent.pdf"] is Outcome.STORED
    assert crawled.outcomes()[f"{_FILES}goutte.pdf"] is Outcome.FAILED
