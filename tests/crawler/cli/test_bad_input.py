"""Whatever is wrong is one clear sentence and a documented exit code, never a traceback."""

from __future__ import annotations

import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from archive.locking import writer_lock
from tests.crawler.cli.conftest import ROOT, Ended, pnr_alone

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    Command = Callable[..., Ended]


def _is_one_sentence(ended: Ended, code: int, words: str) -> None:
    assert ended.code == code, ended.err
    assert words in ended.err
    assert ended.err.count("\n") == 1
    assert "Traceback" not in ended.err + ended.out


@pytest.mark.parametrize("command", [("list",), ("status",), ("export", "jsonl"), ("verify",)])
def test_a_missing_archive(pnr: Command, command: tuple[str, ...]) -> None:
    _is_one_sentence(pnr(*command), 3, "There is no archive at pnr-archive.sqlite")


def test_a_file_that_is_no_archive(pnr: Command, tmp_path: Path) -> None:
    (tmp_path / "pnr-archive.sqlite").write_text("a shopping list")

    _is_one_sentence(pnr("list"), 3, "is not an archive of this program")


def test_somebody_elses_database(pnr: Command, tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "pnr-archive.sqlite")) as other:
        other.execute("CREATE TABLE shopping (item)")

    _is_one_sentence(pnr("list"), 3, "is not an archive of this program")


def test_a_folder_in_place_of_an_archive(pnr: Command, tmp_path: Path) -> None:
    _is_one_sentence(pnr("list", "--archive", tmp_path), 3, "is a folder")


def test_an_archive_of_a_newer_version(pnr: Command, own_archive: Path) -> None:
    with closing(sqlite3.connect(own_archive)) as archive, archive:
        archive.execute("UPDATE alembic_version SET version_num = '9999'")

    for command in ("list", "upgrade"):
        ended = pnr(command, "--archive", own_archive)
        _is_one_sentence(ended, 3, "was made by a newer version")


def test_a_damaged_archive(pnr: Command, own_archive: Path) -> None:
    body = bytearray(own_archive.read_bytes())
    body[4096 : 4096 * 40] = b"\xff" * 4096 * 39
    own_archive.write_bytes(body)

    ended = pnr("list", "--archive", own_archive)

    _is_one_sentence(ended, 3, "is damaged")


@pytest.mark.parametrize("command", [("compact",), ("upgrade",), ("forget", "x", "--reason", "y")])
def test_an_archive_that_is_being_written(
    pnr: Command, own_archive: Path, command: tuple[str, ...]
) -> None:
    with writer_lock(own_archive, "a crawl"):
        ended = pnr(*command, "--archive", own_archive)

    _is_one_sentence(ended, 8, "is being written by a crawl")


def test_a_backup_says_of_the_right_file_what_is_wrong(
    pnr: Command, own_archive: Path, tmp_path: Path
) -> None:
    def asked(*words: object) -> Ended:
        return pnr(*words, "--archive", own_archive)

    _is_one_sentence(asked("backup", tmp_path, "--force"), 3, "name the copy's file in it")
    _is_one_sentence(asked("restore", tmp_path, "--force"), 3, "name the backup's file in it")
    _is_one_sentence(asked("restore", tmp_path / "no"), 3, "There is no backup at")
    _is_one_sentence(asked("restore", __file__), 3, "that `pnr backup` wrote")
    with own_archive.open("r+b") as damaged:
        damaged.seek(100 * 4096)
        damaged.write(b"\xff" * 4096 * 500)
    _is_one_sentence(asked("backup", tmp_path / "copy"), 3, f"{own_archive} is damaged")


def test_a_folder_that_may_not_be_written_is_read(own_archive: Path) -> None:
    own_archive.parent.chmod(0o500)
    try:
        for question in (("list",), ("status",), ("verify",), ("facets", "--json")):
            ended = _without_privilege(*question, archive=own_archive)
            assert (ended.code, ended.err) == (0, ""), ended.err
            assert ended.out
        _is_one_sentence(_without_privilege("compact", archive=own_archive), 3, "read-only")
    finally:
        own_archive.parent.chmod(0o700)


