"""`pnr same-as`: which records are one, so that earlier history meets today's page."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from archive.database import open_archive
from archive.identities.joining import Joint, decide, decisions, take_back
from archive.identities.proposing import evidence_for, propose
from crawler.cli.options import ArchiveOption, JsonOption, reading, settings, the_record
from crawler.cli.output import counted, plain, say, say_json, say_table

if TYPE_CHECKING:
    from pathlib import Path

app = typer.Typer(add_completion=False, no_args_is_help=True)

Record = Annotated[str, typer.Argument(metavar="URL|ID", help="A record, by its id or an address.")]


@app.callback()
def same_as() -> None:
    """Say which records are one: a Drupal 7 node and the media entity it became, say.

    Nothing is merged: each keeps its readings, and `pnr history` of one tells of the other too.

    Example: pnr same-as suggest
    """


@app.command("suggest")
def suggest(archive: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """List pairs of records that may be one, the surest first, with what speaks for it.

    Only pairs of which one was never seen again once the other was there. Nothing is decided.

    Example: pnr same-as suggest
    """
    with reading(archive) as connection:
        found = propose(connection)
    if as_json:
        say_json(found)
        return
    for one in found:
        say(f"{one.earlier} → {one.later}  {', '.join(map(plain, one.evidence))}")
        say(f"  {plain(one.earlier_title or one.earlier_url)}")
        say(f"  {plain(one.later_title or one.later_url)}")
    if found:
        first = found[0]
        say(f"\nNext: pnr same-as confirm {first.earlier} {first.later}   (or deny)")
    else:
        say("No two records look like one.")


@app.command("confirm")
def confirm(one: Record, other: Record, archive: ArchiveOption = None) -> None:
    """Say that two records are one.

    Example: pnr same-as confirm node-4217 media-31051
    """
    _decide(one, other, Joint.CONFIRMED, archive)


@app.command("deny")
def deny(one: Record, other: Record, archive: ArchiveOption = None) -> None:
    """Say that two records are not one; they are not proposed again.

    Example: pnr same-as deny node-4217 media-31051
    """
    _decide(one, other, Joint.DENIED, archive)


@app.command("remove")
def remove(one: Record, other: Record, archive: ArchiveOption = None) -> None:
    """Take back what was said of two records.

    Example: pnr same-as remove node-4217 media-31051
    """
    with (
        open_archive(settings(archive).archive, access="write") as opened,
        opened.transaction() as connection,
    ):
        names = the_record(connection, one), the_record(connection, other)
        take_back(connection, *names)
    say(f"{names[0]} and {names[1]}: nothing is said of them any more.")


@app.command("list")
def list_(archive: ArchiveOption = None, as_json: JsonOption = False) -> None:
    """List what was said of which records.

    Example: pnr same-as list
    """
    with reading(archive) as connection:
        found = decisions(connection)
    if as_json:
        say_json(found)
        return
    say_table(
        ("Earlier", "Later", "Verdict", "Evidence", "Title"),
        [(one.earlier, one.later, one.verdict, one.evidence, one.later_title) for one in found],
    )
    if not found:
        say(f"{counted(0, 'pair')} decided; `pnr same-as suggest` proposes some.")


def _decide(one: str, other: str, verdict: Joint, archive: Path | None) -> None:
    with (
        open_archive(settings(archive).archive, access="write") as opened,
        opened.transaction() as connection,
    ):
        names = the_record(connection, one), the_record(connection, other)
        evidence = evidence_for(connection, *names)
        earlier, later = decide(connection, *names, verdict, evidence=evidence)
    words = "are one" if verdict is Joint.CONFIRMED else "are two"
    said = f" ({', '.join(map(plain, evidence))})" if evidence else ""
    say(f"{earlier} and {later} {words}{said}.")
