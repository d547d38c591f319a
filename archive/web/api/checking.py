"""Spot-checks for programs: which there were, and what each found."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archive.reports.spot_check_report import report_spot_check
from archive.spot_checks.keeping import NoSuchSpotCheckError, SpotCheckLine, list_spot_checks
from archive.web.api.endpoints import Endpoint
from archive.web.api.paging import Page, paged, position_after
from archive.web.api.parameters import Paging, Parameters
from archive.web.api.shapes import SpotCheckShape
from archive.web.asked import whole_number
from archive.web.refusals import NotHereError

if TYPE_CHECKING:
    from archive.web.asked import Asked


def _checks(asked: Asked, given: Paging) -> Page[SpotCheckLine]:
    before = position_after(given.cursor, 0)
    found = list_spot_checks(asked.connection, before=before or None, limit=given.limit + 1)
    return paged(asked, found, given.limit, lambda check: check.id)


def _check(asked: Asked, _given: Parameters) -> dict[str, Any]:
    number = whole_number(asked.path("number"))
    try:
        return report_spot_check(asked.connection, number or 0).as_data()
    except NoSuchSpotCheckError as error:
        raise NotHereError from error


ENDPOINTS = (
    Endpoint(
        name="spot_checks",
        path="/spot-checks",
        parameters=Paging,
        answer=_checks,
        returns=Page[SpotCheckLine],
    ),
    Endpoint(
        name="spot_check",
        path="/spot-checks/{number}",
        parameters=Parameters,
        answer=_check,
        returns=SpotCheckShape,
    ),
)
