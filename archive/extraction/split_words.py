"""Words that an engine takes apart ("trava u x", "endi guement"): counted, and put together.

Pure functions. Pieces belong together where they are a known word in one, and at least one of them
is no word by itself.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archive.extraction.words import is_known

if TYPE_CHECKING:
    from collections.abc import Sequence

_RUN = re.compile(r"(?<![\w’'.-])[^\W\d_]+(?: [^\W\d_]+)+(?![\w’'°-]|\.\w)")
"""Pieces with one blank between; an elided article is none, nor is what it stands before, nor the
letter of an abbreviation ("n°", "l.f.")."""

_MOST_PIECES = 8
_SHORTEST_WORD = 4
_LONE_WORDS = frozenset("aàyôAÀYÔ")


def mend_split_words(text: str) -> str:
    """*Text* with the words that were taken apart whole again.

    >>> mend_split_words("des trava u x, un aména gement, le long du cours")
    'des travaux, un aménagement, le long du cours'
    >>> mend_split_words("La loi n° 12, nature l.f.")
    'La loi n° 12, nature l.f.'
    """
    return _RUN.sub(lambda match: " ".join(_mended(match[0].split(" "))), text)


def count_split_words(text: str, unknown: frozenset[str] | set[str]) -> int:
    """Count what could be mended in *text*; *unknown* are its words that are none."""
    if not unknown:
        return 0
    return sum(
        len(pieces) - len(_mended(pieces))
        for pieces in (run.split(" ") for run in _RUN.findall(text))
        if not unknown.isdisjoint(pieces)
    )


def _mended(pieces: Sequence[str]) -> list[str]:
    words: list[str] = []
    start = 0
    while start < len(pieces):
        end = _end_of_word(pieces, start)
        words.append("".join(pieces[start:end]))
        start = end
    return words


def _end_of_word(pieces: Sequence[str], start: int) -> int:
    """Return where the longest word ends that the pieces from *start* make."""
    for end in range(min(len(pieces), start + _MOST_PIECES), start + 1, -1):
        word = "".join(pieces[start:end])
        if (
            len(word) >= _SHORTEST_WORD
            and (word[1:].islower() or word.isupper())
            and not all(map(_is_word, pieces[start:end]))
            and is_known(word)
        ):
            return end
    return start + 1


def _is_word(piece: str) -> bool:
    return piece in _LONE_WORDS if len(piece) == 1 else is_known(piece)
