"""`pnr demo`: the whole thing, on this machine, in half a minute."""

from __future__ import annotations

import sys
from contextlib import suppress
from pathlib import Path
from typing import Annotated, Final

import typer

from archive.database import open_archive
from archive.errors import ArchiveNotFoundError
from archive.locking import writer_lock
from archive.queries.records import list_records
from crawler.cli.crawl import crawl_and_sum_up, say_next
from crawler.cli.options import JsonOption
from crawler.cli.output import program, say
from crawler.cli.summary import archive_option, say_summary
from crawler.config import Config
from crawler.demo import DemoSite, state_names
from crawler.errors import UsageError

app = typer.Typer(add_completion=False)

#: Always this file: an older demo is removed, and nothing else ever is.
ARCHIVE: Final = Path("demo/archive.sqlite")

_START: Final = (
    "/centre-de-ressources",
    "/mediatheque/ressources",
    "/mediatheque/magazines",
    "/sitemap.xml",
)


@app.command("demo")
def demo(
    serve: Annotated[
        bool, typer.Option("--serve", help="Serve the replica until Ctrl-C, and crawl nothing.")
    ] = False,
    port: Annotated[
        int,
        typer.Option(
            "--port", min=0, max=65535, metavar="N", help="The port; 0 takes any free one."
        ),
    ] = 0,
    state: Annotated[
        str, typer.Option("--state", metavar="NAME", help="The state the replica is in.")
    ] = "first",
    as_json: JsonOption = False,
) -> None:
    """Crawl the bundled replica of the resource centre.

    Serves it on a loopback port, crawls it over HTTP into demo/archive.sqlite (an older one is
    removed), and says what to try next. Nothing leaves this machine.

    Example: pnr demo
    """
    if state not in state_names():
        raise UsageError(f"There is no state {state!r}; there are {', '.join(state_names())}.")
    try:
        site = DemoSite(port=port, state=state)
    except OSError as error:
        raise UsageError(f"Port {port} cannot be had: {error.strerror}.") from error
    if serve:
        _serve(site)
        return
    _clear_away(ARCHIVE)
    with site:
        config = Config(
            archive=ARCHIVE,
            start=tuple(f"{site.url}{path}" for path in _START),
            delay=0,
            retry_delay=0.1,
        )
        if not as_json:
            say(f"Crawling a replica of the resource centre at {site.url} into {ARCHIVE}")
        summary = crawl_and_sum_up(config)
    say_summary(summary, as_json=as_json)
    if not as_json:
        say_next(_to_try())
        say("\nNow open the archive in a browser:")
        say(f"  {program()} serve{archive_option(ARCHIVE)}")
    raise typer.Exit(summary.exit_code)


def _serve(site: DemoSite) -> None:
    say(f"{site.url} ({site.state}); end it with Ctrl-C")
    sys.stdout.flush()
    with suppress(KeyboardInterrupt):
        site.serve()
    site.close()


def _clear_away(archive: Path) -> None:
    """Remove an older demo: an archive of ours, and not one that is being written."""
    archive.parent.mkdir(exist_ok=True)
    try:
        open_archive(archive, access="write").close()
    except ArchiveNotFoundError:
        return
    with writer_lock(archive, "clearing the demo away"):
        for suffix in ("", "-wal", "-shm"):
            archive.with_name(archive.name + suffix).unlink(missing_ok=True)


def _to_try() -> list[str]:
    option = archive_option(ARCHIVE)
    with open_archive(ARCHIVE) as opened, opened.connect() as connection:
        documents = [record for record in list_records(connection) if record.kind == "document"]
    first = documents[-1].id if documents else "ID"
    return [
        f"list --theme biodiversité --year 2010..2015{option}",
        f"show {first}{option}",
        f"files --to demo/files{option}",
    ]
