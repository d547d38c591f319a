"""How answers look: tables in a terminal, tabs in a pipe, JSON where asked for."""

from __future__ import annotations

import json
import os
import re
import shlex
import shutil
import sys
from dataclasses import asdict, is_dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from rich.console import Console
from rich.text import Text

from crawler.cli.columns import fitted

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

# What would command a terminal, or turn the reading direction around, instead of being read.
_CONTROL: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u200e\u200f\u202a-\u202e\u2066-\u2069]")


def plain(text: object) -> str:
    r"""Return text that only shows: a page of the site must not command a terminal.

    >>> plain("Charte\x1b[2J")
    'Charte\ufffd[2J'
    """
    return _CONTROL.sub("\ufffd", str(text))


def say(line: str = "") -> None:
    """Print a line as it is."""
    sys.stdout.write(f"{line}\n")


def say_json(value: Any) -> None:
    """Print a value as JSON, French letters as they are."""
    sys.stdout.write(f"{as_json(value, indent=2)}\n")


def as_json(value: Any, *, indent: int | None = None) -> str:
    """Return a value as JSON: dataclasses as objects, moments in ISO 8601."""
    return json.dumps(value, default=_plain_value, ensure_ascii=False, indent=indent)


def say_table(columns: Sequence[str], rows: Iterable[Sequence[object]]) -> None:
    """Print rows under their columns, as the terminal is wide; in a pipe with tabs between them.

    Nothing is cut. Numbers stand right.
    """
    if not sys.stdout.isatty():
        for row in rows:
            say("\t".join(_cell(value).replace("\t", " ").replace("\n", " ") for value in row))
        return
    console = Console(highlight=False)
    cells = [[Text(_cell(value), justify=_side(value)) for value in row] for row in rows]
    for each in fitted(columns, cells, console.width):
        console.print(each, soft_wrap=isinstance(each, Text))


def say_fields(pairs: Iterable[tuple[str, object]]) -> None:
    """Print names and values one under the other; a value of several lines is indented."""
    shown = [(name, _cell(value)) for name, value in pairs]
    width = max((len(name) for name, _ in shown), default=0)
    bold, reset = ("\x1b[1m", "\x1b[0m") if sys.stdout.isatty() else ("", "")
    for name, value in shown:
        first, *rest = value.split("\n")
        say(f"{bold}{name:<{width}}{reset}  {first}".rstrip())
        for line in rest:
            say(f"{'':<{width}}  {line}")


def moment(at: datetime | None) -> str:
    """Return a moment to the minute, in UTC."""
    return "" if at is None else f"{at:%Y-%m-%d %H:%M}"


def counted(count: int, one: str, many: str = "") -> str:
    """Return a number with its noun.

    >>> counted(1, "record"), counted(2, "reading", "readings")
    ('1 record', '2 readings')
    """
    return f"{count:,} {one if count == 1 else many or one + 's'}"


def program() -> str:
    """Return how this program is called here: by its name, or by its path where it is not found."""
    called = Path(sys.argv[0])
    if called.name != "pnr" or shutil.which("pnr") == str(called.absolute()):
        return "pnr"
    return shlex.quote(os.path.relpath(called))


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case datetime():
            return moment(value)
        case list() | tuple():
            return ", ".join(plain(part) for part in value)
        case _:
            return plain(value)


def _side(value: object) -> Any:
    return "right" if isinstance(value, int) and not isinstance(value, bool) else "left"


def _plain_value(value: Any) -> Any:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    return value.isoformat() if hasattr(value, "isoformat") else str(value)
