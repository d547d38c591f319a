"""docs/reading-room.md says what the reading room does: its parts, limits and options."""

from __future__ import annotations

from dataclasses import fields
from importlib.resources import files
from pathlib import Path

from archive.web import Limits
from archive.web.questions import LAST_PAGE, PER_PAGE
from tests.crawler.cli.conftest import ROOT

DOCS = (ROOT / "docs" / "reading-room.md").read_text("utf-8")
WEB = Path(str(files("archive.web")))


def test_every_part_is_described() -> None:
    parts = [path for path in WEB.iterdir() if not path.name.startswith("__")]
    shown = {path.name if path.is_file() else f"{path.name}/" for path in parts}

    assert {name for name in shown if f"`{name}`" not in DOCS} == set()


def test_every_limit_is_said_with_its_value() -> None:
    for field in fields(Limits):
        value = getattr(Limits(), field.name)
        assert f"| `{field.name}` | {value:,.0f} |" in DOCS
    assert f"{PER_PAGE} records a page and {LAST_PAGE} pages" in DOCS
