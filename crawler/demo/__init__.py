"""A replica of the resource centre, made by code from one small catalogue.

It is served over real HTTP on a loopback port, for `pnr demo` and for the tests::

    with DemoSite() as site:
        crawl(site.url)
        site.change_to("second")

See docs/demo.md for what it shows, its states and its oddities.
"""

from crawler.demo.catalogue import Attachment, Catalogue, Entry, Layout
from crawler.demo.expected import as_read
from crawler.demo.server import STATE_PATH, DemoSite, Request
from crawler.demo.states import UnknownStateError, state_names

__all__ = [
    "STATE_PATH",
    "Attachment",
    "Catalogue",
    "DemoSite",
    "Entry",
    "Layout",
    "Request",
    "UnknownStateError",
    "as_read",
    "state_names",
]
