"""The command as a user has it: one demo crawled once, and `pnr` with its output caught."""

from __future__ import annotations

import fcntl
import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import pytest

from crawler.cli.edge import run

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT: Final = Path(__file__).resolve().parents[3]
#: The demo takes some ten seconds; a machine that is busy takes longer.
_SECONDS: Final = 240


@dataclass(frozen=True, slots=True)
class Ended:
    """How a command ended, and what it said."""

    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        """What it printed, as JSON."""
        return json.loads(self.out)

    @property
    def lines(self) -> list[str]:
        """What it printed, line by line."""
        return self.out.splitlines()


def pnr_process(*arguments: str, cwd: Path, **variables: str) -> subprocess.Popen[str]:
    """Start `pnr` in a session of its own, where nothing of this one's settings is seen."""
    kept = {name: value for name, value in os.environ.items() if not name.startswith("PNR_")}
    return subprocess.Popen(
        [sys.executable, "-c", "from crawler.cli import main; main()", *arguments],
        cwd=cwd,
        start_new_session=True,
        env=kept | {"PYTHONPATH": str(ROOT), "XDG_STATE_HOME": str(cwd / "state")} | variables,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


def pnr_alone(*arguments: str, cwd: Path, **variables: str) -> Ended:
    """Run `pnr` in a process of its own, and wait for it."""
    process = pnr_process(*arguments, cwd=cwd, **variables)
    out, err = process.communicate(timeout=_SECONDS)
    return Ended(process.returncode, out, err)


@pytest.fixture(scope="session")
def demo_run(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Ended]:
    """Give the demo's archive, never to be written, and how `pnr demo` ended; made once for all."""
    shared = tmp_path_factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        shared = shared.parent
    folder = shared / "cli-demo"
    folder.mkdir(exist_ok=True)
    told = folder / "told.json"
    with (folder / "lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if not told.exists():
            ended = pnr_alone("demo", cwd=folder)
            told.write_text(json.dumps([ended.code, ended.out, ended.err]))
    return folder / "demo" / "archive.sqlite", Ended(*json.loads(told.read_text()))


@pytest.fixture(scope="session")
def demo_archive(demo_run: tuple[Path, Ended]) -> Path:
    """Give the demo's archive, to be read."""
    path, ended = demo_run
    assert ended.code == 0, ended.err
    return path


@pytest.fixture
def own_archive(demo_archive: Path, tmp_path: Path) -> Path:
    """Give a copy of the demo's archive, to be changed."""
    copy = tmp_path / "own.sqlite"
    shutil.copy(demo_archive, copy)
    return copy


@pytest.fixture
def pnr(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> Callable[..., Ended]:
    """Give `pnr` as a function, run in an empty folder without any setting."""
    for name in [name for name in os.environ if name.startswith("PNR_")]:
        monkeypatch.delenv(name)
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path / "state"))
    monkeypatch.chdir(tmp_path)

    def command(*arguments: object) -> Ended:
        capsys.readouterr()
        code = run([str(each) for each in arguments])
        said = capsys.readouterr()
        return Ended(code, said.out, said.err)

    return command


@pytest.fixture
def ask(pnr: Callable[..., Ended], demo_archive: Path) -> Callable[..., Ended]:
    """Give `pnr` as a function, asking the demo's archive."""

    def command(*arguments: object) -> Ended:
        return pnr(*arguments, "--archive", demo_archive)

    return command
