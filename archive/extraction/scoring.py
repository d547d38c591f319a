"""How good is the text of a page? A number from 0 to 1 that compares readings of the same page.

    score = known x (1 - 3 x foreign) x (1 - split) x (1 - glued)

*known*: the share of letters in words that the French list has. Capitalised words and identifiers
that it lacks count for neither side: names are not damage. A page without countable words
(figures, names) has 1. *foreign*: glyphs nobody can name (private use, control, U+FFFD, ``(cid:``)
per letter, at most 1/3. *split*: the share of words that are a lone letter and no French word
("trava u x"), once there are four different ones (a bullet set as "m" is one), or that are pieces
of one known word ("aména gement"). *glued*: the share of different words that are an article or
the like with a known word ("desterritoires"), or longer than any real one.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache

from archive.extraction.split_words import count_split_words
from archive.extraction.words import french_words, is_known

_WORDS = re.compile(r"[A-Za-zÀ-ÖØ-öø-ɏ\ufffd]+")
"""Words of the Latin alphabet, lost letters with them; other scripts are not judged."""

_LONE = re.compile(r"(?<![\w'’.\-])[b-xz](?![\w'’.)\-°])")
"""A lone lower-case letter that is neither a word (à, y, ô) nor elided nor an item's mark."""

_DIFFERENT_LETTERS = 4
_FOREIGN = 0.005
_LONGEST_PIECE = 8
_TELLING_LETTERS = frozenset("befghikopqruvwxz")
"""Lone letters that are neither words nor elided ones."""

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
    """The share of small English words, looked at where little is known."""
    is_doubled: bool = False
    """Whether a word has each of its letters twice."""

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
            "foreign": self.foreign > _FOREIGN,
            "split": self.split > 0.06,
            "glued": self.glued > 0.03,
            "unknown-words": (
                self.known < 0.3 and self.english < 0.05 and self.letters >= _ENOUGH_LETTERS
            ),
        }
        return tuple(name for name, shown in signs.items() if shown)


def score_text(text: str, foreign: int = 0) -> Score:
    """Judge a page's cleaned *text*; *foreign* is the count of unnamed glyphs it was read with.

    >>> score_text("le paysage du parc").value
    1.0
    >>> score_text("le p a y s a g e du b u i s s o n").value < 0.5
    True
    """
    found = _WORDS.findall(text)
    words = set(found)
    letters = len("".join(found))
    unknown = neutral = glued = 0
    pieces: set[str] = set()
    # A set less a set first, which only looks its own words up (less anything else, or the keys of
    # a dict, it goes through the whole list): a loop over all words of all pages costs half of all.
    others = words - french_words()
    for word, count in Counter(word for word in found if word in others).items():
        kind = _kind(word)
        neutral += (kind == _NEUTRAL) * count * len(word)
        unknown += (kind >= _UNKNOWN) * count * len(word)
        glued += kind == _GLUED
        if kind == _UNKNOWN and len(word) <= _LONGEST_PIECE:
            pieces.add(word)
    known = letters - unknown - neutral
    share = known / (known + unknown) if known + unknown else 1.0
    foreign_share = min(1 / 3, foreign / max(1, letters))
    # What stands around unnamed glyphs are pieces by that, and will be judged again.
    split = 0.0 if foreign_share > _FOREIGN else _split_share(text, found, words, pieces)
    glued_share = glued / len(words) if words else 0.0
    return Score(
        value=round(share * (1 - 3 * foreign_share) * (1 - split) * (1 - glued_share), 4),
        letters=known + unknown,
        known=share,
        foreign=foreign_share,
        split=split,
        glued=glued_share,
        english=sum(word in _ENGLISH for word in found) / len(found) if share < 0.5 else 0.0,
        is_doubled=any(map(_looks_doubled, words)) if share < 0.9 else False,
    )


def _split_share(text: str, found: list[str], words: set[str], pieces: set[str]) -> float:
    split = 0
    if len(words & _TELLING_LETTERS) >= _DIFFERENT_LETTERS:
        lone = _LONE.findall(text)
        split = len(lone) if len(set(lone)) >= _DIFFERENT_LETTERS else 0
    if len(pieces) > 0.01 * len(words):
        split = max(split, count_split_words(text, pieces))
    return min(1.0, split / max(1, len(found)))


_KNOWN, _NEUTRAL, _UNKNOWN, _GLUED = range(4)


@lru_cache(maxsize=20_000)
def _kind(word: str) -> int:
    if is_known(word) or (len(word) == 1 and word in "lLdDnNsSmMtTjJcCàÀyYôÔaA"):
        return _KNOWN
    if not word.islower():
        return _NEUTRAL
    return _GLUED if len(word) > _LONGEST_WORD or _is_glued(word) else _UNKNOWN


def _is_glued(word: str) -> bool:
    """Whether *word* is a small word and a known one of four letters or more, in either order."""
    for cut in range(2, len(word) - 1):
        head, tail = word[:cut], word[cut:]
        if (head in _SMALL_WORDS and len(tail) >= 4 and is_known(tail)) or (
            tail in _SMALL_WORDS and len(head) >= 4 and is_known(head)
        ):
            return True
    return False


def _looks_doubled(word: str) -> bool:
    return len(word) >= 8 and word[::2] == word[1::2]
