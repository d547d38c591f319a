"""Citations of a record, or of one page of it: all formats to look at, one to take along."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import quote

from starlette.responses import Response

from archive.authority.storing import stored_authority
from archive.citing import CiteFormat, cite
from archive.citing.works import cited_at, work_of
from archive.errors import UnanswerableError
from archive.web.answering import page
from archive.web.asked import address
from archive.web.named import whole_record
from archive.web.refusals import NotHereError

if TYPE_CHECKING:
    from archive.citing.works import Work
    from archive.web.asked import Asked

#: Media type and ending of what programs read; what people read is text.
_FILES: Final = {
    CiteFormat.BIBTEX: ("application/x-bibtex", "bib"),
    CiteFormat.RIS: ("application/x-research-info-systems", "ris"),
    CiteFormat.CSL_JSON: ("application/vnd.citationstyles.csl+json", "json"),
}


@dataclass(frozen=True, slots=True)
class Citation:
    """A work in one format, and where it can be had as a file."""

    form: CiteFormat
    text: str
    href: str


def citations_page(asked: Asked) -> Response:
    """Show a record, or the page named, as a citation in every format."""
    work = _work(asked)
    values = {"file": asked.text("file"), "page": work.page}
    citations = [
        Citation(form, cite(work, form), address(f"/records/{work.id}/cite/{form}", values))
        for form in (CiteFormat.ISO690, CiteFormat.APA, CiteFormat.CHICAGO, *_FILES)
    ]
    return asked.page("citations.html", work=work, citations=citations)


def citation_file(asked: Asked) -> Response:
    """Send a citation as a file for a reference manager."""
    try:
        form = CiteFormat(asked.path("form"))
    except ValueError:
        raise NotHereError from None
    work = _work(asked)
    media_type, ending = _FILES.get(form, ("text/plain", "txt"))
    return Response(
        f"{cite(work, form)}\n",
        media_type=f"{media_type}; charset=utf-8",
        headers={"content-disposition": f"attachment; filename*=UTF-8''{quote(work.id)}.{ending}"},
    )


def _work(asked: Asked) -> Work:
    work = work_of(whole_record(asked), stored_authority(asked.connection))
    number = asked.number("page")
    try:
        return cited_at(work, file=asked.text("file"), page=number or None)
    except UnanswerableError:
        raise NotHereError from None


ROUTES: Final = (
    page("/records/{id}/cite", citations_page),
    page("/records/{id}/cite/{form}", citation_file),
)
