"""What the site's types of document are called by citation programs. docs/citing.md shows it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from archive.folding import fold


@dataclass(frozen=True, slots=True, kw_only=True)
class Form:
    """What a kind of document is to CSL, BibTeX, RIS, Dublin Core (DCMI) and schema.org."""

    csl: str
    bibtex: str
    ris: str
    dublin_core: str = "Text"
    schema_org: str = "CreativeWork"


_REPORT: Final = Form(csl="report", bibtex="techreport", ris="RPRT", schema_org="Report")

#: By the site's label, in its folded form. What is a report to all programs keeps the site's own
#: word as its genre ("Guide méthodologique"), so nothing is lost.
FORMS: Final[dict[str, Form]] = {
    fold(label): form
    for label, form in (
        ("Guide méthodologique", _REPORT),
        ("Étude", _REPORT),
        ("Enquête", _REPORT),
        ("Recueil d'expériences", _REPORT),
        ("Livre blanc", _REPORT),
        ("Plaquette", _REPORT),
        ("Vade-mecum", _REPORT),
        ("Synthèse de journée", _REPORT),
        ("Rapport d'activités", _REPORT),
        ("Communiqué de presse", _REPORT),
        ("Convention", _REPORT),
        # CSL and Zotero have no type for proceedings as a whole; theirs is the book.
        ("Actes", Form(csl="book", bibtex="proceedings", ris="CONF", schema_org="Book")),
        # A whole issue: Zotero has no type for it, and its magazine article knows no publisher.
        ("Magazine", Form(csl="book", bibtex="book", ris="BOOK", schema_org="PublicationIssue")),
    )
}

#: By kind of record, where the type is absent or new to us.
FORMS_OF_KINDS: Final[dict[str, Form]] = {
    "document": _REPORT,
    "resource": _REPORT,
    "experience": Form(csl="webpage", bibtex="misc", ris="ELEC", schema_org="WebPage"),
}


def form_of(document_type: str, kind: str) -> Form:
    """Return the form of a type of document, else of a kind of record.

    >>> form_of("Actes", "document").bibtex, form_of("", "experience").ris
    ('proceedings', 'ELEC')
    """
    return FORMS.get(fold(document_type)) or FORMS_OF_KINDS.get(kind, _REPORT)
