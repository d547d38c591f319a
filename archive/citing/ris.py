"""RIS: one line a tag. What stands where follows Zotero's reading of it, see docs/citing.md."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from archive.citing.notes import in_words, notes_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive.citing.names import Name
    from archive.citing.works import Work

#: Types that have a genre of their own.
_TYPED: Final = frozenset({"RPRT", "ELEC"})
# A value is one line; the no-break spaces of French stay as they are.
_LINES: Final = re.compile(r"[ \t]*[\r\n\v\f\x1c-\x1e\x85\u2028\u2029]+[ \t]*")


def ris_entry(work: Work) -> str:
    """Return a work as RIS, its lines ended as the format wants it, an empty one behind."""
    lines = (
        f"{tag}  - {' '.join(_LINES.split(value)).strip()}" for tag, value in _tags(work) if value
    )
    return "\r\n".join((*lines, "ER  - ", "", ""))


def _tags(work: Work) -> Iterator[tuple[str, str]]:
    yield "TY", work.form.ris
    yield "ID", work.id
    yield "TI", work.cited_title
    for name in work.authors:
        yield "AU", _name(name)
    # Reports and web pages have a type of their own; elsewhere Zotero takes M3 for a DOI.
    if work.form.ris in _TYPED:
        yield "M3", work.genre
    yield "PY", str(work.year_start or "")
    # Of a range DA has both ends: PY may only be one year.
    yield "DA", work.years if work.year_start is not None else ""
    yield "PB", work.publisher
    yield "SP", _pages(work)
    yield "LA", work.language
    yield "UR", work.url
    for url in work.pdf_urls:
        yield "L1", url
    yield "Y2", f"{work.accessed:%Y/%m/%d}"
    for keyword in work.keywords:
        yield "KW", keyword
    yield "AB", work.abstract
    for note in _notes(work):
        yield "N1", note


def _pages(work: Work) -> str:
    """Return what SP is there: the pages of a book; else the page that is cited, or all of them."""
    if work.form.ris == "ELEC":
        return ""
    of_a_book = work.form.ris == "BOOK"
    return str((work.pages if of_a_book else work.page or work.pages) or "")


def _notes(work: Work) -> Iterator[str]:
    if work.form.ris not in _TYPED:
        yield from in_words(work, "genre")
    match work.form.ris:
        case "ELEC":
            yield from in_words(work, "pages", "page", "publisher")
        case "BOOK":
            yield from in_words(work, "page")
        case _ if work.page:
            yield from in_words(work, "pages")
    if work.year_start is None:
        yield from in_words(work, "years")
    if any("," in name.text for name in work.authors if not name.is_person):
        yield from in_words(work, "exact names")
    if any(";" in keyword for keyword in work.keywords):
        yield from in_words(work, "exact keywords")
    yield from notes_of(work, pdfs=False)


def _name(name: Name) -> str:
    """Return a name; in RIS a comma parts family and given name, so a body's has none."""
    return name.inverted if name.is_person else name.text.replace(", ", " – ")
