"""The site in one of its states: which address answers what."""

from __future__ import annotations

from calendar import timegm
from functools import partial
from importlib.resources import files
from typing import TYPE_CHECKING, Final

from crawler.demo.addresses import encoded
from crawler.demo.answers import Answer, Validators, redirect
from crawler.demo.catalogue import Found, Layout
from crawler.demo.fields import FieldMaker
from crawler.demo.lists import Lists
from crawler.demo.oddfiles import make_file, media_type
from crawler.demo.pages import PageMaker
from crawler.demo.plainpages import PLAIN_PAGES, calendar_page

if TYPE_CHECKING:
    from crawler.demo.answers import Route
    from crawler.demo.catalogue import Attachment, Catalogue, Entry
    from crawler.demo.plainpages import PlainPage
    from crawler.demo.states import State

#: When the demo's page cache was first filled; every change of state fills it anew, a day later.
_CACHE_EPOCH: Final = timegm((2020, 1, 15, 4, 0, 0))
_DAY: Final = 86400
_RETRY_LATER: Final = (("Retry-After", "120"),)
#: For members, or for people only: the members' area, mail and PDFs made of pages.
_REFUSED: Final = ("/espace-membres", "/printpdf/", "/printmail/")
#: Answers to more distant pages of a list are not kept: some lists have no end.
_LAST_KEPT_PAGE: Final = 20


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

    def __init__(self, state: State, base: str, stored: Files, number: int = 0) -> None:
        self.state, self.base = state, base
        self.catalogue: Catalogue = state.catalogue()
        self.fields = FieldMaker(self.catalogue, base, self.size_of, state.hidden)
        self._files = stored
        self._cached_at = _CACHE_EPOCH + number * _DAY
        self._pages = PageMaker(base, self.fields, redesigned=state.theme == "redesign")
        self._lists = Lists(self.catalogue, self._pages, self._themed, state.share)
        listed = self._lists.listed(Found.EVERYWHERE)
        self._blocks = self._pages.blocks([listed[0], listed[-2], listed[-1]])
        self._static = self._static_routes()
        self._routes = self._static | self._page_routes()
        self._kept: dict[tuple[str, int], Answer] = {}

    @property
    def addresses(self) -> tuple[str, ...]:
        """All addresses that have an answer of their own, root-relative and not encoded."""
        return tuple(self._routes)

    def answer(self, path: str, page: int = 0) -> Answer:
        """Return the answer for a decoded path and a list's page number, the first being 0."""
        path = path.rstrip("/") or "/"
        if self.state.answers == "blocked":
            return Answer(body=self._pages.bare("captcha.html"))
        if self.state.answers == "maintenance" and path not in self._static:
            # Drupal's maintenance page; what the web server serves by itself is still there.
            return Answer(
                body=self._pages.bare("maintenance.html"), status=503, headers=_RETRY_LATER
            )
        return self._answer(path, page)

    def size_of(self, path: str) -> int | None:
        """Return how many bytes lie under a file's address, None if nothing does."""
        file = self.catalogue.attachments[path]
        return None if file.made == "missing" else len(self._files.content(file))

    def _answer(self, path: str, page: int) -> Answer:
        if (path, page) in self._kept:
            return self._kept[path, page]
        if path not in self._routes:
            return self._unrouted(path)
        answer = self._routes[path](page)
        if page <= _LAST_KEPT_PAGE:
            self._kept[path, page] = answer
        return answer

    # ---------------------------------------------------------------------------------- routes

    def _static_routes(self) -> dict[str, Route]:
        routes: dict[str, Route] = {
            path: partial(self._file, file)
            for path, file in self.catalogue.attachments.items()
            if file.made != "missing"
        }
        return {**routes, "/robots.txt": self._robots}

    def _page_routes(self) -> dict[str, Route]:
        routes: dict[str, Route] = {
            path: partial(self._plain, plain) for path, plain in PLAIN_PAGES.items()
        }
        for entry in self.catalogue:
            routes |= self._entry_routes(entry)
        return routes | self._lists.routes(self.base, self._cached_at)

    def _entry_routes(self, entry: Entry) -> dict[str, Route]:
        if entry.status != 200:
            gone = partial(self._gone, entry.status)
            return dict.fromkeys((entry.address, entry.number_address), gone)
        moved = partial(self._moved, entry.address)
        record = partial(self._record, entry, "fr")
        printed = partial(self._printed, entry)
        # Half of the old site's numbers redirect to the alias, half answer for themselves.
        by_number = moved if not entry.is_media and entry.number % 2 == 0 else record
        languages = ("en", "es") if entry.is_media else ()
        return {
            **dict.fromkeys(entry.former, moved),
            **{
                f"/{lang}{entry.number_address}": partial(self._record, entry, lang)
                for lang in languages
            },
            entry.number_address: by_number,
            f"/print{entry.address}": printed,
            f"/print/{entry.number}": printed,
            entry.address: record,
        }

    # --------------------------------------------------------------------------------- answers

    def _themed(self, body: bytes, status: int = 200) -> Answer:
        return Answer(body=body, status=status, blocks=self._blocks)

    def _record(self, entry: Entry, lang: str, _page: int) -> Answer:
        cached = not entry.is_media and entry.number % 3 == 0
        return Answer(
            body=self._pages.record(entry, lang=lang),
            blocks=self._blocks,
            validators=Validators.CACHED if cached else Validators.NONE,
            modified=self._cached_at,
        )

    def _printed(self, entry: Entry, _page: int) -> Answer:
        numbered = entry.layout is Layout.PRINTED
        return Answer(body=self._pages.printed(entry, numbered=numbered))

    def _moved(self, address: str, _page: int) -> Answer:
        return redirect(self.base + encoded(address))

    def _gone(self, status: int, _page: int) -> Answer:
        return self._not_found(status)

    def _plain(self, plain: PlainPage, _page: int) -> Answer:
        body = self._pages.plain(plain.title, plain.chrome, **plain.content)
        headers = _RETRY_LATER if plain.status == 503 else ()
        return Answer(body=body, status=plain.status, blocks=self._blocks, headers=headers)

    def _file(self, file: Attachment, _page: int) -> Answer:
        content = self._files.content(file)
        if file.made == "html":
            return Answer(body=content)
        modified = timegm((file.year + 1, 3, 2, 9, 30, 0)) + _DAY * (file.revision + file.export)
        return Answer(
            body=content,
            media_type=media_type(file.name),
            validators=Validators.FILE,
            modified=modified,
        )

    def _robots(self, _page: int) -> Answer:
        return Answer(
            body=files("crawler.demo").joinpath("robots.txt").read_bytes(),
            media_type="text/plain; charset=utf-8",
            validators=Validators.FILE,
            modified=_CACHE_EPOCH,
        )

    def _unrouted(self, path: str) -> Answer:
        if path.startswith("/agenda/"):
            return self._themed(calendar_page(self._pages, path))
        if path.startswith(_REFUSED):
            return self._members_only()
        return self._not_found(404)

    def _members_only(self) -> Answer:
        body = self._pages.plain(
            "Accès refusé",
            paragraphs=("Cet espace est réservé aux membres du réseau.",),
            login=True,
        )
        return self._themed(body, 403)

    def _not_found(self, status: int) -> Answer:
        body = self._pages.plain(
            "Page non trouvée",
            paragraphs=("La page demandée est introuvable. Elle a peut-être été déplacée.",),
            links=(("Centre de ressources", "/centre-de-ressources"), ("Accueil", "/")),
        )
        return self._themed(body, status)
