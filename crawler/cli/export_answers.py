"""`pnr export warc|wacz`: the recorded answers, for tools that replay web archives."""

from __future__ import annotations

import sys
import tempfile
from importlib.util import find_spec
from typing import IO, TYPE_CHECKING, Any

from archive.exporting.answers import Selection
from archive.exporting.manifests import counted as with_files
from archive.exporting.manifests import manifest_of
from archive.queries.filtering import EVERYTHING
from crawler.cli.options import reading, settings
from crawler.cli.publishing import beside, new_file, say_written, write_manifest
from crawler.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from sqlalchemy import Connection

#: How a WARC is named where it has no name of its own.
_UNNAMED = "pnr-archive.warc.gz"
_PIECE = 1 << 20


def export_answers(
    form: str,
    output: Path | None,
    archive: Path | None,
    *,
    run: int | None,
    since: tuple[datetime | None, int | None],
) -> None:
    """Write the answers of a run, or since a moment or a run, into one WARC or WACZ.

    :raises UsageError: the extra is missing, or there is nowhere to write to.
    """
    if find_spec("warcio") is None:
        raise UsageError(
            f"{form} needs warcio: install the extra with `pip install 'pnr-archive[warc]'`."
        )
    if output is None and (form == "wacz" or sys.stdout.isatty()):
        raise UsageError(f"{form} needs --output: the file to write.")
    selection = Selection(run=run, since=since[0], since_run=since[1])
    with reading(archive) as connection:
        if output is None:
            _to_standard_output(connection, selection)
            return
        name = settings(archive).archive.name
        with new_file(output) as path:
            if form == "wacz":
                counts = _write_wacz(path, connection, selection, name)
            else:
                with path.open("wb") as file:
                    counts = _write_warc(file, output.name, connection, selection)
        said = manifest_of(connection, archive=name, form=form, wanted=EVERYTHING)
        said["filters"] = _said(selection)
        write_manifest(with_files(said, counts, [output]), beside(output))
        say_written(output, {name: count for name, count in counts.items() if count})


def _write_warc(
    file: IO[bytes], name: str, connection: Connection, selection: Selection
) -> dict[str, int]:
    # Imported here, as below: it is an extra.
    from archive.exporting.warcs import WarcFile  # noqa: PLC0415

    warc = WarcFile(file, name, packed=not name.endswith(".warc"))
    for _ in warc.write(connection, selection):
        pass
    return warc.counts.as_counts()


def _write_wacz(
    path: Path, connection: Connection, selection: Selection, name: str
) -> dict[str, int]:
    from archive.exporting.waczs import write_wacz  # noqa: PLC0415

    return write_wacz(path, connection, selection, title=f"pnr-archive: {name}").as_counts()


def _to_standard_output(connection: Connection, selection: Selection) -> None:
    # Records are found by where they begin, and a pipe does not tell.
    with tempfile.TemporaryFile() as file:
        _write_warc(file, _UNNAMED, connection, selection)
        file.seek(0)
        while piece := file.read(_PIECE):
            sys.stdout.buffer.write(piece)


def _said(selection: Selection) -> dict[str, Any]:
    said = {
        "run": selection.run,
        "since": selection.since.isoformat() if selection.since else None,
        "since_run": selection.since_run,
    }
    return {name: value for name, value in said.items() if value is not None}
