"""A refused run is told, looked into, and decided about from the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archive.database import open_archive
from archive.locking import writer_lock
from tests.archive.building import make_run, record

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.crawler.cli.conftest import Ended

    Command = Callable[..., Ended]

FORTY = [record(number) for number in range(1, 41)]
SILENT = [record(number, authors=(), authors_raw="") for number in range(1, 41)]


@pytest.fixture
def refused(tmp_path: Path) -> Path:
    """Give an archive whose second run was refused."""
    path = tmp_path / "parcs.sqlite"
    with open_archive(path, access="create") as archive, archive.transaction() as connection:
        make_run(connection, FORTY)
        make_run(connection, SILENT)
    return path


def test_the_report_says_what_refused_the_run_and_what_to_do(pnr: Command, refused: Path) -> None:
    ended = pnr("run", "report", "2", "--archive", str(refused))

    assert ended.code == 0
    assert "REFUSED  fill: document.authors" in ended.out
    assert "pnr run accept 2" in ended.out


def test_the_report_comes_as_json_and_as_a_page(pnr: Command, refused: Path) -> None:
    data = pnr("run", "report", "2", "--format", "json", "--archive", str(refused)).json
    page = pnr("run", "report", "2", "--format", "html", "--archive", str(refused)).out

    assert data["verdict"] == "refused"
    assert data["certificate"]["requests"] == 40
    assert page.startswith("<!doctype html>")


def test_an_accepted_run_is_current(pnr: Command, refused: Path) -> None:
    ended = pnr("run", "accept", "2", "--archive", str(refused))

    assert (ended.code, ended.out) == (
        0,
        "Run 2 is current: 0 records added, 40 changed, 0 withdrawn, 0 restored.\n",
    )
    assert pnr("run", "list", "--json", "--archive", str(refused)).json[0]["verdict"] == "accepted"


def test_a_dropped_run_stays_aside(pnr: Command, refused: Path) -> None:
    dropped = pnr("run", "drop", "2", "--archive", str(refused))
    again = pnr("run", "accept", "2", "--archive", str(refused))

    assert dropped.code == 0
    assert again.code == 2
    assert "it is dropped" in again.err


def test_a_run_that_is_not_there_is_a_usage_error(pnr: Command, refused: Path) -> None:
    ended = pnr("run", "report", "9", "--archive", str(refused))

    assert (ended.code, ended.err) == (
        2,
        "pnr: There is no run 9; `pnr run list` shows all.\n",
    )


def test_nothing_is_decided_while_a_crawl_writes(pnr: Command, refused: Path) -> None:
    with writer_lock(refused, "a crawl"):
        ended = pnr("run", "accept", "2", "--archive", str(refused))

    assert ended.code == 8
    assert "is being written by a crawl" in ended.err
