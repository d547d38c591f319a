"""The text of a question -> what is looked for.

Nothing that can be typed is an error: what cannot be understood is searched as plain words, and a
note says so. The grammar is described in docs/search.md.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import Any, Final

from archive.folding import fold
from archive.searching.questions import (
    Every,
    Having,
    Near,
    Node,
    Phrase,
    Place,
    Prefix,
    Some,
    Understood,
    Without,
    Word,
    Years,
)
from archive.searching.words import raw_words
from archive.sentences import Sentence, joined, sentence

#: The fields of the grammar, under their names in English and in French, folded.
FIELDS: Final = {
    "title": "title",
    "titre": "title",
    "type": "type",
    "year": "year",
    "annee": "year",
    "park": "park",
    "parc": "park",
    "theme": "theme",
    "tag": "tag",
    "etiquette": "tag",
    "mot-cle": "tag",
    "author": "author",
    "auteur": "author",
    "in": "in",
    "dans": "in",
}
_NAMES: Final = tuple(dict.fromkeys(FIELDS.values()))
PLACES: Final[dict[str, Place]] = {
    "pdf": "pdf",
    "file": "pdf",
    "fichier": "pdf",
    "page": "page",
    "record": "page",
    "notice": "page",
    "fiche": "page",
}

_OR: Final = frozenset({"OR", "OU"})
_AND: Final = frozenset({"AND", "ET"})
_NOT: Final = frozenset({"NOT", "SAUF"})
_NEAR: Final = re.compile(r"(?:NEAR|PROCHE)(?:/(\d{1,3}))?")

_LONGEST: Final = 2000
_MOST_WORDS: Final = 40
_DEEPEST: Final = 20
_FARTHEST: Final = 100

_TOKEN: Final = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<quoted>"[^"]*"|«[^»]*»|“[^”]*”)
  | (?P<open>\() | (?P<close>\)) | (?P<comma>,(?=\s))
  | (?P<minus>[-−](?=[^\s\-−]))
  | (?P<field>[^\W\d_][\w-]*:(?=["«“(\w.]))
  | (?P<bare>[^\s()"«»“”,]+(?:,(?=\S)[^\s()"«»“”,]+)*)
  | (?P<odd>.)
    """,
    re.VERBOSE,
)
_YEARS: Final = re.compile(r"(\d{4})?(\.\.|-|–)?(\d{4})?")


class _NotUnderstoodError(Exception):
    """What stands here is no question of the grammar; *reason* says what is wrong."""

    def __init__(self, code: str, form: str, **values: str) -> None:
        self.reason = _say(code, form, **values)
        super().__init__(self.reason)


@dataclass(frozen=True, slots=True)
class _Token:
    kind: str
    text: str
    glued: bool = False
    """Whether nothing stands between it and the token before."""


def understand(text: str) -> Understood:
    """Return what a text asks for.

    >>> understand("forêt -pin").node
    Every(nodes=(Word(text='forêt', title=False), Without(node=Word(text='pin', title=False))))
    """
    notes: list[str] = []
    # Half a character, as a terminal may hand it on, can neither be looked for nor be kept.
    text = text.encode("utf-8", "replace").decode("utf-8")
    if len(text) > _LONGEST:
        notes.append(
            _say("first-characters", "Only the first {n} characters were read.", n=_LONGEST)
        )
        text = text[:_LONGEST]
    tokens = _tokens(text)
    if len(tokens) > _MOST_WORDS * 4:
        notes.append(_say("first-words", "Only the first {n} words were read.", n=_MOST_WORDS))
        return Understood(_plain(tokens[: _MOST_WORDS * 4]), notes=tuple(notes))
    parser = _Parser(tokens, notes=notes)
    try:
        node = parser.read()
    except _NotUnderstoodError as error:
        form = "{reason}; everything was searched as plain words."
        notes.append(_say("as-plain-words", form, reason=error.reason))
        return Understood(_plain(tokens), notes=tuple(notes))
    return Understood(node, parser.place, tuple(notes))


def _say(code: str, form: str, **values: Any) -> Sentence:
    """Return a note, or what is told in one."""
    return sentence(f"search-{code}", form, **values)


