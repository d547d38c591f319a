"""Where on its page a field's value was found: the label or the landmark, the node, its HTML.

Reading itself keeps labels with their nodes anyway; this looks at them once more, for a person.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bs4.element import NavigableString, Tag
from lxml import etree

from crawler.reading import VALUE_BEGINS, VALUE_ENDS, FieldOrigin
from spiders.pages.addresses import absolute
from spiders.pages.html import Head, parsed, region_of
from spiders.pages.lexicon import field_named
from spiders.pages.links import anchors_in, href_of
from spiders.pages.printed import resolve_footnotes
from spiders.pages.text import BLOCKS, classes_of, tags_in, text_of
from spiders.pages.titles import heading_of
from spiders.pages.values import without_contacts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from bs4.element import PageElement

    from archive.records import Record
    from spiders.pages.content import Content

#: Characters of HTML shown around a value.
_BEFORE: Final = 400
_AFTER: Final = 800
#: Elements of the head, and attributes, that say who a page is.
_OF_THE_HEAD: Final = {
    "id": ('link[rel="shortlink"]', ".//link[@rel='shortlink']"),
    "url": ('link[rel="canonical"]', ".//link[@rel='canonical']"),
    "aliases": ("link[rel]", ".//link[@rel='shortlink' or @rel='canonical' or @rel='alternate']"),
    "language": ("html[lang]", "self::html"),
}

#: Where a title is named that stands nowhere in the content.
_NAMED: Final = {
    "title": ".//title",
    "og:title": ".//meta[@property='og:title']",
    "rdf-title": ".//*[(@property='dc:title' or @property='schema:name') and @content]",
}


def origins_of(
    field: str, content: Content, record: Record | None, *, text: str, head: Head, base: str
) -> tuple[FieldOrigin, ...]:
    """Return each place of the page that a field's value was taken from, in the page's order.

    :raises UnknownFieldError: a record has no such field.
    """
    name = field_named(field)
    if name in _OF_THE_HEAD:
        return tuple(_in_head(name, text))
    labels = [
        label
        for label in content.labels
        if label.has_value and label.field == ("" if name == "extra" else name)
    ]
    found = [
        _origin(content.region, label.value, found_by="label", label=label.text, place=label.place)
        for label in labels
    ]
    if name == "title":
        return (*_heading(text, head), *found)
    if name == "body_text":
        found += [
            _origin(content.region, list(tag.children), found_by="container", place="body")
            for tag in content.containers
        ] or list(_loose_lines(content.region, record))
    if name in {"files", "links"} and record is not None:
        taken = {id(node) for label in labels for node in label.value}
        found += _anchors(content.region, {link.url for link in getattr(record, name)}, taken, base)
    return tuple(found)


def _origin(
    region: Tag, nodes: Sequence[PageElement], *, found_by: str, label: str = "", place: str = ""
) -> FieldOrigin:
    raw = without_contacts(text_of(nodes))
    holder = _holder(nodes)
    path = css_path(holder, region)
    marks = _marked_around(nodes)
    # What stands around the value, its label above all, is in the element that holds its holder.
    around = holder.parent if holder.parent is not None and holder is not region else holder
    html = _cut(str(around))
    for mark in marks:
        mark.extract()
    return FieldOrigin(
        found_by=found_by, label=label, place=place, selector=path, raw=raw, html=html
    )


def _holder(nodes: Sequence[PageElement]) -> Tag:
    """Return the value's element: itself where it is one, else the one around its pieces."""
    tags = [node for node in nodes if isinstance(node, Tag) and text_of([node])]
    texts = [node for node in nodes if isinstance(node, NavigableString) and node.strip()]
    if len(tags) == 1 and not texts:
        return tags[0]
    parent = nodes[0].parent
    assert parent is not None  # noqa: S101  # a value stands in the region
    return parent


def _marked_around(nodes: Sequence[PageElement]) -> tuple[NavigableString, NavigableString]:
    begins, ends = NavigableString(VALUE_BEGINS), NavigableString(VALUE_ENDS)
    nodes[0].insert_before(begins)
    nodes[-1].insert_after(ends)
    return begins, ends


