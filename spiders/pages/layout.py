"""The family of markup a page belongs to, and the fingerprint of its landmarks."""

from __future__ import annotations

import hashlib
import re
from collections import Counter
from typing import TYPE_CHECKING, Final

from archive.records import PageKind
from spiders.vocabulary import IGNORE

if TYPE_CHECKING:
    from spiders.pages.content import Content
    from spiders.pages.html import Landmarks

#: One theme prints fields in more than one of these ways: together they are one generation.
_GENERATIONS: Final = {"drupal7-term-lists": "drupal7-fields"}
_DRUPAL: Final = re.compile(r"drupal\s*(\d+)", re.IGNORECASE)


def layout_of(kind: PageKind, marks: Landmarks, content: Content, printed: str) -> str:
    """Name the family of markup in words a person can tell others."""
    if kind is not PageKind.RECORD:
        return f"{_system(marks)}{kind.value}"
    ways = Counter(label.place for label in content.labels if label.field not in {"", IGNORE})
    if ways["drupal7-term-lists"]:
        ways["drupal7-term-lists"] += ways.pop("drupal7-fields", 0)
    family = min(ways, key=lambda way: (-ways[way], way)) if ways else "unlabelled"
    return {"text": f"printed-text-{family}", "page": f"print-{family}"}.get(printed, family)


def fingerprint_of(kind: PageKind, marks: Landmarks, content: Content, printed: str) -> str:
    """Hash the landmarks: stays the same as long as the page is built the same way.

    Of labels only the ways in which they stand count, for which of them are present differs from
    record to record.
    """
    ways = {
        _GENERATIONS.get(label.place, label.place) + _tag_of(label.node.name, label.place)
        for label in content.labels
        if label.field not in {"", IGNORE}
    }
    parts = (kind.value, printed, _system(marks), marks.region_place, marks.heading_place)
    signature = "|".join((*parts, *sorted(ways)))
    return hashlib.sha256(signature.encode()).hexdigest()[:16]


def _tag_of(tag: str, place: str) -> str:
    return f":{tag}" if place in {"headings", "display-suite", "bare-elements"} else ""


def _system(marks: Landmarks) -> str:
    found = _DRUPAL.search(marks.head.generator)
    return f"drupal{found[1]}-" if found else ""
