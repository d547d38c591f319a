"""What a page is titled: where its title stands, and what of the head's is the site's name."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from spiders.pages.paths import elements_at
from spiders.pages.values import cleaned

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from lxml.html import HtmlElement

    from spiders.pages.html import Head

_TITLE_FIELDS: Final = elements_at(
    './/*[contains(@class,"field-name-title") or contains(@class,"field--name-title")]'
)
_RDF_TITLES: Final = elements_at(
    './/*[(@property="dc:title" or @property="schema:name") and @content]'
)
_SITE_NAMES: Final = elements_at(
    '//*[@id="site-name" or contains(@class,"site-name") or contains(@class,"site_name")'
    ' or @rel="home" or @id="logo"]'
    '|//*[@id="logo" or @rel="home"]//img|//*[contains(@class,"site_name")]//*'
)
_TITLE_NAMES: Final = ("page-title", "page-header", "print-title")
_DASH: Final = re.compile(r"\s+(?:[-\u2013\u2014\u00b7\u2022»«:]|::)\s+")
#: Where a site's name leads: to its front page, in whichever language.
_HOME: Final = re.compile(r"(?:https?://[^/?#]+)?/?(?:[a-z]{2}/?)?", re.IGNORECASE)


def heading_of(
    root: HtmlElement, head: Head, region: HtmlElement
) -> tuple[str, str, HtmlElement | None]:
    """Return the page's title, the place it stands in, and its element where it has one."""
    for element, place in _headings(root, region):
        if text := cleaned(element.text_content()):
            return text, place, element
    for element in _RDF_TITLES(region):
        if text := cleaned(element.get("content") or ""):
            return text, "rdf-title", None
    if head.og_title:
        return head.og_title, "og:title", None
    names = _names_of_site(root, head)
    title = _without_site_name(head.title, names)
    if not title or title in names or _is_site_name_alone(head):
        return "", "none", None
    return title, "title", None


def _headings(root: HtmlElement, region: HtmlElement) -> Iterator[tuple[HtmlElement, str]]:
    """Yield what may be the title, the likeliest first."""
    every = [element for element in root.iter("h1") if not _names_the_site(element)]
    for element in every:
        names = f"{element.get('id') or ''} {element.get('class') or ''}"
        if any(name in names for name in _TITLE_NAMES):
            yield element, "page-title"
    for element in (*region.iter("h1"), *every):
        yield element, "h1"
    for element in _TITLE_FIELDS(region):
        # A title that is a link is another page's.
        if all(outer.tag != "a" for outer in element.iterancestors()) and not _is_linked(element):
            yield element, "field-title"


def _is_linked(element: HtmlElement) -> bool:
    return any(link.get("href") for link in element.iter("a"))


def _names_the_site(element: HtmlElement) -> bool:
    around = [element, *element.iterancestors()][:4]
    names = " ".join(f"{part.get('id') or ''} {part.get('class') or ''}" for part in around)
    return any(word in names for word in ("site-name", "logo", "branding", "site-title"))


def _is_site_name_alone(head: Head) -> bool:
    # A themed page of Drupal is titled "Title | Site", and "Site" where it has no title; a printed
    # page, whose body has no classes, by its title alone.
    themed = "drupal" in head.generator.lower() and bool(head.body_classes)
    return themed and " | " not in head.title


def _names_of_site(root: HtmlElement, head: Head) -> set[str]:
    names = {head.site_name}
    for element in _SITE_NAMES(root):
        said = (element.text_content(), element.get("title"), element.get("alt"))
        names.update(cleaned(text) for text in said if text)
    names.update(cleaned(link.text_content()) for link in root.iter("a") if _leads_home(link))
    return names - {""}


def _leads_home(link: HtmlElement) -> bool:
    return _HOME.fullmatch((link.get("href") or "").strip()) is not None


def _without_site_name(title: str, names: Collection[str]) -> str:
    # Drupal writes "Title | Site", and titles hold bars of their own: only the last goes.
    without_bar = re.split(r"\s+\|\s+(?=[^|]*$)", title, maxsplit=1)[0].strip()
    if without_bar != title:
        return without_bar
    # Dashes are as common in titles: there the site's name must be known to be one.
    for found in _DASH.finditer(title):
        before, after = title[: found.start()].strip(), title[found.end() :].strip()
        if after in names or before in names:
            return before if after in names else after
    return title
