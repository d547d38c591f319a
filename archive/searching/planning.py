"""What is looked for -> what is asked of the index: stems, nearness, exact words, beginnings."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from archive.searching import synonyms
from archive.searching.questions import (
    Every,
    Having,
    Near,
    Node,
    Phrase,
    Prefix,
    Some,
    Without,
    Word,
    Years,
)
from archive.searching.synonyms import stems_in_order
from archive.searching.words import forms_of, surface_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence


@dataclass(frozen=True, slots=True)
class Stem:
    """A word in any form: one of these stems."""

    stems: tuple[str, ...]
    title: bool = False


@dataclass(frozen=True, slots=True)
class Close:
    """A stem of each group, with at most *distance* others between the first and the last.

    *row*: one directly after the other, as in a compound or a synonym of several words.
    """

    groups: tuple[tuple[str, ...], ...]
    distance: int
    title: bool = False
    row: bool = False


@dataclass(frozen=True, slots=True)
class Exact:
    """These surface words in a row."""

    words: tuple[str, ...]
    title: bool = False


@dataclass(frozen=True, slots=True)
class Begins:
    """A surface word that begins like this."""

    start: str
    title: bool = False


@dataclass(frozen=True, slots=True)
class All:
    """All of these."""

    plans: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class Any:
    """At least one of these."""

    plans: tuple[Plan, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """Anything but this."""

    plan: Plan


Leaf: TypeAlias = Stem | Close | Exact | Begins
Plan: TypeAlias = Leaf | Having | Years | All | Any | Not


def plan(node: Node, *, derived: bool = False) -> Plan:
    """Return what is asked of the index for a question."""
    match node:
        case Every():
            return All(tuple(_row(node.nodes, derived=derived)))
        case Some():
            return Any(tuple(plan(each, derived=derived) for each in node.nodes))
        case Without():
            return Not(plan(node.node, derived=derived))
        case Having() | Years():
            return node
        case Word():
            return next(_row((node,), derived=derived), All(()))
        case _:
            return _leaf(node)


def leaves(found: Plan) -> Iterator[Leaf]:
    """Yield what is wanted, not what is to be missing."""
    match found:
        case All() | Any():
            for each in found.plans:
                yield from leaves(each)
        case Stem() | Close() | Exact() | Begins():
            yield found


def _leaf(node: Phrase | Prefix | Near) -> Plan:
    match node:
        case Phrase():
            words = tuple(surface_words(node.text))
            return Exact(words, node.title) if words else All(())
        case Prefix():
            *before, start = surface_words(node.text) or [""]
            if not start:
                return All(())
            begins = Begins(start, node.title)
            return All((*(Exact((word,), node.title) for word in before), begins))
        case Near():
            groups = tuple(group for word in node.words for group in stems_in_order(word))
            return Close(groups, node.distance) if len(groups) > 1 else _stems(groups)


def _row(nodes: Sequence[Node], *, derived: bool) -> Iterator[Plan]:
    """Yield plans for what stands side by side; neighbours may be a synonym together."""
    silent = _all_silent(nodes)
    at = 0
    while at < len(nodes):
        node = nodes[at]
        if not isinstance(node, Word):
            yield plan(node, derived=derived)
            at += 1
            continue
        count, own, ways = _synonyms(nodes[at:], derived=derived)
        together = [each for word in nodes[at : at + count] for each in _word(word, silent=silent)]
        if own is not None and own.acronym:
            together = [_said(own, title=node.title)]
        if ways:
            yield Any((_one(together), *ways))
        else:
            yield from together
        at += count


def _synonyms(
    nodes: Sequence[Node], *, derived: bool
) -> tuple[int, synonyms.Member | None, list[Plan]]:
    """Return how many of the words say something together, what, and the other ways to say it."""
    words: list[str] = []
    title = isinstance(nodes[0], Word) and nodes[0].title
    for node in nodes:
        if not isinstance(node, Word) or node.title is not title:
            break
        words.append(node.text)
    forms = [tuple(forms_of(word)[0]) for word in words]
    best, own, ways = 1, None, list[Plan]()
    for group in synonyms.groups():
        if group.derived and not derived:
            continue
        for member in group.members:
            count = member.begins(words, forms)
            if count > best or (count == best and count == 1):
                ways = [] if count > best else ways
                best, own = count, member
                ways += [_said(other, title=title) for other in group.besides(member)]
                break
    return best, own, ways


def _said(member: synonyms.Member, *, title: bool) -> Plan:
    if member.acronym:
        return Exact((member.acronym,), title)
    return _stems(member.stems, title=title)


def _word(node: Node, *, silent: bool) -> list[Plan]:
    """Return what one word asks for; one that says nothing asks for nothing, beside others."""
    assert isinstance(node, Word)  # noqa: S101  # the caller looked
    forms, joined = forms_of(node.text)
    if not forms:
        words = tuple(surface_words(node.text))
        return [Exact(words, node.title)] if silent and words else []
    if joined:
        apart = _stems(tuple(forms), title=node.title)
        return [Any((Stem(joined, node.title), apart))]
    return [Stem(form, node.title) for form in forms]


def _stems(groups: tuple[tuple[str, ...], ...], *, title: bool = False) -> Plan:
    if len(groups) == 1:
        return Stem(groups[0], title)
    return Close(groups, len(groups), title, row=True) if groups else All(())


def _one(plans: list[Plan]) -> Plan:
    return plans[0] if len(plans) == 1 else All(tuple(plans))


def _all_silent(nodes: Sequence[Node]) -> bool:
    return all(isinstance(node, Word) and not forms_of(node.text)[0] for node in nodes)
