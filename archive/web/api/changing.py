"""What changed, for programs: the changes of all records, and the history of each."""

from __future__ import annotations

from typing import TYPE_CHECKING

from archive.queries.changes import ChangeLine, NoSuchChangeError, changes_after, every_change
from archive.queries.history import RecordHistory, whole_history
from archive.web.api.endpoints import Endpoint, json_text
from archive.web.api.paging import Page, paged, position_after
from archive.web.api.parameters import ChangeList, ChangeSelection, Parameters
from archive.web.api.streaming import streamed
from archive.web.named import record_id_of
from archive.web.refusals import WrongParameterError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection
    from starlette.responses import Response

    from archive.web.asked import Asked


def _changes(asked: Asked, given: ChangeList) -> Page[ChangeLine]:
    after = position_after(given.cursor, 0)
    try:
        found = changes_after(asked.connection, given.changes, after=after, limit=given.limit + 1)
    except NoSuchChangeError as error:
        raise WrongParameterError("cursor", "stands at a change that is gone") from error
    return paged(asked, found, given.limit, lambda change: change.id)


def _lines(asked: Asked, given: ChangeSelection) -> Response:
    def lines(connection: Connection) -> Iterator[str]:
        return (f"{json_text(each)}\n" for each in every_change(connection, given.changes))

    return streamed(asked, lines, "changes.jsonl", "application/jsonl")


def _history(asked: Asked, _given: Parameters) -> RecordHistory:
    return whole_history(asked.connection, record_id_of(asked))


ENDPOINTS = (
    Endpoint(
        name="changes",
        path="/changes",
        parameters=ChangeList,
        answer=_changes,
        returns=Page[ChangeLine],
    ),
    Endpoint(
        name="changes_jsonl",
        path="/changes.jsonl",
        parameters=ChangeSelection,
        answer=_lines,
        returns=str,
        media_type="application/jsonl",
    ),
    Endpoint(
        name="history",
        path="/records/{id}/history",
        parameters=Parameters,
        answer=_history,
        returns=RecordHistory,
    ),
)
