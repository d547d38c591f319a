"""The site in one of its states: which address answers what."""

from __future__ import annotations

import gzip
from calendar import timegm
from functools import partial
from typing import TYPE_CHECKING, Any, Final

from crawler.demo.addresses import encoded, tag_address, theme_address
from crawler.demo.answers import Answer, Validators, redirect
from crawler.demo.catalogue import Found, Layout
from crawler.demo.fields import FieldMaker
from crawler.demo.oddfiles import make_file, media_type
from crawler.demo.pages import PageMaker, Pager
from crawler.demo.plainpages import PLAIN_PAGES, calendar_page, sitemap, sitemap_index

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from crawler.demo.catalogue import Attachment, Catalogue, Entry
    from crawler.demo.states import State

    #: Makes the answer to one address; the number is the page of a list, the first being 0.
    Route = Callable[[int], Answer]

_PER_PAGE: Final = 10
_MAGAZINES_PER_PAGE: Final = 3
#: When the demo's page cache was first filled; every change of state fills it anew, a day later.
_CACHE_EPOCH: Final = timegm((2020, 1, 15, 4, 0, 0))
_DAY: Final = 86400
_HTML_UTF8: Final = "text/html; charset=utf-8"
_RETRY_LATER: Final = (("Retry-After", "120"),)


class Files:
    """The files' bytes, each made when it is first asked for; kept over changes of state."""

    def __init__(self) -> None:
        self._made: dict[Attachment, bytes] = {}

    def content(self, file: Attachment) -> bytes:
        """Return what lies under the file's name."""
        if file not in self._made:
            self._made[file] = make_file(file)
        return self._made[file]


