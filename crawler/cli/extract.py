"""`pnr extract`: read the archive's files, or read them again."""

from __future__ import annotations

import os
from collections import Counter
from typing import Annotated

import typer

from archive.crosschecks import check_files
from archive.extracting import DaskCluster, find_all_tables, read_waiting, room_for
from archive.extraction import EngineName, ExtractionPool, ExtractionStatus
from archive.ledger import newest_run, now
from archive.locking import writing
from archive.texts import count_waiting, files_without_tables, queue_again
from crawler.cli.options import ArchiveOption, JsonOption, settings
from crawler.cli.output import counted, say, say_json
from crawler.cli.working import progress_of

app = typer.Typer(add_completion=False)


@app.command("extract")
def extract_texts(
    redo: Annotated[
        list[ExtractionStatus] | None,
        typer.Option("--redo", help="Read files of this status again; may be given several times."),
    ] = None,
    all_: Annotated[bool, typer.Option("--all", help="Read every file again.")] = False,
    older_than: Annotated[
        str,
        typer.Option(
            "--older-than", metavar="VERSION", help="Read again what an older pnr has read."
        ),
    ] = "",
    engine: Annotated[
        EngineName, typer.Option("--engine", help="Which engine reads what is read again.")
    ] = EngineName.AUTO,
    tables: Annotated[
        bool, typer.Option("--tables", help="Search files for tables, after their texts.")
    ] = False,
    workers: Annotated[
        int | None,
        typer.Option("--workers", min=0, max=64, help="Processes; 0: one per processor."),
    ] = None,
    dask: Annotated[
        str,
        typer.Option("--dask", metavar="ADDRESS", help="Read on this Dask cluster: tcp://…"),
    ] = "",
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read the text of files that wait for it, or read files again.

    A crawl reads new files by itself; this goes on with what it left, and reads again after an
    upgrade. What is stopped goes on with the same command.

    Example: pnr extract --redo partial --engine pdfplumber
    """
    config = settings(archive)
    count = config.workers if workers is None else workers
    again = bool(redo or all_ or older_than)
    statuses: Counter[str] = Counter()
    with writing(config.archive, "reading texts") as opened:
        started = now()
        with opened.transaction() as connection:
            if again:
                queue_again(connection, statuses=redo or (), older_than=older_than, engine=engine)
            waiting = count_waiting(connection)
        limits = config.extraction.limits()
        reader = DaskCluster(dask, limits) if dask else ExtractionPool(count, limits)
        with reader, progress_of("Reading", waiting) as advance:

            def told(sha256: str, result: object) -> None:
                statuses[str(getattr(result, "status", ""))] += 1
                advance(sha256, result)

            room = 4 * (os.cpu_count() or 1) if dask else room_for(count)
            done = read_waiting(opened, reader, room=room, told=told)
        if done:
            with opened.transaction() as connection:
                check_files(connection, newest_run(connection).id, since=started)
        searched = 0
        if tables or config.extraction.tables:
            with opened.connect() as connection:
                left = len(files_without_tables(connection))
            with progress_of("Searching for tables", left) as advance:
                searched = find_all_tables(opened, workers=count, told=advance)
    if as_json:
        say_json({"read": done, "statuses": statuses, "searched_for_tables": searched})
        return
    words = ", ".join(f"{number} {status}" for status, number in sorted(statuses.items()))
    say(f"{counted(done, 'file')} read" + (f": {words}." if words else "."))
    if tables or config.extraction.tables:
        say(f"{counted(searched, 'file')} searched for tables.")
