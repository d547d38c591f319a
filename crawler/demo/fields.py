"""A record as labelled fields, the way a template prints them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Final

from crawler.demo.addresses import encoded, tag_address, theme_address
from crawler.demo.catalogue import Layout
from crawler.demo.oddfiles import media_type
from crawler.demo.prose import paragraphs

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from crawler.demo.catalogue import Catalogue, Entry, FileUse

#: The labels as the seed prints them.
LABELS: Final = {
    "files": "Télécharger",
    "parks": "Parc",
    "themes": "Thème ressource",
    "related_documents": "Document(s) lié(s)",
    "related_experiences": "Expérience(s) liée(s)",
    "type": "Type de document",
    "pages": "Nombre de pages",
    "authors": "Auteur(s)",
    "contributors": "Contributeur(s)",
    "year": "Année du document",
    "updated": "Dernière mise à jour",
    "tags": "Tags",
}
#: The machine names of the fields, as they show in the classes of both Drupals.
_MACHINE_NAMES: Final = {
    "files": "fichier",
    "parks": "parc",
    "themes": "cr-theme",
    "related_documents": "documents-lies",
    "related_experiences": "experiences-liees",
    "type": "type-document",
    "pages": "nb-pages",
    "authors": "auteurs",
    "contributors": "contributeurs",
    "year": "annee",
    "updated": "date-maj",
    "tags": "tags",
    "extra": "public",
}
_TYPES: Final = {
    "files": "file",
    "themes": "taxonomy-term-reference",
    "tags": "taxonomy-term-reference",
    "parks": "list-text",
    "related_documents": "node-reference",
    "related_experiences": "node-reference",
    "updated": "datetime",
    "year": "datetime",
}
#: A link in the text of a body: its words and its address.
LINK: Final = re.compile(r"\[([^]]+)\]\(([^)]+)\)")
_DAY: Final = re.compile(r"(\d{2})/(\d{2})/(\d{4})")


@dataclass(frozen=True, slots=True, kw_only=True)
class Value:
    """One value of a field: its words, and where they lead if they are a link."""

    text: str
    href: str = ""
    media_type: str = ""
    length: int | None = None
    filename: str = ""
    datetime: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Field:
    """A labelled field; *torn* is printed with its colon behind the value. No label: hidden."""

    name: str
    label: str
    machine_name: str
    type: str
    values: tuple[Value, ...]
    torn: bool = False

    @property
    def is_many(self) -> bool:
        """Whether the field may hold several values, whatever it holds here."""
        return self.type not in {"text", "datetime"}


@dataclass(frozen=True, slots=True, kw_only=True)
class Block:
    """A piece of the body: a paragraph, or the items of a list."""

    paragraph: str = ""
    items: tuple[str, ...] = ()


class FieldMaker:
    """Makes the fields of records: *base* is the site's address, *size_of* a file's true size."""

    def __init__(
        self,
        catalogue: Catalogue,
        base: str,
        size_of: Callable[[str], int | None],
        hidden: frozenset[str] = frozenset(),
    ) -> None:
        self._catalogue, self._base, self._size_of, self._hidden = catalogue, base, size_of, hidden

    def fields(self, entry: Entry, *, absolute: bool) -> dict[str, Field]:
        """Return the fields that *entry* has, by name; *absolute* file links are Drupal 7's."""
        values = {
            "tags": tuple(Value(text=tag, href=tag_address(tag)) for tag in entry.tags),
            "files": tuple(self._files(entry, absolute=absolute)),
            "parks": tuple(Value(text=park) for park in entry.parks),
            "themes": tuple(Value(text=name, href=theme_address(name)) for name in entry.themes),
            "related_documents": tuple(self._related(entry, experiences=False)),
            "related_experiences": tuple(self._related(entry, experiences=True)),
            "type": _texts(entry.type),
            "pages": _texts(entry.pages),
            "authors": _texts(entry.authors),
            "contributors": _texts(entry.contributors),
            "year": _dates(entry.year),
            "updated": _dates(entry.updated),
        }
        fields = {
            name: self._field(entry, name, found)
            for name, found in values.items()
            # Drupal prints nothing for an empty field; a table made by hand has its row.
            if found or (name in entry.empty and entry.layout is Layout.TABLE)
        }
        fields |= {
            f"extra-{label}": self._extra(label, text) for label, text in entry.extra.items()
        }
        for name, text in entry.repeat.items():
            fields[f"{name}-again"] = self._field(entry, name, _texts(text))
        return fields

    def _field(self, entry: Entry, name: str, values: tuple[Value, ...]) -> Field:
        hidden = name in self._hidden
        return Field(
            name=name,
            label="" if hidden else entry.labels.get(name, LABELS[name]),
            # A theme that hides a label is a new theme, and calls its fields by new names.
            machine_name=f"champ-{list(LABELS).index(name)}" if hidden else _MACHINE_NAMES[name],
            type=_TYPES.get(name, "text"),
            values=values,
            torn="torn-colon" in entry.oddities,
        )

    def _extra(self, label: str, text: str) -> Field:
        shown = "" if self._hidden else label
        return Field(
            name="extra", label=shown, machine_name="public", type="text", values=_texts(text)
        )

    def _files(self, entry: Entry, *, absolute: bool) -> Iterator[Value]:
        for use in entry.files:
            yield self._file(use, absolute=absolute)
        for link in entry.offsite:
            yield Value(text=link.label, href=link.url)

    def _file(self, use: FileUse, *, absolute: bool) -> Value:
        address = (self._base if absolute else "") + encoded(use.path)
        folder, _, name = use.path.rpartition("/")
        told = self._catalogue.attachments[use.path].length
        return Value(
            text=use.label,
            href=use.href.replace("{file}", address).replace("{folder}", f"{folder}/") or address,
            media_type=media_type(name),
            # Drupal 8 no longer says how long a file is.
            length=(self._size_of(use.path) if told is None else told) if absolute else None,
            filename=name,
        )

    def _related(self, entry: Entry, *, experiences: bool) -> Iterator[Value]:
        for key in entry.related:
            other = self._catalogue[key]
            if (other.kind == "experience") == experiences and other.status == 200:
                label = entry.related_labels.get(key, other.title)
                yield Value(text=label, href=other.address)


