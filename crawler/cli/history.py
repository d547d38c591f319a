"""`pnr history`: what became of one record or file, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from archive.queries.file_history import FileHistory, history_of_file
from archive.queries.history import whole_history
from archive.queries.records import find_record
from archive.queries.states import addresses_of_file, is_file
from crawler.cli.options import ArchiveOption, JsonOption, names_of, reading
from crawler.cli.output import counted, moment, plain, say, say_json, say_table
from crawler.errors import UsageError

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from archive.queries.history import HistoryEntry, RecordHistory

app = typer.Typer(add_completion=False)


@app.command("history")
def history(
    what: Annotated[
        str,
        typer.Argument(
            metavar="URL|ID|NAME",
            help="A record, by its id or any of its addresses, or a file, by address or name.",
        ),
    ],
    evidence: Annotated[
        bool,
        typer.Option("--evidence", help="With snapshot, layout, fingerprint and reader of each."),
    ] = False,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Tell what became of one record or file, and when.

    Every answer of its address and every version read of one: date, run, cause, what changed in a
    line. Then each of its files: replaced, written anew with the same text, gone, back. Then the
    same of each record that `pnr same-as` says is one with it. In a pipe the columns stand between
    tabs.

    Example: pnr history node-4217
    """
    with reading(archive) as connection:
        found = _history(connection, what)
    if as_json:
        say_json(found)
    elif isinstance(found, FileHistory):
        _say_file(found)
    else:
        _say_record(found, evidence=evidence)


def _history(connection: Connection, what: str) -> RecordHistory | FileHistory:
    names = names_of(connection, what)
    record = find_record(connection, names)
    if record is not None:
        return whole_history(connection, record)
    return history_of_file(connection, is_file(connection, names) or _file_named(connection, what))


def _file_named(connection: Connection, name: str) -> str:
    """Return the address of the file of a name."""
    found = addresses_of_file(connection, name)
    if not found:
        raise UsageError(
            f"No record or file goes by {name!r}; `pnr list` and `pnr files` show what there is."
        )
    if len(found) > 1:
        raise UsageError(
            f"{len(found)} files go by {name!r}; give one's address: {', '.join(found)}."
        )
    return found[0]


def _say_record(found: RecordHistory, *, evidence: bool) -> None:
    say(f"{plain(found.title or found.url)}  {found.record_id}")
    say(plain(found.url))
    answers = sum(entry.snapshot_id is not None for entry in found.entries)
    gone = f"; withdrawn {moment(found.withdrawn_at)} UTC" if found.withdrawn_at else ""
    say(f"{counted(found.versions, 'version')} in {counted(answers, 'answer')}{gone}\n")
    columns = ["At (UTC)", "Run", "Status", "Version", "Cause", "What"]
    columns += ["Snapshot", "Layout", "Fingerprint", "Reader"] if evidence else []
    say_table(columns, [_row(entry, evidence=evidence) for entry in found.entries])
    for file in found.files:
        say()
        _say_file(file)
    for other in found.joined:
        say("\nOne with it, as `pnr same-as` has it:\n")
        _say_record(other, evidence=evidence)


def _row(entry: HistoryEntry, *, evidence: bool) -> list[object]:
    words = entry.words if entry.is_current else f"(not current) {entry.words}"
    row: list[object] = [
        moment(entry.at),
        entry.run,
        entry.status,
        f"{entry.version}{' new' if entry.is_new else ''}" if entry.version else "",
        ", ".join(entry.causes),
        words,
    ]
    if evidence:
        row += [entry.snapshot_id, entry.layout, entry.fingerprint, entry.reader_version]
    return row


def _say_file(file: FileHistory) -> None:
    say(f"{plain(file.filename)}  {plain(file.url)}")
    if not file.answers:
        say("never archived")
    say_table(
        ("At (UTC)", "Run", "Became", "What", "SHA-256"),
        [
            (moment(each.at), each.run, each.fate, each.words, each.sha256[:12])
            for each in file.entries
        ],
    )
