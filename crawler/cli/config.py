"""`pnr config`: the settings in force."""

from __future__ import annotations

from typing import Any

import typer

from crawler.cli.options import ArchiveOption, JsonOption
from crawler.cli.output import as_json, say_json, say_table
from crawler.config import Config, load_config
from crawler.usable_settings import require_usable

app = typer.Typer(add_completion=False)


@app.command("config")
def show_settings(archive: ArchiveOption = None, as_json_: JsonOption = False) -> None:
    """Print every setting, and where it comes from.

    A setting comes from its default, from pnr.toml in the current folder (or the file that
    PNR_CONFIG names), from a PNR_* variable, or from the command line; the last of them counts.

    Example: pnr config --json
    """
    loaded = load_config(archive=archive)
    require_usable(loaded.config)
    values: dict[str, Any] = loaded.config.model_dump(mode="json")
    rows = {
        name: {
            "value": values[name],
            "source": loaded.sources[name],
            "description": field.description or _parts(field.annotation),
        }
        for name, field in Config.model_fields.items()
    }
    if as_json_:
        say_json(rows)
        return
    say_table(
        ("Setting", "Value", "From", "What it is"),
        [
            (name, _shown(row["value"]), row["source"], row["description"])
            for name, row in rows.items()
        ],
    )


def _shown(value: Any) -> str:
    if isinstance(value, list):
        return "\n".join(map(str, value)) or "[]"
    return "" if value is None else value if isinstance(value, str) else as_json(value)


def _parts(annotation: Any) -> str:
    """Describe a section by what it holds."""
    fields = getattr(annotation, "model_fields", {})
    return "; ".join(f"{name}: {field.description}" for name, field in fields.items())
