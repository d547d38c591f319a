"""Pages that lead to records: rows and teasers, pagers, the pages of terms."""

from __future__ import annotations

import re
from itertools import islice
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from bs4 import Tag

from archive.records import FoundLink, LinkKind
from spiders.folding import plain
from spiders.pages.addresses import absolute, is_news, link_kind_of, media_type_of, same_host
from spiders.pages.links import MOST_LINKS, anchors_in, href_of, label_of
from spiders.pages.paths import elements_at
from spiders.pages.teasers import TEASER
from spiders.pages.text import BLOCKS, classes_of, is_blank, tags_in, text_of
from spiders.pages.values import cleaned
from spiders.wording import (
    NEXT_PAGE,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement

_ROW_CLASSES: Final = frozenset({TEASER, "views-row", "views-field-title"})
_MAYBE_NEXT: Final = re.compile("suiv|next", re.IGNORECASE)
_PAGER_WORDS: Final = ("pager", "pagination", "next", "uivant")
_PAGER: Final = elements_at(
    '//*[contains(@class,"pager") or contains(@class,"pagination")]//a[@href]'
    '|//a[@rel="next" and @href]|//link[@rel="next" and @href]'
)
_NUMBERED: Final = elements_at('//a[contains(@href,"page=")]')
_MOST_ROWS: Final = 200


def pager_links(root: HtmlElement, base: str, text: str) -> tuple[FoundLink, ...]:
    """Return the links to the other pages of a list, whichever Drupal drew the pager."""
    if not any(word in text for word in _PAGER_WORDS):
        return _numbered(root, base) if "page=" in text else ()
    found: dict[str, FoundLink] = {}
    for anchor in _PAGER(root)[:200]:
        url = absolute(anchor.get("href"), base)
        if url and same_host(url, base):
            label = cleaned(anchor.text_content() or "")
            found.setdefault(url, FoundLink(url=url, kind=LinkKind.LISTING, label=label))
    return tuple(found.values()) or _worded_next(root, base) or _numbered(root, base)


def _worded_next(root: HtmlElement, base: str) -> tuple[FoundLink, ...]:
    for anchor in root.iter("a"):
        words = anchor.text or ""
        # Folding every link's words would cost more than reading the page.
        if not _MAYBE_NEXT.search(words) or len(words) > 40:
            continue
        if plain(words) in NEXT_PAGE and (href := anchor.get("href")):
            url = absolute(href, base)
            if url and same_host(url, base):
                return (FoundLink(url=url, kind=LinkKind.LISTING, label=cleaned(words)),)
    return ()


def _numbered(root: HtmlElement, base: str) -> tuple[FoundLink, ...]:
    """Return the links to this very address with another number of its page, the first too."""
    own = absolute(base, base)
    found: dict[str, FoundLink] = {}
    for anchor in _NUMBERED(root)[:200]:
        url = absolute(anchor.get("href"), base)
        if url != own and urlsplit(url).path == urlsplit(own).path and same_host(url, base):
            label = cleaned(anchor.text_content() or "")
            found.setdefault(url, FoundLink(url=url, kind=LinkKind.LISTING, label=label))
    return tuple(found.values())


def row_links(
    region: Tag, base: str, selectors: Iterable[str], repeating: Iterable[Tag]
) -> tuple[FoundLink, ...]:
    """Return the links of a list's rows: by the user's selectors, else of its teasers."""
    chosen = [tag for selector in selectors for tag in region.select(selector)]
    anchors = list(anchors_in(chosen)) or [
        *anchors_in(tag for tag in tags_in(region) if _ROW_CLASSES.intersection(classes_of(tag))),
        *filter(None, (next(anchors_in([row]), None) for row in repeating)),
    ]
    return _found(anchors, base, LinkKind.RECORD)


def listed_links(region: Tag, url: str) -> tuple[FoundLink, ...]:
    """Return what the longest row of like neighbours leads to that each open with a link.

    The items of a list, say, or paragraphs, that no class marks as rows.
    """
    rows = islice((row for tag in (region, *tags_in(region)) for row in _rows_in(tag)), _MOST_ROWS)
    return max((_found(row, url, LinkKind.PAGE) for row in rows), key=len, default=())


def _rows_in(tag: Tag) -> Iterator[list[Tag]]:
    """Yield the first links of three and more like children, if each child opens with one."""
    alike: dict[tuple[str, ...], list[Tag]] = {}
    for child in tag.children:
        if isinstance(child, Tag) and child.name in BLOCKS and not is_blank(child):
            alike.setdefault((child.name, *classes_of(child)), []).append(child)
    for row in alike.values():
        heads = [next(anchors_in([child]), None) for child in row] if len(row) > 2 else []
        opening = [
            head
            for child, head in zip(row, heads, strict=False)
            if head is not None and text_of([child]).startswith(text_of([head]))
        ]
        if opening and len(opening) == len(row):
            yield opening


def other_links(region: Tag, base: str) -> tuple[FoundLink, ...]:
    """Return all links of a region that stay on the site, as what their addresses say."""
    return _found(list(anchors_in([region])), base, LinkKind.PAGE)


def _found(anchors: list[Tag], base: str, otherwise: LinkKind) -> tuple[FoundLink, ...]:
    found: dict[str, FoundLink] = {}
    for anchor in anchors[:MOST_LINKS]:
        url = absolute(href_of(anchor), base)
        if not url or url in found or not (same_host(url, base) or media_type_of(url)):
            continue
        kind = link_kind_of(url, LinkKind.PAGE if is_news(url) else otherwise)
        found[url] = FoundLink(url=url, kind=kind, label=label_of(anchor))
    return tuple(found.values())
