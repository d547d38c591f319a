"""What an extraction says: the text of each page, the file's facts, and how it all went.

Plain frozen values that cross a process border as JSON and never as a pickle: what a hostile file
made of its worker can only ever arrive here as text and numbers.
"""

from __future__ import annotations

from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping


class ExtractionStatus(StrEnum):
    """How the reading of one file ended."""

    READ = "read"
    PARTIAL = "partial"
    """Some pages have no text, or could not be read, or the file had to be repaired."""
    EMPTY = "empty"
    """It has pages and none has text: a scan."""
    ENCRYPTED = "encrypted"
    """A password is needed to open it."""
    DAMAGED = "damaged"
    NOT_A_PDF = "not-a-pdf"
    TOO_LARGE = "too-large"
    TIMED_OUT = "timed-out"
    OUT_OF_MEMORY = "out-of-memory"


class PageStatus(StrEnum):
    """How the reading of one page ended."""

    READ = "read"
    BLANK = "blank"
    """Nothing at all stands on it, as on the back of a title page; no loss."""
    EMPTY = "empty"
    """There is something to see and no text: a scan, a drawing. OCR may help."""
    THIN = "thin"
    """A few characters beside pictures, such as a stamp or a folio on a scan. OCR may help."""
    DAMAGED = "damaged"
    """The page could not be read, or crashed whoever tried."""
    TIMED_OUT = "timed-out"
    OUT_OF_MEMORY = "out-of-memory"


class TextSource(StrEnum):
    """Where the text of a page comes from."""

    TEXT = "text"
    OCR = "ocr"


@dataclass(frozen=True, slots=True, kw_only=True)
class Join:
    r"""A place in a page's text where a break of the original was mended.

    At offset *position* of the text, *was* stood instead of nothing (or instead of the hyphen
    that stands there now): ``"-\n"`` for a hyphen at the end of a line.
    """

    position: int
    was: str


@dataclass(frozen=True, slots=True, kw_only=True)
class PageText:
    """The text of one page, as good as the engines and the judge could make it.

    *number* counts from 1. *score* is the judge's, from 0 to 1 (see docs/extraction.md); an OCR
    page carries the engine's *confidence* from 0 to 1 as well. *width* and *height* are in points
    as the page is shown, *rotation* in degrees. *running_header* and *running_footer* are lines
    of *text* that return from page to page; *body* is the text without them. *outside* is text
    that stands wholly outside the visible page. *joins* say what was mended, *flags* what the
    judge found odd. *picture_share* is the part of the page that pictures cover, where looked at.
    """

    number: int
    text: str = ""
    status: PageStatus = PageStatus.READ
    source: TextSource = TextSource.TEXT
    engine: str = ""
    engine_version: str = ""
    score: float = 0.0
    confidence: float | None = None
    running_header: tuple[str, ...] = ()
    running_footer: tuple[str, ...] = ()
    outside: str = ""
    joins: tuple[Join, ...] = ()
    flags: tuple[str, ...] = ()
    width: float = 0.0
    height: float = 0.0
    rotation: int = 0
    picture_share: float = 0.0

    @property
    def body(self) -> str:
        """The text without its running header and footer, for search and comparison."""
        lines = self.text.split("\n")
        for head in self.running_header:
            if head in lines:
                lines.remove(head)
        for foot in self.running_footer:
            if foot in lines:
                del lines[len(lines) - 1 - lines[::-1].index(foot)]
        return "\n".join(lines)

    @property
    def raw_text(self) -> str:
        r"""The text with every mended line end as the page sets it.

        >>> PageText(number=1, text="paysage", joins=(Join(position=3, was="-\n"),)).raw_text
        'pay-\nsage'
        """
        parts: list[str] = []
        start = 0
        for join in self.joins:
            parts += (self.text[start : join.position], join.was)
            kept_hyphen = self.text[join.position : join.position + 1] == "-"
            start = join.position + (1 if kept_hyphen else 0)
        return "".join((*parts, self.text[start:]))

    @property
    def wants_ocr(self) -> bool:
        """Whether there is something to see on the page and (next to) no text."""
        return self.status in {PageStatus.EMPTY, PageStatus.THIN}


