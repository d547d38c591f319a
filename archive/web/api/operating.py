"""For programs that watch: what the archive holds, its runs, and what a person should look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archive.queries.issues import IssueLine, open_issues
from archive.queries.overview import Overview, overview
from archive.queries.runs import RunLine, VisitLine, find_run, list_runs, visits_of
from archive.reports.run_report import RunReport, report_run
from archive.web.api.endpoints import Endpoint
from archive.web.api.paging import Page, paged, position_after
from archive.web.api.parameters import AddressList, IssueList, Paging, Parameters
from archive.web.asked import whole_number
from archive.web.refusals import NotHereError

if TYPE_CHECKING:
    from archive.web.asked import Asked


def _overview(asked: Asked, _given: Parameters) -> Overview:
    return overview(asked.connection)


def _runs(asked: Asked, given: Paging) -> Page[RunLine]:
    before = position_after(given.cursor, 0)
    found = list_runs(asked.connection, limit=given.limit + 1, before=before or None)
    return paged(asked, found, given.limit, lambda run: run.id)


def _run(asked: Asked, _given: Parameters) -> dict[str, Any]:
    return report_run(asked.connection, _number(asked)).as_data()


def _addresses(asked: Asked, given: AddressList) -> Page[VisitLine]:
    start = position_after(given.cursor, 0)
    found = list(
        visits_of(
            asked.connection,
            _number(asked),
            outcome=given.outcome or "",
            offset=start,
            limit=given.limit + 1,
        )
    )
    return paged(asked, found, given.limit, lambda _last: start + given.limit)


def _issues(asked: Asked, given: IssueList) -> Page[IssueLine]:
    start = position_after(given.cursor, 0)
    found = open_issues(asked.connection, code=given.code)[start:]
    return paged(asked, found, given.limit, lambda _last: start + given.limit)


def _number(asked: Asked) -> int:
    number = whole_number(asked.path("number"))
    if number is None or find_run(asked.connection, number) is None:
        raise NotHereError
    return number


ENDPOINTS = (
    Endpoint(
        name="overview",
        path="/overview",
        parameters=Parameters,
        answer=_overview,
        returns=Overview,
    ),
    Endpoint(
        name="issues", path="/issues", parameters=IssueList, answer=_issues, returns=Page[IssueLine]
    ),
    Endpoint(name="runs", path="/runs", parameters=Paging, answer=_runs, returns=Page[RunLine]),
    Endpoint(
        name="run", path="/runs/{number}", parameters=Parameters, answer=_run, returns=RunReport
    ),
    Endpoint(
        name="addresses",
        path="/runs/{number}/addresses",
        parameters=AddressList,
        answer=_addresses,
        returns=Page[VisitLine],
    ),
)
