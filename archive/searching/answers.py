"""What a search gives back: plain frozen values, for the command line, the web and notebooks."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from archive.searching.facets import Facet
from archive.searching.passages import Passage


@dataclass(frozen=True, slots=True, kw_only=True)
class PageHit:
    """A page that answers: of a file (*page* from 1), or the record's own (*page* 0, no file)."""

    page: int
    passage: Passage
    filename: str = ""
    url: str = ""
    sha256: str = ""
    share: float = 0.0
    """How much of what was looked for stands on this very page."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Hit:
    """A record that answers, with its best pages; *matching_pages* counts all it has."""

    id: str
    url: str
    kind: str
    title: str
    marked_title: Passage
    document_type: str
    year_start: int | None
    year_end: int | None
    parks: tuple[str, ...]
    themes: tuple[str, ...]
    tags: tuple[str, ...]
    authors: tuple[str, ...]
    withdrawn_at: datetime | None
    score: float
    pages: tuple[PageHit, ...]
    matching_pages: int


@dataclass(frozen=True, slots=True, kw_only=True)
class Answer:
    """The answer to a query.

    *total* counts every record found, *hits* are those asked for, the best first. *notes* say in
    a sentence each what was not understood; *suggestions* are other spellings, where little or
    nothing was found, and *missing* names the labels that no record bears, where nothing was.
    """

    total: int
    hits: tuple[Hit, ...]
    facets: tuple[Facet, ...] = ()
    notes: tuple[str, ...] = ()
    suggestions: tuple[str, ...] = ()
    missing: tuple[str, ...] = ()
