"""The vocabulary together with what a user added to it in ``pnr.toml``."""

from __future__ import annotations

from dataclasses import fields
from typing import TYPE_CHECKING, Final, get_args

from archive.records import Record
from spiders.vocabulary import (
    IGNORE,
    LONGEST_LABEL,
    FieldName,
    field_of,
    fold,
    misspelt_field_of,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Names a user may write for fields that are filled together.
_TWINS: Final = {
    "year": "year_start",
    "year_end": "year_start",
    "year_raw": "year_start",
    "updated": "updated_on",
    "updated_raw": "updated_on",
    "declared_pages_raw": "declared_pages",
    "authors_raw": "authors",
    "contributors_raw": "contributors",
    "body": "body_text",
}


class UnknownFieldError(ValueError):
    """Raised when a rule maps a label to something that is no field of a record."""


class Lexicon:
    """Answers which field a label fills."""

    def __init__(self, added: Mapping[str, str]) -> None:
        self._added = {fold(label): _field_named(name, label) for label, name in added.items()}

    def field_of(self, label: str, *, marked: bool = False) -> str:
        """Return the field, ``ignore``, or ``""``; *marked* forgives one slip of the pen."""
        if len(label) > LONGEST_LABEL:
            return ""
        if self._added and (found := self._added.get(fold(label))):
            return found
        return field_of(label) or (misspelt_field_of(label) if marked else "")


def field_named(name: str) -> str:
    """Return the field that is read where a field of a record is: years with their first, say.

    :raises UnknownFieldError: a record has no such field.
    """
    known = {field.name for field in fields(Record)}
    if name not in known:
        raise UnknownFieldError(
            f"{name!r} is no field of a record; choose from {', '.join(sorted(known))}"
        )
    return _TWINS.get(name, name)


def _field_named(name: str, label: str) -> str:
    field = _TWINS.get(name, name)
    if field != IGNORE and field not in get_args(FieldName):
        known = ", ".join(sorted((*get_args(FieldName), IGNORE)))
        raise UnknownFieldError(f"label {label!r}: {name!r} is no field; choose from {known}")
    return field
