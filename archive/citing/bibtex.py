"""BibTeX, in UTF-8: bodies in braces, ranges of years for BibTeX and biblatex alike."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archive.citing.notes import in_words, notes_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from archive.citing.names import Name
    from archive.citing.works import Work

# A brace counts even behind a backslash: an unbalanced one would end the entry. So each brings its
# other half along, unseen: as Zotero writes it, and reads it back.
_ESCAPED: Final = str.maketrans(
    {
        "\\": r"\textbackslash{}",
        "{": r"\{\vphantom{\}}",
        "}": r"\vphantom{\{}\}",
        "&": r"\&",
        "%": r"\%",
        "$": r"\$",
        "#": r"\#",
        "_": r"\_",
        "~": r"\textasciitilde{}",
        "^": r"\textasciicircum{}",
    }
)
_ADDRESS: Final = str.maketrans({"{": "%7B", "}": "%7D", "\\": "%5C"})


def bibtex_entry(work: Work) -> str:
    """Return a work as an entry, with an empty line behind it. Its key is the record's id."""
    fields = {name: value for name, value in _fields(work).items() if value}
    lines = "".join(f"  {name} = {{{value}}},\n" for name, value in fields.items())
    return f"@{work.form.bibtex}{{{work.id},\n{lines}}}\n\n"


def _fields(work: Work) -> dict[str, str]:
    is_report = work.form.bibtex == "techreport"
    is_book = work.form.bibtex in {"book", "proceedings"}
    # Zotero reads the length of a book only, and takes a book's pages for its length.
    noted = in_words(work, *() if is_report else ("genre",), *("page",) if is_book else ("pages",))
    if _are_split(work.keywords):
        noted += in_words(work, "exact keywords")
    return {
        "author": " and ".join(map(_name, work.authors)),
        # The second pair of braces keeps the capitals as they stand.
        "title": f"{{{_escaped(work.cited_title)}}}",
        "type": _escaped(work.genre),
        "institution" if is_report else "publisher": _escaped(work.publisher),
        "year": work.years.replace("-", "--"),
        "date": "" if work.year_start is None else work.years.replace("-", "/"),
        "pages": "" if is_book else str(work.page or ""),
        "pagetotal": str(work.pages or ""),
        "url": work.url.translate(_ADDRESS),
        "urldate": work.accessed.isoformat(),
        "language": work.language,
        "keywords": _escaped(", ".join(work.keywords)),
        "abstract": _escaped(work.abstract),
        "note": _escaped("; ".join([*noted, *notes_of(work)])),
    }


def _are_split(keywords: Sequence[str]) -> bool:
    """Tell whether Zotero takes keywords apart: at commas, semicolons, a lone one at its blanks."""
    return any(set(keyword) & set(",;") for keyword in keywords) or (
        len(keywords) == 1 and " " in keywords[0]
    )


def _name(name: Name) -> str:
    if not name.is_person:
        return f"{{{_escaped(name.text)}}}"
    family = " ".join(filter(None, (name.dropping, name.staying, _escaped(name.family))))
    return f"{family}, {_escaped(name.given)}"


def _escaped(text: str) -> str:
    return text.translate(_ESCAPED)
