"""`pnr extract`: read the archive's files, or read them again."""

from __future__ import annotations

import re
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass
from time import monotonic
from typing import TYPE_CHECKING, Annotated, Any

import typer

from archive.extraction import EngineName, ExtractionPool, ExtractionStatus
from archive.locking import writing
from archive.measures import duration
from archive.texts.dask_cluster import DaskCluster, DaskLostError, DaskUnavailableError
from archive.texts.extracting import find_all_tables, read_waiting, room_for
from archive.texts.storing import count_waiting, files_without_tables, queue_again
from crawler.cli.options import ArchiveOption, JsonOption, WorkersOption, settings
from crawler.cli.output import counted, say, say_json
from crawler.cli.working import progress_of
from crawler.errors import IncompleteError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

    from archive.database import Archive
    from archive.extraction import ExtractionLimits
    from archive.texts.extracting import TextEngine

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
        EngineName | None,
        typer.Option(
            "--engine",
            help="Read again with this engine; alone, all that another was asked to read.",
        ),
    ] = None,
    tables: Annotated[
        bool, typer.Option("--tables", help="Search files for tables, after their texts.")
    ] = False,
    workers: WorkersOption = None,
    dask: Annotated[
        str,
        typer.Option("--dask", metavar="ADDRESS", help="Read on this Dask cluster: tcp://…"),
    ] = "",
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read the text of files that wait for it, or read files again.

    A crawl reads new files by itself; this goes on with what it left, and reads again after an
    upgrade. Each text is kept as soon as it is read: what is stopped, or killed, goes on with the
    same command and reads nothing twice. A file that reads as before is left as it stands.

    Example: pnr extract --redo partial --engine pdfplumber
    """
    again = _Again(tuple(redo or ()), older_than, engine, every_file=all_)
    config = settings(archive)
    count = config.workers if workers is None else workers
    limits = config.extraction.limits()
    begun = monotonic()
    with writing(config.archive, "reading texts") as opened:
        with _reader(dask, count, limits) as (reader, room):
            statuses = _read(opened, again, reader, room)
        searched = None
        if tables or config.extraction.tables:
            searched = _search(opened, count, limits)
    _say(statuses, searched, monotonic() - begun, as_json=as_json)


@dataclass(frozen=True, slots=True)
class _Again:
    """What is to be read again, besides what waits."""

    statuses: tuple[ExtractionStatus, ...]
    older_than: str
    engine: EngineName | None
    every_file: bool

    def __post_init__(self) -> None:
        if self.older_than and not re.fullmatch(r"\d+(\.\d+)*", self.older_than):
            raise UsageError(
                f"--older-than {self.older_than!r} is no version; write it like 0.2.0."
            )

    def queue(self, connection: Connection) -> None:
        """Have the files meant wait; none where nothing is to be read again."""
        chosen = bool(self.statuses or self.every_file or self.older_than)
        if chosen or self.engine:
            queue_again(
                connection,
                statuses=self.statuses,
                older_than=self.older_than,
                engine=self.engine or EngineName.AUTO,
                read_otherwise=not chosen,
            )


def _read(opened: Archive, again: _Again, reader: TextEngine, room: int) -> Counter[str]:
    """Read what waits and what is to be read again; return how many came to each status."""
    statuses: Counter[str] = Counter()
    with opened.transaction() as connection:
        again.queue(connection)
        waiting = count_waiting(connection)
    with progress_of("Reading", waiting) as advance:

        def told(sha256: str, result: Any) -> None:
            statuses[result.status] += 1
            advance(sha256, result)

        read_waiting(opened, reader, room=room, told=told)
    return statuses


@contextmanager
def _reader(dask: str, workers: int, limits: ExtractionLimits) -> Iterator[tuple[TextEngine, int]]:
    """Give who reads, the cluster at an address or this machine, and how much at a time."""
    if not dask:
        with ExtractionPool(workers, limits) as pool:
            yield pool, room_for(workers)
        return
    try:
        with DaskCluster(dask, limits) as cluster:
            yield cluster, cluster.room
    except DaskUnavailableError as error:
        raise UsageError(str(error)) from error
    except DaskLostError as error:
        raise IncompleteError(str(error)) from error


def _search(archive: Archive, workers: int, limits: ExtractionLimits) -> int:
    with archive.connect() as connection:
        left = len(files_without_tables(connection))
    with progress_of("Searching for tables", left) as told:
        return find_all_tables(archive, workers=workers, limits=limits, told=told)


def _say(statuses: Counter[str], searched: int | None, seconds: float, *, as_json: bool) -> None:
    done = statuses.total()
    if as_json:
        say_json(
            {
                "read": done,
                "statuses": statuses,
                "searched_for_tables": searched,
                "seconds": round(seconds, 1),
            }
        )
        return
    words = ", ".join(f"{number} {status}" for status, number in sorted(statuses.items()))
    if done:
        say(f"{counted(done, 'file')} read in {duration(seconds)}: {words}.")
    else:
        say("No file waits to be read; --all, --redo and --older-than read again.")
    if searched is not None:
        say(f"{counted(searched, 'file')} searched for tables.")
