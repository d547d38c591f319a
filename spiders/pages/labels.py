"""Finding labels wherever a label can stand.

A label is known by its words (`spiders.vocabulary`) or by markup that says so. Where its value
ends is the business of `spiders.pages.extents`.
"""

from __future__ import annotations

import dataclasses
import re
from itertools import islice
from typing import TYPE_CHECKING, Final

from bs4.element import NavigableString, Tag

from spiders.pages.lexicon import LONGEST_LABEL
from spiders.pages.text import (
    BLOCKS,
    LABEL_HEADINGS,
    classes_of,
    has_link,
    is_blank,
    tags_in,
    text_of,
)
from spiders.pages.values import cleaned, mended

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator

    from bs4.element import PageElement

    from spiders.pages.lexicon import Lexicon

#: Classes that say "this is a label", and the way in which such labels stand.
_LABEL_CLASSES: Final = {
    "field-label": "drupal7-fields",
    "field__label": "drupal8-fields",
    "field--label": "drupal8-fields",
    "label-above": "display-suite",
    "label-inline": "display-suite",
    "views-label": "views-fields",
}
#: Markup that names a label whatever its words are.
MARKED: Final = frozenset({*_LABEL_CLASSES.values(), "drupal7-term-lists"})
_BARE: Final = frozenset({"div", "span", "label", "legend", "summary"})
_BARE_WITH_COLON: Final = frozenset({"p", "li", "em", "i", "u", "font"})
_STRONG: Final = frozenset({"strong", "b"})
_SET_OFF: Final = re.compile(
    r"(?:^|[-_])(?:label|libelle|bold|titre|title|heading|strong)(?:$|[-_])"
)
#: Badges: "label label-info" is Bootstrap's. What they say is a value.
_BADGE: Final = re.compile(
    r"label-(?:default|primary|success|info|warning|danger)|(?:fr-)?(?:badge|tag|chip)(?:-.*)?"
)
#: Elements that hold a value beside a label in bold; emphasis and links run on in a sentence.
_VALUES: Final = frozenset({"span", "div", "time", "p", "ul", "ol"})
_NOT_BARE: Final = _STRONG | {"a"}
_CELLS: Final = ("td", "th")
#: Labels of one page beyond these are not read: a long list has some hundred.
MOST_LABELS: Final = 2_000
#: A row of more cells than these holds figures, and neither labels nor their values.
_MOST_CELLS: Final = 40
_PLACE_OF_TAG: Final = {
    "dt": "definition-list",
    **dict.fromkeys(_CELLS, "table"),
    **dict.fromkeys(LABEL_HEADINGS, "headings"),
    **dict.fromkeys(_STRONG, "leading-strong"),
}


@dataclasses.dataclass(slots=True, eq=False)
class FoundLabel:
    """A label on the page: its node, its words, the field it fills, the way it stands."""

    node: Tag
    text: str
    field: str
    place: str
    value: list[PageElement] = dataclasses.field(default_factory=list)

    @property
    def has_value(self) -> bool:
        """Whether anything stands under the label."""
        return any(not is_blank(node) for node in self.value)

    @property
    def is_marked(self) -> bool:
        """Whether the markup, and not only the words, say that it is a label."""
        return self.place in MARKED


def labels_in(region: Tag, lexicon: Lexicon) -> list[FoundLabel]:
    """Return what may be labels, in the order of the page, their values not yet known.

    No more than `MOST_LABELS` of them.
    """
    found: list[FoundLabel] = []
    inside: set[int] = set()
    for tag in tags_in(region):
        if id(tag) in inside:
            continue
        if len(found) == MOST_LABELS:
            break
        if label := _label_at(tag, lexicon):
            found.append(label)
            inside.update(map(id, tags_in(tag)))
    return found


def _label_at(tag: Tag, lexicon: Lexicon) -> FoundLabel | None:
    name = tag.name
    if place := _marked_place(tag):
        return _made(tag, place, lexicon)
    if name in _BARE or name in _BARE_WITH_COLON:
        return _bare(tag, lexicon)
    if name in _CELLS and not _heads_its_row(tag, lexicon):
        return None
    if name in _STRONG and not _stands_out(tag, lexicon):
        return None
    place = _PLACE_OF_TAG.get(name, "")
    return _made(tag, place, lexicon) if place else None


