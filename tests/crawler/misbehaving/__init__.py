"""A site that misbehaves, one resource per misbehaviour, over real HTTP on a loopback port."""

from tests.crawler.misbehaving.pages import (
    LISTING,
    PDF,
    document,
    listing,
    message,
    page,
    record,
    sitemap,
    sitemap_index,
)
from tests.crawler.misbehaving.server import Asked, MisbehavingSite, Reply, Resource

__all__ = [
    "LISTING",
    "PDF",
    "Asked",
    "MisbehavingSite",
    "Reply",
    "Resource",
    "document",
    "listing",
    "message",
    "page",
    "record",
    "sitemap",
    "sitemap_index",
]
