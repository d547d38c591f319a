"""How good is the text of a page? A number from 0 to 1 that compares readings of the same page.

    score = known x (1 - 3 x foreign) x (1 - split) x (1 - glued)

*known*: the share of letters in words that the French list has. Capitalised words and identifiers
that it lacks count for neither side: names are not damage. A page without countable words
(figures, names) has 1. *foreign*: glyphs nobody can name (private use, control, U+FFFD, ``(cid:``)
per letter, at most 1/3. *split*: the share of words that are a lone letter and no French word
("trava u x"), once there are four different ones: a bullet set as "m" is one. *glued*: the share
of different words that are an article or the like with a known word ("desterritoires"), or longer
than any real one.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from archive.extraction.cleaning import count_foreign
from archive.extraction.words import is_known

_WORDS = re.compile(r"[^\W\d_]+")
_LONE = re.compile(r"(?<![\w'’.\-])[b-xz](?![\w'’.)\-°])")
"""A lone lower-case letter that is neither a word (à, y, ô) nor elided nor an item's mark."""

_DIFFERENT_LETTERS = 4
_ENOUGH_LETTERS = 40
_LONGEST_WORD = 24
_ENGLISH = frozenset({"the", "of", "and", "in", "to", "is", "with", "from", "this", "that"})
_SMALL_WORDS = frozenset(
    """
    le la les de des du un une et au aux dans que qui est sont avec ces son ses leur leurs cette
    pour il elle ils nous vous ne pas plus mais ou où
    """.split()  # noqa: SIM905 - thirty quoted words would be harder to read
)
"""Words that glue to their neighbours, and are hardly ever the first or last part of a real one."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Score:
    """The judge's view of one reading of a page, with the parts it is made of."""

    value: float
    letters: int
    known: float
    foreign: float
    split: float
    glued: float
    english: float

    @property
    def is_doubtful(self) -> bool:
        """Whether another engine should be asked.

        The thresholds let a page with names, figures or English pass, and stop one with damage.
        """
        return self.letters >= _ENOUGH_LETTERS and bool(self.flags)

    @property
    def flags(self) -> tuple[str, ...]:
        """The oddities worth telling a person, as words."""
        signs = {
            "foreign": self.foreign > 0.005,
            "split": self.split > 0.06,
            "glued": self.glued > 0.03,
            "unknown-words": (
                self.known < 0.3 and self.english < 0.05 and self.letters >= _ENOUGH_LETTERS
            ),
        }
        return tuple(name for name, shown in signs.items() if shown)


def score_text(raw: str, text: str) -> Score:
    """Judge *text*, the cleaned form of *raw*; foreign glyphs are counted in *raw*.

    >>> score_text("le paysage du parc", "le paysage du parc").value
    1.0
    >>> score_text("le p a y s a g e", "le p a y s a g e").value < 0.5
    True
    """
    words = Counter(_WORDS.findall(text))
    letters = Counter[int]()
    glued = 0
    for word, times in words.items():
        kind = _kind(word)
        letters[kind] += times * len(word)
        glued += kind == _GLUED
    known, lost = letters[_KNOWN], letters[_UNKNOWN] + letters[_GLUED]
    share = known / (known + lost) if known + lost else 1.0
    foreign = min(1 / 3, count_foreign(raw) / max(1, letters.total()))
    split = _split_share(text, words.total())
    glued_share = glued / len(words) if words else 0.0
    return Score(
        value=round(share * (1 - 3 * foreign) * (1 - split) * (1 - glued_share), 4),
        letters=known + lost,
        known=share,
        foreign=foreign,
        split=split,
        glued=glued_share,
        english=sum(words[word] for word in _ENGLISH) / max(1, words.total()),
    )


def _split_share(text: str, count: int) -> float:
    lone = _LONE.findall(text)
    return min(1.0, len(lone) / count) if count and len(set(lone)) >= _DIFFERENT_LETTERS else 0.0


_KNOWN, _UNKNOWN, _NEUTRAL, _GLUED = range(4)


@lru_cache(maxsize=20_000)
def _kind(word: str) -> int:
    if is_known(word) or (len(word) == 1 and word in "lLdDnNsSmMtTjJcCàÀyYôÔaA"):
        return _KNOWN
    if len(word) > _LONGEST_WORD:
        return _GLUED
    if not word.islower():
        return _NEUTRAL
    return _GLUED if _is_glued(word) else _UNKNOWN


def _is_glued(word: str) -> bool:
    """Whether *word* is a small word and a known one of four letters or more, in either order."""
    for cut in range(2, len(word) - 1):
        head, tail = word[:cut], word[cut:]
        if (head in _SMALL_WORDS and len(tail) >= 4 and is_known(tail)) or (
            tail in _SMALL_WORDS and len(head) >= 4 and is_known(head)
        ):
            return True
    return False
