"""The demo's pages: templates filled in, noise left as marks for the answering to replace."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from jinja2 import Environment, PackageLoader, StrictUndefined
from markupsafe import Markup, escape

from crawler.demo.catalogue import Layout
from crawler.demo.fields import LINK, Value, body_blocks

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from crawler.demo.catalogue import Entry
    from crawler.demo.fields import FieldMaker

#: Layouts whose file links are Drupal 7's: absolute, with the file's length.
ABSOLUTE_LINKS: Final = frozenset(Layout) - {Layout.DRUPAL_8, Layout.BARE}
#: The fields a printed page sets under headings, beside the body; the others stand before them.
_HEADED: Final = ("files", "parks", "themes", "related_documents", "related_experiences")


@dataclass(frozen=True, slots=True, kw_only=True)
class Page:
    """What a theme needs to know of the page it dresses; addresses are root-relative."""

    title: str
    body_class: str = ""
    canonical: str = ""
    shortlink: str = ""
    lang: str = "fr"
    trail: tuple[tuple[str, str], ...] = ()
    alternates: tuple[tuple[str, str], ...] = ()
    is_record: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Pager:
    """Where in a list a page stands; pages count from 0."""

    page: int
    pages: int
    has_next: bool


class Footnotes:
    """The numbers the print module gives to links, in the order it meets them."""

    def __init__(self) -> None:
        self._values: list[Value] = []

    def number(self, value: Value) -> int:
        """Return the number of a link, a new one at every call."""
        self._values.append(value)
        return len(self._values)

    def addresses(self, base: str) -> Iterator[str]:
        """Yield the numbered addresses as the module lists them: encoded once too often."""
        for value in self._values:
            address = value.href if "://" in value.href else base + value.href
            yield address.replace("%", "%25")


class PageMaker:
    """Renders the pages of the site in one state, in the theme of one of its eras."""

    def __init__(self, base: str, fields: FieldMaker, *, redesigned: bool) -> None:
        self._base, self._fields, self._redesigned = base, fields, redesigned

    def record(self, entry: Entry, *, lang: str = "fr") -> bytes:
        """Return the page of a record; *lang* names the mirror it is served under."""
        if entry.layout is Layout.PRINTED:
            return self.printed(entry, numbered=True)
        return _rendered(
            "record.html",
            chrome=self._chrome(entry),
            page=_record_page(entry, lang),
            base=self._base,
            entry=entry,
            layout=entry.layout.value,
            fields=self._fields.fields(entry, absolute=entry.layout in ABSOLUTE_LINKS),
            body=body_blocks(entry),
        )

    def printed(self, entry: Entry, *, numbered: bool) -> bytes:
        """Return a record as the print module shows it; *numbered* keeps the head's own links."""
        return _rendered(
            "printed.html",
            base=self._base,
            entry=entry,
            numbered=numbered,
            fields=self._fields.fields(entry, absolute=True),
            headed=_HEADED,
            notes=Footnotes(),
            body=body_blocks(entry),
        )

    def listing(
        self, title: str, path: str, entries: Sequence[Entry], pager: Pager, style: str
    ) -> bytes:
        """Return a page of a list, in the style ``d7``, ``d8`` or ``term``."""
        return _rendered(
            "listing.html",
            chrome=self._themed("d8.html" if style == "d8" else "d7.html"),
            page=Page(title=title, body_class="page-views path-list", canonical=path),
            base=self._base,
            path=path,
            entries=entries,
            pager=pager,
            style=style,
        )

    def plain(self, title: str, chrome: str = "d7.html", **content: Any) -> bytes:
        """Return any other page: *content* may be paragraphs, links and whether to log in."""
        return _rendered(
            "plain.html",
            chrome=self._themed(chrome),
            page=Page(title=title, body_class="page-plain", trail=(("Accueil", "/"),)),
            base=self._base,
            **({"paragraphs": (), "links": (), "login": False} | content),
        )

    def bare(self, template: str) -> bytes:
        """Return a page without theme: the firewall's, or the one of maintenance."""
        return _rendered(template)

    def blocks(self, recent: Sequence[Entry]) -> tuple[bytes, ...]:
        """Return the blocks of the sidebar, with teasers of *recent* records."""
        return tuple(_rendered("blocks.html", recent=recent).split(b"%%\n"))

    def _chrome(self, entry: Entry) -> str:
        drupal_8 = entry.layout in {Layout.DRUPAL_8, Layout.BARE} or entry.is_media
        return self._themed("d8.html" if drupal_8 else "d7.html")

    def _themed(self, chrome: str) -> str:
        return "d8.html" if self._redesigned else chrome


def _record_page(entry: Entry, lang: str) -> Page:
    mirror = f"/{lang}{entry.number_address}" if lang != "fr" else ""
    if entry.is_media:
        body_class = "path-media page-media-type-document"
    else:
        body_class = (
            f"page-node page-node- page-node-{entry.number} node-type-{entry.kind}"
            f" path-node page-node-type-{entry.kind}"
        )
    return Page(
        title=entry.title,
        body_class=body_class,
        canonical=mirror or entry.address,
        shortlink=(mirror or entry.number_address) if entry.shortlink else "",
        lang=lang,
        trail=_trail(entry),
        alternates=_alternates(entry) if entry.is_media else (),
        is_record=True,
    )


def _trail(entry: Entry) -> tuple[tuple[str, str], ...]:
    if entry.is_media:
        return (("Médiathèque", "/mediatheque/ressources"),)
    return (("Centre de ressources", "/centre-de-ressources"),)


def _alternates(entry: Entry) -> tuple[tuple[str, str], ...]:
    number = entry.number_address
    return (("fr", entry.address), ("en", f"/en{number}"), ("es", f"/es{number}"))


@cache
def _templates() -> Environment:
    templates = Environment(
        loader=PackageLoader("crawler.demo"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    templates.filters["linked"] = _linked
    return templates


def _linked(text: str, notes: Footnotes | None = None) -> Markup:
    """Return *text* with its ``[words](address)`` made links, each with a number in print."""
    before, *rest = LINK.split(text)
    linked = escape(before)
    for label, href, after in zip(rest[::3], rest[1::3], rest[2::3], strict=True):
        linked += Markup('<a href="{}">{}</a>').format(href, label)
        if notes is not None:
            number = notes.number(Value(text=label, href=href))
            linked += Markup(' <span class="print-footnote">[{}]</span>').format(number)
        linked += escape(after)
    return linked


_EMPTY_LINES: Final = re.compile(r"\n(?:[ \t]*\n)+")


def _rendered(template: str, **context: Any) -> bytes:
    text = _templates().get_template(template).render(**context)
    return _EMPTY_LINES.sub("\n", text).lstrip().encode()
