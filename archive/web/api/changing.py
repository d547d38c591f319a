"""What changed, for programs: the changes of all records, and the history of each."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from archive.comparing.clustering import cluster_changes
from archive.comparing.fields import Cause
from archive.exporting.changes import changes_csv
from archive.queries.changes import (
    ChangeKind,
    ChangeLine,
    NoSuchChangeError,
    changes,
    changes_after,
    every_change,
)
from archive.queries.evidence import ChangeWithEvidence, with_evidence
from archive.queries.history import RecordHistory, whole_history
from archive.web.api.endpoints import Endpoint, json_text
from archive.web.api.paging import Page, paged, position_after
from archive.web.api.parameters import (
    ChangeList,
    ChangeSelection,
    ChangeTable,
    EditList,
    Parameters,
)
from archive.web.api.shapes import EditShape
from archive.web.api.streaming import streamed
from archive.web.named import number_of_run, record_id_of
from archive.web.refusals import WrongParameterError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection
    from starlette.responses import Response

    from archive.comparing.clustering import Cluster, Clustered
    from archive.web.asked import Asked


def _changes(asked: Asked, given: ChangeList) -> Page[ChangeLine]:
    after = position_after(given.cursor, 0)
    try:
        found = changes_after(asked.connection, given.changes, after=after, limit=given.limit + 1)
    except NoSuchChangeError as error:
        raise WrongParameterError("cursor", "stands at a change that is gone") from error
    page = paged(asked, found, given.limit, lambda change: change.id)
    if given.evidence:
        page["items"] = [*with_evidence(asked.connection, page["items"])]
    return page


def _edits(asked: Asked, given: EditList) -> Page[EditShape]:
    run, start = number_of_run(asked), position_after(given.cursor, 0)
    wanted = replace(given.changes, since_run=run, until_run=run)
    clustered = cluster_changes(changes(asked.connection, wanted))
    found = clustered.clusters[start : start + given.limit + 1]
    edits = [_edit(cluster, clustered) for cluster in found]
    return paged(asked, edits, given.limit, lambda _last: start + given.limit)


def _edit(cluster: Cluster[ChangeLine], clustered: Clustered[ChangeLine]) -> EditShape:
    outliers = clustered.outliers_of(cluster)
    return {
        "run": cluster.run,
        "kind": ChangeKind(cluster.kind),
        "field": cluster.field,
        "cause": Cause(cluster.cause),
        "edit": cluster.edit,
        "count": cluster.count,
        "also": cluster.also,
        "types": cluster.types,
        "parks": cluster.parks,
        "examples": list(cluster.examples),
        "outliers": list(dict.fromkeys(change.record_id for change in outliers)),
    }


def _table(asked: Asked, given: ChangeTable) -> Response:
    def rows(connection: Connection) -> Iterator[str]:
        return changes_csv(every_change(connection, given.changes), excel=given.excel)

    return streamed(asked, rows, "changes.csv", "text/csv")


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
        returns=Page[ChangeLine | ChangeWithEvidence],
    ),
    Endpoint(
        name="edits",
        path="/runs/{number}/edits",
        parameters=EditList,
        answer=_edits,
        returns=Page[EditShape],
    ),
    Endpoint(
        name="changes_csv",
        path="/changes.csv",
        parameters=ChangeTable,
        answer=_table,
        returns=str,
        media_type="text/csv",
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
