"""`pnr rehearse`: look before a crawl."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from crawler.cli.options import JsonOption
from crawler.cli.output import say_json
from crawler.config import load_config

app = typer.Typer(add_completion=False)


@app.command("rehearse")
def rehearse_crawl(
    start: Annotated[
        list[str] | None,
        typer.Option("--start", metavar="URL", help="Start here; may be given several times."),
    ] = None,
    host: Annotated[
        list[str] | None,
        typer.Option(
            "--host", metavar="HOST[:PORT]", help="May be asked; may be given several times."
        ),
    ] = None,
    delay: Annotated[
        float | None,
        typer.Option("--delay", min=0, metavar="SECONDS", help="Between two requests."),
    ] = None,
    sample: Annotated[
        int | None,
        typer.Option("--sample", min=1, metavar="N", help="Pages of each kind; 10 by default."),
    ] = None,
    keep: Annotated[
        Path | None,
        typer.Option("--keep", metavar="FILE", help="Keep the sample's own archive here."),
    ] = None,
    as_json: JsonOption = False,
) -> None:
    """Ask a small sample of the site, and say how it reads and what a full crawl would take.

    The first thing to run before a first crawl, and whenever the site looks different. Nothing
    is kept, and the archive is not touched. Ends with the code of a crawl that went like it: 6
    where the site does not answer, 7 where it turns us away.

    Example: pnr rehearse --start https://www.example.org/publications
    """
    config = load_config(
        start=tuple(start) if start else None,
        hosts=tuple(host) if host else None,
        delay=delay,
        sample=sample,
    ).config
    # Imported here: `pnr --help` must not wait for Scrapy.
    from archive.reports.rendering import render  # noqa: PLC0415
    from archive.runs.lifecycle import RunStatus  # noqa: PLC0415
    from crawler.rehearsing import rehearse, suggested_settings  # noqa: PLC0415
    from crawler.running import EXIT_CODES  # noqa: PLC0415

    rehearsal = rehearse(config, scrapy_settings={"LOG_LEVEL": "ERROR"}, keep=keep)
    suggestions = suggested_settings(rehearsal)
    if as_json:
        say_json({"rehearsal": rehearsal, "suggested_settings": suggestions})
    else:
        typer.echo(render("rehearsal.txt.j2", rehearsal=rehearsal, suggestions=suggestions))
    raise typer.Exit(EXIT_CODES[RunStatus(rehearsal.status)])
