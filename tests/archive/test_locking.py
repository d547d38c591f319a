"""One writer at a time; a holder that is dead holds nothing."""

from __future__ import annotations

import json
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from archive.errors import ArchiveLockedError, ArchiveUnwritableError
from archive.locking import holder_of, writer_lock

if TYPE_CHECKING:
    from pathlib import Path

_HOLD = (
    "import sys, time; from pathlib import Path; from archive.locking import writer_lock\n"
    "with writer_lock(Path(sys.argv[1]), 'a crawl'):\n"
    "    print('held', flush=True); time.sleep(60)"
)


def test_a_second_writer_is_told_who_writes_and_a_killed_one_stops_nobody(tmp_path: Path) -> None:
    archive = tmp_path / "archive.sqlite"
    holder = subprocess.Popen(
        [sys.executable, "-c", _HOLD, archive], stdout=subprocess.PIPE, text=True
    )
    with holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "held\n"

        words = rf"is being written by a crawl \(process {holder.pid}, since 2.* UTC\); wait for it"
        with pytest.raises(ArchiveLockedError, match=words), writer_lock(archive, "an import"):
            pass
        assert holder_of(archive).startswith(f"a crawl (process {holder.pid}")
        holder.kill()

    assert holder_of(archive) == ""
    with writer_lock(archive, "an import"):
        assert holder_of(archive).startswith("an import")


def test_the_lock_is_given_back(tmp_path: Path) -> None:
    archive = tmp_path / "archive.sqlite"

    for _ in range(2):
        with writer_lock(archive, "a crawl"):
            pass

    assert holder_of(archive) == ""


@pytest.mark.parametrize("words", ["", "{", "[]", json.dumps({"pid": 1}), "\0\0"])
def test_a_lock_file_with_anything_in_it_locks_nobody_out(tmp_path: Path, words: str) -> None:
    archive = tmp_path / "archive.sqlite"
    archive.with_name("archive.sqlite.lock").write_text(words)

    with writer_lock(archive, "a crawl"):
        pass


def test_a_folder_that_is_not_there_is_said_in_a_sentence(tmp_path: Path) -> None:
    archive = tmp_path / "absent" / "archive.sqlite"

    with (
        pytest.raises(ArchiveUnwritableError, match="its folder is read-only, full or missing"),
        writer_lock(archive, "a crawl"),
    ):
        pass
