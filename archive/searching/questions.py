"""A question as it was understood: what is looked for, where, and among which records."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal, TypeAlias

from archive.queries.filtering import EVERYTHING, RecordFilter

#: Where words are looked for: anywhere, in the text of files, or on the record's own page.
Place: TypeAlias = Literal["anywhere", "pdf", "page"]


@dataclass(frozen=True, slots=True)
class Word:
    """A word in any of its forms; a compound such as ``éco-tourisme`` is one word."""

    text: str
    title: bool = False


@dataclass(frozen=True, slots=True)
class Prefix:
    """Words that begin like this."""

    text: str
    title: bool = False


@dataclass(frozen=True, slots=True)
class Phrase:
    """Words in this order and in this form."""

    text: str
    title: bool = False


@dataclass(frozen=True, slots=True)
class Near:
    """Words in any form with at most *distance* others between the first and the last."""

    words: tuple[str, ...]
    distance: int = 10


@dataclass(frozen=True, slots=True)
class Having:
    """Records with a label of one of the site's vocabularies, or an author."""

    vocabulary: str
    text: str


@dataclass(frozen=True, slots=True)
class Years:
    """Records of one of these years; either end may be open."""

    first: int | None
    last: int | None


@dataclass(frozen=True, slots=True)
class Every:
    """All of these."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Some:
    """At least one of these."""

    nodes: tuple[Node, ...]


@dataclass(frozen=True, slots=True)
class Without:
    """Anything but this."""

    node: Node


Node: TypeAlias = Word | Prefix | Phrase | Near | Having | Years | Every | Some | Without


@dataclass(frozen=True, slots=True)
class Understood:
    """What a text was understood as; *notes* say in a sentence each what was not."""

    node: Node
    place: Place = "anywhere"
    notes: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question to the archive.

    *text* may say all of it in the grammar of docs/search.md; the other fields say the same for
    programs, and both hold. *derived* also finds words of the same family (forêt: forestier).
    """

    text: str = ""
    filters: RecordFilter = field(default=EVERYTHING)
    title: str = ""
    place: Place = "anywhere"
    derived: bool = False
