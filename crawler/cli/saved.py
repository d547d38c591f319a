"""`pnr saved`: questions that are asked again, and what is new since."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from archive.database import open_archive
from archive.searching.saved import (
    News,
    Saved,
    notes_on,
    remove_saved,
    run_saved,
    save_search,
    saved_searches,
)
from crawler.cli.filters import Asked, spread
from crawler.cli.options import (
    ArchiveOption,
    JsonOption,
    reading,
    settings,
)
from crawler.cli.output import counted, moment, plain, say, say_json, say_table

if TYPE_CHECKING:
    from collections.abc import Iterable

app = typer.Typer(add_completion=False, no_args_is_help=True, help="Keep questions; ask again.")

Name = Annotated[str, typer.Argument(metavar="NAME", help="What the question is called.")]


@app.command("add")
@spread
def add(
    name: Name,
    asked: Asked,
    words: Annotated[
        list[str] | None, typer.Argument(metavar="[QUERY]", help="As for `pnr search`.")
    ] = None,
    archive: ArchiveOption = None,
) -> None:
    """Keep a question under a name; its first run lists all it finds.

    Example: pnr saved add eau 'zones humides year:2015..'
    """
    query = asked.query(words or [])
    with (
        open_archive(settings(archive).archive, access="write") as opened,
        opened.transaction() as connection,
    ):
        save_search(connection, name, query)
    _say_notes(name, notes_on(query))
    say(f"Saved as {plain(name)}; `pnr saved run {plain(name)}` asks it.")


@app.command("list")
def list_(archive: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """List the questions that are kept: name, query, last run, records it found.

    Example: pnr saved list
    """
    with reading(archive) as connection:
        found = saved_searches(connection)
    if as_json:
        say_json(found)
        return
    rows = [(each.name, _asked(each), moment(each.last_run_at), each.found) for each in found]
    say_table(("Name", "Query", "Last run (UTC)", "Found"), rows)


@app.command("run")
def run(
    names: Annotated[
        list[str] | None, typer.Argument(metavar="[NAME]...", help="Which; all, if none is named.")
    ] = None,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Ask kept questions again; list what is new, changed and gone since they were last asked.

    In a pipe the columns stand between tabs: name, new/changed/gone, id, title.

    Example: pnr saved run eau
    """
    with (
        open_archive(settings(archive).archive, access="write") as opened,
        opened.transaction() as connection,
    ):
        asked = names or [each.name for each in saved_searches(connection)]
        news = [run_saved(connection, name) for name in asked]
    if as_json:
        say_json(news)
        return
    say_table(("Name", "", "Id", "Title"), [row for each in news for row in _rows(each)])
    for each in news:
        since = f"since {moment(each.since)}" if each.since else "for the first time"
        new = counted(len(each.new), "new record")
        _say_notes(each.name, each.notes)
        typer.echo(f"{plain(each.name)}: {new} {since}, of {each.total} found.", err=True)


@app.command("remove")
def remove(name: Name, archive: ArchiveOption = None) -> None:
    """Forget a question that was kept.

    Example: pnr saved remove eau
    """
    with (
        open_archive(settings(archive).archive, access="write") as opened,
        opened.transaction() as connection,
    ):
        remove_saved(connection, name)


def _say_notes(name: str, notes: Iterable[str]) -> None:
    """Say what of a question was not understood, apart from what it finds."""
    for note in notes:
        typer.echo(f"{plain(name)}: {plain(note)}", err=True)


def _rows(news: News) -> list[tuple[str, str, str, str]]:
    return [
        *((news.name, "new", each.id, each.title) for each in news.new),
        *((news.name, "changed", each.id, each.title) for each in news.changed),
        *((news.name, "gone", record_id, "") for record_id in news.gone),
    ]


def _asked(saved: Saved) -> str:
    """Return a question in one line: its words, then its options."""
    query, filters = saved.query, saved.query.filters
    options = {
        "title": query.title,
        "in": "" if query.place == "anywhere" else query.place,
        "kind": filters.kind or "",
        "type": filters.document_type,
        "year": "..".join(str(year or "") for year in filters.years) if any(filters.years) else "",
        "park": filters.park,
        "theme": filters.theme,
        "tag": filters.tag,
        "author": filters.author,
    }
    said = [f"--{name} {value}" for name, value in options.items() if value]
    flags = {"--derived": query.derived, "--withdrawn": filters.withdrawn}
    return " ".join(
        [*filter(None, [query.text]), *said, *(name for name, is_set in flags.items() if is_set)]
    )
