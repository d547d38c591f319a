"""Letters that a file shows and does not name: which one is meant? Pure functions.

Some files set "é" with a glyph whose only name is a private-use or control character. Where the
words around it leave one answer, it is given: each such character is tried as every letter of
French, and one letter must make words of most that the character stands in, and any other letter
of next to none. A word that this does not make whole may have one letter of its own that does.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from typing import TYPE_CHECKING

from archive.extraction.cleaning import FOREIGN
from archive.extraction.words import is_known

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

_ACCENTED = tuple("éèêëàâçîïôùûüœæ")
_LETTERS = (*_ACCENTED, *"abcdefghijklmnopqrstuvwxyz", "fi", "fl", "ff", "’")
_TOKEN = re.compile(f"[^\\W\\d_]*{FOREIGN.pattern}(?:[^\\W\\d_]|{FOREIGN.pattern})*")
"""A word with an unnamed character."""

_ENOUGH_WORDS = 4
_EVIDENCE_WORDS = 50
_SURE = 0.6
_ROUNDS = 3


def name_letters(texts: Iterable[str]) -> dict[str, str]:
    """Tell the letter that each unnamed character of *texts* stands for, where that is certain.

    >>> name_letters(["l’\ue056t\ue056 au march\ue056, libert\ue056, caf\ue056"]) == {"\ue056": "é"}
    True
    """
    counts = Counter(token for text in texts for token in _TOKEN.findall(text))
    words = [word for word, _ in counts.most_common()]
    names: dict[str, str] = {}
    for _ in range(_ROUNDS):
        found = _name_more(words, names)
        if not found:
            break
        names |= found
    return names


def put_letters(text: str, names: Mapping[str, str], wholes: dict[str, str] | None = None) -> str:
    r"""*Text* with each unnamed character replaced where its word, or *names*, tells the letter.

    *wholes* remembers words from one page of a file to the next.

    >>> put_letters("le caf\ue056 fran\ue0aaais", {"\ue056": "é"})
    'le café français'
    """
    table = str.maketrans(dict(names))
    wholes = {} if wholes is None else wholes

    def whole(match: re.Match[str]) -> str:
        if match[0] not in wholes:
            wholes[match[0]] = _whole(match[0], table)
        return wholes[match[0]]

    return _TOKEN.sub(whole, text)


def _whole(word: str, table: dict[int, str]) -> str:
    named = word.translate(table)
    if not FOREIGN.search(named) and is_known(named):
        return named
    if len(word) == 1 and named in _ACCENTED:
        # The only word of French that is one accented letter; fonts of one file share their codes.
        return "à"
    chars = set(FOREIGN.findall(word))
    if len(word) > 1 and len(chars) == 1:
        char = chars.pop()
        made = {word.replace(char, letter) for letter in _ACCENTED}
        known = [each for each in made if is_known(each)]
        if len(known) == 1:
            return known[0]
    return named


def _name_more(words: Iterable[str], names: Mapping[str, str]) -> dict[str, str]:
    """Names for characters that stand alone in their words, once those named are put in."""
    table = str.maketrans(dict(names))
    places: defaultdict[str, set[str]] = defaultdict(set)
    # The commonest words first: fifty tell as much as all, and cost a fortieth.
    for word in words:
        named = word.translate(table)
        unnamed = set(FOREIGN.findall(named))
        if len(unnamed) == 1 and len(places[char := unnamed.pop()]) < _EVIDENCE_WORDS:
            places[char].add(named)
    return {
        char: name
        for char, spelled in places.items()
        if len(spelled) >= _ENOUGH_WORDS and (name := _only_name(char, spelled))
    }


def _only_name(char: str, words: set[str]) -> str:
    """Return the one letter that makes words of nearly all *words*, ``""`` where there is none."""
    counts: Counter[str] = Counter()
    for letter in _LETTERS:
        counts[letter] = _count_known(char, letter, words)
    (first, most), (_, next_most) = counts.most_common(2)
    if most < _ENOUGH_WORDS or most < _SURE * len(words) or next_most > most / 4:
        return ""
    starts = sum(1 for word in words if word.startswith(char) and len(word) > 1)
    return first.upper() if starts > 0.9 * len(words) else first


def _count_known(char: str, letter: str, words: set[str]) -> int:
    return sum(
        1
        for word in words
        if all(is_known(part) for part in word.replace(char, letter).split("’") if part)
    )