@dataclass(frozen=True, slots=True, kw_only=True)
class OutlineEntry:
    """A line of the file's own table of contents; *page* counts from 1, 0 if it leads nowhere."""

    level: int
    title: str
    page: int


@dataclass(frozen=True, slots=True, kw_only=True)
class PdfFacts:
    """What a file says of itself.

    Dates stand as the file spells them and as ISO 8601 (``""`` where they cannot be read).
    *page_sizes* are distinct sizes in points with the number of pages that have them.
    *pdfa* is the claim (``"2b"``), not a proof.
    """

    title: str = ""
    author: str = ""
    subject: str = ""
    keywords: str = ""
    creator: str = ""
    producer: str = ""
    created_raw: str = ""
    created: str = ""
    modified_raw: str = ""
    modified: str = ""
    page_count: int = 0
    page_sizes: tuple[tuple[float, float, int], ...] = ()
    pdf_version: str = ""
    language: str = ""
    outline: tuple[OutlineEntry, ...] = ()
    attachments: tuple[str, ...] = ()
    has_javascript: bool = False
    is_tagged: bool = False
    pdfa: str = ""
    encrypted: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Reading:
    """One of several readings of the same page, and what the judge made of it.

    *how* names what was done beyond a plain reading. *score* is None where the engine could not
    read the page. *kept* tells the reading whose text the page has.
    """

    page: int
    engine: str
    how: str = ""
    score: float | None = None
    kept: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Extraction:
    """The whole result for one file.

    *pages* holds every page that was tried, in order. *detail* is one sentence for a person about
    anything but a plain success. *engines* counts the pages each engine's text was kept for.
    *readings* are those of pages that were read in more than one way.
    *seconds* is wall time, *cpu_seconds* and *peak_memory_mb* those of the worker.
    """

    status: ExtractionStatus
    pages: tuple[PageText, ...] = ()
    facts: PdfFacts = field(default_factory=PdfFacts)
    engines: Mapping[str, int] = field(default_factory=dict)
    readings: tuple[Reading, ...] = ()
    repair: str = ""
    detail: str = ""
    seconds: float = 0.0
    cpu_seconds: float = 0.0
    peak_memory_mb: float = 0.0

    @property
    def text(self) -> str:
        """The text of all pages, a form feed between them."""
        return "\f".join(page.text for page in self.pages)


_PAGE_FIELDS = tuple(each.name for each in fields(PageText))


def page_to_json(page: PageText) -> dict[str, Any]:
    """Return a page as JSON can carry it; by hand, as ``asdict`` costs ten times more."""
    data = {name: getattr(page, name) for name in _PAGE_FIELDS}
    data["joins"] = [{"position": join.position, "was": join.was} for join in page.joins]
    return data


def page_from_json(data: Mapping[str, Any]) -> PageText:
    """Return the page that :func:`page_to_json` made *data* of; unknown keys are refused."""
    values = dict(data)
    values["status"] = PageStatus(values.get("status", PageStatus.READ))
    values["source"] = TextSource(values.get("source", TextSource.TEXT))
    values["joins"] = tuple(Join(**join) for join in values.get("joins", ()))
    for name in ("running_header", "running_footer", "flags"):
        values[name] = tuple(values.get(name, ()))
    return PageText(**values)


def facts_from_json(data: Mapping[str, Any]) -> PdfFacts:
    """Return the facts that ``dataclasses.asdict`` made *data* of."""
    values = dict(data)
    values["outline"] = tuple(OutlineEntry(**entry) for entry in values.get("outline", ()))
    values["attachments"] = tuple(values.get("attachments", ()))
    values["page_sizes"] = tuple((w, h, n) for w, h, n in values.get("page_sizes", ()))
    return PdfFacts(**values)


def extraction_to_json(extraction: Extraction) -> dict[str, Any]:
    """Return an extraction as JSON can carry it."""
    return asdict(extraction)


def extraction_from_json(data: Mapping[str, Any]) -> Extraction:
    """Return the extraction that :func:`extraction_to_json` made *data* of."""
    values = dict(data)
    values["status"] = ExtractionStatus(values["status"])
    values["pages"] = tuple(page_from_json(page) for page in values.get("pages", ()))
    values["facts"] = facts_from_json(values.get("facts", {}))
    values["readings"] = tuple(Reading(**reading) for reading in values.get("readings", ()))
    return Extraction(**values)
