"""Rereadings as runs: begun, gone on with, given up.

Functions take a connection that is in a transaction and never commit.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from sqlalchemy import bindparam, case, func, select, update

from archive.errors import UnanswerableError
from archive.models import Run
from archive.rereading.selecting import Selection, records_left
from archive.runs.gating import Verdict
from archive.runs.ledger import now
from archive.runs.lifecycle import (
    IS_CRAWL,
    RunKind,
    RunStatus,
    begin_run,
    resume_run,
    unfinished_crawl,
)

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: A rereading that is not current, nor put aside: it was stopped on its way, or refused.
_OPEN: Final = (
    (Run.kind == RunKind.REREAD)
    & Run.promoted_at.is_(None)
    & (func.coalesce(Run.verdict, "") != Verdict.DROPPED)
)


class CrawlNotSettledError(UnanswerableError):
    """Raised when a crawl is still to become current, or not: it was read by another reader."""


def require_settled_crawls(connection: Connection) -> None:
    """Refuse to begin while a crawl's readings may still become current.

    :raises CrawlNotSettledError: the newest crawl is not finished, or was refused and waits.
    """
    if (crawl := unfinished_crawl(connection)) is not None:
        raise CrawlNotSettledError(
            f"Run {crawl.id}, a crawl, is not finished, and its readings are another reader's: "
            "`pnr crawl` goes on with it; read again after that (--dry-run works at any time)."
        )
    newest = connection.execute(
        select(Run.id, Run.verdict).where(IS_CRAWL).order_by(Run.id.desc()).limit(1)
    ).first()
    if newest is not None and newest.verdict == Verdict.REFUSED:
        raise CrawlNotSettledError(
            f"Run {newest.id}, a crawl, was refused: `pnr run accept {newest.id}` or "
            f"`pnr run drop {newest.id}` decides first (--dry-run works at any time)."
        )


def begin_reread(
    connection: Connection, selection: Selection, reader_version: str, *, software: str
) -> int | None:
    """Begin a rereading, or go on with an open one; ``None`` if nothing is left to read.

    Only the newest run of all is gone on with, by the same reader and with the same selection;
    any other that is open is given up: what it read was never current.
    """
    newest = select(func.max(Run.id)).scalar_subquery()
    open_one = connection.execute(
        select(Run.id, Run.scope, Run.reader_version).where(Run.id == newest, _OPEN)
    ).first()
    if open_one is not None and (open_one.scope, open_one.reader_version) == (
        selection.as_scope(),
        reader_version,
    ):
        resume_run(connection, open_one.id, reader_version=reader_version)
        return int(open_one.id)
    connection.execute(
        update(Run)
        .where(_OPEN)
        .values(
            status=case((Run.verdict == Verdict.REFUSED, Run.status), else_=RunStatus.INTERRUPTED),
            status_reason="given up for a later rereading",
            verdict=Verdict.DROPPED,
            ended_at=func.coalesce(Run.ended_at, bindparam("moment")),
        ),
        {"moment": now()},
    )
    if not records_left(connection, selection, reader_version):
        return None
    return begin_run(
        connection,
        scope=selection.as_scope(),
        limited=not selection.is_everything,
        software=software,
        reader_version=reader_version,
        kind=RunKind.REREAD,
    )
