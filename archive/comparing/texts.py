"""Compare two texts: paragraph by paragraph first, then word by word in those that changed."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from typing import TYPE_CHECKING, Final

from archive.comparing.aligning import Fate, Likeness, Match, align, equal_runs

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


class Edit(StrEnum):
    """What became of a piece of text."""

    SAME = "same"
    REMOVED = "removed"
    ADDED = "added"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text that stands in both texts, or only in the earlier or the later one."""

    edit: Edit
    text: str


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph, where it stood and where it stands (from 1), and its words."""

    fate: Fate
    before: int | None
    after: int | None
    pieces: tuple[Piece, ...]

    @property
    def old(self) -> str:
        """What it said."""
        return "".join(piece.text for piece in self.pieces if piece.edit is not Edit.ADDED)

    @property
    def new(self) -> str:
        """What it says."""
        return "".join(piece.text for piece in self.pieces if piece.edit is not Edit.REMOVED)


@dataclass(frozen=True, slots=True)
class Fold:
    """So many paragraphs in a row that stand as they stood."""

    count: int


class PatchError(ValueError):
    """Raised when a difference is applied to a text that it is not the difference of."""


@dataclass(frozen=True, slots=True)
class TextDiff:
    """What differs between two texts: paragraphs in the later order, what went at its old place."""

    paragraphs: tuple[Paragraph, ...]

    @property
    def differs(self) -> bool:
        """Whether the texts are not the same."""
        return any(each.fate is not Fate.SAME for each in self.paragraphs)

    @property
    def words_added(self) -> int:
        """How many words only the later text has."""
        return _words_of(self.paragraphs, Edit.ADDED)

    @property
    def words_removed(self) -> int:
        """How many words only the earlier text has."""
        return _words_of(self.paragraphs, Edit.REMOVED)

    def folded(self, *, around: int = 1) -> Iterator[Paragraph | Fold]:
        """Yield the paragraphs, of unchanged stretches only those *around* what differs."""
        near = {
            at + step
            for at, each in enumerate(self.paragraphs)
            if each.fate is not Fate.SAME
            for step in range(-around, around + 1)
        }
        hidden = 0
        for at, each in enumerate(self.paragraphs):
            if at not in near:
                hidden += 1
                continue
            if hidden:
                yield Fold(hidden)
                hidden = 0
            yield each
        if hidden:
            yield Fold(hidden)

    def applied_to(self, text: str) -> str:
        """Return the later text, given the earlier one.

        :raises PatchError: *text* is another one.
        """
        earlier = sorted((each.before, each.old) for each in self.paragraphs if each.before)
        if [said for _, said in earlier] != lines_of(text):
            raise PatchError("The difference is not one of this text.")
        return "\n".join(each.new for each in self.paragraphs if each.after)


#: The share of words two paragraphs have in common if one is the other, edited.
_EDITED: Final = 0.5
#: The same for one that stands elsewhere: there, more is asked.
_MOVED: Final = 0.8
#: A paragraph of fewer different words may stand anywhere by chance.
_LEAST_MOVED: Final = 4

_TOKEN: Final = re.compile(r"\s+|\w+(?:-\w+)*['’]?|[^\w\s]")
_WORD: Final = re.compile(r"\w+")
#: Words so short stand in any two sentences: they hold no sentence together.
_SHORT: Final = 3


def compare_texts(before: str, after: str) -> TextDiff:
    """Return what differs between two texts, a paragraph a line."""
    olds, news = lines_of(before), lines_of(after)
    likeness = Likeness(
        before=cache(lambda at: _features(olds[at])),
        after=cache(lambda at: _features(news[at])),
        changed=_EDITED,
        moved=_MOVED,
        least_moved=_LEAST_MOVED,
    )
    return TextDiff(tuple(_paragraph(olds, news, match) for match in align(olds, news, likeness)))


def compare_words(before: str, after: str) -> tuple[Piece, ...]:
    """Return two texts as one, word by word; blanks count as they stand.

    >>> [f"{piece.edit}:{piece.text}" for piece in compare_words("en mai 2012", "en juin 2012")]
    ['same:en ', 'removed:mai', 'added:juin', 'same: 2012']
    """
    olds, news = _TOKEN.findall(before), _TOKEN.findall(after)
    return tuple(_joined(_hunks(olds, news)))


def lines_of(text: str) -> list[str]:
    """Return the paragraphs of a text; an empty one has none."""
    return text.split("\n") if text else []


def _features(line: str) -> frozenset[str]:
    return frozenset(_WORD.findall(line.lower()))


def _paragraph(olds: Sequence[str], news: Sequence[str], match: Match) -> Paragraph:
    old = None if match.before is None else olds[match.before]
    new = None if match.after is None else news[match.after]
    if old is None or new is None or old == new:
        edit = Edit.ADDED if old is None else Edit.REMOVED if new is None else Edit.SAME
        pieces: tuple[Piece, ...] = (Piece(edit, old if new is None else new),)  # type: ignore[arg-type]  # one of them is there
    else:
        pieces = compare_words(old, new)
    return Paragraph(
        match.fate,
        None if match.before is None else match.before + 1,
        None if match.after is None else match.after + 1,
        pieces,
    )


@dataclass(slots=True)
class _Hunk:
    """What was replaced by what, and the words that stand unchanged behind it."""

    removed: str
    added: str
    same: str

    @property
    def is_replacement(self) -> bool:
        return bool(self.removed and self.added)


def _hunks(olds: Sequence[str], news: Sequence[str]) -> list[_Hunk]:
    hunks: list[_Hunk] = []
    i = j = 0
    for start, other, size in (*equal_runs(olds, news), (len(olds), len(news), 0)):
        hunk = _Hunk(
            "".join(olds[i:start]), "".join(news[j:other]), "".join(olds[start : start + size])
        )
        last = hunks[-1] if hunks else None
        if last and last.is_replacement and hunk.is_replacement and _is_weak(last.same):
            # Two replacements with nothing but "de la" between them are one.
            last.removed += last.same + hunk.removed
            last.added += last.same + hunk.added
            last.same = hunk.same
        elif hunk.removed or hunk.added or not last:
            hunks.append(hunk)
        else:
            last.same += hunk.same
        i, j = start + size, other + size
    return hunks


def _is_weak(text: str) -> bool:
    return all(len(word) <= _SHORT for word in _WORD.findall(text)) and len(text) <= 3 * _SHORT


def _joined(hunks: list[_Hunk]) -> Iterator[Piece]:
    for hunk in hunks:
        if hunk.removed:
            yield Piece(Edit.REMOVED, hunk.removed)
        if hunk.added:
            yield Piece(Edit.ADDED, hunk.added)
        if hunk.same:
            yield Piece(Edit.SAME, hunk.same)


def _words_of(paragraphs: Sequence[Paragraph], edit: Edit) -> int:
    return sum(
        len(_WORD.findall(piece.text))
        for each in paragraphs
        for piece in each.pieces
        if piece.edit is edit
    )
