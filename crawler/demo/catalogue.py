"""What the demo's resource centre holds: `catalogue.toml`, typed, its defaults filled in."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, field
from enum import StrEnum
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final

from crawler.demo.addresses import FOLDERS, file_folder, slug

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


class Layout(StrEnum):
    """The ways a record's page is printed; the values name the templates."""

    PRINTED = "printed"
    DRUPAL_7 = "d7"
    BARTIK = "d7-bartik"
    DISPLAY_SUITE = "d7-ds"
    DRUPAL_8 = "d8"
    BARE = "d8-bare"
    DEFINITIONS = "dl"
    TABLE = "table"
    STRONG = "strong"


class Found(StrEnum):
    """Where the only link to a record stands."""

    EVERYWHERE = "everywhere"
    RELATED = "related"
    SITEMAP = "sitemap"
    TERM = "term"


@dataclass(frozen=True, slots=True, kw_only=True)
class Attachment:
    """A file of the site. *pages* is what is really in it, whatever its record declares.

    *length* is what the link says of its size when that is a lie; *revision* 2 is an edited text,
    *export* 2 the same text written by another program.
    """

    name: str
    folder: str
    pages: int = 0
    made: str = "text"
    title: str = ""
    author: str = ""
    year: int = 2012
    themes: tuple[str, ...] = ()
    parks: tuple[str, ...] = ()
    length: int | None = None
    revision: int = 1
    export: int = 1

    @property
    def path(self) -> str:
        """The file's address, root-relative and not encoded."""
        return self.folder + self.name


@dataclass(frozen=True, slots=True, kw_only=True)
class FileUse:
    """A record's link to a file: its words, and its href where that is not simply the address."""

    path: str
    label: str
    href: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class OffSite:
    """A record's link to another site."""

    label: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Entry:
    """One record: what its page prints, and under *read* what is to be read where that differs."""

    key: str
    kind: str
    layout: Layout
    number: int
    slug: str
    title: str
    type: str = ""
    pages: str = ""
    year: str = ""
    updated: str = ""
    parks: tuple[str, ...] = ()
    themes: tuple[str, ...] = ()
    tags: tuple[str, ...] = ()
    authors: str = ""
    contributors: str = ""
    body: tuple[str, ...] = ()
    files: tuple[FileUse, ...] = ()
    offsite: tuple[OffSite, ...] = ()
    related: tuple[str, ...] = ()
    related_labels: Mapping[str, str] = field(default_factory=dict)
    labels: Mapping[str, str] = field(default_factory=dict)
    extra: Mapping[str, str] = field(default_factory=dict)
    repeat: Mapping[str, str] = field(default_factory=dict)
    empty: tuple[str, ...] = ()
    read: Mapping[str, Any] = field(default_factory=dict)
    oddities: tuple[str, ...] = ()
    former: tuple[str, ...] = ()
    found: Found = Found.EVERYWHERE
    magazine: bool = False
    alias: bool = True
    shortlink: bool = True
    logo: str = ""
    status: int = 200

    @property
    def address(self) -> str:
        """The record's page: its alias, or its number where it never got one."""
        return f"/{FOLDERS[self.kind]}/{self.slug}" if self.alias else self.number_address

    @property
    def number_address(self) -> str:
        """The address without alias, which a shortlink names: ``/node/N`` or ``/media/N``."""
        return f"/{'media' if self.is_media else 'node'}/{self.number}"

    @property
    def is_media(self) -> bool:
        """Whether it is one of the media entities of today's site, not a node of the old one."""
        return self.kind == "resource"


@dataclass(frozen=True, slots=True, kw_only=True)
class Catalogue:
    """All records and files of the site in one of its states."""

    entries: tuple[Entry, ...]
    attachments: Mapping[str, Attachment]

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries)

    def __len__(self) -> int:
        return len(self.entries)

    def __getitem__(self, key: str) -> Entry:
        return next(entry for entry in self.entries if entry.key == key)

    def live(self) -> tuple[Entry, ...]:
        """Return the records that have not been withdrawn."""
        return tuple(entry for entry in self.entries if entry.status == 200)


