"""The forms a reading fills in and the archive files away.

A reading is what we make of one page. These forms are all that crosses the border between those
who know the site (`spiders`) and those who keep what it said (`archive`): plain frozen values,
no framework, no database. Text a page is silent about is ``""``, a number or a date it is silent
about is ``None``, a list may be empty.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from enum import StrEnum


class RecordKind(StrEnum):
    """The kinds of record the resource centre keeps."""

    DOCUMENT = "document"
    EXPERIENCE = "experience"
    RESOURCE = "resource"


class PageKind(StrEnum):
    """What a page turned out to be when it was read."""

    RECORD = "record"
    LISTING = "listing"
    TERM = "term"
    SITEMAP = "sitemap"
    OTHER = "other"
    """A page of the site that is no record and leads to none: home, news, contact."""
    NOT_FOUND = "not-found"
    """An error page, whatever its status says."""
    LOGIN = "login"
    BLOCK = "block"
    """A captcha or a firewall's refusal."""
    MAINTENANCE = "maintenance"
    UNRECOGNISED = "unrecognised"
    """Neither a title nor any known label: the layout is new to us."""


class LinkKind(StrEnum):
    """What the place of a link says about where it leads."""

    RECORD = "record"
    LISTING = "listing"
    TERM = "term"
    FILE = "file"
    SITEMAP = "sitemap"
    PAGE = "page"
    """An address of the site that may hold anything."""


class IssueCode(StrEnum):
    """The kinds of issue that reading a page can raise; other packages have their own."""

    UNKNOWN_LABEL = "unknown-label"
    """A label nobody taught us; its words and its value are kept in ``extra``."""
    REPEATED_LABEL = "repeated-label"
    """A label that stands twice; one value was kept, or the lists were joined."""
    UNREADABLE_DATE = "unreadable-date"
    """A date that is none; the raw text is kept."""
    IMPRECISE_DATE = "imprecise-date"
    """A month without a day; the raw text is kept and no day invented."""
    UNREADABLE_YEAR = "unreadable-year"
    """A year that is none, or several that are no span; the raw text is kept."""
    UNREADABLE_PAGE_COUNT = "unreadable-page-count"
    """A number of pages that is not one number; the raw text is kept."""
    MISSING_TITLE = "missing-title"
    """A record without a title; it is filed all the same."""
    MENDED_TEXT = "mended-text"
    """Text that had been decoded wrongly at its source and was repaired exactly."""
    STRAY_TEXT = "stray-text"
    """Words before the first label that are no sentence, such as a logo's; left out of the body."""
    PAGE_CUT = "page-cut"
    """A page, or its list of links, too large to be read to its end."""
    NO_LABEL = "no-label"
    """A record's page without any known label: almost empty, or redesigned."""
    LAYOUT_NOT_RECOGNISED = "layout-not-recognised"
    """Neither a title nor any known label: the site may have been redesigned."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Link:
    """A labelled address, absolute and canonical."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Agent:
    """A person or a body, as the page spells it."""

    name: str
    affiliation: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FileLink:
    """A file a record offers.

    *declared_size* is what the page says of it, in bytes; what arrives may differ.
    """

    label: str
    url: str
    filename: str
    media_type: str = ""
    declared_size: int | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Issue:
    """Something a person should look at: what kind, and the words to find it by."""

    code: str
    detail: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """What one page of the resource centre says about one record.

    *id* is ``node-N`` or ``media-N`` where the page names its number, else a hash of its address.
    """

    id: str
    url: str
    kind: RecordKind
    aliases: tuple[str, ...] = ()
    title: str = ""
    body_text: str = ""
    document_type: str = ""
    declared_pages: int | None = None
    declared_pages_raw: str = ""
    year_start: int | None = None
    year_end: int | None = None
    year_raw: str = ""
    updated_on: date | None = None
    updated_raw: str = ""
    parks: tuple[str, ...] = ()
    themes: tuple[Link, ...] = ()
    tags: tuple[Link, ...] = ()
    authors: tuple[Agent, ...] = ()
    authors_raw: str = ""
    contributors: tuple[Agent, ...] = ()
    contributors_raw: str = ""
    related_documents: tuple[Link, ...] = ()
    related_experiences: tuple[Link, ...] = ()
    links: tuple[Link, ...] = ()
    files: tuple[FileLink, ...] = ()
    extra: Mapping[str, str] = field(default_factory=dict)
    language: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FoundLink:
    """An address a page leads to, and what its place there suggests."""

    url: str
    kind: LinkKind
    label: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LabelReading:
    """A label met on a page: the field it fills, its value, the way it stands.

    *field* is ``""`` for a label nobody taught us, ``ignore`` for one left behind on purpose.
    """

    label: str
    field: str
    value: str
    place: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FetchedPage:
    """A page as it was answered, to be read: its canonical address and its decoded body."""

    url: str
    body: bytes
    content_type: str = ""
    status: int = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class PageReading:
    """Everything one page was read as.

    *layout* names the family of markup; *fingerprint* is a hash of the landmarks found, which
    stays the same as long as the page is built the same way. *identity* is ``node-N`` or
    ``media-N`` if the page says so, else ``""``; *canonical_url* is the address it claims.
    """

    kind: PageKind
    layout: str
    fingerprint: str
    url: str
    canonical_url: str
    identity: str = ""
    title: str = ""
    record: Record | None = None
    links: tuple[FoundLink, ...] = ()
    labels: tuple[LabelReading, ...] = ()
    issues: tuple[Issue, ...] = ()
