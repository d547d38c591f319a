"""Teasers: what a page announces of other pages, reduced to the links that lead there."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from spiders.pages.addresses import absolute, record_kind_of
from spiders.pages.lexicon import LONGEST_LABEL, field_of
from spiders.vocabulary import LABEL_WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement

#: The class a teaser gets; all that is left in it is the link to what it announces.
TEASER: Final = "pnr-teaser"

FILE_LINK: Final = re.compile(r"\.(?:pdf|docx?|odt|xlsx?|zip)(?:$|[?#])", re.IGNORECASE)
HEADINGS: Final = ("h2", "h3", "h4", "h5")
#: What holds a whole list, and is no teaser even where the list has one row.
_LISTS: Final = frozenset({"view", "view-content", "item-list"})
_ROWS: Final = ("li", "tr", "div", "article", "section", "p")
#: Links to files beyond these are not held against the rows they stand in.
_MOST_FILES: Final = 300
_ENTITY: Final = r"(?:node|media|view-mode|node--view-mode|media--view-mode|node--type-[\w-]*)"
_TEASER_NAMES: Final = re.compile(
    rf"{_ENTITY}?-{{0,2}}_{{0,2}}(?:teaser|card|search-?result|search-?index|vignette|compact|mini"
    rf"|miniature|tile)|{_ENTITY}[-_]{{1,2}}liste?|views-row|views-col|search-result"
)


def holds_fields(element: HtmlElement, *, least: int = 2) -> bool:
    """Tell whether an aside holds fields of the record rather than teasers or a tag cloud."""
    fields = list(fields_in(element.iter()))
    if len(fields) != len(set(fields)) or any(True for _ in heading_links(element)):
        return False
    return sum(LABEL_WEIGHTS.get(field, 0) for field in fields) >= least


def fields_in(elements: Iterable[HtmlElement]) -> Iterator[str]:
    """Yield the fields whose labels stand in the elements."""
    return filter(None, map(_field_at, elements))


def _field_at(element: HtmlElement) -> str:
    text = element.text if isinstance(element.tag, str) and element.tag != "a" else None
    if not text or len(text) > LONGEST_LABEL + 40 or not text.strip():
        return ""
    found = field_of(text.strip())
    return "" if found == "ignore" else found


def reduce_teasers(region: HtmlElement, *, url: str, own: Iterable[str]) -> None:
    """Leave of each teaser only the link to what it announces.

    *own* are the addresses of the page itself: what is linked to them announces nothing.
    """
    own_urls = frozenset(filter(None, (absolute(address, url) for address in own if address)))
    for teaser in _teasers(region, url, own_urls):
        _reduce(teaser)


def _teasers(region: HtmlElement, url: str, own: frozenset[str]) -> list[HtmlElement]:
    named = [
        element
        for element in region.iterdescendants("article", "div", "li", "section", "tr")
        if "class" in element.attrib and _is_named_teaser(element)
    ]
    named = [element for element in named if not _holds_columns(element)]
    cards = [
        card
        for heading in heading_links(region)
        if (card := _card(heading, region, url, own)) is not None
    ]
    return [*named, *cards, *_rows_with_files(region, url, own)]


def _is_named_teaser(element: HtmlElement) -> bool:
    names = element.get("class", "").split()
    if not any(_TEASER_NAMES.fullmatch(name) for name in names):
        return False
    # A theme may set the record's own fields in a "card" or in the only row of a view too.
    may_be_own = "card" in names or ("views-row" in names and _is_only_row(element))
    if may_be_own and holds_fields(element):
        return False
    return element.find(".//a[@href]") is not None


def _holds_columns(element: HtmlElement) -> bool:
    """Tell the row of a grid, whose columns are the teasers."""
    columns = [inner for inner in element if "views-col" in inner.get("class", "").split()]
    return len(columns) > 1


def _is_only_row(element: HtmlElement) -> bool:
    """Tell the row of a view that shows a record from those of a list, which open with a link."""
    parent = element.getparent()
    rows = [] if parent is None else [row for row in parent if "views-row" in row.get("class", "")]
    return len(rows) == 1 and not _opens_with_link(element)


def _opens_with_link(element: HtmlElement) -> bool:
    link = _first_link(element)
    return link is not None and not _text_before(link, element)


def _text_before(link: HtmlElement, element: HtmlElement) -> bool:
    """Tell whether an element says something before a link in it."""
    node = link
    while node is not element:
        parent = node.getparent()
        if parent is None or (parent.text or "").strip():
            return True
        for before in node.itersiblings(preceding=True):
            if (before.tail or "").strip() or before.text_content().strip():
                return True
        node = parent
    return False


def _rows_with_files(region: HtmlElement, url: str, own: frozenset[str]) -> Iterator[HtmlElement]:
    """Yield rows that each open with the link to another record and offer its files."""
    files = [link for link in region.iterdescendants("a") if FILE_LINK.search(link.get("href", ""))]
    rows: dict[tuple[object, ...], dict[HtmlElement, None]] = {}
    for link in files[:_MOST_FILES] if len(files) > 1 else ():
        row = next(
            (r for r in link.iterancestors(*_ROWS) if r.find(".//a[@href]") is not link), None
        )
        if row is None or not _opens_with_link(row):
            continue
        first = _first_link(row)
        address = absolute(first.get("href", ""), url) if first is not None else ""
        if address not in own and record_kind_of(address):
            alike = (row.getparent(), row.tag, row.get("class"))
            rows.setdefault(alike, {})[row] = None
    for same in rows.values():
        yield from same if len(same) > 1 else ()


def heading_links(region: HtmlElement) -> Iterator[HtmlElement]:
    """Yield the headings in an element that are links, or stand in one."""
    for heading in region.iterdescendants(*HEADINGS):
        parent = heading.getparent()
        if heading.find(".//a[@href]") is not None or (parent is not None and parent.tag == "a"):
            yield heading


def _card(
    heading: HtmlElement, region: HtmlElement, url: str, own: frozenset[str]
) -> HtmlElement | None:
    """Return the smallest whole thing that a linked heading announces, if it is another page's."""
    link = heading.find(".//a[@href]")
    link = link if link is not None else heading.getparent()
    href = (link.get("href") or "") if link is not None else ""
    if not href or FILE_LINK.search(href) or absolute(href, url) in own:
        return None
    card, inside = heading, heading
    for outer in heading.iterancestors():
        if outer is region or outer.tag in {"body", "td"} or not _opens_with(outer, inside):
            break
        if not _LISTS.isdisjoint(outer.get("class", "").split()):
            break
        if sum(1 for _ in heading_links(outer)) > 1 or outer.find(".//h1") is not None:
            break
        card = inside = outer
    return card if card is not heading else None


def _opens_with(outer: HtmlElement, inner: HtmlElement) -> bool:
    if (outer.text or "").strip():
        return False
    for child in outer:
        if child is inner:
            return True
        if not isinstance(child.tag, str):
            continue
        if child.text_content().strip() or (child.tail or "").strip():
            return False
    return False


def _reduce(teaser: HtmlElement) -> None:
    """Leave only the link to what the teaser announces."""
    if teaser.getparent() is None:
        return
    heading = next(heading_links(teaser), None)
    link = heading.find(".//a[@href]") if heading is not None else None
    if link is None and heading is not None:
        link = heading.getparent()
    if link is None:
        link = _first_link(teaser)
    if link is None:
        return
    label = " ".join((heading if heading is not None else link).text_content().split())
    href, tail = link.get("href"), teaser.tail
    teaser.clear()
    teaser.set("class", TEASER)
    only = teaser.makeelement("a", {"href": href or ""})
    only.text = label
    teaser.append(only)
    teaser.tail = tail


def _first_link(element: HtmlElement) -> HtmlElement | None:
    links = [link for link in element.iter("a") if link.get("href")]
    worded = [link for link in links if link.text_content().strip()]
    return next(iter(worded or links), None)
