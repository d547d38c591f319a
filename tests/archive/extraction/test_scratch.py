"""Whoever is killed leaves a folder; the next one removes it, and nobody else's."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import tempfile
from pathlib import Path

import pytest

from archive.extraction.scratch import Scratch

_OTHER = """
import sys, time
from archive.extraction.scratch import Scratch
scratch = Scratch()
(scratch.path / "source.pdf").write_bytes(b"%PDF")
print(scratch.path, flush=True)
time.sleep(600)
"""


@pytest.fixture(autouse=True)
def _own_place(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))


def _age(folder: Path) -> None:
    os.utime(folder, (0, 0))


def test_what_a_killed_process_left_is_removed_and_what_a_living_one_uses_is_not(
    tmp_path: Path,
) -> None:
    with subprocess.Popen(
        [sys.executable, "-c", _OTHER],
        stdout=subprocess.PIPE,
        text=True,
        env=os.environ | {"TMPDIR": str(tmp_path)},
    ) as other:
        assert other.stdout is not None
        theirs = Path(other.stdout.readline().strip())
        _age(theirs)
        Scratch().remove()
        there_while_it_lived = theirs.exists()
        other.send_signal(signal.SIGKILL)
        other.wait()
        _age(theirs)

        own = Scratch()

    assert there_while_it_lived
    assert list(tmp_path.iterdir()) == [own.path]
    own.remove()
    assert list(tmp_path.iterdir()) == []


def test_what_is_just_being_made_and_what_is_not_ours_stays(tmp_path: Path) -> None:
    young = tmp_path / "pnr-extraction-young"
    young.mkdir()
    foreign = tmp_path / "pnr-extraction-foreign"
    foreign.mkdir()
    _age(foreign)
    linked = tmp_path / "pnr-extraction-link"
    linked.symlink_to(tmp_path)

    Scratch().remove()

    assert {path.name for path in tmp_path.iterdir()} == {young.name, foreign.name, linked.name}
