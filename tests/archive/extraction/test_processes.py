"""Workers that are killed, parents that are killed, and nothing left behind."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from archive.extraction import (
    Extraction,
    ExtractionLimits,
    ExtractionPool,
    ExtractionStatus,
    PageStatus,
    PoolClosedError,
    containment,
    extract,
)
from archive.extraction.supervising import PageClock
from tests.archive.extraction import hostile, pdfs

if TYPE_CHECKING:
    from collections.abc import Callable

pytestmark = pytest.mark.skipif(sys.platform != "linux", reason="looks for processes under /proc")

GUIDE = pdfs.with_lines(["Le guide du paysage"])
SLOW = hostile.between_good_pages(hostile.form_bomb(depth=30))
PATIENT = ExtractionLimits(seconds=20, page_seconds=20, memory_mb=8000)


def test_a_worker_killed_from_outside_is_replaced_and_its_file_read() -> None:
    with ExtractionPool(workers=1) as pool:
        pool.submit(GUIDE).result()
        (victim,) = pool.worker_pids
        os.kill(victim, signal.SIGKILL)

        after = pool.submit(GUIDE).result()

        assert after.status is ExtractionStatus.READ
        assert pool.worker_pids != (victim,)


def test_a_file_that_loses_its_worker_twice_is_given_up() -> None:
    with ExtractionPool(workers=1, limits=PATIENT) as pool:
        future = pool.submit(SLOW)
        first = _busy_worker(pool, besides=set())
        os.kill(first, signal.SIGKILL)
        os.kill(_busy_worker(pool, besides={first}), signal.SIGKILL)

        extraction = future.result()

        # What had arrived before the second loss is kept.
        assert extraction.status in {ExtractionStatus.DAMAGED, ExtractionStatus.PARTIAL}
        assert "twice" in extraction.detail
        assert pool.submit(GUIDE).result().status is ExtractionStatus.READ


def test_a_crash_of_the_reader_costs_the_page_it_was_on() -> None:
    with ExtractionPool(workers=1, limits=PATIENT) as pool:
        future = pool.submit(SLOW)
        reader = _wait_for(lambda: _children(pool.worker_pids[0]) if pool.worker_pids else [])[0]
        time.sleep(0.3)
        os.kill(reader, signal.SIGSEGV)

        extraction = future.result()

    assert extraction.status is ExtractionStatus.PARTIAL
    assert [page.text for page in extraction.pages] == ["Avant la bombe", "", "Après la bombe"]
    assert extraction.pages[1].status is PageStatus.DAMAGED
    assert "SIGSEGV" in extraction.detail


def test_one_lost_worker_costs_the_others_nothing() -> None:
    with ExtractionPool(workers=2) as pool:
        futures = [pool.submit(GUIDE) for _ in range(12)]
        os.kill(_wait_for(lambda: list(pool.worker_pids))[0], signal.SIGKILL)

        assert {future.result().status for future in futures} == {ExtractionStatus.READ}


def test_a_page_that_waits_for_the_processor_is_not_given_up_yet() -> None:
    with subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE) as waiting:
        patient = PageClock(waiting.pid, 2.0, own_work=True)
        strict = PageClock(waiting.pid, 2.0, own_work=False)

        time.sleep(2.1)

        assert patient.left() > 0 >= strict.left()
        waiting.kill()


def test_a_closed_pool_leaves_no_process_and_takes_no_file() -> None:
    pool = ExtractionPool(workers=2)
    [future.result() for future in [pool.submit(GUIDE), pool.submit(GUIDE)]]
    workers = pool.worker_pids

    pool.close()

    assert workers
    assert not any(map(_is_alive, workers))
    with pytest.raises(PoolClosedError):
        pool.submit(GUIDE)


def test_a_cancelled_pool_stops_in_the_middle() -> None:
    pool = ExtractionPool(workers=1, limits=PATIENT)
    running, waiting = pool.submit(SLOW), pool.submit(GUIDE)
    (reader,) = _wait_for(lambda: _children(pool.worker_pids[0]) if pool.worker_pids else [])

    pool.close(cancel=True)

    assert waiting.cancelled()
    assert isinstance(running.exception(), PoolClosedError)
    assert _wait_for(lambda: [not _is_alive(reader)])


def test_nothing_survives_a_killed_parent(tmp_path: Path) -> None:
    source = tmp_path / "slow.pdf"
    source.write_bytes(SLOW)
    program = (
        "import sys; from pathlib import Path; from archive.extraction import *\n"
        "extract(Path(sys.argv[1]), limits=ExtractionLimits(page_seconds=60, memory_mb=8000))"
    )
    scratch = tmp_path / "scratch"
    scratch.mkdir()
    parent = subprocess.Popen(
        [sys.executable, "-c", program, str(source)], env={**os.environ, "TMPDIR": str(scratch)}
    )
    worker = _wait_for(lambda: _children(parent.pid))[0]
    reader = _wait_for(lambda: _children(worker))[0]

    parent.kill()
    parent.wait()

    assert _wait_for(lambda: [not _is_alive(worker) and not _is_alive(reader)])
    assert not list(scratch.iterdir())


def test_a_daemon_may_extract() -> None:
    program = (
        "import multiprocessing, sys\n"
        "from archive.extraction import extract\n"
        "def work(): sys.exit(extract(b'').status != 'not-a-pdf')\n"
        "process = multiprocessing.get_context('fork').Process(target=work, daemon=True)\n"
        "process.start(); process.join(); sys.exit(process.exitcode)"
    )

    assert subprocess.run([sys.executable, "-c", program], check=False).returncode == 0


def test_the_box_is_described() -> None:
    described = containment()

    assert described.network_taken_away in {True, False}


def test_where_it_holds_the_worker_sees_no_network() -> None:
    if not containment().network_taken_away:
        pytest.skip("this system does not let a process leave the network")
    with ExtractionPool(workers=1) as pool:
        pool.submit(GUIDE).result()

        routes = Path(f"/proc/{pool.worker_pids[0]}/net/route").read_text("ascii")

    assert len(routes.splitlines()) <= 1


def test_the_same_file_reads_the_same_twice() -> None:
    source = pdfs.with_lines(["Le paysage du parc"], ["La charte"])

    first, second = extract(source), extract(source)

    assert _timeless(first) == _timeless(second)


def _timeless(extraction: Extraction) -> tuple[object, ...]:
    return (extraction.status, extraction.pages, extraction.facts, extraction.detail)


def _busy_worker(pool: ExtractionPool, besides: set[int]) -> int:
    return _wait_for(
        lambda: [pid for pid in pool.worker_pids if pid not in besides and _children(pid)]
    )[0]


def _wait_for(look: Callable[[], list[int]], seconds: float = 15) -> list[int]:
    """Return the first answer of *look* that is not empty or false."""
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        found = look()
        if found and found[0]:
            return found
        time.sleep(0.01)
    pytest.fail("waited in vain")


def _children(pid: int) -> list[int]:
    try:
        return [int(each) for each in Path(f"/proc/{pid}/task/{pid}/children").read_text().split()]
    except OSError:
        return []


def _is_alive(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rsplit(")", 1)[1].split()[0] != "Z"
    except OSError:
        return False
