"""Which addresses are asked, and by which rule the others are not. Pure."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from archive.evidence.forgetting import RULE as FORGOTTEN
from archive.runs.ledger import Outcome
from crawler.urls import canonical_netloc, filename_of, same_site

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Paths never asked, whatever robots.txt says: what they lead to is no content, is for members
#: only, or has no end. A language may stand before each, and the folder that the site is in.
_NEVER: Final = (
    ("members-only", r"espace-(?:membres?|adherents?|prive)|extranet|intranet"),
    ("account", r"users?|utilisateurs?|login|logout|connexion"),
    ("search", r"search"),
    ("administration", r"admin|node/add|node/\d+/(?:edit|delete|revisions?)|batch|devel"),
    ("printing", r"print|printpdf|printmail|printable|entityprint"),
    ("calendar", r"calendar|calendrier|agenda"),
    ("form", r"comment/reply|contact|flag|forward|webform"),
    ("program", r"cgi-bin|core|misc"),
    ("feed", r"rss(?:\.xml)?|feed|jsonapi|rest|oembed"),
)
_RULES: Final = tuple(
    (name, re.compile(rf"/(?:[a-z]{{2}}(?:-[a-z]{{2,4}})?/)?(?:{paths})(?:/|$)", re.IGNORECASE))
    for name, paths in _NEVER
)
#: The same wherever they stand: no content is called so, in whichever folder a site may be.
_ANYWHERE: Final = tuple(
    (name, re.compile(rf"/(?:{paths})(?:/|$)", re.IGNORECASE))
    for name, paths in (
        ("account", r"users?/(?:login|logout|register|password|reset|\d+)"),
        ("search", r"search/(?:node|site|user|content|results?)"),
        ("administration", r"admin/\w+|node/add|(?:node|media)/\d+/(?:edit|delete|revisions?)"),
        (
            "printing",
            r"(?:print(?:pdf|mail|able)?|entityprint)/(?:node/|media/|pdf/)?\d+",
        ),
        ("form", r"comment/reply"),
    )
)
# A date in the path is a calendar's; a year alone may be a section of a list.
_DATED: Final = re.compile(r"/\d{4}-(?:\d{2}|W\d{1,2})(?:-\d{2})?(?:/|$)")
_FEED: Final = re.compile(r"/(?:feed|rss(?:\.xml)?)$", re.IGNORECASE)
_LONGEST: Final = 2_000
_DEEPEST: Final = 20
_LAST_PAGE: Final = 2_000
_PAGE: Final = re.compile(r"(?:^|&)page=(\d+)")

#: Attachments that are kept as links, and downloaded by a setting.
_ATTACHMENT: Final = re.compile(
    r"\.(?:docx?|odt|rtf|xlsx?|ods|csv|pptx?|odp|zip|rar|7z|gz|tar|epub|txt|"
    r"jpe?g|png|gif|svg|webp|tiff?|eps|mp3|mp4|avi|mov|wmv|flv|webm|ogg|wav|kmz?|shp|gpx)$",
    re.IGNORECASE,
)
#: What is neither page nor document: never worth a request, setting or not.
_FURNITURE: Final = re.compile(r"\.(?:css|js|ico|woff2?|ttf|eot|map|json)$", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Refusal:
    """Why an address is not asked: its outcome in the ledger, and the rule."""

    outcome: Outcome
    rule: str


class Scope:
    """Decides of an address whether it is asked."""

    def __init__(
        self, hosts: Iterable[str], *, attachments: bool = False, folder: str = ""
    ) -> None:
        self.hosts = tuple(host.lower() for host in hosts)
        self.folder = folder
        self.attachments = attachments
        #: What was taken out of the archive for good (`archive.evidence.forgetting`).
        self.forgotten: frozenset[str] = frozenset()

    def refusal(self, url: str, kind: str = "page") -> Refusal | None:
        """Return why *url* (canonical) is not asked, ``None`` if it is.

        >>> Scope(["parcs.fr"]).refusal("https://www.parcs.fr/user/login")
        Refusal(outcome=<Outcome.EXCLUDED: 'excluded'>, rule='account')
        """
        parts = urlsplit(url)
        netloc = canonical_netloc(parts)
        if not any(same_site(netloc, host) for host in self.hosts):
            return Refusal(Outcome.OFF_SITE, netloc)
        if url in self.forgotten:
            return Refusal(Outcome.EXCLUDED, FORGOTTEN)
        rule = self._rule(url, parts.path, parts.query, kind)
        return Refusal(Outcome.EXCLUDED, rule) if rule else None

    def _rule(self, url: str, path: str, query: str, kind: str) -> str:
        if len(url) > _LONGEST or path.count("/") > _DEEPEST:
            return "too long an address"
        if kind == "file" or (kind != "sitemap" and _ATTACHMENT.search(path)):
            return "" if self.attachments or not _ATTACHMENT.search(path) else "attachment"
        if _FURNITURE.search(path):
            return "furniture"
        page = _PAGE.search(query)
        if page and int(page[1]) > _LAST_PAGE:
            return "endless pager"
        return _excluded_by(path) or self._excluded_in_folder(path)

    def _excluded_in_folder(self, path: str) -> str:
        inside = path.removeprefix(f"/{self.folder}")
        return _excluded_by(inside) if self.folder and inside.startswith("/") else ""


def is_file_name(url: str) -> bool:
    """Tell an address that names a file by its extension.

    >>> is_file_name("https://parcs.fr/f/charte.pdf"), is_file_name("https://parcs.fr/node/1.2")
    (True, False)
    """
    name = filename_of(url).lower()
    return name.endswith(".pdf") or _ATTACHMENT.search(name) is not None


def hosts_of(start: Iterable[str]) -> tuple[str, ...]:
    """Return the hosts of the start addresses, each once, in order."""
    return tuple(dict.fromkeys(canonical_netloc(urlsplit(url)) for url in start))


def folder_of(start: Iterable[str]) -> str:
    """Return the folder that the site is in, if all start addresses are in one.

    >>> folder_of(["https://parcs.fr/site/", "https://parcs.fr/site/sitemap.xml"])
    'site'
    >>> folder_of(["https://parcs.fr/mediatheque/ressources", "https://parcs.fr/liste"])
    ''
    """
    folders = {urlsplit(url).path.rpartition("/")[0].strip("/").split("/")[0] for url in start}
    return folders.pop() if len(folders) == 1 else ""


def is_loopback(url: str) -> bool:
    """Tell an address on this very machine, where no site can be harmed."""
    host = (urlsplit(url).hostname or "").lower()
    return host in {"localhost", "::1"} or bool(re.fullmatch(r"127(?:\.\d{1,3}){3}", host))


def _excluded_by(path: str) -> str:
    for name, pattern in _RULES:
        if pattern.match(path):
            return name
    for name, pattern in _ANYWHERE:
        if pattern.search(path):
            return name
    if _DATED.search(path):
        return "calendar"
    return "feed" if _FEED.search(path) else ""
