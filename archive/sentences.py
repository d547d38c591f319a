"""Sentences that know what they say: English to print, and the facts to word them anew from."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable


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
