"""The words of the interface, in French and in English: one reviewable file for each language."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING, Any, Final, Literal, TypeAlias, get_args

from archive.sentences import Sentence
from archive.web.rendering import typeset

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import date, datetime

Language: TypeAlias = Literal["fr", "en"]
LANGUAGES: Final[tuple[Language, ...]] = get_args(Language)

#: The thousands of French are parted by a narrow space that breaks no line.
_THOUSANDS: Final[dict[Language, str]] = {"fr": "\u202f", "en": ","}
_POINT: Final[dict[Language, str]] = {"fr": ",", "en": "."}
#: Values of sentences that are names of fields, or of parts of one.
_FIELDS: Final = frozenset({"field", "part"})
_UNITS: Final[dict[Language, tuple[str, ...]]] = {
    "fr": ("o", "ko", "Mo", "Go"),
    "en": ("B", "kB", "MB", "GB"),
}


@dataclass(frozen=True, slots=True)
class Words:
    """The words of one language, and how it writes numbers and days."""

    language: Language
    messages: dict[str, str]

    def say(self, key: str, **values: object) -> str:
        """Return a message with its values filled in; numbers are written as the language does.

        Where *values* has ``n``, the message may have a form for one: ``KEY.one``, ``KEY.other``.
        """
        count = values.get("n")
        if isinstance(count, int) and f"{key}.other" in self.messages:
            key = f"{key}.{'one' if self._is_one(count) else 'other'}"
        shown = {name: self._shown(value) for name, value in values.items()}
        return self.messages[key].format(**shown)

    def tell(self, said: str) -> str:
        """Return a sentence of the archive in this language; other text stays as it is."""
        if not isinstance(said, Sentence):
            return said
        if said.parts:
            return self._between(said.between).join(map(self.tell, said.parts))
        values = {
            name: self._told(value, is_field=name in _FIELDS) for name, value in said.values.items()
        }
        return self.say(f"said.{said.code}", **values)

    def field(self, name: str) -> str:
        """Return what a field of a record is called."""
        return self.named("field", name)

    def named(self, table: str, code: str) -> str:
        """Return the name of a code, of a table of them; codes of the archive may be new."""
        return self.messages.get(f"{table}.{code}", code)

    def knows(self, key: str) -> bool:
        """Whether there is a message of this key: codes of the archive may be new."""
        return key in self.messages

    def number(self, value: float) -> str:
        r"""Return a number with its thousands parted.

        >>> words_of("fr").number(1133), words_of("en").number(1133)
        ('1\u202f133', '1,133')
        """
        if isinstance(value, int):
            return f"{value:,}".replace(",", _THOUSANDS[self.language])
        return f"{value:.1f}".replace(".", _POINT[self.language])

    def size(self, count: float) -> str:
        r"""Return a number of bytes as people read it.

        >>> words_of("fr").size(3_198_507)
        '3,2\xa0Mo'
        """
        units = _UNITS[self.language]
        for unit in units[:-1]:
            if count < 1000:
                shown = self.number(int(count) if unit == units[0] else float(count))
                return f"{shown}\u00a0{unit}"
            count /= 1000
        return f"{self.number(float(count))}\u00a0{units[-1]}"

    def day(self, value: date) -> str:
        """Return a day as it is said: 1er mars 2012, 1 March 2012."""
        month = self.messages[f"months.{value.month}"]
        first = "1er" if self.language == "fr" and value.day == 1 else str(value.day)
        return f"{first}\u00a0{month} {value.year}"

    def moment(self, value: datetime) -> str:
        """Return a moment to the minute, in UTC as the archive has it."""
        return f"{self.day(value)}, {value:%H:%M} UTC"

    def _between(self, sign: str) -> str:
        # A colon or a semicolon stands apart from the word before it.
        return f"\u00a0{sign}" if self.language == "fr" and sign[:1] in {":", ";"} else sign

    def _told(self, value: Any, *, is_field: bool) -> Any:
        if not isinstance(value, str):
            return value
        return self.field(value) if is_field else self.tell(value)

    def _shown(self, value: object) -> object:
        if isinstance(value, int):
            return self.number(value)
        if isinstance(value, float):
            return f"{value:g}".replace(".", _POINT[self.language])
        return value

    def _is_one(self, count: int) -> bool:
        """Tell whether a count takes the singular: in French, nothing does too."""
        return count == 1 or (self.language == "fr" and count == 0)


@cache
def words_of(language: Language) -> Words:
    """Return the words of a language."""
    text = files("archive.web").joinpath(f"messages/{language}.toml").read_text(encoding="utf-8")
    messages = dict(_flat(tomllib.loads(text)))
    if language == "fr":
        messages = {key: typeset(message) for key, message in messages.items()}
    return Words(language, messages)


def preferred_language(accepted: str, chosen: str = "") -> Language:
    """Return the language of a visitor: the one chosen, else the first of ours that is accepted.

    >>> preferred_language("de-DE, fr;q=0.8, en;q=0.5"), preferred_language("de")
    ('fr', 'en')
    """
    for language in LANGUAGES:
        if chosen == language:
            return language
    best: tuple[float, Language] = (0.0, "en")
    for entry in accepted.split(",")[:20]:
        tag, _, parameters = entry.partition(";")
        language_of_tag = tag.strip().lower().split("-", 1)[0]
        for language in LANGUAGES:
            if language_of_tag == language:
                best = max(best, (_quality(parameters), language), key=lambda each: each[0])
    return best[1]


def _quality(parameters: str) -> float:
    name, _, value = parameters.strip().partition("=")
    try:
        return float(value) if name.strip() == "q" else 1.0
    except ValueError:
        return 0.0


def _flat(table: dict[str, Any], before: str = "") -> Iterator[tuple[str, str]]:
    for name, value in table.items():
        if isinstance(value, dict):
            yield from _flat(value, f"{before}{name}.")
        else:
            yield f"{before}{name}", value
