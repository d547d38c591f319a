"""Records as citations: what a bibliography needs to know, and the forms it is written in."""

from __future__ import annotations

import json
from enum import StrEnum
from typing import TYPE_CHECKING

from archive.citing.bibtex import bibtex_entry
from archive.citing.csl import csl_item
from archive.citing.notes import evidence_of, pdfs_of
from archive.citing.ris import ris_entry
from archive.citing.styled import styled

if TYPE_CHECKING:
    from archive.citing.styled import Style
    from archive.citing.works import Work


class CiteFormat(StrEnum):
    """The forms a citation is written in: for programs, then for people."""

    BIBTEX = "bibtex"
    RIS = "ris"
    CSL_JSON = "csl-json"
    APA = "apa"
    ISO690 = "iso690"
    CHICAGO = "chicago"


def cite(work: Work, form: CiteFormat) -> str:
    """Return a work as a citation, without a line end.

    In a style for people the reference stands first; then how the text refers to the page that is
    cited, where one is, the addresses of the PDFs, that the site has taken the record away, where
    it has, and the digests of what was archived.
    """
    match form:
        case CiteFormat.BIBTEX:
            return bibtex_entry(work).rstrip("\n")
        case CiteFormat.RIS:
            return ris_entry(work).replace("\r\n", "\n").rstrip("\n")
        case CiteFormat.CSL_JSON:
            return json.dumps([csl_item(work)], ensure_ascii=False, indent=2)
        case CiteFormat.APA:
            return _for_people(work, "apa")
        case CiteFormat.ISO690:
            return _for_people(work, "iso690")
        case CiteFormat.CHICAGO:
            return _for_people(work, "chicago")


def _for_people(work: Work, style: Style) -> str:
    words = styled(work, style)
    lines = [words.reference]
    if work.page:
        lines.append(words.in_text)
    return "\n".join((*lines, *pdfs_of(work), *evidence_of(work)))