def _tokens(text: str) -> list[_Token]:
    found: list[_Token] = []
    glued = False
    for match in _TOKEN.finditer(text):
        kind = str(match.lastgroup)
        if kind == "minus" and glued and found and found[-1].kind not in {"open", "field"}:
            kind = "odd"
        if kind != "space":
            found.append(_Token(kind, match.group(), glued))
        glued = kind != "space"
    return found


def _plain(tokens: list[_Token]) -> Node:
    """Return the words of a text that is no question of the grammar, without its operators."""
    operators = _OR | _AND | _NOT
    texts = [token.text for token in tokens if token.text not in operators]
    words = [word for text in texts for word in raw_words(text)]
    return Every(tuple(Word(word) for word in words[:_MOST_WORDS]))


@dataclass
class _Parser:
    tokens: list[_Token]
    notes: list[str]
    place: Place = "anywhere"
    at: int = 0
    depth: int = 0
    _told: set[str] = field(default_factory=set)

    def read(self) -> Node:
        node = self._some() if self.tokens else Every(())
        if self.at < len(self.tokens):
            raise _NotUnderstoodError("not-opened", "A parenthesis is closed that was not opened")
        return node

    def _peek(self) -> _Token | None:
        return self.tokens[self.at] if self.at < len(self.tokens) else None

    def _is(self, words: frozenset[str]) -> bool:
        token = self._peek()
        return token is not None and token.kind == "bare" and token.text in words

    def _next(self) -> _Token:
        token = self._peek()
        if token is None:
            raise _NotUnderstoodError("missing-at-end", "Something is missing at the end")
        self.at += 1
        return token

    def _some(self) -> Node:
        nodes = [self._every()]
        while self._is(_OR):
            self.at += 1
            nodes.append(self._every())
        return nodes[0] if len(nodes) == 1 else Some(tuple(nodes))

    def _every(self) -> Node:
        nodes: list[Node] = []
        start = self.at
        while (token := self._peek()) is not None and token.kind != "close" and not self._is(_OR):
            if self._is(_AND):
                self.at += 1
                if not nodes or self._peek() is None:
                    form = "{word} stands between two words"
                    raise _NotUnderstoodError("between-words", form, word=token.text)
                continue
            if near := self._near_between(nodes):
                nodes.append(near)
                continue
            nodes += self._one()
        if self.at == start:
            form = "Something is missing beside an OR or in a parenthesis"
            raise _NotUnderstoodError("missing-beside", form)
        return nodes[0] if len(nodes) == 1 else Every(tuple(nodes))

    def _one(self) -> list[Node]:
        token = self._next()
        if token.kind == "minus" or (token.kind == "bare" and token.text in _NOT):
            return [Without(_joined(self._one()))]
        match token.kind:
            case "quoted":
                return [Phrase(token.text[1:-1])]
            case "open":
                return [self._group()]
            case "field":
                return self._field(token)
            case "bare":
                return self._bare(token)
            case "odd" if token.text in '"«»“”':
                raise _NotUnderstoodError("open-quotation", "A quotation mark is not closed")
            case _:
                return []

    def _group(self) -> Node:
        self.depth += 1
        if self.depth > _DEEPEST:
            raise _NotUnderstoodError("too-many", "There are too many parentheses")
        node = self._some()
        closing = self._peek()
        if closing is None or closing.kind != "close":
            raise _NotUnderstoodError("open-parenthesis", "A parenthesis is not closed")
        self.at += 1
        self.depth -= 1
        return node

    def _bare(self, token: _Token, *, title: bool = False) -> list[Node]:
        following = self._peek()
        if (
            _NEAR.fullmatch(token.text)
            and following is not None
            and following.kind == "open"
            and following.glued
        ):
            return [self._near_group(token)]
        text = token.text
        words = raw_words(text)
        if not text.endswith("*") or not words:
            return [Word(word, title) for word in words]
        last = words.pop()
        if len(last) < 2:
            form = "{last}* is too short for a beginning; it was searched as a word."
            self._note(_say("too-short", form, last=last))
            return [Word(word, title) for word in (*words, last)]
        return [*(Word(word, title) for word in words), Prefix(last, title)]

    def _near_group(self, token: _Token) -> Node:
        """Read ``NEAR(a b, 5)``; its name was read."""
        self.at += 1
        words: list[str] = []
        distance = _distance(token.text)
        while (part := self._next()).kind != "close":
            if part.kind == "comma":
                number = self._next().text
                if not number.isdecimal():
                    form = "NEAR ends in a number, as in NEAR(a b, 5)"
                    raise _NotUnderstoodError("near-number", form)
                distance = int(number[:4])
            else:
                words += raw_words(part.text)
        return _near(words, distance)

    def _near_between(self, nodes: list[Node]) -> Node | None:
        """Read ``a NEAR/5 b``; *a* was read, and is taken back."""
        token = self._peek()
        following = self.tokens[self.at + 1] if self.at + 1 < len(self.tokens) else None
        if token is None or not _NEAR.fullmatch(token.text) or not nodes or following is None:
            return None
        before = nodes[-1]
        if following.kind not in {"bare", "quoted"} or not isinstance(before, Word | Phrase):
            return None
        self.at += 2
        nodes.pop()
        words = [*raw_words(before.text), *raw_words(following.text)]
        return _near(words, _distance(token.text))

    def _field(self, token: _Token) -> list[Node]:
        name = fold(token.text[:-1])
        meant = FIELDS.get(name) or FIELDS.get(name.removesuffix("s"))
        if meant is None:
            known = joined(", ", (_say(f"field-{each}", each) for each in _NAMES))
            form = "There is no field {name} (there are {known}); it was read as words."
            self._note(_say("no-field", form, name=token.text, known=known))
            return [Word(word) for word in raw_words(token.text)]
        value = self._next()
        if meant == "title":
            return self._title(value)
        if value.kind == "open":
            form = "{name} takes one value; quote one of several words"
            raise _NotUnderstoodError("one-value", form, name=token.text)
        text = value.text[1:-1] if value.kind == "quoted" else value.text
        return self._filter(meant, text)

    def _title(self, value: _Token) -> list[Node]:
        if value.kind == "quoted":
            return [Phrase(value.text[1:-1], title=True)]
        if value.kind == "open":
            return [_in_title(self._group())]
        return self._bare(value, title=True)

    def _filter(self, name: str, text: str) -> list[Node]:
        if name == "year":
            return self._years(text)
        if name != "in":
            return [Having(name, text)] if fold(text) else []
        place = PLACES.get(fold(text))
        if place is None:
            form = "in:{text} is no place; there are in:pdf and in:page."
            self._note(_say("no-place", form, text=text))
        self.place = place or self.place
        return []

    def _years(self, text: str) -> list[Node]:
        match = _YEARS.fullmatch(text)
        if match is None or not (match[1] or match[3]) or (not match[2] and match[3]):
            form = "year:{text} is no year; write year:2012, 2010..2015, 2010.. or ..2015."
            self._note(_say("no-year", form, text=text))
            return []
        first = int(match[1]) if match[1] else None
        last = int(match[3]) if match[3] else None if match[2] else first
        if first is not None and last is not None and first > last:
            first, last = last, first
        return [Years(first, last)]

    def _note(self, note: Sentence) -> None:
        if note not in self._told:
            self._told.add(note)
            self.notes.append(note)


def _joined(nodes: list[Node]) -> Node:
    return nodes[0] if len(nodes) == 1 else Every(tuple(nodes))


def _distance(name: str) -> int:
    match = _NEAR.fullmatch(name)
    return int(match[1]) if match and match[1] else 10


def _near(words: list[str], distance: int) -> Node:
    if len(words) < 2:
        return Every(tuple(Word(word) for word in words))
    return Near(tuple(words[:6]), min(distance, _FARTHEST))


def _in_title(node: Node) -> Node:
    match node:
        case Word() | Prefix() | Phrase():
            return type(node)(node.text, title=True)
        case Near():
            return Every(tuple(Word(word, title=True) for word in node.words))
        case Every() | Some():
            return type(node)(tuple(_in_title(each) for each in node.nodes))
        case Without():
            return Without(_in_title(node.node))
        case _:
            return node
