"""`pnr authority`: which spellings of parks, bodies and people mean one."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from archive.authority.checking import doubts, unused
from archive.authority.files import AUTHORITY_FILE, AuthorityError, read_authority
from archive.authority.storing import accept_authority, stored_text
from archive.authority.suggesting import suggest
from archive.authority.writing import reviewable
from archive.database import open_archive
from archive.locking import writer_lock
from crawler.cli.files_given import given_file
from crawler.cli.options import ArchiveOption, JsonOption, reading, settings
from crawler.cli.output import counted, plain, say, say_json
from crawler.errors import UsageError

if TYPE_CHECKING:
    from archive.authority.entries import Authority

app = typer.Typer(add_completion=False, no_args_is_help=True)

FileArgument = Annotated[
    Path, typer.Argument(metavar="FILE", help="The authority file; else ./authority.toml.")
]


@app.callback()
def authority() -> None:
    """Say which spellings of parks, bodies and people mean one: filters and citations use it.

    What the site says is never changed. docs/authority.md has the file's form.

    Example: pnr authority suggest > authority.toml
    """


@app.command("suggest")
def authority_suggest(archive: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """Print the file in force with proposals behind it, each with its evidence.

    Nothing is decided: take out what is wrong (or enter it as different), then accept the file.

    Example: pnr authority suggest > authority.toml
    """
    with reading(archive) as connection:
        text = stored_text(connection)
        found = suggest(connection, read_authority(text))
    if as_json:
        say_json(found)
        return
    sys.stdout.write(plain(reviewable(text, found)))
    sys.stderr.write(f"{counted(len(found), 'proposal')}.\n")


@app.command("check")
def authority_check(
    file: FileArgument = Path(AUTHORITY_FILE), archive: ArchiveOption = None
) -> None:
    """Check a file: its form, contradictions, parks that are none, variants nobody uses.

    Example: pnr authority check authority.toml
    """
    text = _text(file)
    with reading(archive) as connection:
        entered = _read(text)
        wrong = doubts(entered)
        idle = unused(connection, entered)
    for variant in idle:
        say(f"note: nothing in the archive is spelled {plain(variant)!r}")
    if wrong:
        raise UsageError(f"{file} contradicts the list of parks: {'; '.join(wrong)}.")
    say(f"{file}: {counted(len(entered.entries), 'entry', 'entries')}, no contradiction.")


@app.command("accept")
def authority_accept(
    file: FileArgument = Path(AUTHORITY_FILE), archive: ArchiveOption = None
) -> None:
    """Put a file in force: it is kept in the archive, and so are those before it.

    Example: pnr authority accept authority.toml
    """
    text = _text(file)
    _read(text)
    path = settings(archive).archive
    with (
        writer_lock(path, "accepting an authority file"),
        open_archive(path, access="write") as opened,
        opened.transaction() as connection,
    ):
        entered = accept_authority(connection, text)
    say(f"In force: {counted(len(entered.entries), 'entry', 'entries')}.")


@app.command("show")
def authority_show(archive: ArchiveOption = None) -> None:
    """Print the file in force.

    Example: pnr authority show
    """
    with reading(archive) as connection:
        sys.stdout.write(plain(stored_text(connection)))


def _text(file: Path) -> str:
    if not file.exists():
        raise UsageError(f"There is no file {file}; `pnr authority suggest > {file}` begins one.")
    try:
        return given_file(file).read_text(encoding="utf-8")
    except UnicodeDecodeError:
        raise UsageError(f"{file} is no UTF-8 text.") from None


def _read(text: str) -> Authority:
    try:
        return read_authority(text)
    except AuthorityError as error:
        raise UsageError(str(error)) from error
