"""What counts as the archive's site, and what of it may be taken in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from sqlalchemy import select

from archive.evidence.forgetting import forgotten_addresses
from archive.evidence.recording import is_pdf
from archive.models import Run
from archive.runs.ledger import Outcome
from archive.runs.lifecycle import IS_CRAWL
from crawler.importing.captures import LeftOut, UnusableCaptureError
from crawler.reading import page_reader
from crawler.scope import Scope, folder_of, hosts_of, is_file_name
from crawler.urls import UnusableUrlError, canonical_netloc, canonical_url, same_site

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection

    from crawler.config import Config
    from crawler.reading import PageReader

_MB: Final = 1_000_000
#: The rule that keeps printed pages from being asked: a saved one is welcome.
_PRINTED: Final = "printing"


@dataclass(frozen=True, slots=True, kw_only=True)
class Site:
    """The site of an archive: its hosts as they are written today, its rules, its reader."""

    origins: tuple[str, ...]
    scope: Scope
    page_bytes: int
    file_bytes: int
    reader: PageReader

    def address(self, url: str) -> str:
        """Return the address under which this one is filed.

        :raises UnusableCaptureError: it is none, of another site, or excluded by a rule.
        """
        try:
            canonical = canonical_url(url, base=self._base(url))
        except UnusableUrlError as error:
            raise UnusableCaptureError(LeftOut.OTHER, str(error)) from error
        refusal = self.scope.refusal(canonical, kind_of(canonical))
        if refusal is not None and refusal.rule != _PRINTED:
            is_off_site = refusal.outcome is Outcome.OFF_SITE
            why = LeftOut.OFF_SITE if is_off_site else LeftOut.EXCLUDED
            raise UnusableCaptureError(why, f"{canonical}: {refusal.rule}")
        return canonical

    def require_room(self, url: str, body: bytes) -> bytes:
        """Return the body, if it is not larger than a page or a file may be.

        :raises UnusableCaptureError: it is.
        """
        is_file = is_file_name(url) or is_pdf(body)
        if len(body) > (self.file_bytes if is_file else self.page_bytes):
            raise UnusableCaptureError(LeftOut.TOO_LARGE)
        return body

    def _base(self, url: str) -> str:
        """Return the origin that the address is of, so that http and www are one with it."""
        netloc = _netloc(url)
        return next((f"{own}/" for own in self.origins if same_site(netloc, _netloc(own))), "")


def kind_of(url: str) -> str:
    """Return what an address leads to, as far as it says."""
    return "file" if is_file_name(url) else "page"


def site_of(connection: Connection, config: Config, hosts: Sequence[str] = ()) -> Site:
    """Return the site: the hosts of the settings, those that were crawled, and *hosts*."""
    crawled: list[dict[str, Any]] = list(connection.scalars(select(Run.scope).where(IS_CRAWL)))
    start = [*config.start, *(url for scope in crawled for url in scope.get("start", ()))]
    named = [*hosts, *config.hosts, *(host for scope in crawled for host in scope.get("hosts", ()))]
    origins = [f"{urlsplit(url).scheme}://{canonical_netloc(urlsplit(url))}" for url in start]
    origins += [f"https://{host}" for host in named]
    scope = Scope(
        dict.fromkeys([*named, *(hosts_of(config.start) if not config.hosts else ())]),
        attachments=config.attachments,
        folder=folder_of(config.start),
    )
    scope.forgotten = forgotten_addresses(connection)
    return Site(
        origins=tuple(dict.fromkeys(origins)),
        scope=scope,
        page_bytes=int(config.max_page_mb * _MB),
        file_bytes=int(config.max_file_mb * _MB),
        reader=page_reader(config),
    )


def _netloc(url: str) -> str:
    try:
        return canonical_netloc(urlsplit(url))
    except ValueError:
        return ""
