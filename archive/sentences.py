"""Sentences that know what they say: English to print, and the facts to word them anew from."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping


class Sentence(str):
    """A sentence in English, made of a *code* and its *values*, or of *parts*.

    Commands and JSON print it as any text. The reading room says it in the visitor's language: by
    its code, with its values, of which some may be sentences themselves.
    """

    __slots__ = ("between", "code", "parts", "values")

    code: str
    values: dict[str, Any]
    parts: tuple[str, ...]
    between: str


def sentence(code: str, form: str, **values: Any) -> Sentence:
    """Return a form filled in, together with what it was filled in with.

    >>> said = sentence("answered", "answered {status}", status=404)
    >>> said, said.code, said.values
    ('answered 404', 'answered', {'status': 404})
    """
    made = Sentence(form.format(**values))
    made.code, made.values, made.parts, made.between = code, values, (), ""
    return made


def joined(between: str, parts: Iterable[str]) -> Sentence:
    """Return sentences one after the other."""
    parts = tuple(parts)
    made = Sentence(between.join(parts))
    made.code, made.values, made.parts, made.between = "", {}, parts, between
    return made


def read_back(text: str, forms: Mapping[str, str], *, words: Collection[str] = ()) -> str:
    """Return a text that was kept as the sentence it was: by the first of the forms it fits.

    Values named among *words* may have blanks in them; of the others, those that are numbers are
    read as such. What fits no form stays the text it is.
    """
    for code, form in forms.items():
        if found := _pattern(form, frozenset(words)).fullmatch(text):
            values = {
                name: read_back(said, forms, words=words) if name in words else _value(said)
                for name, said in found.groupdict().items()
            }
            return sentence(code, form, **values)
    return text


def _value(text: str) -> str | int:
    is_number = text.isascii() and text.isdecimal()
    return int(text) if is_number and str(int(text)) == text else text


@cache
def _pattern(form: str, words: frozenset[str]) -> re.Pattern[str]:
    """Return what fits everything that a form can be filled in to."""
    pieces = re.split(r"\{(\w+)\}", form)
    return re.compile(
        "".join(
            rf"(?P<{piece}>{'.+' if piece in words else '[^ ]+'})" if at % 2 else re.escape(piece)
            for at, piece in enumerate(pieces)
        ),
        re.DOTALL,
    )
