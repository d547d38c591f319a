"""What no field of a citation format has room for, in French: it stands in the work's note."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, Literal, TypeAlias

if TYPE_CHECKING:
    from datetime import date

    from archive.citing.works import Work

#: What some forms have no field for, or one that a program fills otherwise.
Fact: TypeAlias = Literal[
    "genre", "pages", "page", "publisher", "years", "exact names", "exact keywords"
]


def in_words(work: Work, *facts: Fact) -> list[str]:
    """Return what of these is known of a work, a sentence each."""
    said: dict[Fact, list[str]] = {
        "genre": [work.genre],
        "pages": [f"{work.pages} p."] if work.pages else [],
        "page": [f"Page citée : {work.page}"] if work.page else [],
        "publisher": [f"Éditeur : {work.publisher}"],
        "years": [work.years],
        "exact names": [f"Auteur : {name.text}" for name in work.authors],
        "exact keywords": [f"Mot-clé : {keyword}" for keyword in work.keywords],
    }
    return [sentence for fact in facts for sentence in said[fact] if sentence]


def notes_of(work: Work, *, contributors: bool = True, pdfs: bool = True) -> list[str]:
    """Return the sentences of a work's note: who took part, the PDF, the archived version."""
    parts = [f"Date selon le site : {work.date_as_said}"] if work.date_as_said else []
    if contributors and work.contributors:
        names = ", ".join(name.text for name in work.contributors)
        parts.append(f"Avec la contribution de : {names}")
    parts += [f"{name} : {affiliation}" for name, affiliation in work.affiliations]
    if pdfs:
        parts += pdfs_of(work)
    return [*parts, *evidence_of(work)]


def pdfs_of(work: Work) -> list[str]:
    """Return where the PDFs are, a sentence each."""
    return [f"PDF : {url}" for url in work.pdf_urls if url]


def evidence_of(work: Work) -> list[str]:
    """Return what pins the archived version: the digests of the page, and of the PDFs cited.

    Of a record that the site has taken away they are all there is, so this is said first.
    """
    parts = []
    if work.withdrawn_on:
        parts.append(
            f"Retiré du site (constaté le {_day(work.withdrawn_on)}), "
            f"vu pour la dernière fois le {_day(work.accessed)}"
        )
    if work.fingerprint:
        parts.append(f"Page archivée : sha256:{work.fingerprint}")
    held = [file for file in work.files if file.sha256]
    # Of several PDFs each digest has to say whose it is.
    parts += [
        f"PDF archivé{f' ({file.filename})' if len(held) > 1 else ''} : sha256:{file.sha256}"
        for file in held
    ]
    return parts


def _day(day: date) -> str:
    """Return a day as French bibliographies write it.

    >>> from datetime import date
    >>> _day(date(2026, 11, 1))
    '1er novembre 2026'
    """
    return f"{'1er' if day.day == 1 else day.day} {_MONTHS[day.month - 1]} {day.year}"


_MONTHS: Final = (
    *("janvier", "février", "mars", "avril", "mai", "juin"),
    *("juillet", "août", "septembre", "octobre", "novembre", "décembre"),
)
