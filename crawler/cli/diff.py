"""`pnr diff`: what differs between two states of one record or file, or between two runs."""

from __future__ import annotations

import sys
from enum import StrEnum
from typing import TYPE_CHECKING, Annotated, Final, Literal

import typer

from archive.comparing.texts import Edit
from archive.queries.differences import PARTS, Part, difference, difference_of_file
from archive.queries.records import find_record
from archive.queries.run_differences import changes_between
from archive.queries.states import (
    NoSuchStateError,
    is_file,
    last_two,
    state_named,
    states_of_file,
    states_of_record,
)
from archive.reports.difference_report import (
    Marks,
    as_data,
    as_html,
    as_text,
    as_unified,
    verdict,
)
from crawler.cli.changes import changes_as_data, say_changes
from crawler.cli.options import ArchiveOption, JsonOption, names_of, reading, settings
from crawler.cli.output import plain, say, say_json
from crawler.errors import UsageError
from crawler.live import live_difference
from crawler.reading import page_reader

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from archive.queries.differences import Difference
    from archive.queries.states import FileState, RecordState
    from crawler.config import Config

app = typer.Typer(add_completion=False)


class _What(StrEnum):
    FIELDS = "fields"
    TEXT = "text"
    HTML = "html"
    PDF = "pdf"


#: The source of a page is long, and of a PDF that is asked for anew nobody spoke.
_USUAL: Final[tuple[Part, ...]] = ("fields", "text", "pdf")
_USUAL_LIVE: Final[tuple[Part, ...]] = ("fields", "text")

#: Red, green and back: letters of private use, until they are written.
_COLOURS: Final = {0xE000: "\x1b[31m", 0xE001: "\x1b[32m", 0xE002: "\x1b[0m"}
_SHADES: Final = {
    Edit.SAME: ("", ""),
    Edit.REMOVED: ("\ue000", "\ue002"),
    Edit.ADDED: ("\ue001", "\ue002"),
}
_IN_COLOUR: Final = Marks(words=_SHADES, lines=_SHADES)


@app.command("diff")
def diff(
    what_: Annotated[
        str | None,
        typer.Argument(
            metavar="[URL|ID]",
            help="A record, by its id or any of its addresses, or a file's address.",
        ),
    ] = None,
    from_: Annotated[
        str,
        typer.Option(
            "--from",
            metavar="STATE",
            help="The earlier state: 2026-03-31, a run as 3 or run:3, or snapshot:14.",
        ),
    ] = "",
    to: Annotated[
        str, typer.Option("--to", metavar="STATE", help="The later state, named in the same way.")
    ] = "",
    run: Annotated[
        tuple[int, int] | None,
        typer.Option("--run", metavar="A B", help="Of everything, as of run A and as of run B."),
    ] = None,
    live: Annotated[
        bool,
        typer.Option("--live", help="Hold the archive against the live page; nothing is stored."),
    ] = False,
    what: Annotated[
        list[_What] | None,
        typer.Option(
            "--what", help="Only this: fields, text, html (the page's source) or pdf; may repeat."
        ),
    ] = None,
    format_: Annotated[
        Literal["terminal", "unified", "json", "html"],
        typer.Option("--format", help="How to write it: html is a page of its own."),
    ] = "terminal",
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Show what differs between two states of one thing.

    By default between the last two versions: fields (lists as sets), text word by word, and
    replaced PDFs page by page. What changes at every request is never shown. `--format html` shows
    both pages as they were, side by side.

    Example: pnr diff node-4217 --from 2026-01-31 --to 5
    """
    form = "json" if as_json else format_
    if run is not None:
        _refuse_beside_run(what_, from_, to, live=live, form=form)
        with reading(archive) as connection:
            found = changes_between(connection, *run)
        say_json(changes_as_data(found, {})) if form == "json" else say_changes(found, {})
        return
    if what_ is None:
        raise UsageError("Say of what: `pnr diff URL`, or `pnr diff --run A B`.")
    if live and to:
        raise UsageError("--live is the later state; --from names the earlier one, --to none.")
    config = settings(archive)
    parts = _parts(what, form, live=live)
    with reading(archive) as connection:
        _write(_difference(connection, what_, (from_, to), parts, config, live=live), form)


def _refuse_beside_run(what_: str | None, from_: str, to: str, *, live: bool, form: str) -> None:
    if what_ or from_ or to or live:
        raise UsageError("--run compares everything: name no page beside it, nor other states.")
    if form in {"unified", "html"}:
        raise UsageError("--run is written for a terminal or as JSON: --format terminal or json.")


def _parts(what: Sequence[_What] | None, form: str, *, live: bool) -> tuple[Part, ...]:
    if what:
        return tuple(part for part in PARTS if part in what)
    usual = _USUAL_LIVE if live else _USUAL
    return (*usual, "html") if form == "html" else usual


def _difference(
    connection: Connection,
    what: str,
    named: tuple[str, str],
    parts: tuple[Part, ...],
    config: Config,
    *,
    live: bool,
) -> Difference:
    names = names_of(connection, what)
    record = find_record(connection, names)
    if record is None:
        url = is_file(connection, names)
        if url and live:
            raise UsageError(
                f"{what} is a file; --live compares pages. `pnr spot-check --url` of a record that "
                "offers it holds it against the site."
            )
        if not url:
            raise UsageError(
                f"No record or file goes by {what!r}; `pnr list` shows their ids, and any address "
                "works too."
            )
        return difference_of_file(connection, *_file_states(connection, url, named))
    states = states_of_record(connection, record)
    if live:
        state = state_named(states, named[0]) if named[0] else last_two(states)[1]
        return live_difference(connection, state, config, parts=parts)
    without_noise = page_reader(config).without_noise
    return difference(connection, *_states(states, named), parts=parts, without_noise=without_noise)


def _states(
    states: Sequence[RecordState], named: tuple[str, str]
) -> tuple[RecordState, RecordState]:
    """Return the two states named; one that is not is the last, or the version before it."""
    after = state_named(states, named[1]) if named[1] else last_two(states)[1]
    if named[0]:
        return state_named(states, named[0]), after
    return last_two([state for state in states if state.at <= after.at])


def _file_states(
    connection: Connection, url: str, named: tuple[str, str]
) -> tuple[FileState, FileState]:
    states = [state for state in states_of_file(connection, url) if state.sha256]
    if not states:
        raise NoSuchStateError(f"The archive never had the bytes of {url}.")
    after = state_named(states, named[1]) if named[1] else states[-1]
    if named[0]:
        return state_named(states, named[0]), after
    earlier = [each for each in states if each.at < after.at and each.sha256 != after.sha256]
    return (earlier[-1] if earlier else states[0]), after


def _write(found: Difference, form: str) -> None:
    match form:
        case "json":
            say_json(as_data(found))
        case "html":
            sys.stdout.write(as_html(found))
        case "unified":
            lines = list(as_unified(found))
            for line in lines:
                say(plain(line))
            if not lines:
                sys.stderr.write(f"{verdict(found)}\n")
        case _:
            _say(found)


def _say(found: Difference) -> None:
    if not sys.stdout.isatty():
        for line in as_text(found):
            say(plain(line))
        return
    for line in as_text(found, _IN_COLOUR):
        # Whatever would command the terminal is out before our own colours come in.
        say(plain(line).translate(_COLOURS))
