"""The programs whose cost is compared, each run in a process of its own.

``python -m bench.contestants empty URL``, ``parsing URL`` or ``pnr URL ARCHIVE``; each says on its
last line how many addresses it was answered. The two spiders have Scrapy's own settings, as
`scrapy startproject` leaves them, and its log no louder than `pnr crawl`'s.
"""

from __future__ import annotations

import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from bs4 import BeautifulSoup
from scrapy import Request, Spider
from scrapy.crawler import CrawlerProcess

if TYPE_CHECKING:
    from collections.abc import Iterator

    from bs4 import Tag
    from scrapy.http import Response

#: What all contestants ask for: the listing, its records, their terms and files.
FOLLOWED: Final = r"/(?:centre-de-ressources|theme-ressource/|sites/federationpnr/files/document/)"

_HREF: Final = re.compile(rf'<a href="((?:http://127\.0\.0\.1:\d+)?{FOLLOWED}?[^"]*)"'.encode())
_WANTED: Final = re.compile(rf"(?:http://127\.0\.0\.1:\d+)?{FOLLOWED}")
_DAY: Final = re.compile(r"(\d{2})/(\d{2})/(\d{4})")


class EmptySpider(Spider):
    """Follows the links it finds by a pattern, and looks at nothing else."""

    name = "empty"

    def __init__(self, start: str) -> None:
        super().__init__()
        self.start_urls = [start]
        self._seen = set(self.start_urls)

    def parse(self, response: Response, **_: Any) -> Iterator[Any]:
        """Yield a request for each address not met before."""
        if not response.url.endswith(".pdf"):
            yield from self.follow(
                response, {href.decode() for href in _HREF.findall(response.body)}
            )

    def follow(self, response: Response, hrefs: set[str]) -> Iterator[Request]:
        """Yield a request for each address not met before; Scrapy itself is not bothered."""
        for href in hrefs - self._seen:
            self._seen.add(href)
            if _WANTED.match(href):
                yield Request(response.urljoin(href))


class ParsingSpider(EmptySpider):
    """Parses each page once with BeautifulSoup and lxml, takes the fields, keeps nothing."""

    name = "parsing"

    def parse(self, response: Response, **_: Any) -> Iterator[Any]:
        """Yield the record of a page and what it leads to."""
        if response.url.endswith(".pdf"):
            return
        soup = BeautifulSoup(response.body, "lxml")
        content = soup.find(id="content") or soup.find(id="block-parcs-content")
        assert content is not None  # noqa: S101  # each page of the bench has one of them
        if soup.find("link", rel="shortlink"):
            yield self._record(soup, content)
        yield from self.follow(response, {str(a["href"]) for a in content.find_all("a", href=True)})

    def _record(self, soup: BeautifulSoup, content: Tag) -> dict[str, Any]:
        heading, canonical = soup.find("h1"), soup.find("link", rel="canonical")
        short = soup.find("link", rel="shortlink")
        assert heading is not None  # noqa: S101  # as above
        body = content.find(class_=["field-name-body", "field--name-body"])
        fields = dict(self._fields(content))
        updated = _DAY.search(_text(fields.get("Dernière mise à jour")))
        year = _text(fields.get("Année du document"))
        return {
            "id": short and str(short["href"]).rpartition("/")[2],
            "url": canonical and str(canonical["href"]),
            "title": heading.get_text(" ", strip=True),
            "body_text": "\n".join(p.get_text(" ", strip=True) for p in body.find_all("p"))
            if body
            else "",
            "document_type": _text(fields.get("Type de document")),
            "declared_pages": int(_text(fields.get("Nombre de pages")) or 0),
            "year": int(year) if year.isdigit() else None,
            "updated_on": "-".join(reversed(updated.groups())) if updated else "",
            "parks": [_text(value) for value in _values(fields.get("Parc"))],
            "themes": _links(fields.get("Thème ressource")),
            "authors": _people(_text(fields.get("Auteur(s)"))),
            "contributors": _people(_text(fields.get("Contributeur(s)"))),
            "related_documents": _links(fields.get("Document(s) lié(s)")),
            "files": _links(fields.get("Télécharger")),
        }

    def _fields(self, content: Tag) -> Iterator[tuple[str, Tag]]:
        for label in content.find_all(class_=["field-label", "field__label"]):
            if label.parent is not None:
                yield _text(label).rstrip(":\xa0 "), label.parent


def _values(field: Tag | None) -> list[Tag]:
    return field.find_all(class_=["field-item", "field__item"]) if field else []


def _text(tag: Tag | None) -> str:
    if tag is None:
        return ""
    values = _values(tag) or [tag]
    return " ".join(value.get_text(" ", strip=True) for value in values)


def _links(field: Tag | None) -> list[dict[str, str]]:
    anchors = field.find_all("a", href=True) if field else []
    return [{"label": _text(anchor), "url": str(anchor["href"])} for anchor in anchors]


def _people(text: str) -> list[dict[str, str]]:
    people = (name.partition("(") for name in re.split(r",\s*(?![^(]*\))", text) if name)
    return [{"name": name.strip(), "affiliation": where.rstrip(")")} for name, _, where in people]


def _run_spider(spider: type[EmptySpider], start: str) -> int:
    # As `scrapy startproject` has it, except that nobody is to be spared on loopback.
    process = CrawlerProcess({"LOG_LEVEL": "WARNING", "ROBOTSTXT_OBEY": True})
    crawler = process.create_crawler(spider)
    process.crawl(crawler, start=start)
    process.start()
    assert crawler.stats is not None  # noqa: S101  # made with the crawler
    return int(crawler.stats.get_value("response_received_count", 0))


def _run_pnr(start: str, archive: Path) -> int:
    from crawler.config import load_config  # noqa: PLC0415  # the spiders do without
    from crawler.running import crawl  # noqa: PLC0415

    config = load_config(archive=archive, start=(start,), extract="later").config
    result = crawl(config, scrapy_settings={"LOG_LEVEL": "WARNING"})
    if result.exit_code:
        sys.stderr.write(f"pnr crawl ended as {result.status}: {result.reason}\n")
    return sum(result.outcomes.values())


if __name__ == "__main__":
    match sys.argv[1:]:
        case ["empty", start]:
            answered = _run_spider(EmptySpider, start)
        case ["parsing", start]:
            answered = _run_spider(ParsingSpider, start)
        case ["pnr", start, archive]:
            answered = _run_pnr(start, Path(archive))
        case _:
            sys.exit(__doc__)
    sys.stdout.write(f"{answered}\n")
