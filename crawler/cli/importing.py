"""`pnr import`: what others saved of the site takes its place in the history."""

from __future__ import annotations

import os
import tempfile
from datetime import UTC, datetime, time
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from archive.database import open_archive
from archive.extraction import ExtractionPool
from archive.locking import writer_lock
from archive.texts.extracting import read_waiting, room_for
from archive.texts.storing import count_waiting
from crawler.cli.options import ArchiveOption, JsonOption, settings
from crawler.cli.output import counted, plain, say, say_json
from crawler.cli.working import progress_of
from crawler.errors import UsageError
from crawler.importing.captures import IN_WORDS
from crawler.importing.filing import Filing, Imported
from crawler.importing.mementos import replayed
from crawler.importing.planning import Plan, addresses_met, files_in, plan_import
from crawler.importing.saved import Given
from crawler.importing.site import site_of
from crawler.urls import UnusableUrlError, canonical_url

if TYPE_CHECKING:
    from archive.database import Archive
    from crawler.config import Config

app = typer.Typer(add_completion=False)


@app.command("import")
def import_(
    paths: Annotated[
        list[Path],
        typer.Argument(
            metavar="PATH…", help="Saved pages, PDFs, WARC and WACZ files, folders of them."
        ),
    ],
    url: Annotated[
        str, typer.Option("--url", metavar="URL", help="The address of the one saved file.")
    ] = "",
    at: Annotated[
        str,
        typer.Option(
            "--at", metavar="DATE", help="When they were saved: 2015-04-09, 2015-04-09T10:22; UTC."
        ),
    ] = "",
    host: Annotated[
        list[str] | None,
        typer.Option(
            "--host",
            metavar="HOST[:PORT]",
            help="Take in this host too; may be given several times.",
        ),
    ] = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take in what others saved of the site: each capture at its own date, before day one.

    Saved pages (.html, printed pages as .txt or .md), PDFs, WARC and WACZ files such as captures of
    the Wayback Machine, and folders of these. Each is read by today's reader and takes its place
    in the history; a current record never gives way to an older capture. Importing twice adds
    nothing, and what was stopped goes on with the same command. docs/exchange.md has the rules.

    Example: pnr import saved/ captures.warc.gz
    """
    config = settings(archive)
    given = Given(url=_address(url), at=_moment(at))
    files_in(paths)
    with (
        tempfile.TemporaryDirectory(prefix="pnr-import-") as folder,
        writer_lock(config.archive, "an import"),
        open_archive(config.archive, access="create") as opened,
    ):
        plan, imported = _import(opened, config, paths, given, host or [], Path(folder))
        waiting = _read_texts(opened, config) if imported.files else 0
    if not imported.captures and not imported.already:
        raise UsageError(_nothing(plan))
    if as_json:
        say_json(_data(plan, imported, waiting))
    else:
        _say(plan, imported, waiting)


def _import(
    opened: Archive,
    config: Config,
    paths: list[Path],
    given: Given,
    hosts: list[str],
    folder: Path,
) -> tuple[Plan, Imported]:
    with opened.connect() as connection:
        site = site_of(connection, config, hosts, addresses_met(paths, given, config))
        with progress_of("Looking through", len(files_in(paths))) as advance:
            try:
                plan = plan_import(
                    connection,
                    paths,
                    site,
                    given,
                    folder=folder,
                    told=lambda: advance("", None),
                )
            except OSError as error:
                words = os.strerror(error.errno or 0)
                raise UsageError(f"{error.filename or folder} cannot be read: {words}.") from error
    filing = Filing(site, plan)
    with progress_of("Importing", len(plan.captures), count=int) as advance:
        return plan, filing.file_all(opened, lambda count: advance("", count))


def _read_texts(opened: Archive, config: Config) -> int:
    """Read the texts that wait, unless a setting leaves that for later; return how many do."""
    with opened.connect() as connection:
        waiting = count_waiting(connection)
    if config.extract != "crawl" or not waiting:
        return waiting
    with (
        progress_of("Reading", waiting) as advance,
        ExtractionPool(config.workers, config.extraction.limits()) as pool,
    ):
        read_waiting(opened, pool, room=room_for(config.workers), told=advance)
    with opened.connect() as connection:
        return count_waiting(connection)


def _address(url: str) -> str:
    if not url:
        return ""
    own, _ = replayed(url)
    try:
        return canonical_url(own)
    except UnusableUrlError as error:
        raise UsageError(f"--url: {error}.") from error


def _moment(text: str) -> datetime | None:
    if not text:
        return None
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        raise UsageError(f"--at {text!r} is no date; write it like 2015-04-09.") from None
    if len(text) <= len("2015-04-09"):
        moment = datetime.combine(moment.date(), time.min)
    moment = moment if moment.tzinfo else moment.replace(tzinfo=UTC)
    if moment > datetime.now(UTC):
        raise UsageError(f"--at {text} is yet to come; name the day the files were saved.")
    return moment.astimezone(UTC)


def _nothing(plan: Plan) -> str:
    if not plan.left_out:
        return "Nothing was imported: there is nothing in what was given."
    return f"Nothing was imported. Left out: {'; '.join(_left_out(plan))}."


def _left_out(plan: Plan) -> list[str]:
    return [
        f"{count} {IN_WORDS[why]}, such as {plain(plan.examples[why][0])}"
        for why, count in plan.left_out.most_common()
    ]


def _data(plan: Plan, imported: Imported, waiting: int) -> dict[str, Any]:
    return {
        "captures": imported.captures,
        "already": imported.already,
        "first": imported.first,
        "last": imported.last,
        "runs": imported.runs,
        "outcomes": dict(sorted(imported.outcomes.items())),
        "records": sorted(imported.records),
        "current": sorted(imported.current),
        "files": imported.files,
        "texts_waiting": waiting,
        "left_out": [
            {"why": why, "count": count, "examples": plan.examples[why]}
            for why, count in plan.left_out.most_common()
        ],
    }


def _say(plan: Plan, imported: Imported, waiting: int) -> None:
    if imported.captures:
        first, last = imported.first, imported.last
        span = f"{first:%Y-%m-%d}" if first == last else f"{first:%Y-%m-%d} to {last:%Y-%m-%d}"
        say(
            f"Imported {counted(imported.captures, 'capture')} of {span}, "
            f"as {counted(len(imported.runs), 'run')}: "
            f"{counted(len(imported.records), 'record')}, {counted(imported.files, 'file')}."
        )
    if imported.already:
        say(f"Already archived: {counted(imported.already, 'capture')}.")
    if older := len(imported.records - imported.current):
        kept = counted(older, "record keeps", "records keep")
        say(f"{kept} the newer reading that is current.")
    if waiting:
        files = counted(waiting, "PDF waits for its text", "PDFs wait for their texts")
        say(f"{files}; `pnr extract` reads them.")
    for line in _left_out(plan):
        say(f"Left out: {line}")
