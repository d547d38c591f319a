"""The lines of a piece of a page: a line per paragraph, list item, heading or table row."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from bs4.element import CData, NavigableString, Tag

from spiders.pages.values import cleaned

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator

    from bs4.element import PageElement

#: Elements that begin and end a line. All others run on in the sentence.
BLOCKS: Final = frozenset(
    {"address", "article", "aside", "blockquote", "body", "caption", "center", "dd", "details"}
    | {"div", "dl", "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3"}
    | {"h4", "h5", "h6", "header", "hr", "html", "legend", "li", "main", "nav", "ol", "p", "pre"}
    | {"section", "summary", "table", "tbody", "tfoot", "thead", "tr", "ul"}
)
HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
#: Headings that may be labels; the first level is the page's title.
LABEL_HEADINGS: Final = HEADINGS - {"h1"}


class _Lines:
    """Gathers text into lines while a tree is walked."""

    def __init__(self, skipped: Collection[int]) -> None:
        self.skipped = skipped
        self.done: list[str] = []
        self._open: list[str] = []

    def walk(self, node: PageElement) -> None:
        if isinstance(node, NavigableString):
            # Comments and declarations are no text; their classes are subclasses of it.
            if type(node) in {NavigableString, CData} and id(node) not in self.skipped:
                self._open.append(str(node))
        elif isinstance(node, Tag) and id(node) not in self.skipped:
            self._walk_tag(node)

    def _walk_tag(self, tag: Tag) -> None:
        if tag.name == "br":
            self.end_line()
        elif tag.name == "tr":
            self._walk_row(tag)
        elif tag.name in BLOCKS:
            self.end_line()
            for child in tag.children:
                self.walk(child)
            self.end_line()
        else:
            for child in tag.children:
                self.walk(child)

    def _walk_row(self, row: Tag) -> None:
        self.end_line()
        cells = row.find_all(["td", "th"], recursive=False)
        lines = [found for cell in cells if (found := lines_of([cell], skipped=self.skipped))]
        if len(lines) == 1:
            # A table of one column sets the page; it is no row of values.
            self.done += lines[0]
            return
        self._open.append(" | ".join(map(" ".join, lines)))
        self.end_line()

    def end_line(self) -> None:
        if line := cleaned("".join(self._open)):
            self.done.append(line)
        self._open.clear()


def tags_in(node: Tag) -> Iterator[Tag]:
    """Yield the elements inside an element, which ``find_all`` does several times slower."""
    for inner in node.descendants:
        if isinstance(inner, Tag):
            yield inner


def has_link(tag: Tag) -> bool:
    """Tell whether there is a link inside an element."""
    return any(inner.name == "a" and inner.has_attr("href") for inner in tags_in(tag))


def classes_of(tag: Tag) -> list[str]:
    """Return the classes of an element."""
    names = tag.get("class")
    return names if isinstance(names, list) else []


def lines_of(nodes: Iterable[PageElement], *, skipped: Collection[int] = ()) -> list[str]:
    """Return the lines of the nodes, without those whose ``id()`` is in *skipped*."""
    lines = _Lines(skipped)
    for node in nodes:
        lines.walk(node)
    lines.end_line()
    return lines.done


def text_of(nodes: Iterable[PageElement]) -> str:
    """Return the text of the nodes on one line."""
    return " ".join(lines_of(nodes))


def is_blank(node: PageElement) -> bool:
    """Tell whether a node shows nothing: white space, a lone colon, an empty element."""
    if isinstance(node, NavigableString):
        return type(node) is not NavigableString or not str(node).strip(" \t\r\n\f\v\xa0\u202f:")
    if not isinstance(node, Tag):
        return True
    if node.name == "a" and node.get("href"):
        return False
    return not node.get_text().strip(" \t\r\n\f\v\xa0\u202f:") and not has_link(node)
