"""`pnr text`: what the archive holds of a file's text."""

from __future__ import annotations

import sys
from typing import Annotated

import typer

from archive.queries.files import FileLine, PageLine, list_files, pages_of
from crawler.cli.files_given import archived_file
from crawler.cli.options import ArchiveOption, JsonOption, reading
from crawler.cli.output import plain, say, say_json
from crawler.errors import UsageError

app = typer.Typer(add_completion=False)


@app.command("text")
def text(
    file: Annotated[
        str,
        typer.Argument(
            metavar="URL|ID|SHA256|NAME",
            help="A file, by address, name or digest; or the record that offers it.",
        ),
    ],
    page: Annotated[
        int | None, typer.Option("--page", min=1, metavar="N", help="Only this page.")
    ] = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Print the archived text of a file, page by page.

    A form feed stands between two pages where the output goes to a file or a program.

    Example: pnr text media-31051 --page 3
    """
    with reading(archive) as connection:
        sha256 = archived_file(connection, file)
        (facts,) = list_files(connection, sha256=sha256)
        pages = pages_of(connection, sha256, number=page)
    if as_json:
        say_json({"file": facts, "pages": pages})
        return
    if not pages:
        raise UsageError(
            f"{facts.name} has no page {page}; its last is {facts.page_count}."
            if page and facts.page_count
            else f"{facts.name} has no text: {_why(facts)}."
        )
    for each in pages:
        _say_page(each, last=each is pages[-1])


def _why(facts: FileLine) -> str:
    """Say how the reading of a file ended: "encrypted (a password is needed)"."""
    return f"{facts.text_status} ({facts.text_detail})" if facts.text_detail else facts.text_status


def _say_page(page: PageLine, *, last: bool) -> None:
    if sys.stdout.isatty():
        say(f"— page {page.number} —")
        say(plain(page.text))
    else:
        sys.stdout.write(page.text + ("\n" if last else "\n\f"))
