"""For programs that watch: what the archive holds, its runs, and what a person should look at."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archive.queries.issues import IssueLine, NoSuchIssueError, open_issues_after
from archive.queries.overview import Overview, overview
from archive.queries.runs import RunLine, VisitLine, list_runs, visits_of
from archive.reports.run_report import RunReport, report_run
from archive.web.api.endpoints import Endpoint
from archive.web.api.paging import Page, paged, position_after
from archive.web.api.parameters import AddressList, IssueList, Paging, Parameters
from archive.web.named import number_of_run
from archive.web.refusals import WrongParameterError

if TYPE_CHECKING:
    from archive.web.asked import Asked


def _overview(asked: Asked, _given: Parameters) -> Overview:
    return overview(asked.connection)


def _runs(asked: Asked, given: Paging) -> Page[RunLine]:
    before = position_after(given.cursor, 0)
    found = list_runs(asked.connection, limit=given.limit + 1, before=before or None)
    return paged(asked, found, given.limit, lambda run: run.id)


def _run(asked: Asked, _given: Parameters) -> dict[str, Any]:
    return report_run(asked.connection, number_of_run(asked)).as_data()


def _addresses(asked: Asked, given: AddressList) -> Page[VisitLine]:
    after = position_after(given.cursor, 0)
    found = list(
        visits_of(
            asked.connection,
            number_of_run(asked),
            outcome=given.outcome or "",
            after=after,
            limit=given.limit + 1,
        )
    )
    return paged(asked, found, given.limit, lambda visit: visit.id)


def _issues(asked: Asked, given: IssueList) -> Page[IssueLine]:
    after = position_after(given.cursor, 0)
    try:
        found = open_issues_after(
            asked.connection, code=given.code, after=after, limit=given.limit + 1
        )
    except NoSuchIssueError as error:
        raise WrongParameterError("cursor", "stands at an issue that is gone") from error
    return paged(asked, found, given.limit, lambda issue: issue.id)


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
