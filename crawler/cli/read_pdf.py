"""`pnr read-pdf`: what the extractor makes of one local file."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Annotated, Final

import typer

from archive.extraction import EngineName, Extraction, ExtractionStatus, extract
from archive.extraction.results import extraction_to_json
from crawler.cli.files_given import given_file
from crawler.cli.options import JsonOption
from crawler.cli.output import counted, duration, plain, say, say_fields, say_json
from crawler.errors import ExitCode, UsageError

app = typer.Typer(add_completion=False)

#: What counts as read, as far as the file goes.
_READ: Final = {ExtractionStatus.READ, ExtractionStatus.PARTIAL, ExtractionStatus.EMPTY}
_MOST_PAGES: Final = 100_000


@app.command("read-pdf")
def read_pdf(
    file: Annotated[Path, typer.Argument(metavar="FILE", help="A PDF on this machine.")],
    engine: Annotated[
        EngineName, typer.Option("--engine", help="auto (chooses by page), pdfium or pdfplumber.")
    ] = EngineName.AUTO,
    pages: Annotated[
        str, typer.Option("--pages", metavar="PAGES", help="Only these: 3, 3-5 or 1,4-6.")
    ] = "",
    as_json: JsonOption = False,
) -> None:
    """Show what is read of one local PDF.

    It is read as in a crawl: in a process of its own, with limits on time and memory. Ends with
    code 2 where the file cannot be read at all.

    Example: pnr read-pdf charte.pdf --pages 1-3
    """
    given_file(file)
    result = extract(file, engine=engine, pages=page_numbers(pages))
    if as_json:
        say_json(extraction_to_json(result))
    elif result.status in _READ:
        _say(result)
    if result.status not in _READ:
        detail = f": {result.detail}" if result.detail else ""
        if as_json:
            raise typer.Exit(ExitCode.USAGE)
        raise UsageError(f"{file} cannot be read, {result.status}{detail.rstrip('.')}.")


def page_numbers(text: str) -> list[int]:
    """Return the pages meant.

    >>> page_numbers("1,4-6")
    [1, 4, 5, 6]

    :raises UsageError: these are no pages.
    """
    numbers: list[int] = []
    for part in filter(None, text.replace(" ", "").split(",")):
        found = re.fullmatch(r"(\d{1,5})(?:-(\d{1,5}))?", part)
        first, last = (int(found[1]), int(found[2] or found[1])) if found else (0, 0)
        if not 1 <= first <= last <= _MOST_PAGES:
            raise UsageError(f"--pages {text!r} is no list of pages; write 3, 3-5 or 1,4-6.")
        numbers += range(first, last + 1)
    return numbers


def _say(result: Extraction) -> None:
    facts = result.facts
    engines = ", ".join(f"{name} {count}" for name, count in result.engines.items())
    pairs = {
        "status": f"{result.status}{f' ({result.detail})' if result.detail else ''}",
        "pages": f"{len(result.pages)} of {facts.page_count} read, in {duration(result.seconds)}",
        "engines": engines,
        "repair": result.repair,
        "title": facts.title,
        "author": facts.author,
        "producer": facts.producer,
        "created": facts.created or facts.created_raw,
        "outline": counted(len(facts.outline), "entry", "entries") if facts.outline else "",
    }
    say_fields([(name, value) for name, value in pairs.items() if value])
    for page in result.pages:
        flags = f", {', '.join(page.flags)}" if page.flags else ""
        facts_of_page = (
            f"{page.status}, {page.engine or 'no engine'}, score {page.score:.2f}{flags}"
        )
        say(f"\n— page {page.number} ({facts_of_page}) —")
        say(plain(page.text))
