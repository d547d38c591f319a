"""The landmarks of an HTML page: its head, its title, and the region that holds its content.

Parsed once with lxml, which is ten times cheaper than a tree of BeautifulSoup; only the region
that matters, rid of menus, sidebars and teasers, is then handed to BeautifulSoup.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from lxml import etree, html

from spiders.pages.addresses import base_of
from spiders.pages.furniture import without_furniture
from spiders.pages.lexicon import LONGEST_LABEL, field_of
from spiders.pages.paths import elements_at
from spiders.pages.titles import heading_of
from spiders.pages.values import cleaned
from spiders.vocabulary import LABEL_WEIGHTS

if TYPE_CHECKING:
    from collections.abc import Iterable

_REGIONS: Final = tuple(
    (place, elements_at(path))
    for place, path in (
        ("print-content", '//div[contains(concat(" ",@class," ")," print-content ")]'),
        ("main", '//main|//*[@role="main"]'),
        ("block-system-main", '//div[@id="block-system-main"]'),
        ("region-content", '//div[contains(concat(" ",@class," ")," region-content ")]'),
        ("content", '//*[@id="content" or @id="main-content" or @id="main"]'),
    )
)
#: libxml2 goes 256 elements deep.
_DEEPEST: Final = 254
_PARSER: Final = html.HTMLParser(encoding="utf-8", remove_comments=True, remove_pis=True)
#: What a label weighs that only a record of the resource centre bears: its type, year, pages.
_DECISIVE: Final = 3
_PASSWORDS: Final = elements_at('.//input[@type="password"]')
# What XML has no place for; lxml would refuse to move text that holds it.
_CONTROL: Final = re.compile("[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\ud800-\\udfff\\ufffe\\uffff]")
_REFERENCE: Final = re.compile(r"&#(?:([xX])([0-9a-fA-F]{1,8})|(\d{1,8}));?")
_CURRENT_PATH: Final = re.compile(r'"currentPath"\s*:\s*"((?:node|media)\\?/\d+)"')
_NODE_CLASS: Final = re.compile(r"page-node-(\d+)$")


@dataclass(frozen=True, slots=True, kw_only=True)
class Head:
    """What a page says of itself outside its content; addresses as they are written."""

    title: str = ""
    og_title: str = ""
    canonical: str = ""
    shortlink: str = ""
    og_url: str = ""
    base: str = ""
    site_name: str = ""
    language: str = ""
    generator: str = ""
    body_classes: frozenset[str] = frozenset()
    internal_path: str = ""
    """``node/12`` where Drupal's settings or the body's classes say so."""
    alternates: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Landmarks:
    """A parsed page: head, heading, and the region of its content as clean HTML."""

    head: Head
    heading: str
    heading_place: str
    region: str
    region_place: str
    asks_password: bool
    """Whether the content itself, and not a block beside it, is a form to log in."""


def parsed(text: str) -> html.HtmlElement | None:
    """Parse HTML, however broken; ``None`` when there is no element in it at all."""
    data = _REFERENCE.sub(_without_control, _CONTROL.sub("", text)).encode("utf-8", "replace")
    if not data.strip():
        return None
    try:
        return html.document_fromstring(data, parser=_PARSER)
    except etree.ParserError:
        return None


def is_cut_short(root: html.HtmlElement) -> bool:
    """Tell whether a page is nested deeper than the parser goes: there it stops for good."""
    depth, last = 0, root
    while len(last):
        depth, last = depth + 1, last[-1]
    return depth >= _DEEPEST


def _without_control(reference: re.Match[str]) -> str:
    code = int(reference[2], 16) if reference[1] else int(reference[3])
    return "" if code > 0x10FFFF or _CONTROL.match(chr(code)) else reference[0]


def head_of(root: html.HtmlElement, text: str) -> Head:
    """Collect what the head and the body's attributes say."""
    metas = _metas(root)
    links = _links(root)
    body = root.find("body")
    classes = frozenset((body.get("class") or "").split()) if body is not None else frozenset()
    base = root.find(".//base[@href]")
    title = root.find(".//title")
    return Head(
        title=cleaned(title.text_content()) if title is not None else "",
        og_title=cleaned(metas.get("og:title", "")),
        canonical=next(iter(links.get("canonical", ())), ""),
        shortlink=next(iter(links.get("shortlink", ())), ""),
        og_url=metas.get("og:url", ""),
        base=(base.get("href") or "").strip() if base is not None else "",
        site_name=cleaned(metas.get("og:site_name", "") or metas.get("application-name", "")),
        language=_language(root, metas),
        generator=metas.get("generator", ""),
        body_classes=classes,
        internal_path=_internal_path(text, classes),
        alternates=tuple(links.get("alternate", ())),
    )


