"""`pnr export`: the records for other programs."""

from __future__ import annotations

import os
import sys
import tempfile
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, TextIO

import typer

from archive.exporting.jsonl import jsonl_lines
from crawler.cli.options import (
    ArchiveOption,
    AuthorOption,
    KindOption,
    ParkOption,
    TagOption,
    ThemeOption,
    TypeOption,
    WithdrawnOption,
    YearOption,
    reading,
    record_filter,
)
from crawler.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator

app = typer.Typer(add_completion=False)


@app.callback()
def export() -> None:
    """Write the records in a format other programs read.

    Example: pnr export jsonl --output records.jsonl
    """


@app.command("jsonl")
def export_jsonl(
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="FILE", help="Write here instead of standard output."),
    ] = None,
    kind: KindOption = None,
    type_: TypeOption = "",
    year: YearOption = "",
    park: ParkOption = "",
    theme: ThemeOption = "",
    tag: TagOption = "",
    author: AuthorOption = "",
    withdrawn: WithdrawnOption = False,
    archive: ArchiveOption = None,
) -> None:
    """Write one JSON object a line, one record a line.

    The fields are those of docs/data-model.md, in that order: absent text is "", an absent number
    or date null.

    Example: pnr export jsonl --park Scarpe-Escaut
    """
    wanted = record_filter(
        kind=kind,
        type_=type_,
        year=year,
        park=park,
        theme=theme,
        tag=tag,
        author=author,
        withdrawn=withdrawn,
    )
    with reading(archive) as connection, _writing(output) as file:
        file.writelines(jsonl_lines(connection, wanted))


@contextmanager
def _writing(path: Path | None) -> Iterator[TextIO]:
    """Give where to write; a named file is replaced as a whole, when all of it is written."""
    if path is None:
        yield sys.stdout
        return
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from error
    try:
        with open(handle, "w", encoding="utf-8") as file:  # noqa: PTH123  # a descriptor, not a path
            yield file
        _publish(Path(name), path)
    except OSError as error:
        raise UsageError(f"{path} cannot be written: {error.strerror}.") from error
    finally:
        with suppress(FileNotFoundError):
            os.unlink(name)  # noqa: PTH108  # the counterpart of mkstemp


def _publish(written: Path, path: Path) -> None:
    mask = os.umask(0)
    os.umask(mask)
    written.chmod(0o666 & ~mask)
    written.replace(path)
