"""`pnr forget`: something, out of the archive for good."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Annotated

import typer

from archive.database import open_archive
from archive.evidence.forgetting import Target, earlier_tombstone, files_that_stay, find_target
from archive.evidence.forgetting import forget as forget_target
from archive.locking import writer_lock
from crawler.cli.options import ArchiveOption, JsonOption, names_of, settings
from crawler.cli.output import counted, moment, plain, say, say_json
from crawler.cli.summary import archive_option
from crawler.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

app = typer.Typer(add_completion=False)


@app.command("forget")
def forget(
    what: Annotated[
        str,
        typer.Argument(
            metavar="URL|ID|SHA256", help="A record, a page or a file; by digest, only a file."
        ),
    ],
    reason: Annotated[
        str,
        typer.Option(
            "--reason",
            metavar="TEXT",
            help="Why; kept with the tombstone. Must be given to forget.",
        ),
    ] = "",
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Only say what would go.")] = False,
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Take something out of the archive for good.

    For takedowns and personal data: bytes, texts, versions and readings go, a tombstone says what,
    when and why, and its addresses are never asked again. Files that a record offers, pages that
    list it and backups are not touched: name them as well.

    Example: pnr forget node-4217 --reason "asked for by its author, letter of 3 March"
    """
    if not (reason.strip() or dry_run):
        raise UsageError("--reason is missing; say why, for whoever asks in ten years.")
    path = settings(archive).archive
    open_archive(path).close()
    told = _forgotten(path, what, reason.strip(), dry_run=dry_run)
    if isinstance(told, _Earlier):
        _say_earlier(told, as_json=as_json)
    elif as_json:
        facts = {"reason": reason.strip(), "target": told.target, "staying": told.staying}
        say_json({"forgotten": not dry_run} | facts)
    else:
        _say(told, archive_option(path), dry_run=dry_run)


@dataclass(frozen=True, slots=True, kw_only=True)
class _Forgotten:
    """What went, and which files of it stay: their names by digest."""

    target: Target
    staying: dict[str, str]


def _say(told: _Forgotten, option: str, *, dry_run: bool) -> None:
    say(f"{'Would forget' if dry_run else 'Forgotten'}: {_in_words(told.target)}.")
    for address in told.target.addresses:
        say(f"  {plain(address)}")
    for sha256, name in told.staying.items():
        say(f"Its file stays: {plain(name)}; `pnr forget {sha256}{option}` takes it out.")
    if not dry_run and told.target.kind != "page":
        say(f"Its words leave the search index with `pnr index --rebuild{option}`.")


@dataclass(frozen=True, slots=True, kw_only=True)
class _Earlier:
    """What was forgotten before: when, and why then."""

    forgotten_at: datetime
    reason: str


def _say_earlier(earlier: _Earlier, *, as_json: bool) -> None:
    if as_json:
        say_json({"forgotten": True, "reason": earlier.reason, "at": earlier.forgotten_at})
    else:
        said = f"{moment(earlier.forgotten_at)} UTC: {plain(earlier.reason)}"
        say(f"Forgotten before, {said}. Nothing is left of it to take out.")


def _forgotten(path: Path, what: str, reason: str, *, dry_run: bool) -> _Forgotten | _Earlier:
    """Take it out, and return what it was; where nothing was left of it, since when."""
    with writer_lock(path, "forgetting"), open_archive(path, access="write") as opened:
        with opened.transaction() as connection:
            names = [*names_of(connection, what), what.lower()]
            target = find_target(connection, names)
            earlier = earlier_tombstone(connection, names, target)
            if earlier is not None:
                return _Earlier(forgotten_at=earlier["forgotten_at"], reason=earlier["reason"])
            if target is None:
                raise UsageError(f"Nothing goes by {what!r}; `pnr list` and `pnr files` say what.")
            staying = files_that_stay(connection, target)
            if not dry_run:
                forget_target(connection, target, subject=what, reason=reason)
        if not dry_run:
            # What went is still in the log of writes until that is folded into the archive.
            opened.execute_alone("PRAGMA wal_checkpoint(TRUNCATE)")
    return _Forgotten(target=target, staying=staying)


def _in_words(target: Target) -> str:
    titles = f" {plain(target.titles[0])!r}" if target.titles else ""
    bodies = counted(len(target.digests), "body", "bodies")
    addresses = counted(len(target.addresses), "address", "addresses")
    return f"a {target.kind}{titles}, {bodies}, {addresses}"
