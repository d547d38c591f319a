"""A PDF, open at a page: the page itself, its text with what was looked for marked, its tables."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Final

from archive.queries.files import page_sizes, pages_of, tables_of
from archive.searching.within import answering_pages, marker_of
from archive.web.answering import page
from archive.web.asked import address
from archive.web.named import whole_record
from archive.web.questions import Question
from archive.web.refusals import NotHereError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.responses import Response

    from archive.searching.passages import Passage
    from archive.searching.within import AnsweringPage
    from archive.web.asked import Asked

#: Words that the viewer marks at most; a page has thousands, a question few.
_MOST_WORDS: Final = 200
#: A line is full that is so long, against the long lines of its page.
_FULL: Final = 0.75
_ENDS: Final = frozenset(".!?:…»")
_A4: Final = (595.0, 842.0)


@dataclass(frozen=True, slots=True)
class Place:
    """Where the reader is among the pages that answer: *number* of *count*; None beside them."""

    number: int | None
    count: int
    before: str
    after: str


def reading_page(asked: Asked) -> Response:
    """Show a page of one of a record's files."""
    whole = whole_record(asked)
    sha256 = asked.path("sha256")
    file = next((each for each in whole["files"] if each["sha256"] == sha256), None)
    number = asked.number("page") or 1
    if file is None:
        raise NotHereError
    question = Question(q=asked.text("q"))
    line = next(iter(pages_of(asked.connection, sha256, number=number)), None)
    count = max(file["page_count"] or 1, 1)
    # A page that was read is there, whatever the file says of how many it has.
    if line is None and number > count:
        raise NotHereError
    text = marker_of(question.query).as_set(flowing(line.text) if line else "")
    answering = answering_pages(asked.connection, question.query, whole["id"]) if question.q else ()
    width, height = page_sizes(asked.connection, [sha256], number=number).get(sha256, _A4)
    return asked.page(
        "reading.html",
        record=whole,
        file=file,
        number=number,
        count=max(count, number),
        question=question,
        line=line,
        text=text,
        marked_words=_marked_words(text),
        tables=tables_of(asked.connection, sha256, number),
        place=_place(answering, whole, sha256, number, question.q),
        size=(max(round(width), 1), max(round(height), 1)),
    )


def flowing(text: str) -> str:
    r"""Return the text of a page with its full lines running on; short ones end where they end.

    Every letter keeps its place.

    >>> flowing("Une ligne pleine du\nparagraphe.\nTitre\nUne autre ligne")
    'Une ligne pleine du paragraphe.\nTitre\nUne autre ligne'
    """
    lines = text.split("\n")
    lengths = sorted(len(line) for line in lines if line)
    if not lengths:
        return text
    full = _FULL * lengths[min(len(lengths) - 1, round(0.9 * len(lengths)))]
    parts = [lines[0]]
    for line, following in pairwise(lines):
        ends = len(line) < full or (line[-1:] in _ENDS and following[:1].isupper())
        parts.append(f"{chr(10) if ends else ' '}{following}")
    return "".join(parts)


def _marked_words(text: Passage) -> list[str]:
    """Return what the viewer has to mark on this page, as it is written there."""
    found = dict.fromkeys(each.text for each in text.fragments if each.marked)
    return list(found)[:_MOST_WORDS]


def _place(
    answering: Sequence[AnsweringPage], whole: dict[str, Any], sha256: str, number: int, q: str
) -> Place:
    order = list(dict.fromkeys(file["sha256"] for file in whole["files"]))
    here = (order.index(sha256), number)
    places = [((order.index(each.sha256), each.page), each) for each in answering]
    before = [each for at, each in places if at < here]
    after = [each for at, each in places if at > here]
    is_one = any(at == here for at, _ in places)

    def href(pages: Sequence[AnsweringPage]) -> str:
        if not pages:
            return ""
        path = f"/records/{whole['id']}/files/{pages[0].sha256}"
        return address(path, page=pages[0].page, q=q)

    return Place(
        number=len(before) + 1 if is_one else None,
        count=len(answering),
        before=href(before[-1:]),
        after=href(after[:1]),
    )


ROUTES: Final = (page("/records/{id}/files/{sha256}", reading_page),)
