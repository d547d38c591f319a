"""Atom feeds (RFC 4287) of what changed on the site, the newest first.

What our own reader reads otherwise is no change of the site, and never in a feed. An entry is one
record in one run; its name stays the same however often the feed is made, and on whatever machine.
"""

from __future__ import annotations

import hashlib
import html
import json
import re
from dataclasses import asdict, dataclass, replace
from email.utils import format_datetime
from typing import TYPE_CHECKING, Final
from urllib.parse import urlsplit
from uuid import UUID, uuid5

from lxml import etree
from sqlalchemy import func, select

from archive.comparing.companions import worth_telling
from archive.comparing.fields import Cause
from archive.comparing.telling import told
from archive.comparing.wording import field_in_words, ours_and_theirs
from archive.errors import UnanswerableError
from archive.models import Run
from archive.queries.changes import EVERY_CHANGE, changes, grouped_by_record
from archive.queries.records import known_hosts

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from archive.queries.changes import ChangeFilter, ChangeLine

_ATOM: Final = "http://www.w3.org/2005/Atom"
_NAMES: Final = UUID("5f0f2c53-3c4e-58c8-8f0a-6b1e5a1b7c61")
_XML: Final = "{http://www.w3.org/XML/1998/namespace}"
#: What XML cannot hold, not even escaped.
_UNSPEAKABLE: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
#: What happened to a whole record, as a heading says it.
_WHOLE: Final = {
    "added": "new",
    "withdrawn": "withdrawn",
    "restored": "back",
    "file-replaced": "file replaced",
}
#: What a feed is told in.
LANGUAGE: Final = "en"
#: What the site is written in: titles, and what its fields say.
_SITE_LANGUAGE: Final = "fr"
#: Records a feed tells of, at most: whoever reads it weekly misses nothing.
MOST: Final = 200


