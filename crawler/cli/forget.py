"""`pnr forget`: something, out of the archive for good."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from archive.database import open_archive
from archive.evidence.forgetting import Target, find_target
from archive.evidence.forgetting import forget as forget_target
from archive.locking import writer_lock
from crawler.cli.options import ArchiveOption, JsonOption, names_of, settings
from crawler.cli.output import counted, plain, say, say_json
from crawler.errors import UsageError

if TYPE_CHECKING:
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
        str, typer.Option("--reason", metavar="TEXT", help="Why; kept with the tombstone.")
    ],
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
    if not reason.strip():
        raise UsageError("--reason is empty; say why, for whoever asks in ten years.")
    path = settings(archive).archive
    open_archive(path).close()
    target = _forgotten(path, what, reason.strip(), dry_run=dry_run)
    if as_json:
        say_json({"forgotten": not dry_run, "reason": reason.strip(), "target": target})
        return
    say(f"{'Would forget' if dry_run else 'Forgotten'}: {_in_words(target)}.")
    for address in target.addresses:
        say(f"  {plain(address)}")


def _forgotten(path: Path, what: str, reason: str, *, dry_run: bool) -> Target:
    with writer_lock(path, "forgetting"), open_archive(path, access="write") as opened:
        with opened.transaction() as connection:
            target = find_target(connection, [*names_of(connection, what), what.lower()])
            if target is None:
                raise UsageError(f"Nothing goes by {what!r}; `pnr list` and `pnr files` say what.")
            if not dry_run:
                forget_target(connection, target, subject=what, reason=reason)
        if not dry_run:
            # What went is still in the log of writes until that is folded into the archive.
            opened.execute_alone("PRAGMA wal_checkpoint(TRUNCATE)")
    return target


def _in_words(target: Target) -> str:
    titles = f" {plain(target.titles[0])!r}" if target.titles else ""
    bodies = counted(len(target.digests), "body", "bodies")
    addresses = counted(len(target.addresses), "address", "addresses")
    return f"a {target.kind}{titles}, {bodies}, {addresses}"