def _marked_place(tag: Tag) -> str:
    for name in classes_of(tag):
        if place := _LABEL_CLASSES.get(name):
            is_list = tag.name in LABEL_HEADINGS and place == "drupal7-fields"
            return "drupal7-term-lists" if is_list else place
    return ""


def _made(tag: Tag, place: str, lexicon: Lexicon) -> FoundLabel | None:
    text = words_of(tag)
    if not text or has_link(tag):
        return None
    found = lexicon.field_of(text, marked=place != "headings")
    return FoundLabel(tag, text, found, place)


def words_of(tag: Tag) -> str:
    """Return the words of a label, or ``""`` when the element holds too much to be one."""
    words, length = [], 0
    for string in tag.strings:
        length += len(string.strip())
        if length > LONGEST_LABEL:
            return ""
        words.append(string)
    text = mended(cleaned("".join(words)))
    return text.rstrip(": ").strip("*_ ")


def _heads_its_row(cell: Tag, lexicon: Lexicon) -> bool:
    """Tell whether a cell stands before its value: the first of two, or of one pair of several."""
    row = cell.parent
    cells = _cells_of(row)
    if row is None or not cells:
        return False
    if _has_column_heads(row):
        return value_below(cell) is not None
    place = _place_of(cell, cells)
    # A cell of nothing keeps two columns apart in some tables.
    in_two = len(cells) == 2 or (len(cells) == 3 and is_blank(cells[1]))
    if in_two or (cell.name == "th" and place == 0):
        return place == 0
    pairs = len(cells) % 2 == 0 and place % 2 == 0
    return pairs and lexicon.field_of(words_of(cell)) != ""


def _cells_of(row: Tag | None) -> list[Tag]:
    """Return the cells of a row of a table; none where they are too many for a row of values."""
    if row is None or row.name != "tr" or len(row.contents) > 3 * _MOST_CELLS:
        return []
    cells = [node for node in row.contents if isinstance(node, Tag) and node.name in _CELLS]
    return cells if len(cells) <= _MOST_CELLS else []


def _rows_of(table: Tag | None) -> Iterator[Tag]:
    return (tag for tag in tags_in(table) if tag.name == "tr") if table is not None else iter(())


def _place_of(cell: Tag, cells: list[Tag]) -> int:
    return next(index for index, other in enumerate(cells) if other is cell)


def _has_column_heads(row: Tag) -> bool:
    cells = _cells_of(next(_rows_of(row.find_parent("table")), None))
    return len(cells) > 1 and all(cell.name == "th" for cell in cells)


def value_below(cell: Tag) -> Tag | None:
    """Return the cell under a column's head, in a table that has one row of values."""
    rows = list(islice(_rows_of(cell.find_parent("table")), 3))
    if len(rows) != 2 or cell.parent is not rows[0] or not _has_column_heads(rows[0]):
        return None
    place = _place_of(cell, _cells_of(rows[0]))
    values = _cells_of(rows[1])
    return values[place] if place < len(values) else None


def _stands_out(tag: Tag, lexicon: Lexicon) -> bool:
    """Tell whether words in bold are a label: they lead, and a colon or a break sets them off."""
    if has_colon(tag):
        return leads(tag) or lexicon.field_of(words_of(tag)) != ""
    if not leads(tag):
        return False
    if fills_its_block(tag):
        return True
    return (" " in words_of(tag) or _is_paired(tag)) and _is_alone_with_a_value(tag)


def _is_paired(tag: Tag) -> bool:
    """Tell whether one element, and nothing else, stands beside the words."""
    beside = [node for node in islice(tag.next_siblings, 4) if not is_blank(node)]
    return len(beside) == 1 and isinstance(beside[0], Tag) and beside[0].name in _VALUES


def has_colon(tag: Tag) -> bool:
    """Tell whether a colon closes the element or follows it at once."""
    if tag.get_text().rstrip().endswith(":"):
        return True
    following = tag.next_sibling
    return isinstance(following, NavigableString) and following.lstrip().startswith(":")


