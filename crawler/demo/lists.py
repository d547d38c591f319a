"""The demo's lists: both generations of listings and pagers, term pages, sitemaps."""

from __future__ import annotations

import gzip
from functools import partial
from typing import TYPE_CHECKING, Final

from crawler.demo.addresses import FILES, tag_address, theme_address
from crawler.demo.answers import Answer, Validators
from crawler.demo.catalogue import Found
from crawler.demo.pages import Pager
from crawler.demo.plainpages import sitemap, sitemap_index

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from crawler.demo.answers import Route
    from crawler.demo.catalogue import Catalogue, Entry
    from crawler.demo.pages import PageMaker

_PER_PAGE: Final = 10
_MAGAZINES_PER_PAGE: Final = 3
_FEWEST: Final = 4  # what a list shows at least: the sidebar's teasers need some, too
_PACKED_SITEMAP: Final = f"{FILES}xmlsitemap/mediatheque.xml.gz"


class Lists:
    """The routes of all lists. *answer* turns a page into an answer; *share* is what is listed."""

    def __init__(
        self,
        catalogue: Catalogue,
        pages: PageMaker,
        answer: Callable[[bytes], Answer],
        share: float,
    ) -> None:
        self._catalogue, self._pages, self._answer, self._share = catalogue, pages, answer, share

    def listed(self, *found: Found) -> list[Entry]:
        """Return the records that lists show, of those to be found in one of the ways *found*."""
        entries = [entry for entry in self._catalogue.live() if entry.found in found]
        return entries[: max(_FEWEST, round(len(entries) * self._share))]

    def routes(self, base: str, modified: int) -> dict[str, Route]:
        """Return the routes; *modified* is when the packed sitemap was last written."""
        packed = partial(self._packed_sitemap, base, modified)
        return {
            **self._listing_routes(),
            **self._term_routes(),
            "/sitemap.xml": partial(self._sitemap, base),
            _PACKED_SITEMAP: packed,
        }

    def _listing_routes(self) -> dict[str, Route]:
        listed = self.listed(Found.EVERYWHERE)
        nodes = [entry for entry in listed if not entry.is_media]
        media = [entry for entry in listed if entry.is_media]
        magazines = [entry for entry in media if entry.magazine]
        old, new = "/centre-de-ressources", "/mediatheque/ressources"
        return {
            old: partial(self._listing, "Centre de ressources", old, nodes, "d7"),
            new: partial(self._listing, "Ressources", new, media, "d8"),
            "/mediatheque/magazines": partial(self._endless_listing, magazines),
        }

    def _term_routes(self) -> dict[str, Route]:
        listed = self.listed(Found.EVERYWHERE, Found.TERM)
        terms: dict[str, tuple[str, list[Entry]]] = {}
        for entry in self._catalogue.live():
            labels = [(theme_address(label), label) for label in entry.themes]
            labels += [(tag_address(label), label) for label in entry.tags]
            for path, label in labels:
                members = terms.setdefault(path, (label, []))[1]
                if entry in listed:
                    members.append(entry)
        return {
            path: partial(self._term, label, path, members)
            for path, (label, members) in terms.items()
        }

    def _listing(
        self, title: str, path: str, entries: Sequence[Entry], style: str, page: int
    ) -> Answer:
        # A view knows no more rows past its end, and says so with an empty page.
        pages = -(-len(entries) // _PER_PAGE)
        shown = entries[page * _PER_PAGE : (page + 1) * _PER_PAGE]
        pager = Pager(page=page, pages=pages, has_next=page + 1 < pages)
        return self._answer(self._pages.listing(title, path, shown, pager, style))

    def _endless_listing(self, entries: Sequence[Entry], page: int) -> Answer:
        """Past its end this list repeats its last page, and always offers a next one."""
        pages = max(1, -(-len(entries) // _MAGAZINES_PER_PAGE))
        start = min(page, pages - 1) * _MAGAZINES_PER_PAGE
        # The pager's numbers stay few, however far a client walks.
        pager = Pager(page=page, pages=pages + 1, has_next=True)
        shown = entries[start : start + _MAGAZINES_PER_PAGE]
        path = "/mediatheque/magazines"
        return self._answer(self._pages.listing("Magazines", path, shown, pager, "d8"))

    def _term(self, label: str, path: str, entries: Sequence[Entry], page: int) -> Answer:
        # Drupal 7's taxonomy pages repeat the last page for ever.
        pages = max(1, -(-len(entries) // _PER_PAGE))
        page = min(page, pages - 1)
        shown = entries[page * _PER_PAGE : (page + 1) * _PER_PAGE]
        pager = Pager(page=page, pages=pages, has_next=page + 1 < pages)
        return self._answer(self._pages.listing(label, path, shown, pager, "term"))

    def _sitemap(self, base: str, page: int) -> Answer:
        if page == 0:
            body = sitemap_index((f"{base}/sitemap.xml?page=1", base + _PACKED_SITEMAP))
        else:
            body = sitemap(self._in_sitemap(base, media=False))
        return Answer(body=body, media_type="text/xml; charset=utf-8")

    def _packed_sitemap(self, base: str, modified: int, _page: int) -> Answer:
        return Answer(
            body=gzip.compress(sitemap(self._in_sitemap(base, media=True)), mtime=0),
            media_type="application/gzip",
            validators=Validators.FILE,
            modified=modified,
        )

    def _in_sitemap(self, base: str, *, media: bool) -> list[str]:
        entries = self.listed(Found.EVERYWHERE, Found.SITEMAP)
        return [base + entry.address for entry in entries if entry.is_media == media]
