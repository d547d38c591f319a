"""From labels and the nodes of their values to the fields of a record."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from bs4 import Tag

from archive.records import Issue, IssueCode, Link
from spiders.pages.extents import is_all_links
from spiders.pages.links import files_in, links_in
from spiders.pages.text import BLOCKS, classes_of, is_blank, lines_of
from spiders.pages.values import (
    cleaned,
    date_in,
    is_given,
    mended,
    names_a_month,
    pages_in,
    people_in,
    without_contacts,
    years_in,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from bs4.element import PageElement

    from archive.records import FileLink

    Nodes = list[PageElement]
    Filled = dict[str, Any]


class FieldReader:
    """Reads the value of one label after the other, and notes what could not be read."""

    def __init__(self, base: str) -> None:
        self._base = base
        self.issues: list[Issue] = []

    def read(self, field: str, nodes: Nodes) -> Filled:
        """Return the fields of a record that the value under one label fills."""
        readers: dict[str, Callable[[Nodes], Filled]] = {
            "authors": self._authors,
            "contributors": self._contributors,
            "declared_pages": self._pages,
            "document_type": self._document_type,
            "files": self._files,
            "parks": self._parks,
            "related_documents": self._related_documents,
            "related_experiences": self._related_experiences,
            "tags": self._tags,
            "themes": self._themes,
            "title": self._title,
            "updated_on": self._updated,
            "year_start": self._year,
        }
        reader = readers.get(field)
        return reader(nodes) if reader else {}

    def holds_only_files(self, nodes: Nodes) -> bool:
        """Tell whether a value is nothing but files, which the record keeps by themselves."""
        shown = [node for node in nodes if not is_blank(node)]
        return bool(files_in(shown, self._base)) and all(map(is_all_links, shown))

    def note(self, code: IssueCode, detail: str) -> None:
        """Record something a person should look at."""
        self.issues.append(Issue(code=code, detail=without_contacts(detail)[:300]))

    def mended(self, text: str) -> str:
        """Repair a wrongly decoded text, and say so."""
        repaired = mended(text)
        if repaired != text:
            self.note(IssueCode.MENDED_TEXT, repaired)
        return repaired

    def _document_type(self, nodes: Nodes) -> Filled:
        return {"document_type": self.mended(_raw(nodes))}

    def _title(self, nodes: Nodes) -> Filled:
        return {"title": self.mended(_raw(nodes))}

    def _pages(self, nodes: Nodes) -> Filled:
        raw = _raw(nodes)
        count = pages_in(raw)
        if count is None and is_given(raw):
            self.note(IssueCode.UNREADABLE_PAGE_COUNT, raw)
        return {"declared_pages": count, "declared_pages_raw": raw}

    def _year(self, nodes: Nodes) -> Filled:
        raw = _raw(nodes)
        years = years_in(raw)
        if years.start is None and is_given(raw):
            self.note(IssueCode.UNREADABLE_YEAR, raw)
        return {"year_start": years.start, "year_end": years.end, "year_raw": raw}

    def _updated(self, nodes: Nodes) -> Filled:
        raw = _raw(nodes)
        day = date_in(raw)
        if day is None and is_given(raw):
            imprecise = names_a_month(self.mended(raw))
            self.note(IssueCode.IMPRECISE_DATE if imprecise else IssueCode.UNREADABLE_DATE, raw)
        return {"updated_on": day, "updated_raw": raw}

    def _authors(self, nodes: Nodes) -> Filled:
        raw = _list_of_names(nodes)
        return {"authors": people_in(self.mended(raw)), "authors_raw": raw}

    def _contributors(self, nodes: Nodes) -> Filled:
        raw = _list_of_names(nodes)
        return {"contributors": people_in(self.mended(raw)), "contributors_raw": raw}

    def _parks(self, nodes: Nodes) -> Filled:
        return {"parks": tuple(dict.fromkeys(map(self.mended, _items(nodes))))}

    def _files(self, nodes: Nodes) -> Filled:
        return {"files": tuple(files_in(nodes, self._base, any_link=True))}

    def _related_documents(self, nodes: Nodes) -> Filled:
        return {"related_documents": self._links(nodes)}

    def _related_experiences(self, nodes: Nodes) -> Filled:
        return {"related_experiences": self._links(nodes)}

    def _tags(self, nodes: Nodes) -> Filled:
        return {"tags": self._links(nodes, split=True)}

    def _themes(self, nodes: Nodes) -> Filled:
        return {"themes": self._links(nodes, split=True)}

    def _links(self, nodes: Nodes, *, split: bool = False) -> tuple[Link, ...]:
        """Return links; words that stand without a link are kept with an empty address."""
        links = links_in(nodes, self._base)
        if links:
            return tuple(links)
        words = _items(nodes) if split else lines_of(nodes)
        return tuple(
            Link(label=label, url="")
            for word in dict.fromkeys(words)
            if (label := without_contacts(self.mended(word)))
        )


def joined(first: Filled, second: Filled) -> Filled:
    """Join what a label that stands twice brought: lists are joined, else the first counts."""
    both = dict(second) | {name: value for name, value in first.items() if value not in ("", None)}
    for name, value in first.items():
        if isinstance(value, tuple):
            both[name] = tuple(dict.fromkeys((*value, *second.get(name, ()))))
    return both


def file_links(*lists: Iterable[FileLink]) -> tuple[FileLink, ...]:
    """Join lists of files; of two links to one address the first, with the better label, counts."""
    files: dict[str, FileLink] = {}
    for one in lists:
        for link in one:
            files.setdefault(link.url, link)
    return tuple(files.values())


def _raw(nodes: Nodes) -> str:
    return without_contacts(" ".join(_trimmed(nodes)))


def _list_of_names(nodes: Nodes) -> str:
    lines = _trimmed(nodes)
    # Names that stand on lines of their own are separate names, whatever commas they hold.
    whole = "; ".join(line.rstrip(" ;,") for line in lines) if len(lines) > 1 else "".join(lines)
    return without_contacts(whole)


def _items(nodes: Nodes) -> list[str]:
    badges = _badges(nodes)
    lines = [line for badge in badges for line in _trimmed([badge])] if badges else _trimmed(nodes)
    parts = [part for line in lines for part in line.replace(";", ",").split(",")]
    return [item for part in parts if (item := cleaned(part).strip(" .:")) and is_given(item)]


def _badges(nodes: Nodes) -> Nodes:
    """Return like elements that stand on one line with nothing between them: a value each."""
    shown = [node for node in nodes if not is_blank(node)]
    while len(shown) == 1 and isinstance(shown[0], Tag):
        shown = [node for node in shown[0].children if not is_blank(node)]
    tags = [node for node in shown if isinstance(node, Tag) and node.name not in BLOCKS]
    alike = {(tag.name, *classes_of(tag)) for tag in tags}
    is_row = len(tags) == len(shown) > 1 == len(alike) and all(map(classes_of, tags))
    return shown if is_row else []


def _trimmed(nodes: Nodes) -> list[str]:
    lines = (line.strip().lstrip(": ").strip() for line in lines_of(nodes))
    return [line for line in lines if line]
