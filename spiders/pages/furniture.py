"""What stands on a page and is not its content: menus, sidebars, other blocks, teasers.

Works on lxml's tree, before anything is read, so that no label or link of a neighbour can be
taken for one of the record's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from crawler.urls import UnusableUrlError, canonical_url
from spiders.pages.lexicon import LONGEST_LABEL, field_of
from spiders.vocabulary import LABEL_WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement

#: The class a teaser gets; all that is left in it is the link to what it announces.
TEASER: Final = "pnr-teaser"

_NEVER_CONTENT: Final = frozenset(
    {"script", "style", "noscript", "template", "svg", "iframe", "object", "embed", "canvas"}
    | {"audio", "video", "map", "input", "button", "select", "textarea", "nav", "head", "link"}
    | {"meta", "dialog"}
)
_ROLES: Final = frozenset({"navigation", "banner", "contentinfo", "search", "dialog", "alert"})
_ASIDE: Final = frozenset({"aside", "footer", "header"})
_FURNITURE_NAMES: Final = frozenset(
    {"tabs", "action-links", "messages", "skip-link", "feed-icon", "submitted", "node__submitted"}
    | {"contextual-links-wrapper", "contextual-links", "contextual", "menu"}
    | {"form-actions", "nav", "navbar", "site-footer", "print-link"}
    | {"print_html", "print_pdf", "print_mail", "printfriendly", "book-navigation", "flag"}
    | {"comments", "comment-wrapper", "comment-form", "comment", "comment_forbidden"}
    | {
        "node__meta",
        "print-logo",
        "print-site_name",
        "print-breadcrumb",
        "print-footer",
        "links-share",
    }
    | {"element-invisible", "user-login", "feed-icons", "more-link", "print-created", "rss"}
)
#: What asks a list for less: its labels are those of the records, and nothing stands under them.
_FILTERS: Final = frozenset({"view-filters", "views-exposed-form"})
_FURNITURE_PREFIXES: Final = re.compile(
    r"(?:region-)?(?:sidebar|breadcrumbs?|footer|navigation|pagination|pager|pagerer)(?![a-z])"
    r"|(?:main|secondary|primary|user|footer|language)-(?:menu|nav|links|switcher)"
    r"|block-(?:menu|search|user|locale|language|comment|share|social|superfish|tagclouds)"
    r"|(?:fr-)?share|sharethis|social|addtoany|a2a|addthis|cookie|eu-cookie|newsletter|fivestar|rate-widget"
    r"|modal|language-switcher|webform|comment-(?:form|wrapper|add)"
)
_TEASER_NAMES: Final = re.compile(
    r"(?:node|media|view-mode|node--view-mode|media--view-mode|node--type-[\w-]*)?-{0,2}_{0,2}"
    r"(?:teaser|card|search-?result|search-?index|vignette|compact|mini|miniature|tile|liste?)"
    r"|views-row|search-result"
)
_CONTENT_BLOCK: Final = re.compile(
    r"system-main|main-block|layout-builder|field-?block|block-field|ctools|page-title|entity-field"
)
_FILE_LINK: Final = re.compile(r"\.(?:pdf|docx?|odt|xlsx?|zip)(?:$|[?#])", re.IGNORECASE)
_HEADINGS: Final = ("h2", "h3", "h4", "h5")


def without_furniture(region: HtmlElement, *, url: str, own: Iterable[str]) -> HtmlElement:
    """Strip the region of what is not its content, and teasers down to their links.

    *own* are the addresses of the page itself: a heading linked to them is its title.
    """
    main_block = any("system-main" in _names(part) for part in region.iter("div", "section"))
    _open_accordions(region)
    for element in _doomed(region, main_block=main_block):
        if element.getparent() is not None:
            element.drop_tree()
    own_urls = frozenset(filter(None, (_absolute(address, url) for address in own if address)))
    for teaser in _teasers(region, url, own_urls):
        _reduce(teaser)
    return region


def _open_accordions(region: HtmlElement) -> None:
    """Leave the words of a heading whose button folds what it announces: no control, a heading."""
    for button in list(region.iterdescendants("button")):
        parent = button.getparent()
        if parent is not None and parent.tag in _HEADINGS:
            button.drop_tag()


def _names(element: HtmlElement) -> str:
    return f"{element.get('id') or ''} {element.get('class') or ''}".strip()


def _doomed(region: HtmlElement, *, main_block: bool) -> list[HtmlElement]:
    return [
        element
        for element in region.iterdescendants()
        if isinstance(element.tag, str) and _is_furniture(element, main_block=main_block)
    ]


def _is_furniture(element: HtmlElement, *, main_block: bool) -> bool:
    tag = element.tag
    if tag in _NEVER_CONTENT or element.get("role") in _ROLES or _asks_for_less(element):
        return True
    if tag in _ASIDE:
        return not _holds_fields(element)
    attributes = element.attrib
    if not ("class" in attributes or "id" in attributes):
        return False
    names = _names(element).split()
    if not any(name in _FURNITURE_NAMES or _FURNITURE_PREFIXES.match(name) for name in names):
        if "block" in names:
            return _is_other_block(element, names, main_block=main_block)
        return "links" in names and "inline" in names and not _in_field(element)
    return not _holds_fields(element)


def _asks_for_less(element: HtmlElement) -> bool:
    return not _FILTERS.isdisjoint(element.get("class", "").split())


def _is_other_block(element: HtmlElement, names: list[str], *, main_block: bool) -> bool:
    if any(_CONTENT_BLOCK.search(name) for name in names):
        return False
    if any("system-main" in _names(inner) for inner in element.iter("div", "section")):
        return False
    return main_block or not _holds_fields(element)


def _in_field(element: HtmlElement) -> bool:
    parent = element.getparent()
    return parent is not None and "field" in (parent.get("class") or "")


def _holds_fields(element: HtmlElement) -> bool:
    """Tell whether an aside holds fields of the record rather than teasers or a tag cloud."""
    fields = [field for field in map(_field_at, element.iter()) if field]
    if len(fields) != len(set(fields)) or any(True for _ in _heading_links(element)):
        return False
    return sum(LABEL_WEIGHTS.get(field, 0) for field in fields) >= 2


def _field_at(element: HtmlElement) -> str:
    text = element.text if isinstance(element.tag, str) and element.tag != "a" else None
    if not text or len(text) > LONGEST_LABEL + 40 or not text.strip():
        return ""
    found = field_of(text.strip())
    return "" if found == "ignore" else found


def _teasers(region: HtmlElement, url: str, own: frozenset[str]) -> list[HtmlElement]:
    named = [
        element
        for element in region.iterdescendants("article", "div", "li", "section", "tr")
        if "class" in element.attrib and _is_named_teaser(element)
    ]
    cards = [
        card
        for heading in _heading_links(region)
        if (card := _card(heading, region, url, own)) is not None
    ]
    return [*named, *cards]


def _is_named_teaser(element: HtmlElement) -> bool:
    names = element.get("class", "").split()
    if not any(_TEASER_NAMES.fullmatch(name) for name in names):
        return False
    # A theme may set the record's own fields in a "card" too.
    own = "card" in names and _holds_fields(element)
    return not own and element.find(".//a[@href]") is not None


def _heading_links(region: HtmlElement) -> Iterator[HtmlElement]:
    for heading in region.iterdescendants(*_HEADINGS):
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
    if not href or _FILE_LINK.search(href) or _absolute(href, url) in own:
        return None
    card, inside = heading, heading
    for outer in heading.iterancestors():
        if outer is region or outer.tag in {"body", "td"} or not _opens_with(outer, inside):
            break
        if sum(1 for _ in _heading_links(outer)) > 1 or outer.find(".//h1") is not None:
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
    heading = next(_heading_links(teaser), None)
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


def _absolute(address: str, base: str) -> str:
    try:
        return canonical_url(address, base=base)
    except UnusableUrlError:
        return ""
