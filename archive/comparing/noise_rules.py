"""Propose rules for noise: what differs between two answers of one page, a moment apart."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from archive.comparing.aligning import Fate
from archive.comparing.pages import compare_pages, source_of
from archive.comparing.texts import Edit, compare_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from archive.comparing.texts import Paragraph, Piece


@dataclass(frozen=True, slots=True)
class ProposedRule:
    """A rule that would take out what differs in one place; *one* and *other* stood there."""

    name: str
    pattern: str
    one: str
    other: str


@dataclass(frozen=True, slots=True)
class Proposals:
    """What differs between two answers, and the rules that would take it out.

    *unexplained* stood in one of them only, as a line that comes and goes: no rule can tell it.
    *settled* says whether the answers are the same once the rules are applied.
    """

    places: int
    rules: tuple[ProposedRule, ...]
    unexplained: tuple[str, ...]
    settled: bool


@dataclass(frozen=True, slots=True)
class _Place:
    """Two texts in one place, and what stands before them."""

    lead: str
    one: str
    other: str


#: Characters before a place that a rule is tied to.
_LEAD: Final = 40
#: Fewer than so many of them tie it to nothing.
_LEAST_LEAD: Final = 5
_IN_A_TOKEN: Final = re.compile(r"[\w+/=-]*")
_ATTRIBUTE: Final = re.compile(r"([\w-]+)\s*=\s*\\?[\"']$")
_WORDS: Final = re.compile(r"[\w-]{2,}")
#: What the two texts may be, the narrowest first.
_CLASSES: Final = (
    (re.compile(r"\d+"), r"\d"),
    (re.compile(r"[0-9a-f]+"), "[0-9a-f]"),
    (re.compile(r"[\w-]+"), r"[\w-]"),
    (re.compile(r"[\w+/=-]+"), r"[\w+/=-]"),
    (re.compile(r'[^"<>]+'), r'[^"<>]'),
    (re.compile(r"[^<>]+"), "[^<>]"),
)


def propose_rules(one: str, other: str) -> Proposals:
    r"""Return rules for what differs between two answers from which known noise is out.

    >>> print(propose_rules('<p data-visit="12">x', '<p data-visit="13">x').rules[0].pattern)
    <p\s+data-visit="(\d{1,4})
    """
    places: list[_Place] = []
    unexplained: list[str] = []
    for step in _steps(compare_pages(one, other).paragraphs):
        if isinstance(step, str):
            unexplained.append(step)
        else:
            places += step
    rules = {rule.pattern: rule for rule in map(_rule, places) if rule is not None}
    known = tuple(_named_apart(list(rules.values())))
    # How the page breaks its lines is no difference here either.
    settled = source_of(_without(one, known)) == source_of(_without(other, known))
    return Proposals(len(places) + len(unexplained), known, tuple(unexplained), settled)


def _steps(paragraphs: Sequence[Paragraph]) -> Iterator[list[_Place] | str]:
    """Yield the places of each line that differs, or the line that stands in one answer only."""
    before = ""
    gone: list[Paragraph] = []
    come: list[Paragraph] = []
    for each in (*paragraphs, None):
        if each is not None and each.fate is Fate.REMOVED:
            gone.append(each)
            continue
        if each is not None and each.fate is Fate.ADDED:
            come.append(each)
            continue
        yield from _of_gap(before, gone, come)
        gone, come = [], []
        if each is None:
            return
        if each.fate is Fate.CHANGED:
            yield list(_places(before, each.pieces))
        elif each.fate is Fate.MOVED:
            yield each.new
        before = each.new


def _of_gap(
    before: str, gone: Sequence[Paragraph], come: Sequence[Paragraph]
) -> Iterator[list[_Place] | str]:
    if len(gone) != len(come):
        yield from (each.old or each.new for each in (*gone, *come))
        return
    for old, new in zip(gone, come, strict=True):
        yield list(_places(before, compare_words(old.old, new.new)))
        before = new.new


def _places(before: str, pieces: Sequence[Piece]) -> Iterator[_Place]:
    """Yield what replaced what in a line; *before* is the line above it."""
    said = ""
    one = other = ""
    for piece in (*pieces, None):
        if piece is not None and piece.edit is Edit.REMOVED:
            one += piece.text
        elif piece is not None and piece.edit is Edit.ADDED:
            other += piece.text
        else:
            text = "" if piece is None else piece.text
            if one or other:
                # A token is one, also where some of its letters are the same by chance.
                tail = _IN_A_TOKEN.match(text)
                more = tail[0] if tail else ""
                head = said[len(said.rstrip(_LETTERS)) :]
                lead = said[: len(said) - len(head)]
                yield _Place(_tied(before, lead), head + one + more, head + other + more)
                one = other = ""
            said += text


_LETTERS: Final = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_+/=-"


def _tied(before: str, lead: str) -> str:
    if len(lead.strip()) >= _LEAST_LEAD:
        return lead[-_LEAD:]
    return f"{before[-_LEAD:]}\n{lead}"


def _rule(place: _Place) -> ProposedRule | None:
    if not place.lead.strip():
        return None
    kind = next(
        (
            letters
            for pattern, letters in _CLASSES
            if all(not text or pattern.fullmatch(text) for text in (place.one, place.other))
        ),
        None,
    )
    if kind is None:
        return None
    shortest, longest = sorted((len(place.one), len(place.other)))
    least = shortest if shortest == longest >= 8 else min(shortest, 1)
    most = longest if shortest == longest >= 8 else max(2 * longest, 4)
    count = f"{{{least}}}" if least == most else f"{{{least},{most}}}"
    pattern = f"{_escaped(place.lead)}({kind}{count})"
    return ProposedRule(_name(place.lead), pattern, place.one, place.other)


def _escaped(lead: str) -> str:
    r"""Return words as a pattern that finds them however the page breaks its lines.

    >>> print(_escaped('<b class="a">\nVu '))
    <b\s+class="a">\s*Vu\s+
    """
    parts = [
        re.sub(r"\s+", r"\\s+", re.sub(r"\\([ \"'<>=/#&-])", r"\1", re.escape(part)))
        for part in lead.split("\n")
    ]
    return r"\s*".join(parts)


def _name(lead: str) -> str:
    attribute = _ATTRIBUTE.search(lead)
    if attribute:
        return attribute[1]
    words = _WORDS.findall(lead)
    return " ".join(words[-2:]) if words else "noise"


def _named_apart(rules: list[ProposedRule]) -> Iterator[ProposedRule]:
    """Yield the rules under names of their own."""
    taken: dict[str, int] = {}
    for rule in rules:
        taken[rule.name] = taken.get(rule.name, 0) + 1
        number = f" {taken[rule.name]}" if taken[rule.name] > 1 else ""
        yield ProposedRule(f"{rule.name}{number}", rule.pattern, rule.one, rule.other)


def _without(page: str, rules: Sequence[ProposedRule]) -> str:
    for rule in rules:
        page = re.sub(rule.pattern, lambda found: found[0][: -len(found[1]) or None], page)
    return page
