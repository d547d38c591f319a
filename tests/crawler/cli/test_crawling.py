"""The crawl as a user runs it: in a process of its own, over real HTTP."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import time
from typing import TYPE_CHECKING

import pytest

from crawler.demo import DemoSite
from tests.crawler.cli.conftest import ROOT, pnr_alone, pnr_process

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.crawler.cli.conftest import Ended


@pytest.fixture(scope="module")
def site() -> Iterator[DemoSite]:
    with DemoSite() as served:
        yield served


def test_the_demo_ends_with_a_summary_and_commands_that_work(
    demo_run: tuple[Path, Ended],
) -> None:
    archive, ended = demo_run

    assert ended.code == 0
    assert re.search(r"Records +80: 37 documents, 31 resources, 12 experiences", ended.out)
    assert re.search(r"PDF pages read", ended.out)
    to_try, _, to_open = ended.out.partition("Next:\n")[2].partition("\nNow open ")
    commands = to_try.strip().splitlines()
    assert len(commands) == 3
    assert " serve --archive demo/archive.sqlite" in to_open
    for command in commands:
        words = re.sub(r"^\S+ ", "", command.strip()).split()
        tried = pnr_alone(*words, cwd=archive.parents[1])
        assert tried.code == 0
        assert tried.out


def test_a_limited_crawl_says_so_in_json(site: DemoSite, tmp_path: Path) -> None:
    start = f"{site.url}/centre-de-ressources"

    ended = pnr_alone("crawl", "--start", start, "--limit", "3", "--json", cwd=tmp_path)

    told = ended.json
    assert ended.code == 0
    assert told["run"]["limited"]
    assert told["archive"]["records"] == 3
    assert told["run"]["outcomes"]["not-reached"] > 0


def test_a_start_address_that_is_gone_is_named_and_no_failure(
    site: DemoSite, tmp_path: Path
) -> None:
    gone, good = f"{site.url}/no-such-page", f"{site.url}/mediatheque/magazines"

    ended = pnr_alone("crawl", "--start", gone, "--start", good, "--limit", "1", cwd=tmp_path)

    assert ended.code == 0
    assert f"{gone} brought nothing: gone (404)" in ended.out


def test_quiet_says_nothing_when_all_is_well(site: DemoSite, tmp_path: Path) -> None:
    start = f"{site.url}/mediatheque/magazines"

    ended = pnr_alone("crawl", "--start", start, "--limit", "1", "--quiet", cwd=tmp_path)

    assert (ended.code, ended.out, ended.err) == (0, "", "")


def test_quiet_says_in_one_line_what_went_wrong(tmp_path: Path) -> None:
    nowhere = ("crawl", "--start", "http://127.0.0.1:9/liste", "--quiet")
    hurried = {"PNR_RETRIES": "0", "PNR_RETRY_DELAY": "0.1"}

    said = pnr_alone(*nowhere, cwd=tmp_path, **hurried)
    logged = pnr_alone(*nowhere, "--log-json", cwd=tmp_path, **hurried)

    assert (said.code, said.out, said.err.count("\n")) == (6, "", 1)
    assert said.err.startswith("Run 1: unreachable. http://127.0.0.1:9/robots.txt does not answer")
    assert said.err.endswith("run report 1` says more.\n")
    ending = json.loads(logged.err.splitlines()[-1])
    assert (ending["event"], ending["status"], ending["exit_code"]) == ("ended", "unreachable", 6)


def test_ctrl_c_leaves_a_run_that_goes_on(site: DemoSite, tmp_path: Path) -> None:
    arguments = ("crawl", "--start", f"{site.url}/centre-de-ressources", "--limit", "10")
    process = pnr_process(*arguments, "--delay", "0.3", "--log-json", cwd=tmp_path)
    before = len(site.requests)
    deadline = time.monotonic() + 60
    while len(site.requests) < before + 5 and time.monotonic() < deadline:
        time.sleep(0.05)
    process.send_signal(signal.SIGINT)
    out, err = process.communicate(timeout=60)

    assert process.returncode == 4, err
    assert "stopped before its end" in out
    assert "The same command goes on where it stopped." in out
    # A first run fills the archive as it goes.
    assert "current" not in out
    ending = json.loads(err.splitlines()[-1])
    assert (ending["event"], ending["status"], ending["exit_code"]) == ("ended", "interrupted", 4)
    assert all(json.loads(line) for line in err.splitlines())
    again = pnr_alone(*arguments, "--json", cwd=tmp_path)
    assert again.code == 0
    assert again.json["run"]["id"] == 1


@pytest.mark.parametrize(("number", "code"), [("SIGINT", 130), ("SIGTERM", 143)])
@pytest.mark.parametrize("after", [0.01, 0.05, 0.1, 0.2])
def test_a_command_is_cancelled_in_its_first_moments(
    tmp_path: Path, number: str, code: int, after: float
) -> None:
    script = (
        "import signal; from crawler.cli import main; "
        f"signal.signal(signal.SIGVTALRM, lambda *_: signal.raise_signal(signal.{number})); "
        # In time of the processor: a machine that is busy loads no faster.
        f"signal.setitimer(signal.ITIMER_VIRTUAL, {after}); main()"
    )

    ended = subprocess.run(
        [sys.executable, "-c", script, "status"],
        capture_output=True,
        text=True,
        cwd=tmp_path,
        env=os.environ | {"PYTHONPATH": str(ROOT)},
        check=False,
        timeout=60,
    )

    assert (ended.returncode, ended.stderr) == (code, "pnr: Cancelled.\n")


def test_a_run_that_was_killed_is_not_said_to_be_running(site: DemoSite, tmp_path: Path) -> None:
    arguments = ("crawl", "--start", f"{site.url}/centre-de-ressources", "--delay", "0.3")
    process = pnr_process(*arguments, cwd=tmp_path)
    before = len(site.requests)
    deadline = time.monotonic() + 60
    while len(site.requests) < before + 3 and time.monotonic() < deadline:
        time.sleep(0.05)
    writing = pnr_alone("status", cwd=tmp_path)
    process.kill()
    process.communicate(timeout=60)
    left = pnr_alone("status", cwd=tmp_path)

    assert f"Being written by a crawl (process {process.pid}" in writing.out
    assert "cut short" not in writing.out
    assert left.lines[-1] == "Run 1 was cut short; the same `pnr crawl` goes on with it."


def test_sigterm_is_to_any_command_what_ctrl_c_is(demo_archive: Path, tmp_path: Path) -> None:
    server = pnr_process("demo", "--serve", cwd=tmp_path, PYTHONUNBUFFERED="1")
    assert server.stdout is not None
    assert server.stdout.readline().startswith("http://127.0.0.1:")
    # Nobody reads on: it waits for room in the pipe.
    export = pnr_process("export", "jsonl", "--archive", str(demo_archive), cwd=tmp_path)
    assert export.stdout is not None
    assert export.stdout.read(1) == "{"

    for process in (server, export):
        process.send_signal(signal.SIGTERM)

    assert "Traceback" not in server.communicate(timeout=60)[1]
    assert export.communicate(timeout=60)[1] == "pnr: Cancelled.\n"
    assert (server.returncode, export.returncode) == (0, 143)


def test_sigterm_while_a_crawl_begins_is_never_lost(site: DemoSite, tmp_path: Path) -> None:
    arguments = ("crawl", "--start", f"{site.url}/centre-de-ressources", "--limit", "3")
    process = pnr_process(*arguments, "--delay", "0.3", cwd=tmp_path)
    deadline = time.monotonic() + 60
    while not (tmp_path / "pnr-archive.sqlite").exists() and time.monotonic() < deadline:
        time.sleep(0.001)
    process.send_signal(signal.SIGTERM)
    _, err = process.communicate(timeout=60)

    # At once by the signal itself, which a shell reads as 143; or by the reactor, had it begun.
    assert process.returncode in {-signal.SIGTERM, 4}, err
    assert "Traceback" not in err
    assert pnr_alone(*arguments, cwd=tmp_path).code == 0


def test_a_full_disk_is_told_in_sentences(site: DemoSite, tmp_path: Path) -> None:
    words = f'from crawler.cli import main; main()" crawl --start {site.url}/centre-de-ressources'
    small = f'ulimit -f 700; cd "{tmp_path}"; PYTHONPATH="{ROOT}" "{sys.executable}" -c "{words}'

    ended = subprocess.run(
        ["bash", "-c", small], capture_output=True, text=True, check=False, timeout=120
    )
    held = pnr_alone("verify", cwd=tmp_path)

    assert ended.returncode == 4, ended.stderr
    assert "could not be kept: The disk" in ended.stderr
    assert "Exception in" not in ended.stderr
    assert max(map(len, ended.stderr.splitlines())) < 400
    assert held.code == 0


def test_a_reader_that_reads_no_further_ends_it_quietly(demo_archive: Path) -> None:
    command = "from crawler.cli import main; main()"
    pipe = (
        f'"{sys.executable}" -c "{command}" export jsonl --archive "{demo_archive}" | head -n 1; '
        'echo "${PIPESTATUS[0]}"'
    )

    ended = subprocess.run(
        ["bash", "-c", pipe], capture_output=True, text=True, cwd=ROOT, check=True, timeout=60
    )

    record, code = ended.stdout.splitlines()
    assert json.loads(record)["id"]
    assert code == "141"
    assert ended.stderr == ""


def test_help_is_quick_and_imports_nothing_heavy() -> None:
    script = (
        "import sys\n"
        "from crawler.cli.edge import run\n"
        "code = run(['--help'])\n"
        "heavy = {'scrapy', 'bs4', 'pdfplumber', 'sqlalchemy', 'pydantic', 'lxml'}\n"
        "print(code, sorted(heavy & set(sys.modules)))\n"
    )

    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True
    )

    assert ended.stdout.splitlines()[-1] == "0 []"


@pytest.mark.parametrize("command", ["schedule", "config", "read-pdf --help"])
def test_what_opens_no_archive_loads_no_database(command: str) -> None:
    script = (
        "import sys\n"
        "from crawler.cli.edge import run\n"
        f"code = run({command.split()!r})\n"
        "print(code, sorted({'scrapy', 'sqlalchemy', 'pypdfium2'} & set(sys.modules)))\n"
    )

    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True
    )

    assert ended.stdout.splitlines()[-1] == "0 []"


def test_a_list_loads_neither_scrapy_nor_a_pdf_engine(demo_archive: Path) -> None:
    script = (
        "import sys\n"
        "from crawler.cli.edge import run\n"
        f"code = run(['list', '--limit', '1', '--archive', {str(demo_archive)!r}])\n"
        "heavy = {'scrapy', 'twisted', 'bs4', 'pdfplumber', 'pypdfium2'}\n"
        "print(code, sorted(heavy & set(sys.modules)))\n"
    )

    ended = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, cwd=ROOT, check=True
    )

    assert ended.stdout.splitlines()[-1] == "0 []"
