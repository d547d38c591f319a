"""The commands of `pnr`, each loaded when it is called: `pnr --help` imports none of them."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from importlib.metadata import version
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer
from typer.core import TyperCommand, TyperGroup

if TYPE_CHECKING:
    from collections.abc import Iterator


@dataclass(frozen=True, slots=True)
class CommandEntry:
    """A command: its name, the module whose ``app`` it is, and the first line of its help."""

    name: str
    module: str
    panel: str
    summary: str

    def load(self) -> Any:
        """Import the command."""
        return typer.main.get_command(importlib.import_module(f"crawler.cli.{self.module}").app)

    def stub(self) -> TyperCommand:
        """Return what the list of commands shows of it."""
        return TyperCommand(self.name, help=self.summary, rich_help_panel=self.panel)


_CRAWL, _ASK, _READ, _KEEP = "Crawl", "Ask the archive", "See how things are read", "Look after it"

COMMANDS: Final = (
    CommandEntry("demo", "demo", _CRAWL, "Crawl the bundled replica of the resource centre."),
    CommandEntry("crawl", "crawl", _CRAWL, "Crawl the resource centre into the archive."),
    CommandEntry("config", "config", _CRAWL, "Print every setting, and where it comes from."),
    CommandEntry("rehearse", "rehearse", _CRAWL, "Ask a small sample; say how the site reads."),
    CommandEntry("run", "run", _CRAWL, "Look at runs; accept or drop a refused one."),
    CommandEntry("schedule", "schedule", _CRAWL, "Print what runs the crawl regularly."),
    CommandEntry("status", "status", _ASK, "Tell how the archive stands."),
    CommandEntry("search", "searching", _ASK, "Find the passage, on the page, in the record."),
    CommandEntry("facets", "facets", _ASK, "Count what is found by type, year, park, theme …"),
    CommandEntry("similar", "similar", _ASK, "List the records most like one."),
    CommandEntry("saved", "saved", _ASK, "Keep questions, and ask what is new."),
    CommandEntry("list", "listing", _ASK, "List the records, the newest first."),
    CommandEntry("show", "show", _ASK, "Show everything about one record."),
    CommandEntry("cite", "cite", _ASK, "Print one record as a citation."),
    CommandEntry("files", "files", _ASK, "List the files, or lay them out in a folder."),
    CommandEntry("text", "text", _ASK, "Print the archived text of a file, page by page."),
    CommandEntry("history", "history", _ASK, "Tell what became of one record or file, and when."),
    CommandEntry("changes", "changes", _ASK, "List what changed on the site, and why."),
    CommandEntry("diff", "diff", _ASK, "Show what differs between two states of one thing."),
    CommandEntry("report", "report", _ASK, "Sum up what is new, changed and gone."),
    CommandEntry("feed", "feed", _ASK, "Write the changes as an Atom feed."),
    CommandEntry("serve", "serve", _ASK, "Open the archive in a browser."),
    CommandEntry("issues", "issues", _ASK, "List what a person should look at."),
    CommandEntry("export", "export", _ASK, "Write the records in a format other programs read."),
    CommandEntry(
        "datasette-metadata", "datasette", _ASK, "Write metadata to show it in Datasette."
    ),
    CommandEntry("inspect", "inspect", _READ, "Show how a page is read."),
    CommandEntry(
        "spot-check", "spot_check", _READ, "Hold a sample of the archive against the live site."
    ),
    CommandEntry("noise", "noise", _READ, "Find what changes at every request, and propose rules."),
    CommandEntry("reread", "reread", _READ, "Read archived pages again with today's reader."),
    CommandEntry("savepage", "savepage", _READ, "Capture a page as a golden test case."),
    CommandEntry("tables", "tables", _READ, "Show the tables of a PDF."),
    CommandEntry("read-pdf", "read_pdf", _READ, "Show what is read of one local PDF."),
    CommandEntry("extract", "extract", _KEEP, "Read texts that wait, or read files again."),
    CommandEntry("ocr", "ocr", _KEEP, "Read scanned pages."),
    CommandEntry("index", "indexing", _KEEP, "Look at the search index, or make it anew."),
    CommandEntry(
        "authority", "authority", _KEEP, "Say which spellings mean one; have some proposed."
    ),
    CommandEntry("same-as", "same_as", _KEEP, "Say which records are one."),
    CommandEntry("import", "importing", _KEEP, "Take in saved pages, PDFs, WARC and WACZ files."),
    CommandEntry("verify", "verify", _KEEP, "Check every byte of the archive against its digest."),
    CommandEntry("backup", "backup", _KEEP, "Copy the archive, also while a crawl writes to it."),
    CommandEntry("restore", "restore", _KEEP, "Put a backup in the archive's place."),
    CommandEntry("compact", "compact", _KEEP, "Give unused room back to the disk."),
    CommandEntry("upgrade", "upgrade", _KEEP, "Bring an older archive up to date."),
    CommandEntry("forget", "forget", _KEEP, "Take something out of the archive for good."),
)


class CommandTable(TyperGroup):
    """Lists commands by their stubs, and loads the one that is called."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self._entries = {entry.name: entry for entry in existing_commands()}
        for entry in self._entries.values():
            self.add_command(entry.stub())

    def resolve_command(self, ctx: Any, args: list[str]) -> Any:
        """Return the command that is called, loaded."""
        name, stub, rest = super().resolve_command(ctx, args)
        return name, self._entries[name].load() if name in self._entries else stub, rest


def existing_commands() -> Iterator[CommandEntry]:
    """Yield the commands of this installation; extras may bring more."""
    for entry in COMMANDS:
        if importlib.util.find_spec(f"crawler.cli.{entry.module}") is not None:
            yield entry


app = typer.Typer(
    name="pnr",
    cls=CommandTable,
    no_args_is_help=True,
    rich_markup_mode="markdown",
    epilog="Every command has `--help` with an example. Exit codes: docs/exit-codes.md.",
)


def _say_version(wanted: bool) -> None:
    if wanted:
        typer.echo(f"pnr {version('pnr-archive')}")
        raise typer.Exit


@app.callback()
def pnr(
    _version: Annotated[
        bool,
        typer.Option(
            "--version", callback=_say_version, is_eager=True, help="Print the version, and end."
        ),
    ] = False,
) -> None:
    """Crawl, archive and ask the resource centre of the French regional nature parks."""
