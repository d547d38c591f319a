"""Text -> rows of the index: what a page, a file and a record are found by."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from archive.searching.words import OFTEN, raw_words, spelling

if TYPE_CHECKING:
    from collections.abc import Iterable

#: From how many times on a page a stem is marked as said often.
_OFTEN_FROM: Final = 3
#: A stem weighs as its logarithm, to the base of two, and at most so much.
_HEAVIEST: Final = 9


class Bag:
    """The words of several texts, counted: what a record is ranked by."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._spellings: Counter[str] = Counter()
        for text in texts:
            self.add(text)

    def add(self, text: str) -> tuple[str, str]:
        """Count a text; return its own row of the index: surface words, stems."""
        raws = raw_words(text)
        counts = Counter(raws)
        self._spellings += counts
        read = list(map(spelling, raws))
        surface = " ".join([each.surface for each in read])
        marked = " ".join([each.marked for each in read if each.marked])
        return surface, f"{marked} {_often(counts)}".rstrip()

    def merge(self, other: Bag) -> None:
        """Count what another bag holds."""
        self._spellings += other._spellings

    def stems(self) -> str:
        """Return each stem as often as it weighs."""
        counts = _stems(self._spellings)
        return " ".join([f"{stem} " * _weight(count) for stem, count in counts.items()])

    def words(self) -> str:
        """Return each surface word once; a compound also in one word."""
        found: set[str] = set()
        for raw in self._spellings:
            found.update(spelling(raw).words)
        return " ".join(found)


def own_texts(data: dict[str, Any]) -> tuple[str, str, str]:
    """Return what a record's own page is found by: title, names, body.

    Names are those of the site's vocabularies and of people and bodies.
    """
    agents = [*data["authors"], *data["contributors"]]
    names = [
        data["document_type"],
        *data["parks"],
        *(link["label"] for link in (*data["themes"], *data["tags"])),
        *(agent["name"] for agent in agents),
        *(agent["affiliation"] for agent in agents),
    ]
    labels = [link["label"] for link in (*data["files"], *data["links"])]
    body = [data["body_text"], *labels, *map(str, data["extra"].values())]
    return data["title"], "\n".join(filter(None, names)), "\n".join(filter(None, body))


def _often(counts: Counter[str]) -> str:
    stems = _stems(counts)
    return " ".join([f"{OFTEN}{stem}" for stem, count in stems.items() if count >= _OFTEN_FROM])


def _stems(counts: Counter[str]) -> Counter[str]:
    stems: Counter[str] = Counter()
    for raw, count in counts.items():
        for stem in spelling(raw).stems:
            stems[stem] += count
    return stems


def _weight(count: int) -> int:
    return min(count.bit_length(), _HEAVIEST)
