"""Every block of docs/cookbook.md runs, and the Python API answers as it says."""

from __future__ import annotations

import json
import re
import shutil
import sqlite3
import subprocess
import sys
from contextlib import closing
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Final

import pytest

from archive import open_archive
from archive.errors import ArchiveError
from archive.notebook import NotInArchiveError
from archive.records import RecordKind
from tests.crawler.cli.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.crawler.cli.conftest import Ended

_COOKBOOK: Final = (ROOT / "docs/cookbook.md").read_text(encoding="utf-8")
_BLOCKS: Final = re.findall(r"^```(\w+)\n(.*?)^```", _COOKBOOK, re.MULTILINE | re.DOTALL)
#: Nothing has changed in the demo's first run.
_MAY_BE_EMPTY: Final = ("v_changes",)


def _blocks(language: str) -> list[str]:
    return [text for name, text in _BLOCKS if name == language]


@pytest.mark.parametrize("sql", _blocks("sql"))
def test_a_question_in_sql_is_answered(demo_archive: Path, sql: str) -> None:
    with closing(sqlite3.connect(demo_archive)) as connection:
        rows = connection.execute(sql).fetchall()

    assert rows or any(name in sql for name in _MAY_BE_EMPTY)


@pytest.mark.parametrize("code", _blocks("python"))
def test_a_block_of_python_runs(demo_archive: Path, tmp_path: Path, code: str) -> None:
    shutil.copy(demo_archive, tmp_path / "pnr-archive.sqlite")

    ended = subprocess.run(
        [sys.executable, "-c", code],
        cwd=tmp_path,
        env={"PYTHONPATH": str(ROOT), "PYTHONIOENCODING": "utf-8"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.strip()


@pytest.mark.parametrize("code", _blocks("r"))
def test_a_block_of_r_runs(demo_archive: Path, tmp_path: Path, code: str) -> None:
    names = sorted(set(re.findall(r"library\((\w+)\)|(?<=\W)(\w+)(?=::)", code)))
    packages = " && ".join(f"requireNamespace('{''.join(name)}')" for name in names)
    rscript = shutil.which("Rscript")
    if rscript is None:
        pytest.skip("R is not installed")
    known = subprocess.run([rscript, "-e", f"quit(status = !({packages}))"], check=False)
    if known.returncode:
        pytest.skip(f"R lacks a package of: {packages}")
    shutil.copy(demo_archive, tmp_path / "pnr-archive.sqlite")

    ended = subprocess.run(
        [rscript, "-e", code], cwd=tmp_path, capture_output=True, text=True, check=False
    )

    assert ended.returncode == 0, ended.stderr
    assert ended.stdout.strip()


def test_importing_the_package_loads_nothing() -> None:
    code = "import sys, archive; print('sqlalchemy' in sys.modules)"

    ended = subprocess.run(
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert ended.stdout == "False\n"


def test_records_are_typed_and_those_of_the_command(
    demo_archive: Path, ask: Callable[..., Ended]
) -> None:
    listed = {one["id"]: one for one in map(json.loads, ask("export", "jsonl").lines)}

    with open_archive(str(demo_archive)) as archive:
        found = {record.id: record for record in archive.records()}

    assert found.keys() == listed.keys()
    one, same = found["media-31051"], listed["media-31051"]
    assert one.title == same["title"]
    assert [link.label for link in one.themes] == [link["label"] for link in same["themes"]]
    assert one.files[0].sha256 == same["files"][0]["sha256"]
    assert one.first_seen.tzinfo == UTC
    assert isinstance(one.kind, RecordKind)


def test_records_are_filtered_as_on_the_command_line(
    demo_archive: Path, ask: Callable[..., Ended]
) -> None:
    listed = ask("list", "--theme", "tourisme", "--year", "2010..2015", "--json").json

    with open_archive(demo_archive) as archive:
        found = [record.id for record in archive.records(theme="tourisme", years=(2010, 2015))]

    assert sorted(found) == sorted(one["id"] for one in listed)


def test_texts_and_history_are_those_of_the_archive(demo_archive: Path) -> None:
    with open_archive(demo_archive) as archive:
        record = archive.record("media-31051")
        (text,) = archive.texts(record.url)
        history = archive.history("media-31051")

    assert len(text.pages) == record.files[0].page_count
    assert text.text.count("\f") == len(text.pages) - 1
    assert [version.number for version in history.versions] == [1]
    assert history.versions[0].data["title"] == record.title


def test_an_archive_is_opened_as_of_a_day(demo_archive: Path) -> None:
    with open_archive(demo_archive, as_of=date(2999, 1, 1)) as archive:
        assert archive.record("media-31051").title
        assert archive.search("eau").total > 0
    with (
        open_archive(demo_archive, as_of=datetime(1999, 1, 1, tzinfo=UTC)) as archive,
        pytest.raises(ArchiveError, match="Nothing was current"),
    ):
        archive.record("media-31051")


def test_what_is_not_there_is_said(demo_archive: Path) -> None:
    with open_archive(demo_archive) as archive:
        with pytest.raises(NotInArchiveError, match="node-0"):
            archive.record("node-0")
        with pytest.raises(NotInArchiveError, match="no file"):
            archive.texts("node-0")
