"""Looking after the archive: fixity, copies, room, and what must go."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from archive import migrations
from tests.archive.test_migrations import make_earlier
from tests.crawler.cli.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.crawler.cli.conftest import Ended

    Command = Callable[..., Ended]


def _change(archive: Path, sql: str) -> None:
    with closing(sqlite3.connect(archive)) as connection, connection:
        connection.execute(sql)


def test_the_demo_is_sound(ask: Command) -> None:
    told = ask("verify", "--json")

    assert told.code == 0
    assert told.json["sound"]
    assert told.json["result"]["problems"] == []


@pytest.mark.parametrize(
    ("damage", "flaw"),
    [
        ("UPDATE sqlar SET data = zeroblob(sz) WHERE rowid = 1", "damaged"),
        ("UPDATE blobs SET data = x'00' WHERE encoding = 'zstd'", "damaged"),
        ("UPDATE blobs SET size = size + 1 WHERE encoding = 'zstd'", "damaged"),
        ("DELETE FROM sqlar WHERE rowid = 1", "missing"),
        ("DELETE FROM file_pages WHERE number = 2", "text"),
        ("DELETE FROM snapshots WHERE id = (SELECT max(id) FROM snapshots)", "reference"),
        ("UPDATE visits SET outcome = 'pending' WHERE id = 1", "ledger"),
    ],
    ids=["file", "page", "size", "missing file", "text", "reference", "ledger"],
)
def test_whatever_is_damaged_is_found(
    pnr: Command, own_archive: Path, damage: str, flaw: str
) -> None:
    _change(own_archive, damage)

    ended = pnr("verify", "--archive", own_archive, "--json")

    assert ended.code == 3
    assert flaw in {problem["flaw"] for problem in ended.json["result"]["problems"]}


def test_a_backup_is_the_archive(pnr: Command, own_archive: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.sqlite"

    assert pnr("backup", copy, "--archive", own_archive).code == 0

    assert (
        pnr("export", "jsonl", "--archive", copy).out
        == pnr("export", "jsonl", "--archive", own_archive).out
    )
    assert pnr("verify", "--archive", copy).code == 0
    refused = pnr("backup", copy, "--archive", own_archive)
    assert (refused.code, refused.err.count("\n")) == (3, 1)
    assert pnr("backup", copy, "--force", "--archive", own_archive).code == 0


def test_a_backup_is_whole_while_somebody_writes(
    pnr: Command, own_archive: Path, tmp_path: Path
) -> None:
    with closing(sqlite3.connect(own_archive, isolation_level=None)) as writer:
        writer.execute("PRAGMA journal_mode = WAL")
        writer.execute("BEGIN IMMEDIATE")
        writer.execute("UPDATE records SET title = 'half way'")
        ended = pnr("backup", tmp_path / "copy.sqlite", "--archive", own_archive)
        writer.execute("ROLLBACK")

    assert ended.code == 0
    titles = pnr("list", "--archive", tmp_path / "copy.sqlite").out
    assert "half way" not in titles


def test_a_backup_takes_the_place_of_a_damaged_archive(
    pnr: Command, own_archive: Path, tmp_path: Path
) -> None:
    copy = tmp_path / "copy.sqlite"
    pnr("backup", copy, "--archive", own_archive)
    own_archive.write_text("what was an archive")

    assert pnr("restore", copy, "--archive", own_archive).code == 3
    assert pnr("restore", copy, "--force", "--archive", own_archive).code == 0
    assert pnr("verify", "--archive", own_archive).code == 0


def test_a_damaged_backup_is_not_restored(pnr: Command, own_archive: Path, tmp_path: Path) -> None:
    bad = tmp_path / "bad.sqlite"
    shutil.copy(own_archive, bad)
    _change(bad, "DELETE FROM runs")

    ended = pnr("restore", bad, "--force", "--archive", own_archive)

    assert (ended.code, ended.err.count("\n")) == (3, 1)
    assert "is damaged" in ended.err
    assert pnr("verify", "--archive", own_archive).code == 0


def test_compacting_gives_room_back(pnr: Command, own_archive: Path) -> None:
    _change(own_archive, "CREATE TABLE ballast AS SELECT zeroblob(3000000) AS x")
    _change(own_archive, "DROP TABLE ballast")

    told = pnr("compact", "--archive", own_archive, "--json").json

    assert told["after"] < told["before"] - 2_000_000
    assert pnr("verify", "--archive", own_archive).code == 0


def test_an_archive_that_is_up_to_date_stays_so(pnr: Command, own_archive: Path) -> None:
    assert "is up to date" in pnr("upgrade", "--archive", own_archive).out
    assert pnr("upgrade", "--archive", own_archive, "--json").json["earlier"] is None


def test_an_earlier_archive_is_brought_up_to_date_and_says_from_where(
    pnr: Command, tmp_path: Path
) -> None:
    path = tmp_path / "earlier.sqlite"
    make_earlier(path, "0005")

    ended = pnr("upgrade", "--archive", path)

    assert f"was brought up to date, from schema 0005 to {migrations.HEAD}." in ended.out
    assert "is up to date" in pnr("upgrade", "--archive", path).out


def test_what_is_forgotten_is_gone_from_the_file_itself(pnr: Command, own_archive: Path) -> None:
    whole = pnr("show", "media-31051", "--archive", own_archive, "--json").json
    _change(own_archive, "UPDATE records SET body_text = 'Zyx wvu.' WHERE id = 'media-31051'")
    _change(
        own_archive,
        "UPDATE record_versions SET data = json_set(data, '$.body_text', 'Zyx wvu.') "
        "WHERE record_id = 'media-31051'",
    )
    assert b"Zyx wvu." in own_archive.read_bytes()

    dry = pnr("forget", "media-31051", "--dry-run", "--archive", own_archive)
    ended = pnr("forget", "media-31051", "--reason", "asked to", "--archive", own_archive)

    assert (dry.code, ended.code) == (0, 0)
    (stays,) = [line for line in ended.lines if line.startswith("Its file stays: ")]
    assert stays in dry.lines
    sha256 = whole["files"][0]["sha256"]
    assert whole["files"][0]["filename"] in stays
    assert f"`pnr forget {sha256} --archive {own_archive}`" in stays
    assert "`pnr index --rebuild" in ended.out
    assert "`pnr index --rebuild" not in dry.out
    shown = pnr("show", "media-31051", "--archive", own_archive)
    assert (shown.code, shown.err.count("\n")) == (2, 1)
    assert re.match(r"pnr: 'media-31051' was forgotten on 20\d\d-\d\d-\d\d: asked to\.", shown.err)
    assert pnr("inspect", whole["url"], "--archived", "--archive", own_archive).code == 2
    assert pnr("verify", "--archive", own_archive).code == 0
    assert b"Zyx wvu." not in own_archive.read_bytes()
    with closing(sqlite3.connect(own_archive)) as archive:
        kind, reason, addresses = archive.execute(
            "SELECT kind, reason, addresses FROM tombstones"
        ).fetchone()
        again = pnr("forget", "media-31051", "--reason", "once more", "--archive", own_archive)
        assert again.code == 0
        assert re.match(r"Forgotten before, 20.* UTC: asked to\. Nothing is left", again.out)
        by_url = pnr("forget", whole["url"], "--reason", "x", "--archive", own_archive, "--json")
        assert by_url.json["reason"] == "asked to"
        assert archive.execute("SELECT count(*) FROM tombstones").fetchone() == (1,)
    assert (kind, reason) == ("record", "asked to")
    assert set(json.loads(addresses)) >= {whole["url"], *whole["aliases"]}


def test_a_file_is_forgotten_by_its_digest(pnr: Command, own_archive: Path) -> None:
    file = pnr("show", "media-31051", "--archive", own_archive, "--json").json["files"][0]

    dry = pnr("forget", file["sha256"], "--reason", "x", "--dry-run", "--archive", own_archive)
    assert "Would forget: a file" in dry.out
    assert pnr("text", file["sha256"], "--archive", own_archive).code == 0

    assert pnr("forget", file["sha256"], "--reason", "x", "--archive", own_archive).code == 0
    assert pnr("text", file["sha256"], "--archive", own_archive).code == 2
    again = pnr("forget", file["sha256"], "--reason", "y", "--archive", own_archive)
    assert "Forgotten before" in again.out
    assert pnr("verify", "--archive", own_archive).code == 0
    left = pnr("show", "media-31051", "--archive", own_archive, "--json").json["files"][0]
    assert (left["url"], left["sha256"]) == (file["url"], "")


def test_stock_sqlite_lays_the_files_out(demo_archive: Path, ask: Command) -> None:
    if shutil.which("sqlite3") is None:
        pytest.skip("sqlite3 is not installed")

    listed = subprocess.run(
        ["sqlite3", str(demo_archive), "-At"], capture_output=True, text=True, check=True
    ).stdout.split("\n")

    names = {file["name"] for file in ask("files", "--earlier", "--json").json["files"]}
    assert names <= {line.strip() for line in listed}


def test_systemd_accepts_the_units(pnr: Command, demo_archive: Path, tmp_path: Path) -> None:
    units = pnr("schedule", "--systemd", "--archive", demo_archive, "--json").json["systemd"]
    assert "Persistent=true" in units["pnr-crawl.timer"]
    assert f"--archive {demo_archive}" in units["pnr-crawl.service"]
    if shutil.which("systemd-analyze") is None:
        pytest.skip("systemd-analyze is not installed")
    folder = tmp_path / "units"
    folder.mkdir()
    for name, text in units.items():
        (folder / name).write_text(text)

    checked = subprocess.run(
        ["systemd-analyze", "verify", *map(str, folder.iterdir())],
        capture_output=True,
        text=True,
        check=False,
    )

    assert checked.returncode == 0, checked.stderr
    assert "Unknown" not in checked.stderr


def test_cron_and_github_name_this_archive(pnr: Command, tmp_path: Path) -> None:
    (tmp_path / "pnr.toml").write_text("delay = 2\n")
    odd = tmp_path / "50% of it.sqlite"

    said = pnr("schedule", "--cron", "--every", "daily", "--archive", odd).out
    workflow = pnr("schedule", "--github").out

    assert said.startswith("17 3 * * * cd ")
    assert "50\\% of it.sqlite'" in said
    assert "PNR_CONFIG=" in said
    assert "cancel-in-progress: false" in workflow
    assert "${{ github.token }}" in workflow


@pytest.mark.parametrize(
    ("command", "said"),
    [
        ("files --to pdfs", "pdfs cannot be written whole (File too large): make room"),
        ("backup b.sqlite", "b.sqlite cannot be written: "),
        ("export sqlite --output light.sqlite", "The disk failed while light.sqlite was"),
        ("export warc --output w.warc.gz", "w.warc.gz cannot be written whole (File too large)"),
    ],
    ids=["files", "backup", "light copy", "WARC"],
)
def test_a_full_disk_is_told_in_a_sentence_and_nothing_is_left(
    demo_archive: Path, tmp_path: Path, command: str, said: str
) -> None:
    program = f'"{sys.executable}" -c "from crawler.cli import main; main()" {command}'
    # A file has room for 40 kB, as many as SQLite needs beside an archive that is read.
    small = f'ulimit -f 40; cd "{tmp_path}"; PYTHONPATH="{ROOT}" {program}'

    ended = subprocess.run(
        ["bash", "-c", f'{small} --archive "{demo_archive}"'],
        capture_output=True,
        text=True,
        check=False,
        timeout=120,
    )

    assert ended.returncode == 3, ended.stderr
    assert said in ended.stderr
    assert ended.stderr.count("\n") == 1
    left = [path for path in tmp_path.rglob("*") if path.suffix != ".pdf" and path.is_file()]
    assert left == []
