"""The documentation says what the program does: every command, option, setting, table and code."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from archive.models import Base
from crawler.cli.app import existing_commands
from crawler.cli.reference import PAGES, every_command, exit_code_words
from crawler.config import Config
from crawler.errors import ExitCode
from tests.crawler.cli.conftest import ROOT

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.crawler.cli.conftest import Ended

    Command = Callable[..., Ended]


@pytest.mark.parametrize("name", PAGES)
def test_a_reference_page_is_current(name: str) -> None:
    written = (ROOT / "docs" / name).read_text(encoding="utf-8")

    assert written == PAGES[name](), f"docs/{name} is out of date: run `make docs`"


def test_the_reference_has_every_command_option_setting_table_column_and_code() -> None:
    commands, settings, codes, tables = (PAGES[name]() for name in PAGES)

    for name, command in every_command():
        assert f" {name}\n" in commands
        options = [each for each in command.params if each.name != "help"]
        assert all(
            f"`{option}" in commands
            for each in options
            for option in each.opts
            if option.startswith("-")
        )
    assert all(f"`{name}" in settings for name in Config.model_fields)
    assert all(f"| {code.value} |" in codes for code in ExitCode)
    for table in Base.metadata.tables.values():
        assert f"## {table.name}\n" in tables
        assert all(f"| `{column.name}` |" in tables for column in table.columns)


def test_every_exit_code_is_explained() -> None:
    assert set(exit_code_words()) == {code.name for code in ExitCode}


def test_every_table_column_without_an_obvious_name_has_a_comment() -> None:
    for mapper in Base.registry.mappers:
        assert mapper.class_.__doc__, mapper.class_


def test_each_command_has_a_summary_and_an_example_of_itself() -> None:
    for entry in existing_commands():
        assert entry.summary.endswith((".", "…")), entry.name
    for name, command in every_command():
        assert f"Example: {name}" in command.help or hasattr(command, "commands"), name
        assert all(each.help for each in command.params), name


def documented(command: str) -> list[list[str]]:
    """Return the keys that docs/json.md names for a command, sentence by sentence."""
    text = (ROOT / "docs" / "json.md").read_text(encoding="utf-8")
    found = re.search(rf"^## {command}\n(.*?)(?=^## |\Z)", text, re.MULTILINE | re.DOTALL)
    assert found, f"docs/json.md has no section {command}"
    return [re.findall(r"`(\w+)`", sentence) for sentence in re.split(r"\.\s", found[1])]


@pytest.mark.parametrize(
    ("command", "arguments", "part"),
    [
        ("pnr list", [], ""),
        ("pnr issues", [], ""),
        ("pnr status", [], ""),
        ("pnr status", [], "holds"),
        ("pnr files", [], ""),
        ("pnr files", [], "files"),
        ("pnr authority suggest", [], ""),
        ("pnr verify", [], ""),
        ("pnr verify", [], "result"),
        ("pnr run list", [], ""),
        ("pnr run show", ["1"], ""),
        ("pnr run show", ["1"], "addresses"),
        ("pnr text", ["media-31051"], ""),
        ("pnr text", ["media-31051"], "pages"),
        ("pnr inspect", ["media-31051", "--archived"], ""),
        ("pnr inspect", ["media-31051", "--archived"], "reading"),
        ("pnr history", ["media-31051"], ""),
        ("pnr history", ["media-31051"], "entries"),
        ("pnr history", ["media-31051"], "files"),
        ("pnr inspect", ["media-31051", "--archived", "--field", "title"], "explained"),
        ("pnr reread", ["--dry-run"], ""),
    ],
)
def test_json_has_the_keys_that_aredocumented(
    ask: Command, command: str, arguments: list[str], part: str
) -> None:
    printed = ask(*command.split()[1:], *arguments, "--json").json

    whole = printed[part] if part else printed
    keys = list(whole[0] if isinstance(whole, list) else whole)
    named = documented(command)
    assert any(set(keys) == set(sentence) - {part} for sentence in named), keys