def _cut(html: str) -> str:
    """Return the HTML around what is marked; what is far from it is left out."""
    begins, ends = html.find(VALUE_BEGINS), html.rfind(VALUE_ENDS)
    first, last = max(0, begins - _BEFORE), min(len(html), max(begins + _AFTER, ends + 80))
    if last - first > 2 * (_BEFORE + _AFTER):
        last = begins + _AFTER
    return ("…" if first else "") + html[first:last] + ("…" if last < len(html) else "")


def css_path(tag: Tag, region: Tag) -> str:
    """Return a CSS selector that leads from the region of the content to an element."""
    steps: list[str] = []
    for step in (tag, *tag.parents):
        if step is region:
            break
        steps.append(_step(step))
        if step.get("id"):
            break
    return " > ".join(reversed(steps)) or tag.name


def _step(tag: Tag) -> str:
    if name := tag.get("id"):
        return f"{tag.name}#{name}"
    classes = "".join(f".{name}" for name in classes_of(tag)[:2])
    twins = [] if tag.parent is None else tag.parent.find_all(tag.name, recursive=False)
    same = [twin for twin in twins if classes_of(twin)[:2] == classes_of(tag)[:2]]
    if len(same) < 2:
        return f"{tag.name}{classes}"
    place = next(number for number, twin in enumerate(twins, start=1) if twin is tag)
    return f"{tag.name}{classes}:nth-of-type({place})"


def _anchors(region: Tag, urls: set[str], taken: set[int], base: str) -> Iterator[FieldOrigin]:
    seen: set[str] = set()
    for anchor in list(anchors_in([region])):
        url = absolute(href_of(anchor), base)
        inside = any(id(node) in taken for node in (anchor, *anchor.parents))
        if url in urls and url not in seen and not inside:
            seen.add(url)
            yield _origin(
                region, [anchor], found_by="link", place=anchor.parent.name if anchor.parent else ""
            )


def _loose_lines(region: Tag, record: Record | None) -> Iterator[FieldOrigin]:
    """Yield the innermost blocks whose text is a line of the body that nothing marks as one."""
    lines = set(record.body_text.split("\n")) if record is not None else set()
    for tag in list(tags_in(region)):
        whole = not any(inner.name in BLOCKS for inner in tags_in(tag))
        if tag.name in BLOCKS and whole and without_contacts(text_of([tag])) in lines:
            yield _origin(region, [tag], found_by="text", place="claimed by no label")


def _heading(text: str, head: Head) -> Iterator[FieldOrigin]:
    root = parsed(text)
    if root is None:
        return
    resolve_footnotes(root, text)
    words, place, element = heading_of(root, head, region_of(root)[0])
    if element is not None:
        html = _marked(element)
    else:
        # Nothing on the page itself is its title: it is named in the head, or in an attribute.
        named = root.xpath(_NAMED.get(place, "self::nothing"))
        html = _around(_opening(named[0]), words) if named else ""
    if words:
        yield FieldOrigin(
            found_by="landmark",
            place=place,
            selector=element.tag if element is not None else place,
            raw=words,
            html=html,
        )


def _in_head(name: str, text: str) -> Iterator[FieldOrigin]:
    root = parsed(text)
    selector, path = _OF_THE_HEAD[name]
    for element in [] if root is None else root.xpath(path):
        raw = element.get("href") or element.get("lang") or ""
        html = _around(_opening(element), raw)
        yield FieldOrigin(found_by="head", selector=selector, raw=raw, html=html)


def _opening(element: etree._Element) -> str:
    """Return an element without what is in it, or whole where it holds nothing but words."""
    html = str(etree.tostring(element, encoding="unicode", method="html", with_tail=False))
    return html if len(element) == 0 else f"{html.partition('>')[0]}>"


def _marked(element: etree._Element) -> str:
    html = etree.tostring(element, encoding="unicode", method="html", with_tail=False)
    opening, _, rest = html.partition(">")
    words, slash, closing = rest.rpartition("</")
    return f"{opening}>{VALUE_BEGINS}{words}{VALUE_ENDS}{slash}{closing}"


def _around(html: str, value: str) -> str:
    return html.replace(value, f"{VALUE_BEGINS}{value}{VALUE_ENDS}", 1) if value else html