def _metas(root: html.HtmlElement) -> dict[str, str]:
    metas: dict[str, str] = {}
    for meta in root.iter("meta"):
        name = meta.get("property") or meta.get("name") or meta.get("http-equiv")
        if name and name.lower() not in metas:
            metas[name.lower()] = (meta.get("content") or "").strip()
    return metas


def _links(root: html.HtmlElement) -> dict[str, list[str]]:
    links: dict[str, list[str]] = {}
    for link in root.iter("link"):
        href = (link.get("href") or "").strip()
        for rel in (link.get("rel") or "").lower().split():
            # An alternate without a language is a feed.
            if href and (rel != "alternate" or link.get("hreflang")):
                links.setdefault(rel, []).append(href)
    return links


def _language(root: html.HtmlElement, metas: dict[str, str]) -> str:
    said = root.get("lang") or root.get("{http://www.w3.org/XML/1998/namespace}lang")
    said = said or root.get("xml:lang") or metas.get("content-language") or ""
    return said.strip().split(",")[0].replace("_", "-").lower()[:16]


def _internal_path(text: str, classes: Iterable[str]) -> str:
    if found := _CURRENT_PATH.search(text):
        return found[1].replace("\\", "")
    numbers = [found[1] for name in classes if (found := _NODE_CLASS.match(name))]
    return f"node/{numbers[0]}" if len(numbers) == 1 else ""


def landmarks_of(root: html.HtmlElement, head: Head, url: str) -> Landmarks:
    """Find the heading and the region of the content; *root* loses its furniture."""
    base = base_of(head, url)
    region, place = region_of(root)
    heading, heading_place, element = heading_of(root, head, region)
    if element is not None and element is not region:
        element.drop_tree()
    asks = any(map(_is_content, _PASSWORDS(region)))
    clean = without_furniture(region, url=base, own=(url, head.canonical, head.shortlink))
    return Landmarks(head, heading, heading_place, _serialised(clean), place, asks)


def _is_content(element: html.HtmlElement) -> bool:
    names = " ".join(f"{a.get('id') or ''} {a.get('class') or ''}" for a in element.iterancestors())
    return not any(word in f" {names}" for word in ("sidebar", "block-user", " block-", "footer"))


def region_of(root: html.HtmlElement) -> tuple[html.HtmlElement, str]:
    """Return the part of a page that holds its content, and the landmark it was found by."""
    body = root.find("body")
    whole = body if body is not None else root
    without_labels: list[tuple[html.HtmlElement, str]] = []
    for place, path in _REGIONS:
        for region in path(root):
            heaviest = _heaviest_label(region)
            if heaviest >= _DECISIVE or (heaviest >= 2 and not _is_beside(region, whole)):
                return region, place
            without_labels.append((region, place))
    # A region without the labels that stand elsewhere on the page is not the region.
    if without_labels and _heaviest_label(whole) < 2:
        return without_labels[0]
    return whole, "body"


def _heaviest_label(region: html.HtmlElement) -> int:
    heaviest = 0
    for element in region.iter():
        heaviest = max(heaviest, _weight_at(element))
        if heaviest >= _DECISIVE:
            break
    return heaviest


def _is_beside(region: html.HtmlElement, whole: html.HtmlElement) -> bool:
    """Tell whether a record's own labels stand outside of a region, each once: in a column."""
    inside = set(region.iter())
    found = [
        field_of(element.text.strip())
        for element in whole.iter()
        if element not in inside and _weight_at(element) >= _DECISIVE
    ]
    return len(set(found)) == len(found) >= 2


def _weight_at(element: html.HtmlElement) -> int:
    text = element.text
    if not text or len(text) > LONGEST_LABEL + 40 or not isinstance(element.tag, str):
        return 0
    text = text.strip()
    if not text or len(text) > LONGEST_LABEL or element.tag in {"a", "title", "script", "option"}:
        return 0
    return LABEL_WEIGHTS.get(field_of(text), 0)


def _serialised(region: html.HtmlElement) -> str:
    return str(etree.tostring(region, encoding="unicode", method="html", with_tail=False))
