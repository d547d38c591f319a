"""Which record a page is about: its number, its address, and all its other addresses."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from spiders.pages.addresses import absolute, base_of, internal_id, is_home, same_host

if TYPE_CHECKING:
    from spiders.pages.html import Head


@dataclass(frozen=True, slots=True)
class Addresses:
    """The addresses of the thing a page shows.

    *url* is the one to cite; *number* is ``node-12`` or ``media-12`` where the site names it.
    """

    url: str
    number: str
    aliases: tuple[str, ...]


def addresses_of(head: Head, page_url: str, source: str) -> Addresses:
    """Gather what a page says of its own address; *source* is what a printed page names."""
    base = base_of(head, page_url)
    claims = [absolute(claim, base) for claim in (source, head.canonical)]
    url = next((claim for claim in claims if _is_credible(claim, page_url)), "") or page_url
    others = [
        head.shortlink,
        head.canonical,
        head.og_url,
        head.internal_path and f"/{head.internal_path}",
    ]
    own = [absolute(other, base) for other in (*others, *head.alternates, page_url)]
    stated = [a for a in own if a and same_host(a, url) and not is_home(a)]
    aliases = tuple(dict.fromkeys(address for address in stated if address != url))
    return Addresses(url, _number(url, aliases, absolute(head.shortlink, base)), aliases)


def _is_credible(claim: str, page_url: str) -> bool:
    """Tell whether a claimed address can be the page's own: on its site, and not the front page.

    Nor the list that a page of it belongs to: Drupal claims that address on every page of a list,
    and whoever believed it would never ask for the second again.
    """
    if not claim:
        return False
    if not page_url.startswith("http"):
        return True
    same_page = _page_of(claim) == _page_of(page_url)
    return same_page and same_host(claim, page_url) and (not is_home(claim) or is_home(page_url))


def _page_of(url: str) -> str:
    number = dict(parse_qsl(urlsplit(url).query)).get("page", "")
    # The first page of a list is the list.
    return number if number.strip("0,") else ""


def _number(url: str, aliases: tuple[str, ...], shortlink: str) -> str:
    return next(filter(None, map(internal_id, (shortlink, url, *aliases))), "")
