"""What stands on a page and is not its content: menus, sidebars, other blocks, teasers.

Works on lxml's tree, before anything is read, so that no label or link of a neighbour can be
taken for one of the record's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final
from urllib.parse import parse_qsl

from spiders.pages.paths import elements_at
from spiders.pages.teasers import FILE_LINK, HEADINGS, fields_in, holds_fields, reduce_teasers

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml.html import HtmlElement

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
#: What asks a list for less: its labels are those of the records, and no value stands under them.
_FILTERS: Final = re.compile(
    r"views?-filters|views-exposed-(?:form|widget).*|(?:[\w-]+-)?(?:facets?|facetapi|filtres?)(?:-[\w-]+)?"
)
_CONTROLS: Final = elements_at(".//input[@id]|.//select[@id]|.//textarea[@id]")
_COUNT: Final = re.compile(r"\(\d{1,6}\)\s*$")
#: What the labels of a record's card weigh at least: a type and a year, say.
_CARD: Final = 6
_OF_A_FORM: Final = frozenset({"label", "legend", "option"})
_FURNITURE_PREFIXES: Final = re.compile(
    r"(?:region-)?(?:sidebar|breadcrumbs?|footer|navigation|pagination|pager|pagerer)(?![a-z])"
    r"|(?:main|secondary|primary|user|footer|language)-(?:menu|nav|links|switcher)"
    r"|block-(?:menu|search|user|locale|language|comment|share|social|superfish|tagclouds)"
    r"|(?:fr-)?(?:share|follow)|sharethis|social|addtoany|a2a|addthis|cookie|eu-cookie|newsletter|fivestar|rate-widget"
    r"|modal|language-switcher|webform|comment-(?:form|wrapper|add)"
)
_BADGE: Final = re.compile(r"(?:^|[-_])(?:tag|badge|chip)$")
_HIDDEN: Final = elements_at(
    './/*[@hidden or contains(translate(@style, " ", ""), "display:none")]'
)
_CONTENT_BLOCK: Final = re.compile(
    r"system-main|main-block|layout-builder|field-?block|block-field|ctools|page-title|entity-field"
)


def without_furniture(region: HtmlElement, *, url: str, own: Iterable[str]) -> HtmlElement:
    """Strip the region of what is not its content, and teasers down to their links.

    *own* are the addresses of the page itself: a heading linked to them is its title.
    """
    main_block = any("system-main" in _names(part) for part in region.iter("div", "section"))
    _free_words_of_buttons(region)
    _link_what_viewers_show(region)
    asking = (*_labels_of_controls(region), *_counted_lists(region))
    doomed = (*asking, *_asides(region), *_doomed(region, main_block=main_block))
    for element in (*_hidden_doubles(region), *doomed):
        if element.getparent() is not None:
            element.drop_tree()
    reduce_teasers(region, url=url, own=own)
    return region


def _free_words_of_buttons(region: HtmlElement) -> None:
    """Leave the words of buttons that say something of the record: no controls, but words.

    The heading of an accordion is the button that folds it; tags and badges may be buttons too.
    """
    for button in list(region.iterdescendants("button")):
        parent = button.getparent()
        if parent is not None and parent.tag in HEADINGS:
            button.drop_tag()
        elif any(map(_BADGE.search, button.get("class", "").split())):
            button.tag = "span"


def _link_what_viewers_show(region: HtmlElement) -> None:
    """Put a link in the place of a frame or an object that shows a file of the page."""
    for viewer in list(region.iterdescendants("iframe", "object", "embed")):
        address = next(filter(FILE_LINK.search, _addresses_in(viewer)), "")
        parent = viewer.getparent()
        if address and parent is not None:
            link = viewer.makeelement("a", {"href": address})
            link.tail = viewer.tail
            parent.replace(viewer, link)


def _addresses_in(viewer: HtmlElement) -> Iterator[str]:
    for name in ("data-src", "src", "data"):
        address = (viewer.get(name) or "").strip()
        path, _, query = address.partition("?")
        yield path
        # A viewer is given its file: "viewer.html?file=…", "gview?url=…".
        yield from (value for key, value in parse_qsl(query) if key in {"file", "url"})


def _hidden_doubles(region: HtmlElement) -> list[HtmlElement]:
    """Return what is not shown and bears no label that something shown does not bear too."""
    hidden = _HIDDEN(region)
    if not hidden:
        return []
    unseen = {inner for element in hidden for inner in element.iter()}
    shown = set(fields_in(element for element in region.iter() if element not in unseen))
    return [element for element in hidden if not set(fields_in(element.iter())) - shown]


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
    attributes = element.attrib
    if not ("class" in attributes or "id" in attributes):
        return False
    names = _names(element).split()
    if not any(name in _FURNITURE_NAMES or _FURNITURE_PREFIXES.match(name) for name in names):
        if "block" in names:
            return _is_other_block(element, names, main_block=main_block)
        return "links" in names and "inline" in names and not _in_field(element)
    return not holds_fields(element)


def _asks_for_less(element: HtmlElement) -> bool:
    if element.tag == "form":
        said = (inner for inner in element.iter() if inner.tag not in _OF_A_FORM)
        return element.find(".//h1") is None and not any(fields_in(said))
    names = element.get("class", "")
    # Most elements are no filters: see so before their classes are told apart.
    if "filt" not in names and "facet" not in names and "exposed" not in names:
        return False
    return any(map(_FILTERS.fullmatch, names.split()))


def _asides(region: HtmlElement) -> Iterator[HtmlElement]:
    """Yield what stands beside the content, but for the fields of a record and its card."""
    for aside in region.iterdescendants(*_ASIDE):
        if holds_fields(aside):
            continue
        parts = list(aside)
        while len(parts) == 1:
            parts = list(parts[0])
        cards = [part for part in parts if holds_fields(part, least=_CARD)]
        yield from (part for part in parts if part not in cards) if len(cards) == 1 else [aside]


def _counted_lists(region: HtmlElement) -> Iterator[HtmlElement]:
    """Yield lists that narrow another down, "Étude (12)", and the headings over them."""
    for one in region.iterdescendants("ul", "ol"):
        items = list(one.iterchildren("li"))
        if items and all(map(_is_counted, items)):
            yield one
            above = one.getprevious()
            if above is not None and above.tag in HEADINGS:
                yield above


def _is_counted(item: HtmlElement) -> bool:
    link = item.find(".//a[@href]")
    if link is None or "?" not in link.get("href", ""):
        return False
    return _COUNT.search(item.text_content()) is not None


def _labels_of_controls(region: HtmlElement) -> list[HtmlElement]:
    """Return the labels of a form's controls, wherever the form begins and ends."""
    controls = {control.get("id") for control in _CONTROLS(region)}
    labels = region.iterdescendants("label") if controls else ()
    return [label for label in labels if label.get("for") in controls]


def _is_other_block(element: HtmlElement, names: list[str], *, main_block: bool) -> bool:
    if any(_CONTENT_BLOCK.search(name) for name in names):
        return False
    if any("system-main" in _names(inner) for inner in element.iter("div", "section")):
        return False
    return main_block or not holds_fields(element)


def _in_field(element: HtmlElement) -> bool:
    parent = element.getparent()
    return parent is not None and "field" in (parent.get("class") or "")
