"""Dublin Core: the fifteen elements, as OAI harvesters read them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final
from xml.sax.saxutils import escape

from archive.citing.works import work_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from archive.authority.entries import Authority

OPENING: Final = (
    '<?xml version="1.0" encoding="UTF-8"?>\n'
    '<records xmlns:oai_dc="http://www.openarchives.org/OAI/2.0/oai_dc/"'
    ' xmlns:dc="http://purl.org/dc/elements/1.1/">\n'
)
CLOSING: Final = "</records>\n"

#: Letters that no XML 1.0 document may hold.
_UNSPEAKABLE: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def dublin_core_of(record: dict[str, Any], authority: Authority) -> str:
    """Return a record as one `oai_dc:dc` element, indented, with its line end."""
    lines = (
        f"    <dc:{name}>{_escaped(value)}</dc:{name}>\n"
        for name, value in _elements(record, authority)
        if value
    )
    return f"  <oai_dc:dc>\n{''.join(lines)}  </oai_dc:dc>\n"


def _elements(record: dict[str, Any], authority: Authority) -> Iterator[tuple[str, str]]:
    work = work_of(record, authority)
    yield "title", work.title
    for name in work.authors:
        yield "creator", name.inverted
    for name in work.contributors:
        yield "contributor", name.inverted
    for keyword in work.keywords:
        yield "subject", keyword
    yield "description", work.abstract
    yield "publisher", work.publisher
    yield "date", "" if work.year_start is None else work.years.replace("-", "/")
    yield "type", work.form.dublin_core
    yield "type", work.genre
    for media_type in dict.fromkeys(file["media_type"] for file in record["files"]):
        yield "format", media_type
    yield "identifier", work.url
    for file in work.files:
        yield "identifier", file.url
    yield "language", work.language
    for link in (*record["related_documents"], *record["related_experiences"]):
        yield "relation", link["url"]
    for link in record.get("same_as", ()):
        yield "relation", link["url"]
    yield "source", f"sha256:{work.fingerprint}" if work.fingerprint else ""


def _escaped(text: str) -> str:
    return escape(_UNSPEAKABLE.sub("\ufffd", text))
