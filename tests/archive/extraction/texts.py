"""Known French text for pages, and how much of it came back."""

from __future__ import annotations

import random
from collections import Counter
from difflib import SequenceMatcher
from typing import TYPE_CHECKING

from reportlab.pdfbase.pdfmetrics import stringWidth

from archive.extraction.words import french_words

if TYPE_CHECKING:
    from collections.abc import Sequence

_WIDTH = 515


def columns(count: int, *, seed: int, rows: int = 50) -> list[list[str]]:
    """Return *count* columns of lines that fit side by side on a page, in 8 points."""
    chance = random.Random(seed)  # noqa: S311 - a text to read, no secret
    words = sorted(word for word in french_words() if 3 < len(word) < 10 and word.isalpha())
    wide = _WIDTH / count - 14
    return [[_line(chance, words, wide) for _ in range(rows)] for _ in range(count)]


def recall(source: Sequence[Sequence[str]], text: str) -> float:
    """Return the share of the words of *source* that *text* has."""
    wanted = Counter(_words(source))
    return (wanted & Counter(text.split())).total() / wanted.total()


def order(source: Sequence[Sequence[str]], text: str) -> float:
    """Return the share of the words of *source* that *text* has in the same order."""
    wanted = _words(source)
    matcher = SequenceMatcher(None, wanted, text.split(), autojunk=False)
    return sum(block.size for block in matcher.get_matching_blocks()) / len(wanted)


def _words(source: Sequence[Sequence[str]]) -> list[str]:
    return [word for column in source for line in column for word in line.split()]


def _line(chance: random.Random, words: Sequence[str], wide: float) -> str:
    line = chance.choice(words)
    while stringWidth(longer := f"{line} {chance.choice(words)}", "Helvetica", 8) < wide:
        line = longer
    return line
