"""Where the pages of a resource centre are.

Which addresses are asked first, and which hosts may be asked, are settings (`crawler.config`);
what a page says is read by `spiders.pages`. Nothing here is bound to one site.
"""

from __future__ import annotations

from typing import ClassVar

from archive.records import LinkKind, PageKind
from crawler.spider import ArchivingSpider


class ResourceCentreSpider(ArchivingSpider):
    """Walks listings, terms and sitemaps to records, and records to their files."""

    name = "resource_centre"

    follows: ClassVar[dict[PageKind, frozenset[LinkKind]]] = {
        PageKind.LISTING: frozenset(LinkKind),
        PageKind.SITEMAP: frozenset(LinkKind),
        # A term's page lists records; what else stands on it (news, parks) is not ours.
        PageKind.TERM: frozenset({LinkKind.RECORD, LinkKind.LISTING, LinkKind.FILE, LinkKind.PAGE}),
        PageKind.RECORD: frozenset({LinkKind.RECORD, LinkKind.TERM, LinkKind.FILE}),
    }
