"""`pnr schedule`: what runs the crawl regularly."""

from __future__ import annotations

import os
import shlex
import shutil
import sys
from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from crawler.cli.options import ArchiveOption, JsonOption, settings
from crawler.cli.output import say, say_json
from crawler.cli.schedules import Job, cron_line, github_workflow, systemd_units
from crawler.config import CONFIG_FILE, Config

app = typer.Typer(add_completion=False)


class Interval(StrEnum):
    """How often a crawl begins."""

    DAILY = "daily"
    WEEKLY = "weekly"
    MONTHLY = "monthly"


@app.command("schedule")
def schedule(
    systemd: Annotated[bool, typer.Option("--systemd", help="A systemd service and timer.")] = (
        False
    ),
    cron: Annotated[bool, typer.Option("--cron", help="A line for crontab.")] = False,
    github: Annotated[bool, typer.Option("--github", help="A GitHub Actions workflow.")] = False,
    every: Annotated[
        Interval, typer.Option("--every", help="How often: daily, weekly or monthly.")
    ] = Interval.WEEKLY,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print what runs the crawl regularly.

    For this archive and these settings: a systemd service and timer, a line for cron, a workflow
    for GitHub Actions; without an option, all of them. Nothing is installed. Two crawls of one
    archive never run at once: the second ends with code 8.

    Example: pnr schedule --systemd --every daily
    """
    config = settings(archive)
    chosen_file = Path(os.environ.get("PNR_CONFIG", CONFIG_FILE)).absolute()
    job = Job(
        command=_command(),
        archive=config.archive.absolute(),
        folder=Path.cwd(),
        settings=chosen_file if chosen_file.exists() else None,
        written=_written(config),
        every=every,
    )
    units = systemd_units(job)
    texts = {
        "systemd": "\n".join(f"# {name}\n{text}" for name, text in units.items()),
        "cron": cron_line(job),
        "github": github_workflow(job),
    }
    asked = [name for name, wanted in zip(texts, (systemd, cron, github), strict=True) if wanted]
    shown = {name: texts[name] for name in asked or texts}
    if as_json:
        say_json(shown | ({"systemd": units} if "systemd" in shown else {}))
    else:
        say("\n\n".join(text.rstrip() for text in shown.values()))


def _written(config: Config) -> tuple[Path, ...]:
    folders = (config.archive.absolute().parent, config.reports_folder.absolute())
    # A folder inside one that may be written needs no naming; one that is not there cannot be.
    return tuple(
        dict.fromkeys(f for f in folders if f == folders[0] or folders[0] not in f.parents)
    )


def _command() -> str:
    """Return how to call this program from anywhere."""
    called = Path(sys.argv[0])
    if called.name == "pnr" and called.exists():
        return shlex.quote(str(called.absolute()))
    return shlex.quote(shutil.which("pnr") or str(Path(sys.executable).with_name("pnr")))
