"""Tables in a terminal: short columns whole, long ones folded or below their row, nothing cut."""

from __future__ import annotations

import fcntl
import os
import pty
import struct
import subprocess
import sys
import termios
from io import StringIO
from typing import TYPE_CHECKING, Final

import pytest
from rich.console import Console
from rich.text import Text

from crawler.cli.columns import fitted
from tests.crawler.cli.conftest import ROOT

if TYPE_CHECKING:
    from pathlib import Path

_ADDRESS: Final = "https://parcs.fr/centre-de-ressources/document/forets-anciennes-reconnaitre"
_WORDS: Final = "Forêts anciennes : les reconnaître, les cartographier, les préserver"


def _shown(columns: list[str], rows: list[list[object]], width: int) -> list[str]:
    console = Console(file=StringIO(), width=width)
    cells = [[Text(str(value)) for value in row] for row in rows]
    for each in fitted(columns, cells, width):
        console.print(each, soft_wrap=isinstance(each, Text))
    assert isinstance(console.file, StringIO)
    return [line.rstrip() for line in console.file.getvalue().splitlines()]


def test_a_long_column_folds_beside_short_ones_that_stay_whole() -> None:
    assert _shown(["Id", "Title", "Year"], [["media-32190", _WORDS, 2019]], 60) == [
        "Id           Title                                      Year",
        "media-32190  Forêts anciennes : les reconnaître, les    2019",
        "             cartographier, les préserver",
    ]


def test_where_there_is_no_room_the_long_ones_stand_below_their_row_in_one_piece() -> None:
    rows: list[list[object]] = [
        ["page-count-differs", "node-1369", _ADDRESS, _WORDS],
        ["file-missing", "", _ADDRESS, "404"],
    ]

    assert _shown(["Code", "Record", "Address", "Detail"], rows, 80) == [
        "Code                Record",
        "page-count-differs  node-1369",
        f"  Address: {_ADDRESS}",
        f"  Detail: {_WORDS}",
        "file-missing",
        f"  Address: {_ADDRESS}",
        "  Detail: 404",
    ]


def test_a_column_that_says_nothing_takes_no_room() -> None:
    assert _shown(["Run", "Why", "Took"], [[1, "", "13 s"]], 80) == ["Run  Took", "1    13 s"]


@pytest.mark.parametrize("width", [20, 40, 80, 160, 400])
def test_nothing_is_cut_however_narrow_the_terminal(width: int) -> None:
    row: list[object] = ["gone", "page", _ADDRESS, "answered 404", _ADDRESS[::-1], _WORDS]
    names = ["Outcome", "Kind", "Address", "Reason", "Found on", "Next"]

    text = "".join(_shown(names, [row], width))

    assert "…" not in text
    letters = sorted(letter for value in row for letter in str(value).replace(" ", ""))
    for letter in set(letters):
        assert text.count(letter) >= letters.count(letter)


def test_the_addresses_of_a_run_can_be_read_in_a_terminal(demo_archive: Path) -> None:
    ours, theirs = pty.openpty()
    fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 40, 80, 0, 0))
    kept = {name: value for name, value in os.environ.items() if name not in {"COLUMNS", "LINES"}}
    arguments = ("run", "show", "1", "--outcome", "gone", "--archive", str(demo_archive))
    with subprocess.Popen(
        [sys.executable, "-c", "from crawler.cli import main; main()", *arguments],
        env=kept | {"PYTHONPATH": str(ROOT), "TERM": "xterm"},
        stdout=theirs,
    ):
        os.close(theirs)
        said = _everything(ours)

    assert "gone" in said
    assert "/culture_paroles_elus.pdf\r\n" in said
    assert "Found on: " in said


def _everything(terminal: int) -> str:
    pieces = []
    try:
        while piece := os.read(terminal, 10_000):
            pieces.append(piece)
    except OSError:
        # Linux ends a terminal whose other side is closed with an error.
        pass
    os.close(terminal)
    return b"".join(pieces).decode()