#: How the layouts follow each other, so that every family gets its share of each kind.
_NODE_LAYOUTS: Final = (
    Layout.PRINTED,
    Layout.DRUPAL_7,
    Layout.PRINTED,
    Layout.BARTIK,
    Layout.DISPLAY_SUITE,
)
_MEDIA_LAYOUTS: Final = (Layout.DRUPAL_8, Layout.BARE)


@cache
def raw_catalogue() -> tuple[dict[str, Any], ...]:
    """Return the records of `catalogue.toml`, with what their position gives them written in."""
    text = files("crawler.demo").joinpath("catalogue.toml").read_text("utf-8")
    records = tomllib.loads(text)["record"]
    nodes = media = 0
    for position, record in enumerate(records):
        if record["kind"] == "resource":
            media += 1
            defaults = _defaults(_MEDIA_LAYOUTS, media, 31000 + 17 * position)
        else:
            nodes += 1
            defaults = _defaults(_NODE_LAYOUTS, nodes, 1200 + 13 * position)
        for name, value in defaults.items():
            record.setdefault(name, value)
    return tuple(records)


def _defaults(layouts: tuple[Layout, ...], turn: int, number: int) -> dict[str, Any]:
    return {"layout": layouts[turn % len(layouts)], "number": number}


def build_catalogue(
    records: Iterable[Mapping[str, Any]], changed_files: Mapping[str, Mapping[str, Any]]
) -> Catalogue:
    """Return the catalogue that raw records make; *changed_files* are edits by file name."""
    attachments: dict[str, Attachment] = {}
    entries = tuple(_entry(record, attachments, changed_files) for record in records)
    return Catalogue(entries=entries, attachments=attachments)


def _entry(
    record: Mapping[str, Any],
    attachments: dict[str, Attachment],
    changed_files: Mapping[str, Mapping[str, Any]],
) -> Entry:
    known = {name: _frozen(value) for name, value in record.items()}
    known["layout"] = Layout(record["layout"])
    known["found"] = Found(record.get("found", "everywhere"))
    known.setdefault("slug", slug(record["title"], FOLDERS[record["kind"]]))
    known["offsite"] = tuple(OffSite(**link) for link in record.get("offsite", ()))
    known["files"] = tuple(
        _file_use(raw, record, attachments, changed_files) for raw in record.get("files", ())
    )
    return Entry(**known)


def _frozen(value: Any) -> Any:
    return tuple(value) if isinstance(value, list) else value


def _file_use(
    raw: Mapping[str, Any],
    record: Mapping[str, Any],
    attachments: dict[str, Attachment],
    changed_files: Mapping[str, Mapping[str, Any]],
) -> FileUse:
    made = {name: raw[name] for name in ("name", "pages", "made", "length") if name in raw}
    attachment = Attachment(
        **{**made, **changed_files.get(raw["name"], {})},
        folder=file_folder(record["kind"]),
        # Soft hyphens are a page's own; what a PDF prints of one depends on fonts met before.
        title=(raw.get("label") or record["title"]).replace("\u00ad", ""),
        author=record.get("authors", ""),
        year=_first_year(record.get("year", "")),
        themes=tuple(record.get("themes", ())),
        parks=tuple(record.get("parks", ())),
    )
    # A second record may link a file that an earlier one brought, and need not say its pages.
    attachment = attachments.setdefault(attachment.path, attachment)
    return FileUse(
        path=attachment.path,
        label=raw.get("label") or record["title"],
        href=raw.get("href", ""),
    )


def _first_year(raw: str) -> int:
    digits = "".join(char if char.isdigit() else " " for char in raw).split()
    return int(digits[0]) if digits else 2008
