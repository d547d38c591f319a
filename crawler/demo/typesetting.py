"""Breaking French text into lines, with hyphens at line ends as a typesetter would leave them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from reportlab.pdfbase.pdfmetrics import stringWidth

if TYPE_CHECKING:
    from collections.abc import Iterator

# Between a vowel and a consonant that another vowel follows: always a syllable's end in French.
_SYLLABLE: Final = re.compile(r"(?<=\w\w[aeiouyéèêô])(?=[bcdfgjlmnprstv][aeiouyéèê]\w)")
_LONG: Final = 8


class Measure:
    """Widths of words in one font; each word is measured once."""

    def __init__(self, font: str, size: float) -> None:
        self._font, self._size = font, size
        self._widths: dict[str, float] = {}
        self.space = self.width(" ")

    def width(self, text: str) -> float:
        """Return the width of *text* in points."""
        if text not in self._widths:
            self._widths[text] = float(stringWidth(text, self._font, self._size))
        return self._widths[text]


def wrapped(text: str, width: float, measure: Measure) -> Iterator[str]:
    """Yield the lines of *text* set in *width*; long words may be divided at a line's end."""
    line: list[str] = []
    used = 0.0
    for word in text.split(" "):
        rest, room = word, width - used
        if measure.width(word) > room:
            head, rest = _divided(word, room, measure)
            yield " ".join([*line, head] if head else line)
            line, used = [], 0.0
        line.append(rest)
        used += measure.width(rest) + measure.space
    yield " ".join(line)


def _divided(word: str, room: float, measure: Measure) -> tuple[str, str]:
    if len(word) < _LONG or not word.isalpha():
        return "", word
    for place in reversed([match.start() for match in _SYLLABLE.finditer(word)]):
        if measure.width(word[:place] + "-") <= room:
            return word[:place] + "-", word[place:]
    return "", word
