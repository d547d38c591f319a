"""A record: what the site says in it, its files, where it comes from, how to cite it."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Final, TypeAlias

from archive.authority.storing import stored_authority
from archive.citing import CiteFormat, cite
from archive.citing.embedding import coins_of, meta_tags_of
from archive.citing.works import work_of
from archive.exporting.jsonld import CONTEXT, jsonld_of
from archive.issue_words import as_it_was_said
from archive.queries.files import held_bytes, page_sizes
from archive.queries.issues import open_issues
from archive.queries.records import provenance_of
from archive.searching.similar import similar_records
from archive.searching.within import answering_pages, marker_of
from archive.web.answering import page
from archive.web.facts import facts_of, linked
from archive.web.named import whole_record
from archive.web.pages.history import latest_of_history
from archive.web.questions import Question

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from sqlalchemy import Connection
    from starlette.responses import Response

    from archive.searching.within import AnsweringPage
    from archive.web.asked import Asked

#: Pages that answer which are listed on a record's page; whoever wants more reads the file.
_MOST_PAGES: Final = 120
_SIMILAR: Final = 6
_COVER: Final = (120, 170)

#: What other subjects add below a record: a function returns a piece of HTML made by
#: ``asked.part``, or ``""``.
Panel: TypeAlias = "Callable[[Asked, dict[str, Any]], str]"
PANELS: Final[tuple[Panel, ...]] = (latest_of_history,)


@dataclass(frozen=True, slots=True)
class FileShown:
    """A file of a record, with the size its cover is shown in; no cover, no size.

    In a light copy a file may be read, and its bytes not be held.
    """

    file: dict[str, Any]
    cover: tuple[int, int] | None
    is_held: bool

    @property
    def is_read(self) -> bool:
        """Whether it can be opened at a page."""
        return self.cover is not None


def record_page(asked: Asked) -> Response:
    """Show a record; with a question, which of its pages answer it."""
    whole = whole_record(asked)
    question = Question(q=asked.text("q"))
    connection = asked.connection
    authority = stored_authority(connection)
    work = work_of(whole, authority)
    files = shown_files(connection, whole["files"])
    answering = answering_pages(connection, question.query, whole["id"]) if question.q else ()
    return asked.page(
        "record.html",
        record=whole,
        question=question,
        marker=marker_of(question.query),
        facts=facts_of(whole, asked.words),
        related=linked(connection, whole),
        files=files,
        answering=_by_file(answering[:_MOST_PAGES], whole["files"]),
        answering_more=max(len(answering) - _MOST_PAGES, 0),
        issues=open_issues(connection, urls=_addresses(whole)),
        said=as_it_was_said,
        source=provenance_of(connection, whole["id"]),
        seen={name: datetime.fromisoformat(whole[name]) for name in ("first_seen", "last_seen")},
        withdrawn_at=whole["withdrawn_at"] and datetime.fromisoformat(whole["withdrawn_at"]),
        citation=cite(work, CiteFormat.ISO690),
        coins=coins_of(work),
        meta_tags=meta_tags_of(work, pdf_url=_pdf_url(asked, work.files)),
        jsonld=_script_safe({"@context": CONTEXT} | jsonld_of(whole, authority)),
        panels=[panel(asked, whole) for panel in PANELS],
    )


def similar_page(asked: Asked) -> Response:
    """List the records most like one."""
    whole = whole_record(asked)
    found = similar_records(asked.connection, whole["id"], limit=_SIMILAR)
    return asked.page("similar.html", record=whole, similar=found)


def shown_files(connection: Connection, files: Sequence[dict[str, Any]]) -> list[FileShown]:
    """Return the files with the size their covers are shown in."""
    digests = [file["sha256"] for file in files if file["sha256"]]
    sizes, held = page_sizes(connection, digests), held_bytes(connection, digests)
    return [
        FileShown(file, _cover(sizes.get(file["sha256"])), file["sha256"] in held) for file in files
    ]


def _cover(size: tuple[float, float] | None) -> tuple[int, int] | None:
    """Return width and height of a cover: as large as the room for it allows."""
    if size is None or min(size) <= 0:
        return None
    scale = min(_COVER[0] / size[0], _COVER[1] / size[1])
    return max(round(size[0] * scale), 1), max(round(size[1] * scale), 1)


def _by_file(
    pages: Sequence[AnsweringPage], files: Sequence[dict[str, Any]]
) -> list[tuple[dict[str, Any], list[AnsweringPage]]]:
    by_digest = {file["sha256"]: file for file in files}
    found: dict[str, list[AnsweringPage]] = {}
    for each in pages:
        found.setdefault(each.sha256, []).append(each)
    return [(by_digest[sha256], of_file) for sha256, of_file in found.items()]


def _addresses(whole: dict[str, Any]) -> list[str]:
    return [whole["url"], *whole["aliases"], *(file["url"] for file in whole["files"])]


def _pdf_url(asked: Asked, files: Sequence[Any]) -> str:
    """Return where a reference manager gets the PDF: from here, as long as the site may not."""
    held = next((file.sha256 for file in files if file.sha256), "")
    return str(asked.request.url.replace(path=f"/files/{held}", query="")) if held else ""


def _script_safe(value: dict[str, Any]) -> str:
    """Return JSON that ends no script element, whatever stands in it."""
    text = json.dumps(value)
    return text.replace("&", "\\u0026").replace("<", "\\u003c").replace(">", "\\u003e")


ROUTES: Final = (
    page("/records/{id}", record_page),
    page("/records/{id}/similar", similar_page),
)
