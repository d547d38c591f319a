"""The reference pages of docs/, written from the program itself by ``make docs``.

A test holds what is in docs/ against what is written here.
"""

from __future__ import annotations

import ast
import inspect
import sys
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from typer.core import TyperGroup

import crawler.errors
from archive.describing import data_model_page
from crawler.cli.app import existing_commands
from crawler.config import CONFIG_FILE, Config
from crawler.errors import ExitCode

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from pydantic import BaseModel

_NOTE: Final = "*Written by `make docs` from the program; a test holds it current.*"

_COMMANDS_HEAD: Final = f"""\
# Commands

{_NOTE}

Every command has `--help`. All of them honour `pnr.toml` and `PNR_*` ([settings.md](settings.md)),
end with a documented code ([exit-codes.md](exit-codes.md)), and write results to standard output
and everything else to standard error. In a pipe a table has tabs between its columns and nothing
is cut. What `--json` prints is in [json.md](json.md).
"""

_SETTINGS_HEAD: Final = f"""\
# Settings

{_NOTE}

A setting stands in `{CONFIG_FILE}` in the current folder (or in the file that `PNR_CONFIG` names),
in an environment variable, or on the command line; the last of them counts. Lists in variables are
written as JSON. `pnr config` prints what is in force, and where it comes from.

```toml
contact = "archive@example.org"
delay = 2

[reader.labels]
"Intitulé" = "title"
```

| setting | variable | default | what it is |
|---|---|---|---|
"""

_CODES_HEAD: Final = f"""\
# Exit codes

{_NOTE}

An interface: scripts and timers may act on them. Whatever went wrong is said in one sentence on
standard error. A traceback goes only into the log of faults, and the sentence says where that is:
`error.log` in the state folder of the user, such as `~/.local/state/pnr-archive`.

| code | name | when |
|---|---|---|
"""


def commands_page() -> str:
    """Return every command and every option."""
    return _COMMANDS_HEAD + "".join(_commands())


def settings_page() -> str:
    """Return every setting."""
    return _SETTINGS_HEAD + "".join(_settings(Config, "", "PNR_"))


def exit_codes_page() -> str:
    """Return every exit code."""
    words = exit_code_words()
    return _CODES_HEAD + "".join(
        f"| {code.value} | {code.name.lower()} | {words[code.name]} |\n" for code in ExitCode
    )


#: The pages, by their name in docs/.
PAGES: Final[Mapping[str, Callable[[], str]]] = {
    "commands.md": commands_page,
    "settings.md": settings_page,
    "exit-codes.md": exit_codes_page,
    "data-model.md": data_model_page,
}


def every_command() -> Iterator[tuple[str, Any]]:
    """Yield each command with its full name, subcommands after their group."""
    for entry in existing_commands():
        yield from _walk(f"pnr {entry.name}", entry.load())


def exit_code_words() -> dict[str, str]:
    """Return what is said of each exit code, by its name: the words that stand below it."""
    tree = ast.parse(inspect.getsource(crawler.errors))
    body = next(
        node.body
        for node in tree.body
        if isinstance(node, ast.ClassDef) and node.name == ExitCode.__name__
    )
    found: dict[str, str] = {}
    for before, after in pairwise(body):
        if isinstance(before, ast.Assign) and isinstance(after, ast.Expr):
            name = ast.unparse(before.targets[0])
            found[name] = " ".join(str(ast.literal_eval(after.value)).split())
    return found


def _walk(name: str, command: Any) -> Iterator[tuple[str, Any]]:
    yield name, command
    if isinstance(command, TyperGroup):
        for sub, each in command.commands.items():
            yield from _walk(f"{name} {sub}", each)


def _commands() -> Iterator[str]:
    for name, command in every_command():
        usage = " ".join([name, *_arguments(command)])
        level = "###" if name.count(" ") > 1 else "##"
        yield f"\n{level} {name}\n\n`{usage}`\n\n{_prose(command.help or '')}\n"
        options = [p for p in command.params if p.param_type_name == "option" and p.name != "help"]
        if options:
            yield "\n| option | what it does |\n|---|---|\n"
        for option in options:
            value = "" if option.is_flag else f" {option.metavar or option.name.strip('_').upper()}"
            names = ", ".join(f"`{each}{value}`" for each in option.opts)
            yield f"| {names} | {(option.help or '').replace('|', chr(92) + '|')} |\n"


def _arguments(command: Any) -> list[str]:
    return [p.metavar or p.name.upper() for p in command.params if p.param_type_name == "argument"]


def _prose(text: str) -> str:
    before, mark, example = text.partition("Example: ")
    return before.rstrip() + (f"\n\n```\n{example.strip()}\n```" if mark else "")


def _settings(model: type[BaseModel], prefix: str, variable: str) -> Iterator[str]:
    for name, field in model.model_fields.items():
        part = field.annotation
        if isinstance(part, type) and hasattr(part, "model_fields"):
            yield from _settings(part, f"{prefix}{name}.", f"{variable}{name.upper()}__")
            continue
        default = _default(field.default)
        words = (field.description or "").replace("|", "\\|")
        yield f"| `{prefix}{name}` | `{variable}{name.upper()}` | {default} | {words} |\n"


def _default(value: Any) -> str:
    if isinstance(value, tuple | list):
        return "<br>".join(f"`{each}`" for each in value) or "none"
    if value in (None, "", {}):
        return "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def main() -> None:
    """Write the pages into docs/."""
    for name, page in PAGES.items():
        Path("docs", name).write_text(page(), encoding="utf-8")
        sys.stdout.write(f"docs/{name}\n")


if __name__ == "__main__":
    main()
