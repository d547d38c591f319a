"""What Zotero makes of a file it imports, by the rules of its translators; the parts we meet.

There is no Zotero in the tests. These are the rules its import translators for RIS, BibTeX and
CSL-JSON go by: which item type an entry becomes, which fields that type has (a value for one that
it has not is dropped), what becomes a creator, a tag, a note or an attachment.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from typing import Any, Final

from pybtex.database import parse_string

_COMMON: Final = frozenset(
    {"title", "abstractNote", "date", "language", "url", "accessDate", "rights", "extra"}
)
#: The fields of each item type, as far as they concern us; others are dropped.
FIELDS: Final = {
    "report": _COMMON | {"reportType", "institution", "pages", "place"},
    "book": _COMMON | {"publisher", "numPages", "place", "series"},
    "conferencePaper": _COMMON
    | {"publisher", "pages", "proceedingsTitle", "conferenceName", "DOI"},
    "webpage": _COMMON | {"websiteTitle", "websiteType"},
    "document": _COMMON | {"publisher"},
}
#: What a field of many types is called in one.
_OWN_NAMES: Final = {
    ("type", "report"): "reportType",
    ("type", "webpage"): "websiteType",
    ("publisher", "report"): "institution",
}


@dataclass
class Item:
    """An item as it stands in Zotero."""

    type: str
    fields: dict[str, str] = field(default_factory=dict)
    creators: list[tuple[str, str]] = field(default_factory=list)
    """Last and first name; a body has no first."""
    tags: list[str] = field(default_factory=list)
    notes: list[str] = field(default_factory=list)
    attachments: list[str] = field(default_factory=list)

    def set(self, name: str, value: str) -> None:
        """Set a field, if items of this type have it."""
        own = _OWN_NAMES.get((name, self.type), name)
        if own in FIELDS[self.type] and value:
            self.fields[own] = value

    @property
    def words(self) -> str:
        """Notes and Extra: what no field holds, and a person still reads."""
        return "\n".join([*self.notes, self.fields.get("extra", "")])


def from_ris(text: str) -> Item:
    """Return the item a RIS entry becomes."""
    types = {"RPRT": "report", "CONF": "conferencePaper", "BOOK": "book", "ELEC": "webpage"}
    lines = re.findall(r"^([A-Z][A-Z0-9]) {1,2}- (.*?)\r?$", text, re.MULTILINE)
    item = Item(types[dict(lines)["TY"]])
    plain = {"TI": "title", "AB": "abstractNote", "LA": "language", "UR": "url", "PB": "publisher"}
    of_type = {
        "M3": {"report": "reportType", "webpage": "websiteType"}.get(item.type, "DOI"),
        "SP": {"book": "numPages"}.get(item.type, "pages"),
    }
    year = ""
    for tag, value in lines:
        match tag:
            case "AU":
                last, *first = re.split(r"\s*,\s*", value)
                item.creators.append((last, first[0] if first else ""))
            case "KW":
                item.tags += [each for each in re.split(r"\s*;\s*", value) if each]
            case "N1":
                item.notes.append(value)
            case "L1":
                item.attachments.append(value)
            case "PY":
                year = value
            case "DA" | "Y2":
                item.set("date" if tag == "DA" else "accessDate", value.replace("/", "-"))
            case _:
                item.set((plain | of_type).get(tag, ""), value)
    item.fields.setdefault("date", year)
    return item


def from_bibtex(text: str) -> Item:
    """Return the item a BibTeX entry becomes."""
    types = {"techreport": "report", "proceedings": "book", "book": "book", "misc": "document"}
    (entry,) = parse_string(text, "bibtex").entries.values()
    item = Item(types[entry.type])
    plain = {"abstract": "abstractNote", "institution": "publisher", "pagetotal": "numPages"}
    for person in entry.persons["author"]:
        first = " ".join(person.first_names)
        last = " ".join([*person.prelast_names, *person.last_names])
        item.creators.append((_read(last), _read(first)))
    for name, value in entry.fields.items():
        match name:
            case "year" | "date":
                item.set("date", _read(value))
            case "urldate":
                item.set("accessDate", value)
            case "keywords":
                item.tags = re.split(r"\s*[,;]\s*", _read(value))
                item.tags = item.tags if len(item.tags) > 1 else item.tags[0].split()
            case "note":
                item.notes.append(_read(value))
            case "pages":
                item.set("numPages" if item.type == "book" else "pages", value)
            case _:
                item.set(plain.get(name, name), value if name == "url" else _read(value))
    return item


def from_csl(text: str) -> Item:
    """Return the item a CSL-JSON item becomes."""
    (csl,) = json.loads(text)
    item = Item({"report": "report", "book": "book", "webpage": "webpage"}[csl["type"]])
    plain = {
        "title": "title",
        "abstract": "abstractNote",
        "genre": "type",
        "publisher": "publisher",
        "number-of-pages": "numPages",
        "page": "pages",
        "URL": "url",
        "language": "language",
        "note": "extra",
    }
    for name, own in plain.items():
        item.set(own, csl.get(name, ""))
    for role in ("author", "contributor"):
        for name in csl.get(role, ()):
            # Particles are not looked at.
            item.creators.append((name.get("family") or name.get("literal"), name.get("given", "")))
    for name, own in {"issued": "date", "accessed": "accessDate"}.items():
        # Nor is the end of a range.
        item.set(own, "-".join(f"{part:02}" for part in _first(csl.get(name))))
    return item


def _first(date: Any) -> list[int]:
    parts: list[int] = date["date-parts"][0] if date else []
    return parts


def _read(value: str) -> str:
    """Return what is left of TeX: known commands are undone, other braces dropped."""
    value = value.replace(r"\{\vphantom{\}}", "\ue000").replace(r"\vphantom{\{}\}", "\ue001")
    commands = {r"\textasciitilde": "~", r"\textasciicircum": "^", r"\textbackslash": "\ue002"}
    for command, letter in commands.items():
        value = value.replace(command, letter)
    value = re.sub(r"[{}]", "", value)
    value = re.sub(r"\\([#$%&~_^\\])", r"\1", value).replace("--", "-")
    return value.replace("\ue000", "{").replace("\ue001", "}").replace("\ue002", "\\")
