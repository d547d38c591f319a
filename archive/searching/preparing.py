"""Text -> rows of the index: what a page, a file and a record are found by."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any, Final

from archive.searching.words import (
    OFTEN,
    readable,
    readable_words,
    stemmed_words,
    surface_text,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

#: From how many times on a page a stem is marked as said often.
_OFTEN_FROM: Final = 3
#: A stem weighs as its logarithm, to the base of two, and at most so much.
_HEAVIEST: Final = 9
#: Years of one record that it is found by, at most.
_MOST_YEARS: Final = 30


class _Weights(dict[int, int]):
    """Remembers how much each count weighs."""

    def __missing__(self, count: int) -> int:
        self[count] = weight = min(count.bit_length(), _HEAVIEST)
        return weight


_WEIGHTS: Final = _Weights()


class Bag:
    """The words of several texts, counted: what a record is ranked by."""

    def __init__(self, texts: Iterable[str] = ()) -> None:
        self._stems: Counter[str] = Counter()
        self._raws: set[str] = set()
        for text in texts:
            self.add(text)

    def add(self, text: str) -> tuple[str, str]:
        """Count a text; return its own row of the indexes: for words, for stems."""
        text = readable(text)
        raws = readable_words(text)
        stems = stemmed_words(raws)
        counts = Counter(stems)
        self._raws.update(raws)
        self._stems.update(stems)
        often = [stem for stem, count in counts.items() if count >= _OFTEN_FROM]
        marked = [f"{OFTEN}{stem}" for each in often for stem in each.split(" ")]
        return surface_text(text), " ".join(stems + marked)

    @classmethod
    def of_all(cls, bags: Sequence[Bag]) -> Bag:
        """Return the words of several bags; of one, that very bag."""
        if len(bags) == 1:
            return bags[0]
        merged = cls()
        for bag in bags:
            merged._stems.update(bag._stems)  # noqa: SLF001  # its own kind
            merged._raws |= bag._raws  # noqa: SLF001
        return merged

    def counts(self) -> Counter[str]:
        """Return how often each stem is said."""
        counts: Counter[str] = Counter()
        for stems, count in self._stems.items():
            for stem in stems.split(" "):
                counts[stem] += count
        return counts

    def stems(self) -> str:
        """Return each stem as often as it weighs; forms of a word that differ add up."""
        return "".join([f"{stems} " * _WEIGHTS[count] for stems, count in self._stems.items()])

    def words_with(self, other: Bag) -> str:
        """Return each word of this bag and another, as it is written, once."""
        return surface_text("\n".join(self._raws | other._raws))


def own_texts(data: dict[str, Any]) -> tuple[str, str, str]:
    """Return what a record's own page is found by: title, names, body.

    Names are those of the site's vocabularies and of people and bodies; years are among them.
    """
    first, last = data["year_start"], data["year_end"]
    years = range(first, min(last or first, first + _MOST_YEARS) + 1) if first else ()
    agents = [*data["authors"], *data["contributors"]]
    names = [
        data["document_type"],
        *data["parks"],
        *(link["label"] for link in (*data["themes"], *data["tags"])),
        *(agent["name"] for agent in agents),
        *(agent["affiliation"] for agent in agents),
        *map(str, years),
    ]
    labels = [link["label"] for link in (*data["files"], *data["links"])]
    body = [data["body_text"], *labels, *map(str, data["extra"].values())]
    return data["title"], "\n".join(filter(None, names)), "\n".join(filter(None, body))
