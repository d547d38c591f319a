"""Reading a page: what it is, what it says, where it leads."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Final

import soupsieve
from bs4 import BeautifulSoup, Tag

from archive.records import Issue, IssueCode, PageKind, PageReading
from crawler.reading import FieldOrigin, ReadingRules
from spiders.noise import Noise
from spiders.pages.addresses import base_of, hashed_id
from spiders.pages.content import Content, content_of
from spiders.pages.decoding import MOST_BYTES, decoded, inflated
from spiders.pages.explaining import origins_of
from spiders.pages.html import Landmarks, head_of, is_cut_short, landmarks_of, parsed
from spiders.pages.identity import Addresses, addresses_of
from spiders.pages.kinds import Evidence, evidence_of, kind_of, record_kind
from spiders.pages.labels import MOST_LABELS
from spiders.pages.layout import fingerprint_of, layout_of
from spiders.pages.lexicon import Lexicon, field_named
from spiders.pages.links import MOST_LINKS
from spiders.pages.listing import other_links, pager_links, row_links
from spiders.pages.printed import html_of_text, is_plain_text, resolve_footnotes, source_of
from spiders.pages.record import Identity, Title, labels_read, read_record
from spiders.pages.refusals import refusal_by_status, refusal_by_words
from spiders.pages.sitemap import sitemap_links
from spiders.pages.values import mended
from spiders.pages.version import version_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive.records import FetchedPage, FoundLink

#: The first bytes of files that are no page.
_NO_PAGE: Final = (
    b"%PDF-",
    b"PK\x03\x04",
    b"\x89PNG",
    b"GIF8",
    b"\xff\xd8\xff",
    b"\xd0\xcf\x11\xe0",
)
_NO_RULES: Final = ReadingRules()


@dataclass(frozen=True, slots=True, kw_only=True)
class _Page:
    """A page on its way to a reading: what was learnt of it so far."""

    fetched: FetchedPage
    text: str
    printed: str
    marks: Landmarks
    addresses: Addresses
    content: Content
    evidence: Evidence
    base: str
    rows: tuple[FoundLink, ...]
    pager: tuple[FoundLink, ...]
    is_cut_short: bool


class PageReader:
    """Reads a page; pure, and the same bytes always give the same reading."""

    def __init__(self, rules: ReadingRules = _NO_RULES) -> None:
        self._rules = rules
        for selector in (*rules.listing_selectors, *rules.body_selectors):
            _require_selector(selector)
        self._lexicon = Lexicon(rules.labels)
        self._noise = Noise(rules.noise)

    @property
    def version(self) -> str:
        """A name that changes whenever a page might be read differently."""
        return version_of(self._rules)

    def without_noise(self, body: bytes) -> bytes:
        """Return the body without what changes at every request (tokens, cache keys)."""
        return self._noise.taken_out_of(body)

    def read(self, page: FetchedPage) -> PageReading:
        """Read one page; never raises for what a page holds, however odd."""
        if page.status < 400 and (links := sitemap_links(page.body, page.url)) is not None:
            return replace(_bare(page, PageKind.SITEMAP), links=links)
        learnt = self._learn(page)
        if learnt is None:
            return _unreadable(page)
        reading = self._judge(learnt)
        return replace(reading, issues=(*reading.issues, *_cuts(learnt)))

    def explain(self, page: FetchedPage, field: str) -> tuple[FieldOrigin, ...]:
        """Return where on the page a field of its record was found; nowhere, if it was not.

        :raises UnknownFieldError: a record has no such field; the message names those it has.
        """
        field_named(field)
        learnt = self._learn(page)
        if learnt is None:
            return ()
        record = self._judge(learnt).record
        return origins_of(
            field,
            learnt.content,
            record,
            text=learnt.text,
            head=learnt.marks.head,
            base=learnt.base,
        )

    def _learn(self, page: FetchedPage) -> _Page | None:
        body = inflated(page.body, most=MOST_BYTES)
        text = "" if body.startswith(_NO_PAGE) else decoded(body, page.content_type)
        as_text = bool(text.strip()) and is_plain_text(text, page.content_type)
        text = html_of_text(text) if as_text else text
        root = parsed(text)
        if root is None:
            return None
        is_cut = is_cut_short(root)
        head = head_of(root, text)
        base, source = base_of(head, page.url), source_of(root)
        has_notes = resolve_footnotes(root, text)
        pager = pager_links(root, base, text)
        addresses = addresses_of(head, page.url, source)
        marks = landmarks_of(root, head, addresses.url)
        region = _soup(marks.region)
        content = content_of(region, self._lexicon, self._rules.body_selectors)
        rows = row_links(region, base, self._rules.listing_selectors, content.rows)
        is_print = has_notes or bool(source) or marks.region_place == "print-content"
        return _Page(
            fetched=page,
            text=text,
            printed="text" if as_text else "page" if is_print else "",
            marks=marks,
            addresses=addresses,
            content=content,
            evidence=evidence_of(
                head,
                addresses.url,
                content,
                rows=len(rows),
                has_pager=bool(pager),
                title=marks.heading,
            ),
            base=base,
            rows=rows,
            pager=pager,
            is_cut_short=is_cut,
        )

    def _judge(self, page: _Page) -> PageReading:
        kind = refusal_by_status(page.fetched.status, page.text, page.marks)
        if kind is None:
            kind = kind_of(page.evidence, page.content)
            if kind is not PageKind.RECORD or not page.content.is_decisive:
                kind = refusal_by_words(page.text, page.marks) or kind
        reading = PageReading(
            kind=kind,
            layout=layout_of(kind, page.marks, page.content, page.printed),
            fingerprint=fingerprint_of(kind, page.marks, page.content, page.printed),
            url=page.fetched.url,
            canonical_url=page.addresses.url,
            identity=page.addresses.number,
            title=mended(page.marks.heading),
        )
        if kind is PageKind.RECORD:
            return _with_record(reading, page)
        return _with_links(reading, page)


def _cuts(page: _Page) -> Iterator[Issue]:
    """Say what of a page was too much to be read."""
    if len(page.fetched.body) > MOST_BYTES:
        yield Issue(code=IssueCode.PAGE_CUT, detail=f"{len(page.fetched.body)} bytes")
    if page.is_cut_short:
        yield Issue(code=IssueCode.PAGE_CUT, detail="too many elements in one another")
    if page.content.is_cut:
        yield Issue(code=IssueCode.PAGE_CUT, detail=f"more than {MOST_LABELS} labels")
    if (links := page.text.count("<a ")) > MOST_LINKS:
        yield Issue(code=IssueCode.PAGE_CUT, detail=f"{links} links")


def _soup(region: str) -> Tag:
    soup = BeautifulSoup(region, "lxml")
    return soup.body if soup.body is not None else soup


def _with_record(reading: PageReading, page: _Page) -> PageReading:
    identity = Identity(
        id=page.addresses.number or hashed_id(page.addresses.url),
        url=page.addresses.url,
        kind=record_kind(page.evidence, page.content),
        aliases=page.addresses.aliases,
        language=page.marks.head.language,
    )
    shown = page.marks.heading_place not in {"title", "og:title"}
    read = read_record(page.content, identity, Title(page.marks.heading, shown), page.base)
    issues = read.issues
    if not page.content.fields:
        issues = (*issues, Issue(code=IssueCode.NO_LABEL, detail=identity.url))
    return replace(
        reading,
        title=read.record.title,
        record=read.record,
        labels=read.labels,
        links=read.links,
        issues=issues,
    )


def _with_links(reading: PageReading, page: _Page) -> PageReading:
    if reading.kind is PageKind.UNRECOGNISED:
        issue = Issue(code=IssueCode.LAYOUT_NOT_RECOGNISED, detail=page.fetched.url)
        return replace(reading, issues=(issue,), labels=labels_read(page.content))
    if reading.kind in {PageKind.LISTING, PageKind.TERM}:
        rows = page.rows or other_links(page.content.region, page.base)
        links = (*rows, *page.pager)
    elif reading.kind is PageKind.OTHER:
        links = other_links(page.content.region, page.base)
    else:
        links = ()
    return replace(reading, links=_without_self(links, page), labels=labels_read(page.content))


def _without_self(links: tuple[FoundLink, ...], page: _Page) -> tuple[FoundLink, ...]:
    own = {page.fetched.url, page.addresses.url}
    return tuple({link.url: link for link in reversed(links) if link.url not in own}.values())[::-1]


def _unreadable(page: FetchedPage) -> PageReading:
    refused = refusal_by_status(page.status, "", None)
    if refused is not None:
        return _bare(page, refused)
    issue = Issue(code=IssueCode.LAYOUT_NOT_RECOGNISED, detail=f"{page.url}: nothing to read")
    return replace(_bare(page, PageKind.UNRECOGNISED), issues=(issue,))


def _require_selector(selector: str) -> None:
    try:
        soupsieve.compile(selector)
    except soupsieve.SelectorSyntaxError as error:
        reason = str(error).partition("\n")[0]
        raise ValueError(f"{selector!r} is no CSS selector ({reason})") from error


def _bare(page: FetchedPage, kind: PageKind) -> PageReading:
    return PageReading(
        kind=kind, layout=kind.value, fingerprint="", url=page.url, canonical_url=page.url
    )
