"""Search for programs: what answers a question, and how many of what."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from archive.searching.answering import facets_of, search
from archive.searching.questions import Query
from archive.web.api.endpoints import Endpoint
from archive.web.api.paging import address_after, position_after
from archive.web.api.parameters import Facets, Question, Search
from archive.web.api.shapes import FacetsShape, SearchShape
from archive.web.refusals import WrongParameterError

if TYPE_CHECKING:
    from archive.web.asked import Asked

#: Records that can be gone through in the order of a search; beyond, a question is to be narrowed.
_DEEPEST = 2_000


def _search(asked: Asked, given: Search) -> dict[str, Any]:
    offset = position_after(given.cursor, 0)
    if offset > _DEEPEST:
        raise WrongParameterError("cursor", f"is beyond the first {_DEEPEST} answers")
    answer = search(
        asked.connection, _query(given), limit=given.limit, offset=offset, pages=given.pages
    )
    end = offset + given.limit
    return {
        "total": answer.total,
        "items": answer.hits,
        "next": address_after(asked, end) if end < min(answer.total, _DEEPEST) else None,
        "facets": answer.facets,
        "notes": answer.notes,
        "suggestions": answer.suggestions,
        "missing": answer.missing,
    }


def _facets(asked: Asked, given: Facets) -> dict[str, Any]:
    total, facets = facets_of(asked.connection, _query(given), most=given.most)
    return {"total": total, "facets": facets}


def _query(given: Question) -> Query:
    return Query(
        text=given.q,
        filters=given.wanted,
        title=given.title,
        place=given.place,
        derived=given.derived,
    )


ENDPOINTS = (
    Endpoint(name="search", path="/search", parameters=Search, answer=_search, returns=SearchShape),
    Endpoint(name="facets", path="/facets", parameters=Facets, answer=_facets, returns=FacetsShape),
)
