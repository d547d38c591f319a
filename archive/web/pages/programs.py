"""The API's own pages: what it can be asked, for people and for programs."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any, Final

from archive.web.answering import page
from archive.web.api import changing, checking, files, operating, records, searching
from archive.web.api.describing import described, parameters_of
from archive.web.api.endpoints import ROOT, json_response

if TYPE_CHECKING:
    from starlette.responses import Response

    from archive.web.api.endpoints import Endpoint
    from archive.web.asked import Asked

ENDPOINTS: Final[tuple[Endpoint[Any], ...]] = (
    *searching.ENDPOINTS,
    *records.ENDPOINTS,
    *files.ENDPOINTS,
    *changing.ENDPOINTS,
    *operating.ENDPOINTS,
    *checking.ENDPOINTS,
)


def api_page(asked: Asked) -> Response:
    """Show what can be asked, with every parameter."""
    return asked.page("api.html", endpoints=_listed())


def api_description(_asked: Asked) -> Response:
    """Describe the API in OpenAPI."""
    return json_response(_described())


@cache
def _described() -> dict[str, Any]:
    return described(ENDPOINTS)


@cache
def _listed() -> list[dict[str, Any]]:
    return [
        {
            "name": each.name,
            "path": f"{ROOT}{each.path}",
            "media_type": each.media_type,
            "parameters": parameters_of(each),
            "can_be_tried": "{" not in each.path,
        }
        for each in ENDPOINTS
    ]


ROUTES: Final = (
    page(ROOT, api_page),
    page(f"{ROOT}/openapi.json", api_description),
    *(endpoint.route() for endpoint in ENDPOINTS),
)
