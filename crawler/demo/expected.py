"""What a reader should make of a record's page: the catalogue's truth, in the archive's form.

Text is compared as a person reads it: no-break spaces are spaces, soft hyphens are nothing,
runs of white space are one. Lists keep the page's order. `id` is "" where no page says it,
`aliases` is always empty: which addresses lead to a record is what a crawl finds out.
"""

from __future__ import annotations

import re
import unicodedata
from datetime import date
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit

from archive.records import Agent, FileLink, Link, Record, RecordKind
from crawler.demo.fields import LINK, body_blocks
from crawler.demo.oddfiles import MEDIA_TYPES
from crawler.demo.pages import ABSOLUTE_LINKS
from crawler.urls import canonical_url, filename_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from crawler.demo.catalogue import Entry
    from crawler.demo.edition import Edition
    from crawler.demo.fields import Field, Value

_COMMA: Final = re.compile(r",\s*(?![^()]*\))")
_PERSON: Final = re.compile(r"(.+?)\s*\(([^()]+)\)")
_DAY: Final = re.compile(r"\b(\d{2})/(\d{2})/(\d{4})\b")
_COUNT: Final = re.compile(r"(\d+)(?: ?p\.| pages)?")


def as_read(text: str) -> str:
    r"""Return *text* as a reader sees it on the page.

    >>> as_read("Nombre\u00a0de\u202f pa\u00adges ")
    'Nombre de pages'
    """
    return " ".join(unicodedata.normalize("NFC", text).replace("\u00ad", "").split())


def expected(entry: Entry, edition: Edition) -> Record:
    """Return what the page of *entry* says, in the layout and the state it is served in.

    A field whose label the state hides is expected to be empty.
    """
    fields = _labelled(entry, edition)
    page = edition.base + entry.address
    year = _years(_text(fields, "year"))
    return Record(
        id=f"{'media' if entry.is_media else 'node'}-{entry.number}" if entry.shortlink else "",
        url=canonical_url(page),
        kind=RecordKind(entry.kind),
        title=as_read(entry.read.get("title", entry.title)),
        body_text=_body(entry),
        document_type=_text(fields, "type"),
        declared_pages=_count(_text(fields, "pages")),
        declared_pages_raw=_text(fields, "pages"),
        year_start=year[0],
        year_end=year[1],
        year_raw=_text(fields, "year"),
        updated_on=_updated_on(entry, _text(fields, "updated")),
        updated_raw=_text(fields, "updated"),
        parks=tuple(as_read(value.text) for value in _values(fields, "parks")),
        themes=_terms(fields, "themes", page),
        tags=_terms(fields, "tags", page),
        authors=_agents(entry.read.get("authors"), _text(fields, "authors")),
        authors_raw=_text(fields, "authors"),
        contributors=_agents(None, _text(fields, "contributors")),
        contributors_raw=_text(fields, "contributors"),
        related_documents=_terms(fields, "related_documents", page),
        related_experiences=_terms(fields, "related_experiences", page),
        links=(*_viewers(fields, page), *_body_links(entry, page)),
        files=tuple(_file(value, page) for value in _values(fields, "files") if _is_file(value)),
        extra={as_read(label): as_read(text) for label, text in _extra(entry, fields)},
        language="fr",
    )


def _labelled(entry: Entry, edition: Edition) -> dict[str, Field]:
    fields = edition.fields.fields(entry, absolute=entry.layout in ABSOLUTE_LINKS)
    return {name: field for name, field in fields.items() if field.label}


def _values(fields: dict[str, Field], name: str) -> Iterable[Value]:
    return fields[name].values if name in fields else ()


def _text(fields: dict[str, Field], name: str) -> str:
    return as_read(", ".join(value.text for value in _values(fields, name)))


def _body(entry: Entry) -> str:
    lines = (line for block in body_blocks(entry) for line in (block.paragraph, *block.items))
    return "\n".join(as_read(LINK.sub(r"\1", line)) for line in lines if line)


def _body_links(entry: Entry, page: str) -> Iterable[Link]:
    """Return the links of the body to other sites; those within the site are just text."""
    for match in LINK.finditer(" ".join(entry.body)):
        url = canonical_url(match[2], base=page)
        if urlsplit(url).netloc != urlsplit(page).netloc:
            yield Link(label=match[1], url=url)


def _terms(fields: dict[str, Field], name: str, page: str) -> tuple[Link, ...]:
    return tuple(
        Link(label=as_read(value.text), url=canonical_url(value.href, base=page))
        for value in _values(fields, name)
    )


def _is_file(value: Value) -> bool:
    """Tell a file, on whatever site it lies, from a page that shows one."""
    return bool(value.filename) or value.href.endswith(".pdf")


def _viewers(fields: dict[str, Field], page: str) -> Iterable[Link]:
    for value in _values(fields, "files"):
        if not _is_file(value):
            yield Link(label=as_read(value.text), url=canonical_url(value.href, base=page))


def _file(value: Value, page: str) -> FileLink:
    url = canonical_url(value.href, base=page)
    filename = as_read(filename_of(url))
    return FileLink(
        label=as_read(value.text),
        url=url,
        filename=filename,
        # Where the link does not say it, the ending does, or nothing.
        media_type=value.media_type or MEDIA_TYPES.get(filename.rpartition(".")[2], ""),
        declared_size=value.length,
    )


def _extra(entry: Entry, fields: dict[str, Field]) -> Iterable[tuple[str, str]]:
    return [pair for pair in entry.extra.items() if f"extra-{pair[0]}" in fields]


def _count(raw: str) -> int | None:
    match = _COUNT.fullmatch(raw)
    return int(match[1]) if match else None


def _years(raw: str) -> tuple[int, int] | tuple[None, None]:
    found = [int(year) for year in re.findall(r"\d{4}", raw)]
    return (found[0], found[-1]) if found else (None, None)


def _updated_on(entry: Entry, raw: str) -> date | None:
    if not raw:
        return None
    if "updated_on" in entry.read:
        told = entry.read["updated_on"]
        return date.fromisoformat(told) if told else None
    match = _DAY.search(raw)
    return date(int(match[3]), int(match[2]), int(match[1])) if match else None


def _agents(told: Sequence[str] | None, raw: str) -> tuple[Agent, ...]:
    if not raw:
        return ()
    names = told or (raw.split(";") if ";" in raw else _COMMA.split(raw))
    return tuple(_agent(as_read(name)) for name in names)


def _agent(name: str) -> Agent:
    match = _PERSON.fullmatch(name)
    return Agent(name=match[1], affiliation=match[2]) if match else Agent(name=name)
