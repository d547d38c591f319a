"""Text -> rows of the index: what a page, a file and a record are found by."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from archive.searching.words import OFTEN, prepared

if TYPE_CHECKING:
    from collections.abc import Iterable

#: From how many times on a page a stem is marked as said often.
_OFTEN_FROM: Final = 3
#: A stem weighs as its logarithm, to the base of two, and at most so much.
_HEAVIEST: Final = 9


class Bag:
    """The words of several texts, counted: what a record is ranked by."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._stems: Counter[str] = Counter()
        self._words: set[str] = set()
        for text in texts:
            self.add(text)

    def add(self, text: str) -> tuple[str, str]:
        """Count a text; return its own row of the indexes: surface words, stems."""
        words, stems = prepared(text)
        each = stems.split()
        counts = Counter(each)
        self._stems.update(each)
        self._words.update(words.split())
        often = [f"{OFTEN}{stem}" for stem, count in counts.items() if count >= _OFTEN_FROM]
        return words, " ".join([stems, *often]) if often else stems

    def merge(self, other: Bag) -> None:
        """Count what another bag holds."""
        self._stems.update(other._stems)
        self._words |= other._words

    def most_common(self, most: int) -> list[tuple[str, int]]:
        """Return the stems said most often, and how often."""
        return self._stems.most_common(most)

    def stems(self) -> str:
        """Return each stem as often as it weighs."""
        return "".join([f"{stem} " * _weight(count) for stem, count in self._stems.items()])

    def words(self) -> str:
        """Return each surface word once."""
        return " ".join(self._words)


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


def _weight(count: int) -> int:
    return min(count.bit_length(), _HEAVIEST)
