"""`pnr ocr`: read scanned pages."""

from __future__ import annotations

import os
from typing import Annotated, Final

import typer

from archive.extraction import ocr_available
from archive.locking import writing
from archive.measures import duration
from archive.texts.extracting import read_all_scans
from archive.texts.storing import pages_wanting_ocr
from crawler.cli.options import ArchiveOption, JsonOption, WorkersOption, reading, settings
from crawler.cli.output import counted, say, say_json
from crawler.cli.working import progress_of

app = typer.Typer(add_completion=False)

#: What tesseract takes for an A4 page at 300 dpi, on one processor; measured on such scans.
_SECONDS_PER_PAGE: Final = 6.0


@app.command("ocr")
def ocr(
    dry_run: Annotated[
        bool, typer.Option("--dry-run", help="Only say how many pages, and about how long.")
    ] = False,
    workers: WorkersOption = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Read pages that show something and have no text, by OCR (tesseract; French and English).

    Only those pages are read, each once; their text is marked as OCR, with its confidence. What
    is stopped goes on with the same command.

    Example: pnr ocr --dry-run
    """
    config = settings(archive)
    count = config.workers if workers is None else workers
    with reading(archive) as connection:
        wanted = pages_wanting_ocr(connection)
    pages = sum(len(numbers) for numbers in wanted.values())
    seconds = pages * _SECONDS_PER_PAGE / (count or os.cpu_count() or 1)
    available = ocr_available()
    done = 0
    if not dry_run and available.available and wanted:
        with (
            writing(config.archive, "OCR") as opened,
            progress_of("Reading scans", pages, lambda result: len(result.pages)) as told,
        ):
            limits = config.extraction.limits()
            done = read_all_scans(opened, workers=count, limits=limits, told=told)
    if as_json:
        facts = {"pages": pages, "files": len(wanted), "seconds": round(seconds), "read": done}
        say_json(facts | {"available": available.available, "detail": available.detail})
        return
    verb = "wants" if pages == 1 else "want"
    say(f"{counted(pages, 'page')} in {counted(len(wanted), 'file')} {verb} OCR.")
    if not available.available:
        say(f"OCR is not possible here: {available.detail}.")
    elif dry_run and wanted:
        say(f"That takes about {duration(seconds)}; `pnr ocr` does it.")
    elif done:
        say(f"{counted(done, 'file')} read.")