class NothingToTellError(UnanswerableError):
    """Raised when a feed is asked of an archive in which nothing is current yet."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Feed:
    """A feed as it stands: its text, and when what it tells of last changed."""

    text: str
    updated: datetime

    @property
    def etag(self) -> str:
        """A strong validator, quoted as HTTP has it."""
        return f'"{hashlib.sha256(self.text.encode()).hexdigest()[:32]}"'

    @property
    def last_modified(self) -> str:
        """When it last changed, as HTTP has it."""
        return format_datetime(self.updated, usegmt=True)


def feed(
    connection: Connection,
    wanted: ChangeFilter = EVERY_CHANGE,
    *,
    title: str = "What changed",
    own_url: str = "",
    limit: int = MOST,
) -> Feed:
    """Return the feed of the changes that are meant; *own_url* is where it will stand, if known.

    :raises NothingToTellError: nothing is current in the archive yet.
    """
    causes = [cause for cause in wanted.causes or Cause if cause != Cause.READER]
    meant = replace(wanted, causes=causes)
    found = changes(connection, meant, limit=limit) if causes else []
    updated = max((change.at for change in found), default=_current_since(connection))
    if updated is None:
        raise NothingToTellError("Nothing is current in this archive yet; `pnr crawl` comes first.")
    root = etree.Element(
        f"{{{_ATOM}}}feed",
        nsmap={None: _ATOM},  # type: ignore[dict-item]  # lxml's way to name the default one
    )
    root.set(f"{_XML}lang", LANGUAGE)
    _add(root, "id", _name("feed", _origin(connection), title, _as_text(meant)))
    _add(root, "title", title)
    _add(root, "updated", updated.isoformat())
    _add(_add(root, "author"), "name", "pnr-archive")
    _add(root, "generator", "pnr-archive")
    if own_url:
        _add(root, "link", rel="self", href=own_url, type="application/atom+xml")
    if origin := _origin(connection):
        _add(root, "link", rel="alternate", href=f"{origin}/")
    for group in grouped_by_record(found):
        root.append(_entry(group))
    text = etree.tostring(root, encoding="unicode", pretty_print=True)
    return Feed(text=f'<?xml version="1.0" encoding="utf-8"?>\n{text}', updated=updated)


def title_of(wanted: ChangeFilter, *, saved: str = "") -> str:
    """Return what a feed is about, in a line; *saved* is the saved search it keeps to."""
    records = wanted.records
    first, last = records.years
    named = [
        str(records.kind or ""),
        records.document_type,
        records.park,
        records.theme,
        records.tag,
        records.author,
        f"{first or ''}..{last or ''}" if first or last else "",
        saved,
        *wanted.fields,
        *(wanted.causes if len(wanted.causes) == 1 else ()),
    ]
    about = " · ".join(filter(None, named))
    what = ", ".join(dict.fromkeys(wanted.kinds)) or "changes"
    return f"Centre de ressources: {what}{f' ({about})' if about else ''}"


def _entry(group: list[ChangeLine]) -> etree._Element:
    group = worth_telling(group)
    first = group[0]
    entry = etree.Element(f"{{{_ATOM}}}entry")
    words = [
        told(one.kind, one.field, one.before, one.after, named=field_in_words) for one in group
    ]
    _add(entry, "id", _name("entry", first.record_id, str(first.run), first.at.isoformat()))
    title = f"{first.title or first.record_url}: {', '.join(_headings(group))}"
    _add(entry, "title", title).set(f"{_XML}lang", _SITE_LANGUAGE)
    _add(entry, "updated", max(one.at for one in group).isoformat())
    _add(entry, "published", first.at.isoformat())
    _add(entry, "link", rel="alternate", href=first.record_url)
    for term in _terms(group):
        _add(entry, "category", term=term)
    _add(entry, "summary", "; ".join(words))
    items = "".join(f"<li>{_marked(line)}</li>" for line in words)
    _add(entry, "content", f"<ul>{items}</ul>", type="html")
    return entry


def _marked(line: str) -> str:
    """Return a change in a line as HTML, what the site says marked as French."""
    ours, theirs = (html.escape(_speakable(part)) for part in ours_and_theirs(line))
    return f'{ours}<span lang="{_SITE_LANGUAGE}">{theirs}</span>' if theirs else ours


def _headings(group: Sequence[ChangeLine]) -> list[str]:
    """Return what happened to a record, or which fields changed, each once."""
    return list(dict.fromkeys(_WHOLE.get(one.kind) or field_in_words(one.field) for one in group))


def _terms(group: Sequence[ChangeLine]) -> Iterator[str]:
    yield from dict.fromkeys(one.kind for one in group)
    yield from filter(None, (group[0].document_type, *group[0].parks))


def _current_since(connection: Connection) -> datetime | None:
    return connection.scalar(select(func.max(Run.promoted_at)))


def _origin(connection: Connection) -> str:
    """Return scheme and host of most records: the site."""
    parts = urlsplit(next(iter(known_hosts(connection)), ""))
    return f"{parts.scheme}://{parts.netloc}" if parts.netloc else ""


def _name(*words: str) -> str:
    return uuid5(_NAMES, " ".join(words)).urn


def _as_text(wanted: ChangeFilter) -> str:
    """Return what a feed is about, whenever it is made and whatever a saved search finds then."""
    lasting = asdict(
        replace(wanted, since=None, until=None, since_run=None, until_run=None, record_ids=())
    )
    return json.dumps(lasting, default=str, sort_keys=True)


def _add(parent: etree._Element, tag: str, text: str = "", **attributes: str) -> etree._Element:
    element = etree.SubElement(parent, f"{{{_ATOM}}}{tag}")
    if text:
        element.text = _speakable(text)
    for name, value in attributes.items():
        element.set(name, _speakable(value))
    return element


def _speakable(text: str) -> str:
    return _UNSPEAKABLE.sub("\ufffd", text)