def leads(tag: Tag) -> bool:
    """Tell whether an inline element opens its block, or its line in it."""
    node: Tag | None = tag
    while node is not None:
        before = next((n for n in node.previous_siblings if not is_blank(n) or _is_br(n)), None)
        if before is not None:
            return _is_br(before) or (isinstance(before, Tag) and before.name in BLOCKS)
        if node.name in BLOCKS or node.name in _CELLS:
            return True
        node = node.parent
        if node is not None and (node.name in BLOCKS or node.name in _CELLS):
            return True
    return True


def fills_its_block(tag: Tag) -> bool:
    """Tell whether the block around the element holds nothing else."""
    node: Tag = tag
    while node.parent is not None and node.name not in BLOCKS:
        if any(not is_blank(n) for n in (*node.previous_siblings, *node.next_siblings)):
            return False
        node = node.parent
    return True


def _is_br(node: PageElement) -> bool:
    return isinstance(node, Tag) and node.name == "br"


def _is_alone_with_a_value(tag: Tag) -> bool:
    """Tell whether the block holds the bold words, something short, and no sentence.

    So stand labels whose colon was torn off, as on the printed pages of the site.
    """
    block = next((parent for parent in tag.parents if parent.name in BLOCKS), None)
    if block is None:
        return False
    text = cleaned(block.get_text(" ")).rstrip(" :")
    return len(text) <= LONGEST_LABEL * 2 and not text.endswith((".", "!", "?", ","))


def _bare(tag: Tag, lexicon: Lexicon) -> FoundLabel | None:
    text = _quick_words(tag)
    # A paragraph around words in bold is read by those words.
    if not text or any(inner.name in _NOT_BARE for inner in tags_in(tag)):
        return None
    found = lexicon.field_of(text, marked=tag.name in _BARE and _has_one_sibling(tag))
    colon = has_colon(tag)
    if not colon and any(map(_BADGE.fullmatch, classes_of(tag))):
        return None
    opens = tag.name in _BARE and _opens_its_parent(tag)
    if not (colon or opens or (found and _is_set_off(tag))):
        return None
    if not found and not (tag.name in _BARE and _has_one_sibling(tag)):
        return None
    return FoundLabel(tag, text, found, "bare-elements")


def _is_set_off(tag: Tag) -> bool:
    """Tell whether a class or a list that follows says that words without a colon are a label."""
    if any(map(_SET_OFF.search, classes_of(tag))):
        return True
    following = next((node for node in tag.next_siblings if not is_blank(node)), None)
    return tag.name in BLOCKS and isinstance(following, Tag) and following.name in {"ul", "ol"}


def _quick_words(tag: Tag) -> str:
    # Most elements are no labels: see so by their first children, before gathering any text.
    if len(tag.contents) > 5:
        return ""
    for child in tag.contents:
        if isinstance(child, Tag) and (child.name in BLOCKS or child.name in {"img", "table"}):
            return ""
        if isinstance(child, NavigableString) and len(child) > LONGEST_LABEL + 40:
            return ""
    return words_of(tag)


def _opens_its_parent(tag: Tag) -> bool:
    return all(is_blank(node) for node in tag.previous_siblings)


def _has_one_sibling(tag: Tag) -> bool:
    shown = (node for node in tag.next_siblings if not is_blank(node))
    return _opens_its_parent(tag) and len(list(islice(shown, 2))) == 1


def without_inner(labels: Collection[FoundLabel], containers: Collection[int]) -> list[FoundLabel]:
    """Return the labels that do not stand inside one of the *containers* (by ``id()``)."""
    return [label for label in labels if not any(id(p) in containers for p in label.node.parents)]


def holders_of(labels: Collection[FoundLabel], region: Tag) -> dict[int, int]:
    """Return how many labels each element around them holds, by the element's ``id()``."""
    counts: dict[int, int] = {}
    for label in labels:
        for parent in _parents(label.node, region):
            counts[id(parent)] = counts.get(id(parent), 0) + 1
    return counts


def _parents(node: Tag, region: Tag) -> Iterator[Tag]:
    for parent in node.parents:
        yield parent
        if parent is region:
            return


def short_text(label: FoundLabel) -> str:
    """Return the label's value on one line."""
    return text_of(label.value)
