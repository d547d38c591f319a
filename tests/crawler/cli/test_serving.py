"""`pnr serve` as a user meets it: where it listens, how it ends, what it says when it cannot."""

from __future__ import annotations

import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING

import httpx
import pytest

from tests.crawler.cli.conftest import pnr_process

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.crawler.cli.conftest import Ended

    Command = Callable[..., Ended]


def test_it_answers_on_this_machine_until_it_is_stopped(demo_archive: Path, tmp_path: Path) -> None:
    process = pnr_process("serve", "--archive", str(demo_archive), "--port", "0", cwd=tmp_path)
    assert process.stdout is not None
    said = process.stdout.readline()
    address = next(word for word in said.split() if word.startswith("http")).rstrip(";")
    health = httpx.get(f"{address}healthz", timeout=60).text
    process.send_signal(signal.SIGINT)
    _, complaints = process.communicate(timeout=60)

    assert said.startswith(f"{demo_archive} is open at http://127.0.0.1:")
    assert health == '{"status":"ok"}'
    assert (process.returncode, complaints) == (0, "")


def test_a_port_that_is_taken_is_said_in_a_sentence(ask: Command) -> None:
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]
        ended = ask("serve", "--port", port)

    assert ended.code == 2
    assert f"Port {port} of 127.0.0.1 cannot be had (Address already in use); --port" in ended.err
    assert "--port names another" in ended.err


@pytest.mark.parametrize("host", ["192.0.2.1", "no such host"])
def test_a_host_that_is_not_this_machine_is_said_in_a_sentence(ask: Command, host: str) -> None:
    ended = ask("serve", "--host", host, "--port", "0")

    assert ended.code == 2
    assert ended.err.count("\n") == 1


def test_without_an_archive_nothing_is_served(pnr: Command, tmp_path: Path) -> None:
    ended = pnr("serve", "--archive", tmp_path / "none.sqlite")

    assert ended.code == 3
    assert "There is no archive" in ended.err


def test_other_commands_do_not_pay_for_the_web_server() -> None:
    """Nothing of the web is imported before it is asked for."""
    script = "import sys, crawler.cli.serve; print({*sys.modules} & {'uvicorn', 'starlette'})"

    said = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, check=True
    )

    assert said.stdout.strip() == "set()"
