"""`pnr inspect`: how a page is read."""

from __future__ import annotations

import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from archive.database import open_archive
from archive.queries.snapshots import last_page
from archive.recording import archived_page, is_pdf, recorded
from archive.records import FetchedPage, PageReading
from crawler.cli.files_given import given_file
from crawler.cli.options import ArchiveOption, JsonOption, names_of, settings
from crawler.cli.output import plain, say, say_fields, say_json, say_table
from crawler.errors import UsageError
from crawler.fetching import UnreachableError, ask_for_page
from crawler.reading import page_reader
from crawler.urls import UnusableUrlError, canonical_url

if TYPE_CHECKING:
    from crawler.config import Config

app = typer.Typer(add_completion=False)

_MB: Final = 1_000_000
_TEXT: Final = {".txt": "text/plain", ".md": "text/markdown", ".xml": "application/xml"}
#: Addresses of each kind that are printed; JSON has all of them.
_SHOWN: Final = 8
_LONGEST: Final = 70


@app.command("inspect")
def inspect(
    page: Annotated[
        str, typer.Argument(metavar="URL|FILE|ID", help="An address, or a page saved in a file.")
    ],
    url: Annotated[
        str, typer.Option("--url", metavar="URL", help="The address of the page in the file.")
    ] = "",
    archived: Annotated[
        bool, typer.Option("--archived", help="Read the archived page; ask the site nothing.")
    ] = False,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show how a page is read.

    The layout found, each label with the field it fills, what nobody taught us yet, where the
    page leads. A live address is asked once, and robots.txt before it; where nothing answers, the
    archived page is read. A file may be HTML, or a printed page copied as text.

    Example: pnr inspect saved.html --url https://www.example.org/node/12
    """
    config = settings(archive)
    fetched, source = _fetched(page, url, config, archived=archived)
    if is_pdf(fetched.body):
        raise UsageError(f"{page} is a PDF; `pnr read-pdf` shows what is read of one.")
    reading = page_reader(config).read(fetched)
    if as_json:
        say_json({"source": source, "status": fetched.status, "reading": reading})
        return
    _say(reading, fetched, source)


def _fetched(page: str, url: str, config: Config, *, archived: bool) -> tuple[FetchedPage, str]:
    """Return the page, and where it comes from: file, site or archive."""
    if archived:
        found = _from_archive(page, config)
        if found is None:
            raise UsageError(f"The archive holds no page of {page}.")
        return found, "archive"
    if "://" not in page:
        return _from_file(Path(page), url, config), "file"
    try:
        return ask_for_page(_asked(page), config), "site"
    except UnreachableError as error:
        found = _from_archive(page, config) if config.archive.exists() else None
        if found is None:
            raise
        sys.stderr.write(f"{error} This is the archived page.\n")
        return found, "archive"


def _asked(url: str) -> str:
    try:
        canonical_url(url)
    except UnusableUrlError as error:
        raise UsageError(f"{error}.") from error
    return url.partition("#")[0]


def _from_file(path: Path, url: str, config: Config) -> FetchedPage:
    if path.exists() or not url:
        given_file(path)
    if path.stat().st_size > config.max_page_mb * _MB:
        raise UsageError(f"{path} is larger than the setting max_page_mb allows.")
    try:
        address = canonical_url(url or canonical_url("/saved-page", base=config.start[0]))
    except UnusableUrlError as error:
        raise UsageError(f"{error}.") from error
    return FetchedPage(
        url=address,
        body=path.read_bytes(),
        content_type=_TEXT.get(path.suffix.lower(), "text/html"),
    )


def _from_archive(page: str, config: Config) -> FetchedPage | None:
    with open_archive(config.archive) as opened, opened.connect() as connection:
        snapshot = last_page(connection, names_of(connection, page))
        if snapshot is None:
            return None
        return archived_page(connection, recorded(connection, snapshot))


def _say(reading: PageReading, fetched: FetchedPage, source: str) -> None:
    kind = f"{reading.kind} ({reading.record.kind})" if reading.record else str(reading.kind)
    pairs = {
        "page": f"{fetched.url} (from the {source})",
        "status": fetched.status if source == "site" else "",
        "canonical": reading.canonical_url if reading.canonical_url != fetched.url else "",
        "kind": kind,
        "layout": reading.layout,
        "fingerprint": reading.fingerprint,
        "identity": reading.identity,
        "title": reading.title,
        "also at": "\n".join(reading.record.aliases) if reading.record else "",
    }
    say_fields([(name, value) for name, value in pairs.items() if value])
    _say_labels(reading)
    _say_links(reading)
    if reading.record and reading.record.files:
        say("\nFiles")
        for file in reading.record.files:
            say(f"  {plain(file.filename)}  {plain(file.url)}")
    if reading.record and reading.record.body_text:
        lines = reading.record.body_text.split("\n")
        say(f"\nBody: {len(lines)} paragraphs, beginning {_short(lines[0])!r}")
    if reading.issues:
        say("\nIssues")
        for issue in reading.issues:
            say(f"  {issue.code}: {plain(issue.detail)}")


def _say_labels(reading: PageReading) -> None:
    if not reading.labels:
        say("\nNo label was found.")
        return
    say("\nLabels")
    say_table(
        ("Label", "Field", "Value", "Place"),
        [
            (label.label, label.field or "(unknown)", _short(label.value), label.place)
            for label in reading.labels
        ],
        wide="Value",
    )
    if unknown := sorted({label.label for label in reading.labels if not label.field}):
        say(f"\nUnknown labels: {', '.join(map(plain, unknown))}. Teach them in pnr.toml:")
        say("  [reader.labels]")
        for label in unknown:
            say(f'  {_toml_key(label)} = "ignore"   # or the field it fills')


def _say_links(reading: PageReading) -> None:
    kinds = Counter(str(link.kind) for link in reading.links)
    for kind, count in kinds.items():
        say(f"\nLinks to a {kind}: {count}")
        addresses = [link.url for link in reading.links if link.kind == kind]
        for address in addresses[:_SHOWN]:
            say(f"  {plain(address)}")
        if count > _SHOWN:
            say(f"  and {count - _SHOWN} more")


def _short(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= _LONGEST else f"{line[:_LONGEST]}…"


def _toml_key(label: str) -> str:
    escaped = plain(label).replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