class Edition:
    """Answers for every address of the site in one state. *number* counts changes of state."""

    def __init__(self, state: State, base: str, files: Files, number: int = 0) -> None:
        self.state, self.base = state, base
        self.catalogue: Catalogue = state.catalogue()
        self._files = files
        self._cached_at = _CACHE_EPOCH + number * _DAY
        self.fields = FieldMaker(self.catalogue, base, self.size_of, state.hidden)
        self._pages = PageMaker(base, self.fields, redesigned=state.theme == "redesign")
        listed = self._listed(Found.EVERYWHERE)
        self._blocks = self._pages.blocks([listed[3], listed[17 % len(listed)], listed[-1]])
        self._routes = self._make_routes()
        self._answers: dict[tuple[str, int], Answer] = {}

    @property
    def addresses(self) -> tuple[str, ...]:
        """All addresses that have an answer of their own, root-relative and not encoded."""
        return tuple(self._routes)

    def answer(self, path: str, page: int = 0) -> Answer:
        """Return the answer for a decoded path and a list's page number, the first being 0."""
        if self.state.answers == "blocked":
            return Answer(body=self._pages.bare("captcha.html"))
        if self.state.answers == "maintenance":
            return Answer(
                body=self._pages.bare("maintenance.html"), status=503, headers=_RETRY_LATER
            )
        path = path.rstrip("/") or "/"
        if (path, page) not in self._answers:
            route = self._routes.get(path) or partial(self._unrouted, path)
            self._answers[path, page] = route(page)
        return self._answers[path, page]

    def size_of(self, path: str) -> int | None:
        """Return how many bytes lie under a file's address, None if nothing does."""
        file = self.catalogue.attachments[path]
        return None if file.made == "missing" else len(self._files.content(file))

    # ------------------------------------------------------------------------------- addresses

    def _make_routes(self) -> dict[str, Route]:
        routes: dict[str, Route] = {}
        for path, plain in PLAIN_PAGES.items():
            routes[path] = partial(
                self._plain, plain.title, plain.chrome, plain.status, plain.content
            )
        for entry in self.catalogue:
            routes |= self._entry_routes(entry)
        routes |= self._list_routes() | self._term_routes()
        for path, file in self.catalogue.attachments.items():
            if file.made != "missing":
                routes[path] = partial(self._file, file)
        routes["/robots.txt"] = self._robots
        routes["/sitemap.xml"] = self._sitemap
        routes["/sites/federationpnr/files/xmlsitemap/mediatheque.xml.gz"] = self._packed_sitemap
        return routes

    def _entry_routes(self, entry: Entry) -> dict[str, Route]:
        if entry.status != 200:
            gone = partial(self._gone, entry.status)
            return dict.fromkeys((entry.address, entry.number_address), gone)
        moved = partial(self._moved, entry.address)
        record = partial(self._record, entry)
        # Half of the old site's numbers redirect to the alias, half answer for themselves.
        by_number = moved if not entry.is_media and entry.number % 2 == 0 else record
        printed = partial(self._printed, entry)
        routes = {
            **dict.fromkeys(entry.former, moved),
            entry.number_address: by_number,
            f"/print{entry.address}": printed,
            f"/print/{entry.number}": printed,
        }
        if entry.is_media:
            for lang in ("en", "es"):
                routes[f"/{lang}{entry.number_address}"] = partial(self._record, entry, lang=lang)
        return {**routes, entry.address: record}

    def _list_routes(self) -> dict[str, Route]:
        listed = self._listed(Found.EVERYWHERE)
        old = [entry for entry in listed if not entry.is_media]
        new = [entry for entry in listed if entry.is_media]
        magazines = [entry for entry in new if entry.magazine]
        return {
            "/centre-de-ressources": partial(
                self._list, "Centre de ressources", "/centre-de-ressources", old, "d7"
            ),
            "/mediatheque/ressources": partial(
                self._list, "Ressources", "/mediatheque/ressources", new, "d8"
            ),
            "/mediatheque/magazines": partial(self._endless_list, magazines),
        }

    def _term_routes(self) -> dict[str, Route]:
        listed = self._listed(Found.EVERYWHERE, Found.TERM)
        terms: dict[str, tuple[str, list[Entry]]] = {}
        for entry in self.catalogue.live():
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

    def _listed(self, *found: Found) -> list[Entry]:
        entries = [entry for entry in self.catalogue.live() if entry.found in found]
        return entries[: max(4, round(len(entries) * self.state.share))]

    # --------------------------------------------------------------------------------- answers

    def _page(self, body: bytes, status: int = 200) -> Answer:
        return Answer(body=body, status=status, blocks=self._blocks)

    def _record(self, entry: Entry, _page: int, *, lang: str = "fr") -> Answer:
        body = self._pages.record(entry, lang=lang)
        cached = not entry.is_media and entry.number % 3 == 0
        return Answer(
            body=body,
            blocks=self._blocks,
            validators=Validators.CACHED if cached else Validators.NONE,
            modified=self._cached_at,
        )

    def _printed(self, entry: Entry, _page: int) -> Answer:
        return self._page(self._pages.printed(entry, numbered=entry.layout is Layout.PRINTED))

    def _moved(self, address: str, _page: int) -> Answer:
        return redirect(self.base + encoded(address))

    def _gone(self, status: int, _page: int) -> Answer:
        return self._not_found(status)

    def _not_found(self, status: int = 404) -> Answer:
        body = self._pages.plain(
            "Page non trouvée",
            paragraphs=("La page demandée est introuvable. Elle a peut-être été déplacée.",),
            links=(("Centre de ressources", "/centre-de-ressources"), ("Accueil", "/")),
        )
        return self._page(body, status)

    def _unrouted(self, path: str, _page: int) -> Answer:
        if path.startswith("/agenda/"):
            return self._page(calendar_page(self._pages, path))
        if path.startswith("/espace-membres"):
            return self._page(
                self._pages.plain(
                    "Accès refusé",
                    paragraphs=("Cet espace est réservé aux membres du réseau.",),
                    login=True,
                ),
                403,
            )
        return self._not_found()

    def _plain(
        self, title: str, chrome: str, status: int, content: Mapping[str, Any], _page: int
    ) -> Answer:
        answer = self._page(self._pages.plain(title, chrome, **content), status)
        if status != 503:
            return answer
        return Answer(body=answer.body, status=503, blocks=answer.blocks, headers=_RETRY_LATER)

    def _list(
        self, title: str, path: str, entries: Sequence[Entry], style: str, page: int
    ) -> Answer:
        # A view knows no more rows past its end, and says so with an empty page.
        pages = -(-len(entries) // _PER_PAGE)
        shown = entries[page * _PER_PAGE : (page + 1) * _PER_PAGE]
        pager = Pager(page=page, pages=pages, has_next=page + 1 < pages)
        return self._page(self._pages.listing(title, path, shown, pager, style))

    def _endless_list(self, entries: Sequence[Entry], page: int) -> Answer:
        """Past its end this list repeats its last page, and always offers a next one."""
        pages = -(-len(entries) // _MAGAZINES_PER_PAGE)
        start = min(page, pages - 1) * _MAGAZINES_PER_PAGE
        pager = Pager(page=page, pages=max(pages, page + 1), has_next=True)
        shown = entries[start : start + _MAGAZINES_PER_PAGE]
        path = "/mediatheque/magazines"
        return self._page(self._pages.listing("Magazines", path, shown, pager, "d8"))

    def _term(self, label: str, path: str, entries: Sequence[Entry], page: int) -> Answer:
        # Drupal 7's taxonomy pages repeat the last page for ever.
        pages = max(1, -(-len(entries) // _PER_PAGE))
        page = min(page, pages - 1)
        shown = entries[page * _PER_PAGE : (page + 1) * _PER_PAGE]
        pager = Pager(page=page, pages=pages, has_next=page + 1 < pages)
        return self._page(self._pages.listing(label, path, shown, pager, "term"))

    def _file(self, file: Attachment, _page: int) -> Answer:
        content = self._files.content(file)
        if file.made == "html":
            return Answer(body=content, media_type=_HTML_UTF8)
        modified = timegm((file.year + 1, 3, 2, 9, 30, 0)) + _DAY * (file.revision + file.export)
        return Answer(
            body=content,
            media_type=media_type(file.name),
            validators=Validators.FILE,
            modified=modified,
        )

    def _robots(self, _page: int) -> Answer:
        return Answer(
            body=ROBOTS.encode(),
            media_type="text/plain; charset=utf-8",
            validators=Validators.FILE,
            modified=_CACHE_EPOCH,
        )

    def _sitemap(self, page: int) -> Answer:
        if page == 0:
            packed = f"{self.base}/sites/federationpnr/files/xmlsitemap/mediatheque.xml.gz"
            body = sitemap_index((f"{self.base}/sitemap.xml?page=1", packed))
        else:
            body = sitemap(self._in_sitemap(media=False))
        return Answer(body=body, media_type="text/xml; charset=utf-8")

    def _packed_sitemap(self, _page: int) -> Answer:
        body = gzip.compress(sitemap(self._in_sitemap(media=True)), mtime=0)
        return Answer(
            body=body,
            media_type="application/gzip",
            validators=Validators.FILE,
            modified=self._cached_at,
        )

    def _in_sitemap(self, *, media: bool) -> list[str]:
        entries = self._listed(Found.EVERYWHERE, Found.SITEMAP)
        return [self.base + entry.address for entry in entries if entry.is_media == media]


#: The stock robots.txt of Drupal 7, as far as it matters, and the members' area.
ROBOTS: Final = """\
#
# robots.txt
#
User-agent: *
Crawl-delay: 10
# Directories
Disallow: /includes/
Disallow: /misc/
Disallow: /modules/
Disallow: /profiles/
Disallow: /scripts/
Disallow: /themes/
# Files
Disallow: /CHANGELOG.txt
Disallow: /cron.php
Disallow: /install.php
Disallow: /update.php
Disallow: /xmlrpc.php
# Paths (clean URLs)
Disallow: /admin/
Disallow: /comment/reply/
Disallow: /filter/tips/
Disallow: /node/add/
Disallow: /search/
Disallow: /user/register/
Disallow: /user/password/
Disallow: /user/login/
Disallow: /user/logout/
Disallow: /espace-membres/
# Paths (no clean URLs)
Disallow: /?q=admin/
Disallow: /?q=search/
Disallow: /?q=user/login/
"""
