"""What no field of a citation format has room for, in French: it stands in the work's note."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal, TypeAlias

if TYPE_CHECKING:
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
    if pdfs and work.files:
        parts.append(f"PDF : {work.pdf_url}")
    return [*parts, *evidence_of(work)]


def evidence_of(work: Work) -> list[str]:
    """Return what pins the archived version: the digests of the page, and of the PDF cited."""
    parts = [f"Page archivée : sha256:{work.fingerprint}"] if work.fingerprint else []
    if work.files and work.files[0].sha256:
        parts.append(f"PDF archivé : sha256:{work.files[0].sha256}")
    return parts
