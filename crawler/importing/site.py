"""What counts as the archive's site, and what of it may be taken in."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

from sqlalchemy import exists, or_, select

from archive.evidence.forgetting import forgotten_addresses
from archive.evidence.recording import is_pdf
from archive.models import Resource, Run
from archive.runs.ledger import Outcome
from archive.runs.lifecycle import IS_CRAWL
from crawler.importing.captures import LeftOut, UnusableCaptureError
from crawler.reading import page_reader
from crawler.scope import Scope, folder_of, hosts_of, is_file_name
from crawler.urls import UnusableUrlError, canonical_netloc, canonical_url, same_site

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

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


def largest_file(config: Config) -> int:
    """Return how many bytes a file may have."""
    return int(config.max_file_mb * _MB)


def site_of(
    connection: Connection, config: Config, hosts: Sequence[str] = (), met: Iterable[str] = ()
) -> Site:
    """Return the site: the hosts of the settings, those that were crawled, and *hosts*.

    A host that no start address has is of the scheme of what the archive holds of it, else of the
    addresses *met* in what is imported, which are not gone through where nothing hangs on them.
    """
    crawled: list[dict[str, Any]] = list(connection.scalars(select(Run.scope).where(IS_CRAWL)))
    start = [*config.start, *(url for scope in crawled for url in scope.get("start", ()))]
    named = [*hosts, *config.hosts, *(host for scope in crawled for host in scope.get("hosts", ()))]
    origins = [f"{urlsplit(url).scheme}://{canonical_netloc(urlsplit(url))}" for url in start]
    origins += _origins_met(connection, [host for host in named if not _of(host, origins)], met)
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
        file_bytes=largest_file(config),
        reader=page_reader(config),
    )


def _of(host: str, addresses: Iterable[str]) -> list[str]:
    return [url for url in addresses if same_site(_netloc(url), host)]


def _origins_met(connection: Connection, hosts: list[str], met: Iterable[str]) -> list[str]:
    """Return the origins of hosts that no start address has, https where nothing else is met."""
    schemes = {host: _archived_schemes(connection, host) for host in hosts}
    unknown = [host for host in hosts if not schemes[host]]
    for url in met if unknown else ():
        for host in unknown:
            if same_site(_netloc(url), host):
                schemes[host].add(urlsplit(url).scheme)
    return [f"{'http' if schemes[host] == {'http'} else 'https'}://{host}" for host in hosts]


def _archived_schemes(connection: Connection, host: str) -> set[str]:
    """Return the scheme under which the archive holds addresses of a host, if it holds any."""
    bare = host.removeprefix("www.")
    for scheme in ("https", "http"):
        begins = [
            Resource.url.startswith(f"{scheme}://{www}{bare}/", autoescape=True)
            for www in ("", "www.")
        ]
        if connection.scalar(select(exists().where(or_(*begins)))):
            return {scheme}
    return set()


def _netloc(url: str) -> str:
    try:
        return canonical_netloc(urlsplit(url))
    except ValueError:
        return ""
