"""Which field a label fills: the vocabulary, with what a user added to it in ``pnr.toml``."""

from __future__ import annotations

from dataclasses import fields
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal, get_args

from rapidfuzz.distance import DamerauLevenshtein

from archive.records import Record
from spiders.folding import fold
from spiders.vocabulary import FIELD_LABELS, IGNORE, IGNORED_LABELS, SECOND_CHOICES, FieldName
from spiders.wording import LITTLE_WORDS, SHORT_WORDS

if TYPE_CHECKING:
    from collections.abc import Mapping

#: Longer texts are no labels; they are not even looked at.
LONGEST_LABEL: Final = 60
# One slip of the pen is forgiven in labels at least this long; in short ones it makes other words.
_SHORTEST_MISSPELT: Final = 7

FIELD_OF_LABEL: Final[dict[str, FieldName]] = {
    fold(label): field for field, labels in FIELD_LABELS.items() for label in labels
}
_IGNORED: Final = frozenset(map(fold, IGNORED_LABELS))


def _as_in_a_name(label: str) -> str:
    words = label.replace("'", " ").split()
    return fold(" ".join(SHORT_WORDS.get(word, word) for word in words if word not in LITTLE_WORDS))


_LABELS_AS_NAMES: Final = {
    _as_in_a_name(label): label for labels in FIELD_LABELS.values() for label in labels
}


@lru_cache(maxsize=4096)
def field_of(label: str) -> FieldName | Literal["ignore", ""]:
    """Return the field a label fills, ``ignore``, or ``""`` for a label nobody taught us.

    >>> field_of("Auteur(s) :"), field_of("Partager"), field_of("Format")
    ('authors', 'ignore', '')
    """
    if len(label) > LONGEST_LABEL:
        return ""
    folded = fold(label)
    if folded in _IGNORED:
        return IGNORE
    if found := FIELD_OF_LABEL.get(folded):
        return found
    # "Auteur / Contributeur" fills the first of the two.
    return FIELD_OF_LABEL.get(fold(label.split("/", maxsplit=1)[0]), "") if "/" in label else ""


def is_second_choice(label: str) -> bool:
    """Tell a label whose field any other label fills better.

    >>> is_second_choice("Date de publication :"), is_second_choice("Année du document")
    (True, False)
    """
    return fold(label) in SECOND_CHOICES


@lru_cache(maxsize=1024)
def label_of_name(name: str) -> str:
    """Return the label that a machine name stands for, or the name itself.

    >>> label_of_name("date-maj"), label_of_name("doc-lies"), label_of_name("format")
    ('date de maj', 'document lie', 'format')
    """
    words = name.replace("-", " ").replace("_", " ")
    return words if field_of(words) else _LABELS_AS_NAMES.get(_as_in_a_name(words), words)


@lru_cache(maxsize=1024)
def misspelt_field_of(label: str) -> FieldName | Literal[""]:
    """Return the field of the label that *label* is one slip away from, or ``""``.

    Only for texts whose markup says that they are labels.

    >>> misspelt_field_of("Type de docment"), misspelt_field_of("Parcs")
    ('document_type', '')
    """
    folded = fold(label)
    if not _SHORTEST_MISSPELT <= len(folded) <= LONGEST_LABEL:
        return ""
    near = {
        field
        for known, field in FIELD_OF_LABEL.items()
        if len(known) >= _SHORTEST_MISSPELT
        and DamerauLevenshtein.distance(folded, known, score_cutoff=1) <= 1
    }
    return near.pop() if len(near) == 1 else ""


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
