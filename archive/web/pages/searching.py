"""Search: what answers a question, and what it can be narrowed to."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archive.searching.answering import search
from archive.searching.questions import Query
from archive.web.answering import page

if TYPE_CHECKING:
    from starlette.responses import Response

    from archive.web.asked import Asked


def search_page(asked: Asked) -> Response:
    """Show what answers a question; without one, the newest records."""
    question = asked.text("q")
    answer = search(asked.connection, Query(text=question))
    return asked.page("search.html", question=question, answer=answer)


ROUTES: Final = (page("/", search_page), page("/search", search_page))
