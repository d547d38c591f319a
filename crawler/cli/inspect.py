"""`pnr inspect`: how a page is read."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from crawler.cli.fields_explained import say_field
from crawler.cli.options import ArchiveOption, JsonOption, settings
from crawler.cli.output import plain, say, say_fields, say_json, say_table
from crawler.cli.pages_given import GivenPage, SnapshotOption, given_page
from crawler.errors import UsageError
from crawler.reading import page_reader

if TYPE_CHECKING:
    from archive.records import FetchedPage, PageReading
    from crawler.reading import FieldOrigin, PageReader

app = typer.Typer(add_completion=False)

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
    snapshot: SnapshotOption = None,
    field: Annotated[
        str,
        typer.Option(
            "--field",
            metavar="NAME",
            help="Explain one field: label, node, HTML around it, raw and parsed value.",
        ),
    ] = "",
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show how a page is read.

    The layout found, each label with the field it fills, what nobody taught us yet, where the
    page leads; with --field, where on the page one field comes from, its node marked. A live
    address is asked once, and robots.txt before it; where nothing answers, the archived page is
    read. A file may be HTML, or a printed page copied as text.

    Example: pnr inspect node-1408 --archived --field authors
    """
    config = settings(archive)
    given = given_page(page, config, url=url, archived=archived, snapshot=snapshot)
    reader = page_reader(config)
    reading = reader.read(given.page)
    origins = _origins(reader, given.page, field) if field else ()
    if as_json:
        said = {
            "source": given.source,
            "status": given.page.status,
            "reader_version": reader.version,
            "snapshot": given.snapshot,
            "sha256": given.sha256,
            "reading": reading,
        }
        explained = {"field": field, "value": _value(reading, field), "origins": origins}
        say_json(said | ({"explained": explained} if field else {}))
    elif field:
        say_field(field, _value(reading, field), origins, given, reader.version)
    else:
        _say(reading, given, reader.version)


def _origins(reader: PageReader, page: FetchedPage, field: str) -> tuple[FieldOrigin, ...]:
    try:
        return reader.explain(page, field)
    except ValueError as error:
        raise UsageError(f"{error}.") from error


def _value(reading: PageReading, field: str) -> Any:
    return getattr(reading.record, field, None) if reading.record else None


def _say(reading: PageReading, given: GivenPage, reader_version: str) -> None:
    fetched = given.page
    kind = f"{reading.kind} ({reading.record.kind})" if reading.record else str(reading.kind)
    pairs = {
        "page": f"{fetched.url} (from the {given.source})",
        "snapshot": given.in_words,
        "status": fetched.status if given.source == "site" else "",
        "canonical": reading.canonical_url if reading.canonical_url != fetched.url else "",
        "kind": kind,
        "layout": reading.layout,
        "fingerprint": reading.fingerprint,
        "identity": reading.identity,
        "title": reading.title,
        "reader": reader_version,
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
