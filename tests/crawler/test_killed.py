"""A crawl that is killed, at any moment, loses nothing and asks for nothing twice.

The moments are the server's to choose (a request has come and is not answered; it has just been
answered), the ledger's (so many visits are settled), the text queue's (a worker is reading, every
address is settled), and the end's (the last text is in, the run is about to become current).
"""

from __future__ import annotations

import io
import os
import signal
import sqlite3
import threading
import time
from collections import Counter
from contextlib import closing, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from reportlab.pdfgen.canvas import Canvas

from archive.runs.ledger import Outcome
from archive.runs.lifecycle import RunStatus
from crawler.errors import ExitCode
from tests.crawler.crawling import (
    CrawlProcess,
    assert_sound,
    crawl,
    path_of,
    query,
    start_crawl,
)
from tests.crawler.misbehaving import (
    LISTING,
    Asked,
    MisbehavingSite,
    Reply,
    document,
    listing,
    record,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from tests.crawler.misbehaving import Resource

_RECORDS = 14
_FILES = "/sites/federationpnr/files/"
_SENTENCE = "Les Parcs naturels régionaux mènent ensemble des projets avec les habitants."
#: What is compared of two archives: everything but times, numbers of rows, and bytes of a server
#: that dates its answers.
_COMPARED = {
    "records": "SELECT id, url, title, body_text, document_type, year_start, layout, "
    "snapshot_sha256, withdrawn_at FROM records ORDER BY id",
    "versions": "SELECT record_id, number, sha256, data FROM record_versions ORDER BY 1, 2",
    # Where an address was found first depends on the order of the visits; what it came to does not.
    "outcomes": "SELECT url, outcome, reason, kind, attempts FROM visits WHERE run_id = ? "
    "ORDER BY url",
    "files": "SELECT name, sz, sha256, media_type FROM sqlar ORDER BY name",
    "held": "SELECT url, sha256 FROM held_files ORDER BY url",
    "texts": "SELECT sha256, number, text, status FROM file_pages ORDER BY 1, 2",
    "extractions": "SELECT sha256, status, page_count FROM extractions ORDER BY 1",
    "blobs": "SELECT sha256, size, encoding FROM blobs ORDER BY 1",
    "changes": "SELECT record_id, kind, field, before, after, cause FROM changes ORDER BY 1, 2, 3",
    "issues": "SELECT url, code, detail, source FROM issues ORDER BY 1, 2, 3",
    "terms": "SELECT record_id, vocabulary, label, position FROM record_terms "
    "JOIN terms ON terms.id = term_id ORDER BY 1, 2, 4",
    "links": "SELECT record_id, kind, position, url FROM record_links ORDER BY 1, 2, 3",
    "offered": "SELECT record_id, position, url FROM record_files ORDER BY 1, 2",
    "run": "SELECT status, status_reason FROM runs WHERE id = ?",
}


def _pdf(number: int, pages: int) -> bytes:
    buffer = io.BytesIO()
    canvas = Canvas(buffer, invariant=1)
    for page in range(pages):
        for line in range(40):
            canvas.drawString(40, 800 - 18 * line, f"{number}.{page}.{line} {_SENTENCE}")
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


_PDFS = {f"{_FILES}rapport-{number}.pdf": _pdf(number, 3 + 6 * number) for number in range(6)}


def _small_site() -> dict[str, Resource]:
    """Return a small site with everything a crawl meets: pages, files, errors, redirects."""
    rows = [document(f"n-{number}") for number in range(_RECORDS)]
    files = list(_PDFS)
    resources: dict[str, Resource] = {
        "/robots.txt": b"User-agent: *\n",
        LISTING: listing(rows[:7], pager=[f"{LISTING}?page=1"]),
        f"{LISTING}?page=1": listing([*rows[7:], document("absent"), document("deplace")]),
        document("deplace"): lambda asked: Reply(
            status=301, headers={"Location": asked.base + rows[3]}
        ),
        document("erreur"): lambda _: Reply(status=500),
    }
    for number, row in enumerate(rows):
        resources[row] = record(
            f"Le document {number}",
            files=files[number % 7 : number % 7 + 1],
            related=[rows[(number * 3) % _RECORDS], document("erreur")],
        )
    for name, body in _PDFS.items():
        resources[name] = _as_pdf(body)
    return resources


def _as_pdf(body: bytes) -> Callable[[Asked], Reply]:
    return lambda _: Reply(body=body, media_type="application/pdf")


def _picture(archive: Path, base: str, run_id: int = 1) -> dict[str, list[Any]]:
    """Return what an archive holds, as if the site stood at one place for ever."""
    picture = {}
    for name, sql in _COMPARED.items():
        rows = query(archive, sql, *([run_id] if "?" in sql else []))
        picture[name] = [
            tuple(value.replace(base, "") if isinstance(value, str) else value for value in row)
            for row in rows
        ]
    return picture


@pytest.fixture(scope="module")
def site() -> Iterator[MisbehavingSite]:
    """Serve the small site, on one port for all crawls: addresses are part of what is compared."""
    with MisbehavingSite(_small_site()) as running:
        yield running


@pytest.fixture(autouse=True)
def _quiet_site(site: MisbehavingSite) -> None:
    site.asked.clear()
    site.watch = None


@pytest.fixture(scope="module")
def undisturbed(
    site: MisbehavingSite, tmp_path_factory: pytest.TempPathFactory
) -> dict[str, list[Any]]:
    """Return what a crawl leaves that nobody kills."""
    archive = tmp_path_factory.mktemp("undisturbed") / "archive.sqlite"
    crawled = crawl(archive, start=[site.base + LISTING])
    assert crawled.status is RunStatus.COMPLETE, crawled.reason
    picture = _picture(archive, site.base)
    assert len(picture["outcomes"]) > 20
    assert {row[1] for row in picture["extractions"]} == {"read"}
    return picture


@dataclass(kw_only=True)
class Killing:
    """A crawl that is killed again and again, and what was seen of it."""

    site: MisbehavingSite
    archive: Path
    kills: int = 0
    is_done: bool = False
    """Whether it came to its end before it could be killed."""
    committed: set[str] = field(default_factory=set)
    """Addresses that were settled, or answered for good, when it was last killed."""
    asked_twice: list[str] = field(default_factory=list)
    let_go: Callable[[], None] = lambda: None
    """Lets go on what a moment holds: to be called when the signal has been sent."""
    left_behind: list[int] = field(default_factory=list)

    @property
    def start(self) -> list[str]:
        """The start addresses, the same each time: the same command."""
        return [self.site.base + LISTING]

    def kill(self, when: Callable[[Killing, CrawlProcess], bool]) -> bool:
        """Crawl until *when* says so, and kill; tell whether there was anything left to kill."""
        if self.is_done:
            return False
        self.site.asked.clear()
        with start_crawl(self.archive, start=self.start) as process:
            came = when(self, process)
            family = _family(process.pid)
            process.send(signal.SIGKILL)
            self.let_go()
            process.wait()
            self.is_done = process.came_to_its_end
        came = came and not self.is_done
        self.kills += came
        self._look_after(family)
        return came

    def finish(self) -> None:
        """Crawl to the end."""
        if self.is_done:
            return
        self.site.asked.clear()
        crawled = crawl(self.archive, start=self.start)
        assert crawled.status is RunStatus.COMPLETE, crawled.reason
        self._count_asked_twice()

    def _look_after(self, family: set[int]) -> None:
        if self.archive.exists():
            assert_sound(self.archive)
            self._count_asked_twice()
            self.committed = _committed(self.archive)
        self.left_behind += _still_there(family)

    def _count_asked_twice(self) -> None:
        self.asked_twice += [path for path in self.site.paths() if path in self.committed]


def _committed(archive: Path) -> set[str]:
    """Return what need not be asked again; robots.txt a run may ask again whenever it likes."""
    with closing(sqlite3.connect(archive)) as connection:
        if not connection.execute("SELECT 1 FROM sqlite_master WHERE name = 'visits'").fetchone():
            return set()
        rows = connection.execute(
            "SELECT url FROM visits WHERE outcome <> 'pending' OR snapshot_id IS NOT NULL"
        ).fetchall()
    return {path_of(row[0]) for row in rows} - {"/robots.txt"}


def _family(pid: int) -> set[int]:
    """Return the processes that a process started, and those that they did."""
    children: dict[int, set[int]] = {}
    for stat in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            number, _, rest = stat.read_text().partition(" (")
            parent = int(rest.rpartition(") ")[2].split()[1])
            children.setdefault(parent, set()).add(int(number))
    found, new = set[int](), {pid}
    while new:
        new = set().union(*(children.get(one, set()) for one in new)) - found
        found |= new
    return found


def _still_there(pids: set[int]) -> list[int]:
    """Return which processes are there still, a few seconds later."""
    deadline = time.monotonic() + 5
    while time.monotonic() < deadline and any(map(_lives, pids)):
        time.sleep(0.02)
    return [pid for pid in pids if _lives(pid)]


def _lives(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(") ")[2].split()[0] != "Z"
    except OSError:
        return False


# --- moments ---------------------------------------------------------------------------------


def _at_request(number: int) -> Callable[[Killing, CrawlProcess], bool]:
    """When the site has been asked so often by this process, and has not answered the last."""

    def moment(killing: Killing, process: CrawlProcess) -> bool:
        came = threading.Event()
        gone = threading.Event()

        def watch(asked: Asked) -> None:
            if asked.path != "/robots.txt" and len(_pages(killing.site)) == number:
                came.set()
                gone.wait(60)

        killing.site.watch = watch
        while process.is_running and not came.wait(0.005):
            pass
        killing.site.watch = None
        killing.let_go = gone.set
        return came.is_set()

    return moment


def _pages(site: MisbehavingSite) -> list[str]:
    return [path for path in site.paths() if path != "/robots.txt"]


def _after_answer(number: int, seconds: float) -> Callable[[Killing, CrawlProcess], bool]:
    """So many seconds after the site was asked so often: it answered, and is being read."""

    def moment(killing: Killing, process: CrawlProcess) -> bool:
        while process.is_running and len(_pages(killing.site)) < number:
            time.sleep(0.001)
        time.sleep(seconds)
        return process.is_running

    return moment


def _when(sql: str, *, more: int = 0) -> Callable[[Killing, CrawlProcess], bool]:
    """When the archive answers *sql* with another number than before, by *more* at least."""

    def moment(killing: Killing, process: CrawlProcess) -> bool:
        before = _number(killing.archive, sql)
        while process.is_running:
            if (now := _number(killing.archive, sql)) is not None and now >= (before or 0) + more:
                return process.is_running
            time.sleep(0.002)
        return False

    return moment


def _number(archive: Path, sql: str) -> int | None:
    with suppress(sqlite3.Error), closing(sqlite3.connect(archive, timeout=1)) as connection:
        if archive.exists():
            return int(connection.execute(sql).fetchone()[0] or 0)
    return None


def _when_a_worker_reads(killing: Killing, process: CrawlProcess) -> bool:
    del killing
    while process.is_running:
        if any("archive.extraction.worker" in _command(pid) for pid in _family(process.pid)):
            return True
        time.sleep(0.005)
    return False


def _when_only_texts_are_missing(killing: Killing, process: CrawlProcess) -> bool:
    """When every address is settled, and the worker stands still in the middle of the texts."""
    # Until it does, the site answers with no more than one file.
    is_still = threading.Event()
    files = 0

    def watch(asked: Asked) -> None:
        nonlocal files
        files += asked.path.startswith(_FILES)
        if files > 1:
            is_still.wait(60)

    killing.site.watch = watch
    assert _when_a_worker_reads(killing, process)
    workers = [pid for pid in _family(process.pid) if "archive.extraction.worker" in _command(pid)]
    for pid in workers:
        os.kill(pid, signal.SIGSTOP)
    is_still.set()

    def go_on() -> None:
        for pid in workers:
            with suppress(ProcessLookupError):
                os.kill(pid, signal.SIGCONT)

    killing.let_go = go_on
    return _when(_ALL_SETTLED, more=1)(killing, process)


def _command(pid: int) -> str:
    with suppress(OSError):
        return Path(f"/proc/{pid}/cmdline").read_bytes().replace(b"\0", b" ").decode()
    return ""


_SETTLED = "SELECT count(*) FROM visits WHERE outcome <> 'pending'"
_SNAPSHOTS = "SELECT count(*) FROM snapshots"
_UNSETTLED_ANSWERS = (
    "SELECT count(*) FROM visits WHERE outcome = 'pending' AND snapshot_id IS NOT NULL"
)
_ALL_SETTLED = (
    "SELECT (SELECT count(*) FROM visits) > 20 AND NOT EXISTS "
    "(SELECT 1 FROM visits WHERE outcome = 'pending')"
)
_ALL_READ = (
    "SELECT (SELECT count(*) FROM extractions WHERE status <> 'pending') = 6 AND NOT EXISTS "
    "(SELECT 1 FROM visits WHERE outcome = 'pending')"
)


def _assert_nothing_was_lost(killing: Killing, undisturbed: dict[str, list[Any]]) -> None:
    picture = _picture(killing.archive, killing.site.base)
    for name, rows in undisturbed.items():
        assert picture[name] == rows, name
    assert killing.asked_twice == []
    assert killing.left_behind == []
    assert query(killing.archive, "SELECT count(*) FROM runs") == [(1,)]


@pytest.mark.parametrize("times", [1, 2, 3], ids=lambda times: f"every-{times}")
def test_killed_with_a_request_in_flight(
    site: MisbehavingSite, undisturbed: dict[str, list[Any]], tmp_path: Path, times: int
) -> None:
    killing = Killing(site=site, archive=tmp_path / "archive.sqlite")

    for _ in range(12 // times):
        killing.kill(_at_request(times))
    killing.finish()

    assert killing.kills == 12 // times
    _assert_nothing_was_lost(killing, undisturbed)


@pytest.mark.parametrize("seconds", [0.0, 0.004, 0.012, 0.03])
def test_killed_while_an_answer_is_recorded_or_read(
    site: MisbehavingSite, undisturbed: dict[str, list[Any]], tmp_path: Path, seconds: float
) -> None:
    killing = Killing(site=site, archive=tmp_path / "archive.sqlite")

    for number in (1, 2, 3, 2):
        killing.kill(_after_answer(number, seconds))
    killing.finish()

    assert killing.kills >= 3
    _assert_nothing_was_lost(killing, undisturbed)


@pytest.mark.parametrize(
    ("sql", "more"), [(_SETTLED, 1), (_SETTLED, 4), (_SNAPSHOTS, 2), (_UNSETTLED_ANSWERS, 1)]
)
def test_killed_as_the_archive_grows(
    site: MisbehavingSite,
    undisturbed: dict[str, list[Any]],
    tmp_path: Path,
    sql: str,
    more: int,
) -> None:
    killing = Killing(site=site, archive=tmp_path / "archive.sqlite")

    for _ in range(4):
        killing.kill(_when(sql, more=more))
    killing.finish()

    assert killing.kills >= 1
    _assert_nothing_was_lost(killing, undisturbed)


@pytest.mark.parametrize("seconds", [0.02, 0.1, 0.2, 0.3])
def test_killed_at_its_very_beginning(
    site: MisbehavingSite, undisturbed: dict[str, list[Any]], tmp_path: Path, seconds: float
) -> None:
    killing = Killing(site=site, archive=tmp_path / "archive.sqlite")

    killing.kill(_after_answer(0, seconds))
    killing.finish()

    _assert_nothing_was_lost(killing, undisturbed)


def test_killed_while_a_worker_reads_and_while_only_texts_are_missing_and_at_the_end(
    site: MisbehavingSite, undisturbed: dict[str, list[Any]], tmp_path: Path
) -> None:
    killing = Killing(site=site, archive=tmp_path / "archive.sqlite")

    killing.kill(_when_a_worker_reads)
    killing.kill(_when(_ALL_SETTLED, more=1))
    killing.kill(_when("SELECT count(*) FROM extractions WHERE status <> 'pending'", more=1))
    killing.kill(_when("SELECT count(*) FROM extractions WHERE status <> 'pending'", more=1))
    killing.kill(_when(_ALL_READ))
    killing.finish()

    assert killing.kills >= 3
    _assert_nothing_was_lost(killing, undisturbed)


def test_a_pdf_worker_that_is_killed_costs_nobody_anything(
    site: MisbehavingSite, undisturbed: dict[str, list[Any]], tmp_path: Path
) -> None:
    archive = tmp_path / "archive.sqlite"
    killing = Killing(site=site, archive=archive)
    with start_crawl(archive, start=killing.start) as process:
        _when_a_worker_reads(killing, process)
        for pid in _family(process.pid):
            if "archive.extraction.worker" in _command(pid):
                os.kill(pid, signal.SIGKILL)

        crawled = process.result()

    assert crawled.status is RunStatus.COMPLETE
    _assert_nothing_was_lost(killing, undisturbed)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
@pytest.mark.parametrize(
    "moment",
    [_at_request(3), _at_request(12), _when_only_texts_are_missing],
    ids=["in-flight", "half-way", "texts-missing"],
)
def test_a_signal_leaves_a_run_that_is_interrupted_and_can_be_resumed(
    site: MisbehavingSite,
    undisturbed: dict[str, list[Any]],
    tmp_path: Path,
    number: signal.Signals,
    moment: Callable[[Killing, CrawlProcess], bool],
) -> None:
    killing = Killing(site=site, archive=tmp_path / "archive.sqlite")
    with start_crawl(killing.archive, start=killing.start) as process:
        assert moment(killing, process)
        family = _family(process.pid)
        process.send(number)
        killing.let_go()
        stopped = process.result()
    killing.committed = _committed(killing.archive)
    killing.finish()

    assert (stopped.status, stopped.exit_code) == (RunStatus.INTERRUPTED, ExitCode.INCOMPLETE)
    assert "Traceback" not in stopped.log
    assert _still_there(family) == []
    _assert_nothing_was_lost(killing, undisturbed)


@pytest.mark.parametrize("size", [400_000, 550_000, 700_000])
def test_a_full_disk_stops_the_run_and_it_goes_on_when_there_is_room(
    site: MisbehavingSite, undisturbed: dict[str, list[Any]], tmp_path: Path, size: int
) -> None:
    killing = Killing(site=site, archive=tmp_path / "archive.sqlite")

    stopped = crawl(killing.archive, start=killing.start, file_limit=size)
    killing.committed = _committed(killing.archive)
    killing.finish()

    assert stopped.exit_code in {ExitCode.INCOMPLETE, ExitCode.ARCHIVE}, stopped
    assert stopped.reason.endswith(".")
    _assert_nothing_was_lost(killing, undisturbed)


def test_a_second_crawl_at_the_same_time_is_refused_in_one_sentence(
    site: MisbehavingSite, tmp_path: Path
) -> None:
    archive = tmp_path / "archive.sqlite"
    killing = Killing(site=site, archive=archive)
    with start_crawl(archive, start=killing.start, delay=0.1) as process:
        _when(_SETTLED, more=3)(killing, process)

        second = crawl(archive, start=killing.start)
        readable = query(archive, _SETTLED)[0][0]

        first = process.result()

    assert second.exit_code is ExitCode.LOCKED
    assert second.reason.startswith(f"{archive} is being written by a crawl (process {process.pid}")
    assert "Traceback" not in second.log
    assert readable >= 3
    assert first.status is RunStatus.COMPLETE
    assert Outcome.PENDING not in first.outcomes().values()


def test_nothing_is_asked_more_often_than_it_must_be(
    site: MisbehavingSite, undisturbed: dict[str, list[Any]], tmp_path: Path
) -> None:
    del undisturbed

    crawl(tmp_path / "archive.sqlite", start=[site.base + LISTING])

    often = {path: times for path, times in Counter(site.paths()).items() if times > 1}
    assert often == {document("erreur"): 2}
