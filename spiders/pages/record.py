"""A record put together: from what a page's content holds to the record it describes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from archive.records import FoundLink, IssueCode, LabelReading, LinkKind, Record
from spiders.folding import plain
from spiders.pages.addresses import absolute, link_kind_of, same_host
from spiders.pages.body import body_of, lines_in_containers, loose_lines
from spiders.pages.fields import FieldReader, file_links, joined
from spiders.pages.lexicon import is_second_choice
from spiders.pages.links import MOST_LINKS, anchors_in, files_in, href_of, label_of, off_site
from spiders.pages.teasers import TEASER
from spiders.pages.text import lines_of, text_of
from spiders.pages.values import mended, without_contacts
from spiders.vocabulary import IGNORE

if TYPE_CHECKING:
    from bs4 import Tag

    from archive.records import Issue, Link, RecordKind
    from spiders.pages.content import Content
    from spiders.pages.labels import FoundLabel

#: Fields that hold lists: a label that stands twice adds to them.
_LISTS: Final = frozenset(
    {"files", "parks", "related_documents", "related_experiences", "tags", "themes"}
)

_BADGES: Final = frozenset({"document_type", "parks", "tags", "themes", "year_start"})


@dataclass(frozen=True, slots=True, kw_only=True)
class Identity:
    """Which record a page is about, and every address the page gives for it."""

    id: str
    url: str
    kind: RecordKind
    aliases: tuple[str, ...]
    language: str


@dataclass(frozen=True, slots=True)
class Title:
    """What a page is titled; shown in its content, or only said in its head, with more around."""

    text: str
    is_shown: bool


@dataclass(frozen=True, slots=True)
class RecordReading:
    """A record, the labels it was read from, the links of its page, and what to look at."""

    record: Record
    labels: tuple[LabelReading, ...]
    links: tuple[FoundLink, ...]
    issues: tuple[Issue, ...]


def read_record(content: Content, identity: Identity, title: Title, base: str) -> RecordReading:
    """Fill in a record from the content of its page."""
    reader = FieldReader(base)
    fields, extra = _fields(content, reader)
    labelled = fields.pop("title", "")
    words = reader.mended(title.text)
    words = words if words and title.is_shown else labelled or words
    if not words:
        reader.note(IssueCode.MISSING_TITLE, identity.url)
    anchors = [a for a in _own_anchors(content) if absolute(href_of(a), base) != identity.url]
    files = file_links(fields.pop("files", ()), files_in(anchors, base))
    record = Record(
        id=identity.id,
        url=identity.url,
        kind=identity.kind,
        aliases=identity.aliases,
        language=identity.language,
        title=words,
        body_text=_body(content, reader),
        links=tuple(off_site(_outside(anchors, content), base, identity.url)),
        files=files,
        extra=extra,
        **fields,
    )
    return RecordReading(
        record, labels_read(content), _found_links(record, anchors, base), tuple(reader.issues)
    )


def labels_read(content: Content) -> tuple[LabelReading, ...]:
    """Return every label of the page with its field, its value and the way it stands."""
    return tuple(
        LabelReading(
            label=label.text,
            field=label.field,
            value=without_contacts(text_of(label.value))[:2000],
            place=label.place,
        )
        for label in content.labels
    )


def _fields(content: Content, reader: FieldReader) -> tuple[dict[str, Any], dict[str, str]]:
    fields: dict[str, Any] = {}
    extra: dict[str, str] = {}
    seen: set[str] = set()
    # Labels that say it less surely come last, and fill only what no other did.
    for label in sorted(content.labels, key=lambda label: is_second_choice(label.text)):
        if label.field == IGNORE or not label.has_value:
            continue
        if label.field in seen and is_second_choice(label.text):
            extra[label.text] = without_contacts(text_of(label.value))
            continue
        if not label.field and reader.holds_only_files(label.value):
            continue
        if not label.field:
            _keep_unknown(label, extra, reader)
            continue
        if label.field in seen:
            reader.note(IssueCode.REPEATED_LABEL, label.text)
        filled = {}
        if label.field not in seen or label.field in _LISTS:
            filled = reader.read(label.field, label.value)
        seen.add(label.field)
        fields = joined(fields, filled)
    return fields, extra


def _keep_unknown(label: FoundLabel, extra: dict[str, str], reader: FieldReader) -> None:
    value = without_contacts(text_of(label.value))
    reader.note(IssueCode.UNKNOWN_LABEL, f"{label.text}: {value}")
    known = extra.get(label.text)
    extra[label.text] = f"{known}; {value}" if known and known != value else value


def _body(content: Content, reader: FieldReader) -> str:
    labelled = [label for label in content.labels if label.field == "body_text"]
    # The text may stand under a label of its own; that label alone is then no part of it.
    consumed = {id(node) for label in content.labels for node in _nodes_of(label)}
    text = {id(node) for label in labelled for node in label.value}
    consumed -= text
    lines = lines_in_containers(content.containers, consumed)
    if not lines and labelled:
        lines = [line for label in labelled for line in lines_of(label.value)]
    if not lines:
        first = content.labels[0].node if content.labels else None
        lines, stray = loose_lines(content.region, consumed, first, _said(content))
        if stray:
            reader.note(IssueCode.STRAY_TEXT, stray)
    whole = "\n".join(lines)
    return body_of(reader.mended(whole).split("\n"))


def _said(content: Content) -> set[str]:
    """Return the plain words of the values that a page may show once more, as badges."""
    badges = (label for label in content.labels if label.field in _BADGES)
    return {plain(line) for label in badges for line in lines_of(label.value)}


def _nodes_of(label: FoundLabel) -> list[Any]:
    return [label.node, *label.value]


def _own_anchors(content: Content) -> list[Tag]:
    """Return the links of the record's own content, without those of teasers."""
    return [anchor for anchor in anchors_in([content.region]) if not _is_teaser(anchor)][
        :MOST_LINKS
    ]


def _is_teaser(anchor: Tag) -> bool:
    return anchor.parent is not None and TEASER in (anchor.parent.get("class") or ())


def _outside(anchors: list[Tag], content: Content) -> list[Tag]:
    """Return the anchors that are no value of a field with a list of its own."""
    claimed = {
        id(node)
        for label in content.labels
        if label.field not in {"links", "files", "body_text", ""}
        for node in label.value
    }
    return [
        anchor
        for anchor in anchors
        if id(anchor) not in claimed and not any(id(p) in claimed for p in anchor.parents)
    ]


def _found_links(record: Record, anchors: list[Tag], base: str) -> tuple[FoundLink, ...]:
    found: dict[str, FoundLink] = {}
    for file in record.files:
        found[file.url] = FoundLink(url=file.url, kind=LinkKind.FILE, label=file.label)
    _add(found, (*record.themes, *record.tags), LinkKind.TERM)
    _add(found, (*record.related_documents, *record.related_experiences), LinkKind.RECORD)
    for anchor in anchors:
        url = absolute(href_of(anchor), base)
        if url and url not in found and same_host(url, record.url):
            kind = link_kind_of(url, LinkKind.PAGE)
            found[url] = FoundLink(url=url, kind=kind, label=label_of(anchor))
    return tuple(found.values())


def _add(found: dict[str, FoundLink], links: tuple[Link, ...], kind: LinkKind) -> None:
    for link in links:
        if link.url and link.url not in found:
            found[link.url] = FoundLink(url=link.url, kind=kind, label=mended(link.label))
