"""The passage that answers, in the words of the text itself, with what was looked for marked."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import islice
from typing import TYPE_CHECKING, Final, NamedTuple

from archive.searching.spotting import Folded, Spotter

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from archive.searching.planning import Leaf

#: Characters of a passage, and of what stands before the first mark.
_LENGTH: Final = 260
_LEAD: Final = 60
#: Places of one word on a page that are looked at: a list of names may have thousands.
_MOST_MARKS: Final = 100

# Unnamed glyphs, private use, control characters: nothing a person reads.
_UNREADABLE: Final = re.compile(
    "\\(cid:\\d+\\)|[\\x00-\\x08\\x0e-\\x1f\\x7f-\\x9f\\ue000-\\uf8ff\\ufffe]"
)


@dataclass(frozen=True, slots=True)
class Fragment:
    """A piece of a passage; *marked* where it is what was looked for."""

    text: str
    marked: bool = False


@dataclass(frozen=True, slots=True)
class Passage:
    """Some words of a text around what was looked for.

    *starts* and *ends* tell whether it begins and ends with the text.
    """

    fragments: tuple[Fragment, ...] = ()
    starts: bool = True
    ends: bool = True

    @property
    def text(self) -> str:
        """The passage without its marks."""
        inner = "".join(fragment.text for fragment in self.fragments)
        return f"{'' if self.starts else '… '}{inner}{'' if self.ends else ' …'}"

    @property
    def is_marked(self) -> bool:
        """Whether anything that was looked for stands in it."""
        return any(fragment.marked for fragment in self.fragments)


class _Mark(NamedTuple):
    start: int
    end: int
    leaf: int


class Marker:
    """Finds what was looked for in texts as they are written."""

    def __init__(self, leaves: Iterable[Leaf]) -> None:
        self._spotters = [Spotter(leaf) for leaf in dict.fromkeys(leaves)]

    def passage(self, text: str) -> Passage:
        """Return the best passage of a text; its beginning, where nothing is found."""
        marks = self._marks(text)
        start, end = _window(text, marks)
        inside = [mark for mark in marks if start <= mark.start and mark.end <= end]
        return Passage(
            _fragments(text, start, end, inside),
            starts=not text[:start].strip(),
            ends=not text[end:].strip(),
        )

    def whole(self, text: str) -> Passage:
        """Return all of a short text, such as a title, with its marks."""
        return Passage(_fragments(text, 0, len(text), self._marks(text)))

    def as_set(self, text: str) -> Passage:
        """Return all of a text with its lines and spaces as they are, and its marks."""
        text = _UNREADABLE.sub(" ", text)
        fragments: list[Fragment] = []
        at = 0
        for mark in self._marks(text):
            fragments.append(Fragment(text[at : mark.start]))
            fragments.append(Fragment(text[mark.start : mark.end], marked=True))
            at = mark.end
        fragments.append(Fragment(text[at:]))
        return Passage(tuple(fragment for fragment in fragments if fragment.text))

    def _marks(self, text: str) -> list[_Mark]:
        """Return what is found, in order, none within another."""
        page = Folded(text)
        marks = [
            _Mark(start, end, number)
            for number, spotter in enumerate(self._spotters)
            for start, end in islice(spotter.places(page), _MOST_MARKS)
        ]
        return _apart(marks)


def _apart(marks: list[_Mark]) -> list[_Mark]:
    kept: list[_Mark] = []
    for mark in sorted(marks, key=lambda each: (each.start, -each.end)):
        if not kept or mark.start >= kept[-1].end:
            kept.append(mark)
    return kept


def _window(text: str, marks: Sequence[_Mark]) -> tuple[int, int]:
    """Return where the passage with the most of what was looked for begins and ends."""
    if not marks:
        return 0, _word_end(text, min(_LENGTH, len(text)))
    best, best_score = marks[0], 0.0
    beyond = 0
    for at, first in enumerate(marks):
        reach = first.start + _LENGTH - _LEAD
        while beyond < len(marks) and marks[beyond].end <= reach:
            beyond += 1
        inside = marks[at : max(beyond, at)]
        score = len({each.leaf for each in inside}) + 0.1 * len(inside)
        if score > best_score:
            best, best_score = first, score
    start = _word_start(text, max(best.start - _LEAD, 0))
    return start, _word_end(text, max(min(start + _LENGTH, len(text)), best.end))


def _word_start(text: str, at: int) -> int:
    while at > 0 and not text[at - 1].isspace():
        at -= 1
    return at


def _word_end(text: str, at: int) -> int:
    while at < len(text) and not text[at].isspace():
        at += 1
    return at


def _fragments(text: str, start: int, end: int, marks: Sequence[_Mark]) -> tuple[Fragment, ...]:
    found: list[Fragment] = []
    at = start
    for mark in marks:
        found.append(Fragment(_shown(text[at : mark.start])))
        found.append(Fragment(_shown(text[mark.start : mark.end]), marked=True))
        at = mark.end
    found.append(Fragment(_shown(text[at:end]).rstrip()))
    if found[0].text.startswith(" "):
        found[0] = Fragment(found[0].text.lstrip())
    return tuple(fragment for fragment in found if fragment.text)


def _shown(text: str) -> str:
    """Return a text in one line, without what nobody reads."""
    if _UNREADABLE.search(text):
        text = _UNREADABLE.sub(" ", text)
    words = " ".join(text.split())
    if not words:
        return " " if text else ""
    return f"{' ' if text[0].isspace() else ''}{words}{' ' if text[-1].isspace() else ''}"
