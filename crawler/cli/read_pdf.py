"""`pnr read-pdf`: what the extractor makes of one local file."""

from __future__ import annotations

import re
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Any, Final

import typer

from archive.extraction import (
    EngineName,
    Extraction,
    ExtractionStatus,
    PageStatus,
    PageText,
    extract,
)
from archive.extraction.results import Reading, extraction_to_json
from crawler.cli.files_given import given_file
from crawler.cli.options import JsonOption, settings
from crawler.cli.output import counted, plain, say, say_fields, say_json
from crawler.errors import ExitCode, UsageError

app = typer.Typer(add_completion=False)

#: What counts as read, as far as the file goes.
_READ: Final = {ExtractionStatus.READ, ExtractionStatus.PARTIAL, ExtractionStatus.EMPTY}
_LOST: Final = {PageStatus.DAMAGED, PageStatus.TIMED_OUT, PageStatus.OUT_OF_MEMORY}
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

    It is read as in a crawl: in a process of its own, with the limits of the settings. For each
    page it says which engines were asked, the score of each, and whose text was kept. Ends with
    code 2 where the file cannot be read at all.

    Example: pnr read-pdf charte.pdf --pages 1-3
    """
    given_file(file)
    limits = settings().extraction.limits()
    result = extract(file, engine=engine, pages=page_numbers(pages), limits=limits)
    if pages and not result.pages and result.facts.page_count:
        held = counted(result.facts.page_count, "page")
        raise UsageError(f"{file} has {held}; --pages {pages!r} names none of them.")
    if as_json:
        say_json(_in_json(result))
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


def _in_json(result: Extraction) -> dict[str, Any]:
    """Return the result with the readings of each page at that page."""
    facts = extraction_to_json(result)
    del facts["readings"]
    for page, fields in zip(result.pages, facts["pages"], strict=True):
        fields["readings"] = [
            {name: value for name, value in asdict(reading).items() if name != "page"}
            for reading in readings_of(result, page)
        ]
    return facts


def readings_of(result: Extraction, page: PageText) -> list[Reading]:
    """Return every reading of a page; where there was one only, that is kept."""
    several = [reading for reading in result.readings if reading.page == page.number]
    if several or not page.engine:
        return several
    score = page.score if page.text else None
    return [Reading(page=page.number, engine=page.engine, score=score, kept=True)]


def _say(result: Extraction) -> None:
    say_fields([(name, value) for name, value in _pairs(result).items() if value])
    for page in result.pages:
        say(f"\n— page {page.number}: {_judgement(result, page)} —")
        say(plain(page.text))


def _pairs(result: Extraction) -> dict[str, object]:
    facts = result.facts
    engines = ", ".join(f"{name} {count}" for name, count in result.engines.items())
    asked_twice = len({reading.page for reading in result.readings})
    read = sum(page.status not in _LOST for page in result.pages)
    cost = f"{result.cpu_seconds:.1f} s of processor, {result.peak_memory_mb:.0f} MB"
    return {
        "status": f"{result.status}{f' ({result.detail})' if result.detail else ''}",
        "pages": f"{read} of {facts.page_count} read, in {result.seconds:.1f} s ({cost})",
        "engines": f"{engines}; {counted(asked_twice, 'page')} read in several ways"
        if asked_twice
        else engines,
        "repair": result.repair,
        "title": facts.title,
        "author": facts.author,
        "producer": facts.producer,
        "created": facts.created or facts.created_raw,
        "claims": f"PDF/A-{facts.pdfa}" if facts.pdfa else "",
        "outline": counted(len(facts.outline), "entry", "entries") if facts.outline else "",
        "attached": facts.attachments,
        "scripts": "JavaScript, never run" if facts.has_javascript else "",
    }


def _judgement(result: Extraction, page: PageText) -> str:
    """Say how a page ended, and how each engine read it.

    The kept reading stands first: "read; pdfplumber (as drawn) 0.97 kept, pdfium 0.61".
    """
    readings = sorted(readings_of(result, page), key=lambda reading: not reading.kept)
    said = [
        f"{one.engine}{f' ({one.how})' if one.how else ''}"
        f"{'' if one.score is None else f' {one.score:.2f}'}"
        f"{' kept' if one.kept and len(readings) > 1 else ''}"
        for one in readings
    ]
    flags = [f"flags: {', '.join(page.flags)}"] if page.flags else []
    return "; ".join(filter(None, [page.status, ", ".join(said), *flags]))