def body_blocks(entry: Entry) -> tuple[Block, ...]:
    """Return the body of a record as blocks: a paragraph each, list items together.

    What the catalogue does not write out is made of sentences on the record's themes.
    """
    blocks: list[Block] = []
    items: list[str] = []
    for text in entry.body or _made_body(entry):
        if text.startswith("- "):
            items.append(text[2:])
            continue
        if items:
            blocks.append(Block(items=tuple(items)))
            items = []
        blocks.append(Block(paragraph=text))
    return (*blocks, Block(items=tuple(items))) if items else tuple(blocks)


def _made_body(entry: Entry) -> Iterator[str]:
    # Without the parks' names: an edited park must not edit the body, too.
    source = paragraphs(f"body of {entry.key}", entry.themes, (), (2, 4))
    for number, text in zip(range(3 + entry.number % 2), source, strict=False):
        yield text
        if number == 1 and entry.number % 3 == 0:
            yield "Trois enseignements se dégagent :"
            for item in next(source).split(". "):
                yield f"- {item.rstrip('.')}"


def _texts(text: str) -> tuple[Value, ...]:
    return (Value(text=text),) if text else ()


def _dates(text: str) -> tuple[Value, ...]:
    return (Value(text=text, datetime=_universal(text)),) if text else ()


def _universal(text: str) -> str:
    """Return the moment Drupal stores for a day or a year: Paris midnight, told in UTC.

    It falls on the day before, and for the first of January in the year before.
    """
    if re.fullmatch(r"\d{4}", text):
        return f"{int(text) - 1}-12-31T23:00:00+00:00"
    if match := _DAY.search(text):
        day, month, year = (int(part) for part in match.groups())
        eve = date(year, month, day) - timedelta(days=1)
        return f"{eve.isoformat()}T{22 if 4 <= month <= 10 else 23}:00:00+00:00"
    return ""
