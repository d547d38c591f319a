"""How good is the text of a page? A number from 0 to 1 that compares readings of the same page.

    score = known x (1 - 3 x foreign) x (1 - split) x (1 - glued)

*known*: the share of letters in words that the French list has. Capitalised and all-capital
words that it lacks count for neither side: names are not damage. A page without countable words
(figures, names) has 1. *foreign*: glyphs nobody can name (private use, control, U+FFFD, ``(cid:``)
per letter, at most 1/3. *split*: the share of words that are a lone letter which is no French word
("trava u x"). *glued*: the share of letters in unknown words that are two or more known words in a
row ("desterritoires") or longer than any real one.
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

_ENGLISH = frozenset({"the", "of", "and", "in", "to", "is", "with", "from", "this", "that"})


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
        if self.letters < 40:
            return False
        damaged = self.foreign > 0.005 or self.split > 0.06 or self.glued > 0.04
        unreadable = self.known < 0.5 and self.english < 0.05
        return damaged or unreadable

    @property
    def flags(self) -> tuple[str, ...]:
        """The oddities worth telling a person, as words."""
        signs = {
            "foreign": self.foreign > 0.005,
            "split": self.split > 0.06,
            "glued": self.glued > 0.04,
            "unknown-words": self.known < 0.5 and self.letters >= 40,
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
    known = unknown = glued = count = english = 0
    for word, times in words.items():
        count += times
        kind = _kind(word)
        if kind == _KNOWN:
            known += times * len(word)
        elif kind != _NEUTRAL:
            unknown += times * len(word)
            glued += times * len(word) * (kind == _GLUED)
        if word in _ENGLISH:
            english += times
    letters = known + unknown
    foreign = min(
        1 / 3, count_foreign(raw) / max(1, sum(map(len, words.elements())) if words else 1)
    )
    split = min(1.0, len(_LONE.findall(text)) / count) if count else 0.0
    share = known / letters if letters else 1.0
    glued_share = glued / letters if letters else 0.0
    return Score(
        value=round(share * (1 - 3 * foreign) * (1 - split) * (1 - glued_share), 4),
        letters=letters,
        known=share,
        foreign=foreign,
        split=split,
        glued=glued_share,
        english=english / count if count else 0.0,
    )


_KNOWN, _UNKNOWN, _NEUTRAL, _GLUED = range(4)


@lru_cache(maxsize=20_000)
def _kind(word: str) -> int:
    if is_known(word) or (len(word) == 1 and word in "lLdDnNsSmMtTjJcCàÀyYôÔaA"):
        return _KNOWN
    if len(word) > 24 or (len(word) >= 6 and _is_glued(word.lower())):
        return _GLUED
    return _NEUTRAL if word[0].isupper() else _UNKNOWN


def _is_glued(word: str) -> bool:
    """Whether *word* is a known word of two letters or more and another of four or more, or so."""
    for cut in range(2, len(word) - 1):
        head, tail = word[:cut], word[cut:]
        if max(len(head), len(tail)) >= 5 and is_known(head) and is_known(tail):
            return True
    return False
