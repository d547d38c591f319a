"""A record as a work to be cited: what a bibliography asks for, read off the archived record."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from datetime import date
from typing import TYPE_CHECKING, Any, Final

from archive.authority.entries import Authority, EntryKind
from archive.citing.forms import Form, form_of
from archive.citing.names import Name, person, read_name
from archive.errors import UnanswerableError
from archive.folding import fold

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from archive.authority.entries import Entry

#: Who publishes the resource centre, and with it what stands in it.
PUBLISHER: Final = "Fédération des Parcs naturels régionaux de France"

#: What stands for a year where there is none.
NO_DATE: Final = "s. d."

#: What stands for a title where there is none, in the brackets of what a librarian supplies.
UNTITLED: Final = "[Sans titre]"


@dataclass(frozen=True, slots=True, kw_only=True)
class CitedFile:
    """A PDF of the work: where it is, and the digest of the bytes that were read."""

    url: str
    filename: str
    sha256: str
    page_count: int | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Work:
    """What a citation says. Text is as the site spells it; names are the preferred ones."""

    id: str
    form: Form
    genre: str
    title: str
    """As the site has it; `cited_title` is never empty."""
    authors: tuple[Name, ...]
    contributors: tuple[Name, ...]
    affiliations: tuple[tuple[str, str], ...]
    """Name and affiliation, where the page gives one."""
    year_start: int | None
    year_end: int | None
    year_raw: str
    """The year as the site has it."""
    pages: int | None
    publisher: str
    url: str
    files: tuple[CitedFile, ...]
    accessed: date
    fingerprint: str
    """The SHA-256 of the archived page."""
    language: str
    abstract: str
    keywords: tuple[str, ...]
    withdrawn_on: date | None = None
    """The day on which it was found that the site had taken it away."""
    page: int | None = None
    """The page that is cited, of the first of *files*."""

    @property
    def cited_title(self) -> str:
        """The title, ``[Sans titre]`` where there is none."""
        return self.title or UNTITLED

    @property
    def pdf_urls(self) -> tuple[str, ...]:
        """The addresses of all PDFs, of the first one as `pdf_url` gives it."""
        return tuple(dict.fromkeys((self.pdf_url, *(file.url for file in self.files[1:]))))

    @property
    def pdf_url(self) -> str:
        """The address of the first PDF, at the page that is cited; ``""`` where there is none."""
        if not self.files:
            return ""
        at = f"#page={self.page}" if self.page else ""
        return self.files[0].url + at

    @property
    def years(self) -> str:
        """The year or the years, ``s. d.`` where there is none."""
        if self.year_start is None:
            return NO_DATE
        end = self.year_end
        return (
            f"{self.year_start}" if end in {None, self.year_start} else f"{self.year_start}-{end}"
        )

    @property
    def date_as_said(self) -> str:
        """The date as the site has it, where it says more than the years: a month, a "vers"."""
        numbers = {str(year) for year in (self.year_start, self.year_end) if year is not None}
        words = set(_BETWEEN_YEARS.sub(" ", self.year_raw).split())
        return "" if words <= numbers or fold(self.year_raw) in _NO_DATES else self.year_raw

    @property
    def is_about(self) -> bool:
        """Whether the site gives the year as an approximate one."""
        return self.year_start is not None and bool(_ABOUT.search(self.year_raw.casefold()))


_BETWEEN_YEARS: Final = re.compile(r"[\s/\[\](),;–-]+")
_ABOUT: Final = re.compile(r"\b(vers|environ|env|circa|ca)\b|\?|\bc\. ?\d")
_NO_DATES: Final = frozenset({"s.d.", "s. d.", "sd", "s.d", "n.d.", "sans date"})


def work_of(
    record: dict[str, Any], authority: Authority | None = None, *, page: int | None = None
) -> Work:
    """Return a whole record, as `archive.queries.records` gives it, as a work to be cited."""
    known = authority or Authority()
    return Work(
        id=record["id"],
        form=form_of(record["document_type"], record["kind"]),
        genre=record["document_type"],
        title=record["title"],
        authors=_names(record["authors"], known),
        contributors=_names(record["contributors"], known),
        affiliations=_affiliations([*record["authors"], *record["contributors"]], known),
        year_start=record["year_start"],
        year_end=record["year_end"],
        year_raw=record["year_raw"],
        pages=record["declared_pages"] or _counted(record["files"]),
        publisher=PUBLISHER,
        url=record["url"],
        files=_pdfs(record["files"]),
        accessed=date.fromisoformat(record["last_seen"][:10]),
        fingerprint=record["snapshot_sha256"],
        language=record["language"],
        abstract=record["body_text"],
        keywords=_keywords(record, known),
        withdrawn_on=_day(record["withdrawn_at"]),
        page=page,
    )


def cited_at(work: Work, *, file: str = "", page: int | None = None) -> Work:
    """Return a work cited at a page of one of its files, named by file name, address or digest.

    Of a file that is named nothing but that one is cited; else all of them are, a page being one
    of the first.

    :raises UnanswerableError: it has no such file or page.
    """
    if file:
        chosen = [each for each in work.files if file in {each.filename, each.url, each.sha256}]
        if not chosen:
            names = ", ".join(each.filename for each in work.files) or "none"
            raise UnanswerableError(f"{work.id} has no PDF {file!r}; it has {names}.")
        work = replace(work, files=tuple(chosen[:1]))
    if page is None:
        return work
    if not work.files:
        raise UnanswerableError(f"{work.id} has no PDF; it has no page {page} to cite.")
    last = work.files[0].page_count
    if last is not None and page > last:
        raise UnanswerableError(f"{work.files[0].filename} has no page {page}; its last is {last}.")
    return replace(work, page=page)


def _day(moment: str | None) -> date | None:
    return date.fromisoformat(moment[:10]) if moment else None


def _names(agents: Sequence[dict[str, str]], known: Authority) -> tuple[Name, ...]:
    names = (_name(entry) for agent in agents for entry in known.agents(agent["name"]))
    return tuple(dict.fromkeys(names))


def _name(entry: Entry) -> Name:
    if entry.kind is EntryKind.PERSON and entry.family:
        return person(entry.name, given=entry.given, family=entry.family)
    # A body that somebody entered is one, whatever its name looks like.
    if entry.kind is EntryKind.BODY and entry.variants:
        return Name(text=entry.name)
    return read_name(entry.name)


def _affiliations(
    agents: Sequence[dict[str, str]], known: Authority
) -> tuple[tuple[str, str], ...]:
    pairs = {
        entry.name: ", ".join(body.name for body in known.agents(agent["affiliation"]))
        for agent in agents
        if agent["affiliation"]
        for entry in known.agents(agent["name"])
    }
    return tuple(pairs.items())


def _counted(files: Sequence[dict[str, Any]]) -> int | None:
    """Return the pages of the one PDF, where there is exactly one and the page says nothing."""
    counts = [file["page_count"] for file in files if file["page_count"]]
    return counts[0] if len(counts) == 1 else None


def _pdfs(files: Iterable[dict[str, Any]]) -> tuple[CitedFile, ...]:
    return tuple(
        CitedFile(
            url=file["url"],
            filename=file["filename"],
            sha256=file["sha256"],
            page_count=file["page_count"],
        )
        for file in files
        if file["media_type"] == "application/pdf" or file["filename"].lower().endswith(".pdf")
    )


def _keywords(record: dict[str, Any], known: Authority) -> tuple[str, ...]:
    parks = (known.park(label) for label in record["parks"])
    labels = (link["label"] for link in (*record["themes"], *record["tags"]))
    return tuple(dict.fromkeys((*parks, *labels)))
