"""Sitemaps and indexes of sitemaps, plain or gzipped."""

from __future__ import annotations

import html
import re
from typing import Final

from archive.records import FoundLink, LinkKind
from spiders.pages.addresses import absolute, link_kind_of
from spiders.pages.decoding import MOST_BYTES, decoded, inflated

#: The protocol allows no more addresses than this in one sitemap.
MOST_ADDRESSES: Final = 50_000

_ROOT: Final = re.compile(r"<(?:[\w-]{1,20}:)?(urlset|sitemapindex)\b")
_LOC: Final = re.compile(
    r"<(?:[\w-]{1,20}:)?loc\s*>\s*(?:<!\[CDATA\[)?\s*([^<\]]{1,2048}?)\s*(?:\]\]>)?\s*</", re.DOTALL
)
_IMAGE: Final = re.compile(r"<image:image>.*?</image:image>", re.DOTALL)


def sitemap_links(body: bytes, url: str) -> tuple[FoundLink, ...] | None:
    """Return the addresses of a sitemap; ``None`` when the body is no sitemap.

    By pattern and not by parser: an XML parser stops at the first error, refuses what it finds
    too large, and would have to be kept from entities.
    """
    data = inflated(body, most=MOST_BYTES * 4)
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if not head.startswith(b"<") or (root := _ROOT.search(decoded(head))) is None:
        return None
    is_index = root[1] == "sitemapindex"
    found: dict[str, FoundLink] = {}
    for loc in _LOC.finditer(_IMAGE.sub("", data.decode("utf-8", "replace"))):
        address = absolute(html.unescape(loc[1]), url)
        if address and address not in found:
            kind = LinkKind.SITEMAP if is_index else link_kind_of(address, LinkKind.PAGE)
            found[address] = FoundLink(url=address, kind=kind)
        if len(found) >= MOST_ADDRESSES:
            break
    return tuple(found.values())
