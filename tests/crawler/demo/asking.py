"""Asking the demo over HTTP, without a redirect followed or an error raised."""

from __future__ import annotations

import gzip
from dataclasses import dataclass
from http.client import HTTPConnection
from typing import TYPE_CHECKING, Self
from urllib.parse import urlsplit

from lxml import html

from crawler.demo import as_read

if TYPE_CHECKING:
    from collections.abc import Mapping

    from crawler.demo import DemoSite


@dataclass(frozen=True, slots=True)
class Reply:
    """What came back; the body is decoded, the headers' names are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: bytes

    def tree(self) -> html.HtmlElement:
        """Return the page as lxml reads it."""
        return html.fromstring(self.body, parser=html.HTMLParser(encoding="utf-8"))

    def strings(self, path: str) -> list[str]:
        """Return the strings that an XPath to attributes or texts finds."""
        return [str(found) for found in self.tree().xpath(path)]

    def text(self) -> str:
        """Return the page's text as a person reads it."""
        return as_read(" ".join(self.tree().itertext()))


class Asker:
    """One kept-alive connection to the demo."""

    def __init__(self, site: DemoSite) -> None:
        self._connection = HTTPConnection(urlsplit(site.url).netloc, timeout=30)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_error: object) -> None:
        self._connection.close()

    def __call__(
        self, target: str, *, method: str = "GET", body: bytes = b"", **headers: str
    ) -> Reply:
        """Ask for a root-relative, encoded address; ``If_None_Match="…"`` is a header."""
        named = {name.replace("_", "-"): value for name, value in headers.items()}
        self._connection.request(method, target, body=body or None, headers=named)
        response = self._connection.getresponse()
        content = response.read()
        if response.headers.get("Content-Encoding") == "gzip" and content:
            content = gzip.decompress(content)
        names = {name.lower(): value for name, value in response.headers.items()}
        return Reply(response.status, names, content)
