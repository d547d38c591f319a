"""`pnr export`: the records for other programs."""

from __future__ import annotations

import sys
from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from archive.authority.storing import stored_authority
from archive.exporting.counting import Counter
from archive.exporting.manifests import MANIFEST, counted, manifest_of
from archive.exporting.texts import TEXT_FORMATS
from archive.queries.filtering import EVERYTHING
from archive.queries.records import whole_records
from crawler.cli.export_answers import export_answers
from crawler.cli.filters import Filters, spread
from crawler.cli.options import (
    ArchiveOption,
    AsOfOption,
    moment,
    reading,
    settings,
)
from crawler.cli.publishing import beside, new_file, new_folder, say_written, write_manifest
from crawler.cli.spans import SinceOption, since
from crawler.errors import UsageError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from archive.queries.filtering import RecordFilter

app = typer.Typer(add_completion=False)


class ExportFormat(StrEnum):
    """The formats the records are written in."""

    JSONL = "jsonl"
    CSV = "csv"
    PARQUET = "parquet"
    SQLITE = "sqlite"
    BIBTEX = "bibtex"
    RIS = "ris"
    CSL_JSON = "csl-json"
    JSONLD = "jsonld"
    DC = "dc"
    WARC = "warc"
    WACZ = "wacz"


#: What holds the recorded answers, not the records read from them.
_OF_ANSWERS = frozenset({ExportFormat.WARC, ExportFormat.WACZ})


@app.command("export")
@spread
def export(
    form: Annotated[ExportFormat, typer.Argument(metavar="FORMAT", help="See below.")],
    filters: Filters,
    output: Annotated[
        Path | None,
        typer.Option("--output", metavar="PATH", help="Write here; a folder for csv and parquet."),
    ] = None,
    excel: Annotated[
        bool, typer.Option("--excel", help="CSV that a French Excel opens by a double click.")
    ] = False,
    as_of: AsOfOption = None,
    run: Annotated[
        int | None,
        typer.Option("--run", min=1, metavar="N", help="warc, wacz: only the answers of this run."),
    ] = None,
    since_: SinceOption = "",
    archive: ArchiveOption = None,
) -> None:
    """Write the records in a format other programs read: a manifest says of what state.

    To standard output or a file: **jsonl** (every field), **bibtex**, **ris**, **csl-json**,
    **jsonld** (schema.org), **dc** (Dublin Core). Into a folder, a table each: **csv** (with
    datapackage.json), **parquet**. **sqlite** is a light copy: an archive without page bodies and
    PDFs. **warc** and **wacz** hold the recorded answers themselves, all of them, of one run, or
    since a day or a run, for any tool that replays web archives. The same state gives the same
    bytes.

    Example: pnr export csv --output tables --excel --park Scarpe-Escaut
    """
    wanted = filters.meant()
    if excel and form is not ExportFormat.CSV:
        raise UsageError(f"--excel is for csv, not for {form}.")
    if form in _OF_ANSWERS:
        if wanted != EVERYTHING or as_of is not None:
            raise UsageError(f"{form} holds answers, not records: it takes --run and --since.")
        export_answers(form, output, archive, run=run, since=since(since_))
        return
    if run is not None or since_:
        raise UsageError(f"--run and --since are for warc and wacz, not for {form}.")
    with reading(archive, as_of) as connection:
        manifest = manifest_of(
            connection,
            archive=settings(archive).archive.name,
            form=f"{form} --excel" if excel else form,
            wanted=wanted,
            as_of=None if as_of is None else moment(as_of),
        )
        if form in TEXT_FORMATS:
            _write_text(connection, wanted, form, output, manifest)
        elif output is None:
            raise UsageError(f"{form} needs --output: {_what_for(form)} to write.")
        elif form is ExportFormat.SQLITE:
            _write_copy(connection, wanted, output, manifest)
        else:
            _write_tables(connection, wanted, form, output, manifest, excel=excel)


def _what_for(form: ExportFormat) -> str:
    return "the file" if form is ExportFormat.SQLITE else "the folder"


def _write_text(
    connection: Connection,
    wanted: RecordFilter,
    form: ExportFormat,
    output: Path | None,
    manifest: dict[str, Any],
) -> None:
    records = Counter(whole_records(connection, wanted))
    lines = TEXT_FORMATS[form](records, stored_authority(connection))
    if output is None:
        sys.stdout.writelines(lines)
        return
    with new_file(output) as path, path.open("w", encoding="utf-8", newline="") as file:
        file.writelines(lines)
    counts = {"records": records.count}
    write_manifest(counted(manifest, counts, [output]), beside(output))
    say_written(output, counts)


def _write_copy(
    connection: Connection, wanted: RecordFilter, output: Path, manifest: dict[str, Any]
) -> None:
    # Imported here: it brings the search index with it.
    from archive.exporting.light import write_light  # noqa: PLC0415

    with new_file(output) as path:
        counts = write_light(path, connection, wanted)
    write_manifest(counted(manifest, counts, [output]), beside(output))
    say_written(output, counts)


def _write_tables(
    connection: Connection,
    wanted: RecordFilter,
    form: ExportFormat,
    output: Path,
    manifest: dict[str, Any],
    *,
    excel: bool,
) -> None:
    from archive.exporting.csvs import write_csv  # noqa: PLC0415  # as the copy's
    from archive.exporting.datapackages import datapackage  # noqa: PLC0415
    from archive.exporting.parquets import write_parquet  # noqa: PLC0415

    records, authority = whole_records(connection, wanted), stored_authority(connection)
    with new_folder(output) as folder:
        if form is ExportFormat.CSV:
            counts = write_csv(folder, records, authority, excel=excel)
            tables = sorted(folder.iterdir())
            package = datapackage(counted(manifest, counts, tables), excel=excel)
            write_manifest(package, folder / "datapackage.json")
        else:
            counts = write_parquet(folder, records, authority)
        said = counted(manifest, counts, sorted(folder.iterdir()))
        write_manifest(said, folder / MANIFEST)
    say_written(output, counts)
