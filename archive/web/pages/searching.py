"""Search: what answers a question, page by page, and what it can be narrowed to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from archive.queries.files import count_files
from archive.searching.answering import facets_of, planned, search
from archive.searching.missing import with_any_word
from archive.web.answering import page
from archive.web.histogram import histogram_of
from archive.web.questions import LAST_PAGE, NARROWING, PER_PAGE, question_of
from archive.web.refusals import NotHereError

if TYPE_CHECKING:
    from starlette.responses import Response

    from archive.searching.facets import Facet, FacetValue
    from archive.web.asked import Asked
    from archive.web.histogram import Histogram
    from archive.web.questions import Question

#: Values of a facet that are seen at once; the others, to a bound, are unfolded.
_SEEN: Final = 6
_MOST: Final = 40
_NEWEST: Final = 6


@dataclass(frozen=True, slots=True)
class Narrowing:
    """A facet at the side: its values, the most frequent first, with their share of that one."""

    name: str
    values: tuple[FacetValue, ...]
    chosen: str

    @property
    def seen(self) -> tuple[FacetValue, ...]:
        """The values that are seen at once."""
        return self.values[:_SEEN]

    @property
    def folded(self) -> tuple[FacetValue, ...]:
        """The others."""
        return self.values[_SEEN:_MOST]

    def share(self, value: FacetValue) -> float:
        """Return how long a value's bar is, in percent."""
        return round(100 * value.count / self.values[0].count, 1)


def start(asked: Asked) -> Response:
    """Welcome: the field to ask in, what the archive holds, what is newest in it."""
    question = question_of(asked)
    answer = search(asked.connection, question.query, limit=_NEWEST)
    files, pages = count_files(asked.connection)
    return asked.page(
        "start.html",
        question=question,
        answer=answer,
        files=files,
        pages=pages,
        **_sides(question, answer.facets, answer.facets),
    )


def search_page(asked: Asked) -> Response:
    """Show what answers a question; without words, what is newest."""
    question = question_of(asked)
    answer = search(
        asked.connection,
        question.query,
        limit=PER_PAGE,
        offset=PER_PAGE * (question.page - 1),
        sort=question.order,
    )
    if answer.total and not answer.hits:
        # There is no such page; an old bookmark may name one.
        raise NotHereError
    years = answer.facets
    if question.has_years:
        # The years beside those chosen are shown too: one can go on from there.
        years = facets_of(asked.connection, question.of_all_years().query, most=0)[1]
    return asked.page(
        "search.html",
        question=question,
        answer=answer,
        last_page=min(-(-answer.total // PER_PAGE), LAST_PAGE),
        per_page=PER_PAGE,
        any_word=with_any_word(planned(question.query)[0].node),
        **_sides(question, answer.facets, years),
    )


def _sides(
    question: Question, facets: tuple[Facet, ...], years: tuple[Facet, ...]
) -> dict[str, Any]:
    """Return what stands at the side: the facets, and the years as a histogram."""
    by_name = {facet.name: facet.values for facet in facets}
    return {
        "narrowings": [
            Narrowing(name, by_name[name], getattr(question, name))
            for name in NARROWING
            if by_name[name]
        ],
        "histogram": _histogram(question, years),
    }


def _histogram(question: Question, facets: tuple[Facet, ...]) -> Histogram:
    values = next(facet.values for facet in facets if facet.name == "year")
    counts = {int(value.label): value.count for value in values}
    return histogram_of(counts, question.first, question.last)


ROUTES: Final = (page("/", start), page("/search", search_page))