def _without_privilege(*arguments: str, archive: Path) -> Ended:
    command = [sys.executable, "-c", "from crawler.cli import main; main()"]
    if os.geteuid() == 0:
        # Root may write everywhere, unless it lets go of that.
        command = ["setpriv", "--bounding-set=-dac_override,-dac_read_search", *command]
    ended = subprocess.run(
        [*command, *arguments, "--archive", str(archive)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )
    return Ended(ended.returncode, ended.stdout, ended.stderr)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        ("speed = 9", "speed"),
        ('delay = "soon"', "The setting delay (pnr.toml) is wrong"),
        ("delay = -1", "The setting delay (pnr.toml) is wrong"),
        ('start = ["ftp://example.org/"]', "is not an http or https address"),
        ("delay = ", "pnr.toml cannot be read"),
    ],
)
def test_a_wrong_setting(pnr: Command, tmp_path: Path, settings: str, words: str) -> None:
    (tmp_path / "pnr.toml").write_text(settings)

    for command in ("list", "config", "status"):
        _is_one_sentence(pnr(command), 2, words)


@pytest.mark.parametrize(
    ("settings", "words"),
    [
        (
            '[reader.labels]\n"A" = "nofield"',
            "reader (pnr.toml) is wrong: label 'A': 'nofield' is no",
        ),
        (
            '[reader]\nbody_selectors = ["::"]',
            "reader (pnr.toml) is wrong: '::' is no CSS selector",
        ),
        (
            '[notify]\nurls = ["bla"]',
            "notify.urls (pnr.toml) is wrong: apprise does not know address 1",
        ),
        ('[notify]\nurls = ["json://a.example", "nix://:secret@x"]', "address 2, 'nix://…'"),
    ],
)
def test_a_setting_that_only_its_user_can_judge(
    pnr: Command, tmp_path: Path, settings: str, words: str
) -> None:
    (tmp_path / "pnr.toml").write_text(settings)

    for command in (("config",), ("crawl", "--start", "http://127.0.0.1:9/")):
        said = pnr(*command)
        _is_one_sentence(said, 2, words)
        assert "secret" not in said.err


def test_a_bound_of_an_option_is_told_in_our_words(pnr: Command) -> None:
    _is_one_sentence(pnr("crawl", "--limit", "0"), 2, "'--limit': it must be greater than")


def test_a_wrong_variable(pnr: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PNR_SPEED", "9")

    _is_one_sentence(pnr("list"), 2, "The environment sets PNR_SPEED")


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("lst",), "Did you mean 'list'?"),
        (("list", "--colour"), "--colour"),
        (("list", "--kind", "novel"), "novel"),
        (("list", "--year", "MMXII"), "is no year"),
        (("list", "--year", "2015..2010"), "ends before it begins"),
        (("show",), "Missing argument"),
        (("show", "nothing"), "No record goes by 'nothing'"),
        (("run", "show", "99"), "There is no run 99"),
        (("authority", "check"), "`pnr authority suggest > authority.toml` begins one"),
        (("saved", "run", "haies"), "There is no saved search 'haies'"),
        (("forget", "nothing", "--reason", "x"), "Nothing goes by 'nothing'"),
        (("forget", "media-31051", "--reason", " "), "--reason is missing"),
        (("export", "jsonl", "--output", "/no/such/folder/x"), "cannot be written"),
    ],
    ids=lambda value: " ".join(value) if isinstance(value, tuple) else "",
)
def test_a_wrong_question(
    pnr: Command,
    own_archive: Path,
    monkeypatch: pytest.MonkeyPatch,
    arguments: tuple[str, ...],
    words: str,
) -> None:
    monkeypatch.setenv("PNR_ARCHIVE", str(own_archive))

    ended = pnr(*arguments)

    assert ended.code == 2
    assert words in ended.err
    assert ended.err.count("\n") == 1


def test_a_fault_of_ours_leaves_its_traceback_in_the_log(
    pnr: Command, own_archive: Path, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(own_archive)) as archive, archive:
        archive.execute("DROP TABLE record_terms")

    ended = pnr("list", "--archive", own_archive)

    assert ended.code == 1
    assert "This is a fault of pnr" in ended.err
    assert "Traceback" not in ended.err
    (log,) = tmp_path.rglob("error.log")
    assert str(log) in ended.err
    assert "Traceback" in log.read_text()


def test_a_site_that_does_not_answer(tmp_path: Path) -> None:
    ended = pnr_alone(
        "crawl",
        "--start",
        "http://127.0.0.1:1/",
        cwd=tmp_path,
        PNR_RETRIES="0",
        PNR_RETRY_DELAY="1",
    )

    assert ended.code == 6
    assert "does not answer" in ended.out
    assert "Traceback" not in ended.err


def test_a_start_that_is_no_address(pnr: Command) -> None:
    _is_one_sentence(
        pnr("crawl", "--start", "gopher://example.org"), 2, "is not an http or https address"
    )
