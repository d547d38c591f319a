"""What the words of a page mean as values: texts, dates, years, counts, people.

Pure functions over text. A value that cannot be read is ``None``; nothing is guessed.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date
from typing import Final

import ftfy

from archive.records import Agent
from spiders.folding import plain
from spiders.wording import (
    CONTACT_WORDS,
    MONTHS,
    NOT_GIVEN,
    PAGE_WORDS,
    SPAN_WORDS,
)

_INVISIBLE: Final = dict.fromkeys([0, 0xAD, 0x200B, 0x200C, 0x200D, 0x2060, 0xFEFF])
_MOJIBAKE: Final = re.compile(r"[ÂÃâÅ][\x80-\xbfŒœŠšŸŽžƒˆ˜–—‘’‚“”„†‡•…‰‹›€™]")
_EMAIL: Final = re.compile(
    r"[\w.+-]{1,64}\s?(?:@|\[at\]|\(at\)|\[arobase\]|\(arobase\))\s?[\w-]{1,63}(?:\.[\w-]{1,63}){1,5}",
    re.IGNORECASE,
)
_PHONE: Final = re.compile(
    r"(?<![\d/.-])(?:(?:\+|00)33[\s.-]?(?:\(0\)[\s.-]?)?|0)[1-9](?:[\s.-]?\d{2}){4}(?![\d/-])"
)
_CONTACT_LEFTOVERS: Final = re.compile(
    rf"(?:\b(?:{CONTACT_WORDS})\b\.?\s*:?\s*)?\x00"
    r"|\(\s*[,;:/-]*\s*\)|\[\s*\]|<\s*>",
    re.IGNORECASE,
)

_NUMERIC_DATE: Final = re.compile(r"(?<!\d)(\d{1,2})[/.-](\d{1,2})[/.-](\d{4})(?!\d)")
_ISO_DATE: Final = re.compile(r"(?<!\d)(\d{4})-(\d{2})-(\d{2})(?!\d)")
_WRITTEN_DATE: Final = re.compile(r"(?<!\d)(\d{1,2})(?:er|st|nd|rd|th)? ([a-z]+) (\d{4})(?!\d)")
_ENGLISH_DATE: Final = re.compile(r"\b([a-z]+) (\d{1,2}) (\d{4})(?!\d)")
_MONTH_ONLY: Final = re.compile(r"(?:([a-z]+)|\d{1,2}) (\d{4})")
_YEAR: Final = re.compile(r"(?<![\d])(1[5-9]\d\d|20\d\d)(?!\d)")
_YEARS: Final = re.compile(rf"(\d{{4}})\s*(?:[-–—/]|{SPAN_WORDS})\s*(\d{{4}})")
_PAGES: Final = re.compile(
    rf"(\d{{1,5}}|\d{{1,2}} \d{{3}})\s*(?:{PAGE_WORDS})?\.?\s*(?:\([^()\d]*\))?",
    re.IGNORECASE,
)
_PARENTHESIS: Final = re.compile(r"\s*\(([^()]*)\)$")


@dataclass(frozen=True, slots=True)
class Years:
    """The years a text names; both ``None`` when it names none that could be read."""

    start: int | None = None
    end: int | None = None


def cleaned(text: str) -> str:
    r"""Return the text on one line, composed (NFC), without invisible characters.

    >>> cleaned("Num\u00adéro\u00a0 12 ")
    'Numéro 12'
    """
    return " ".join(unicodedata.normalize("NFC", text.translate(_INVISIBLE)).split())


def mended(text: str) -> str:
    """Undo a wrong decoding, where undoing the repair gives the very same text back.

    >>> mended("La dÃ©marche"), mended("Â« Ã tort »")
    ('La démarche', 'Â« Ã tort »')
    """
    if not _MOJIBAKE.search(text):
        return text
    repaired = ftfy.fix_encoding(text)
    return repaired if _is_what_was_garbled(repaired, text) else text


def _is_what_was_garbled(repaired: str, garbled: str) -> bool:
    for codec in ("cp1252", "latin-1"):
        try:
            if repaired.encode("utf-8").decode(codec) == garbled:
                return True
        except UnicodeDecodeError:
            continue
    return False


def without_contacts(text: str) -> str:
    """Return the text without e-mail addresses and telephone numbers.

    >>> without_contacts("Service urbanisme (urbanisme@exemple.invalid)")
    'Service urbanisme'
    """
    if "@" not in text and "at" not in text and "aro" not in text and not _PHONE.search(text):
        return text
    blanked = _PHONE.sub("\0", _EMAIL.sub("\0", text))
    if blanked == text:
        return text
    bare = _CONTACT_LEFTOVERS.sub(" ", _CONTACT_LEFTOVERS.sub(" ", blanked))
    return re.sub(r"\s+([,;.)])", r"\1", " ".join(bare.split())).strip(" ,;:-–/")


def is_given(text: str) -> bool:
    """Tell whether a value is one, and not a word for "not known".

    >>> is_given("n.c."), is_given("s.d."), is_given("42")
    (False, False, True)
    """
    return plain(text) not in NOT_GIVEN


def date_in(text: str) -> date | None:
    """Read the first full date, day first; a month alone is no date.

    >>> date_in("Jeu, 22/08/2013 - 10:12"), date_in("1er mars 2012"), date_in("août 2013")
    (datetime.date(2013, 8, 22), datetime.date(2012, 3, 1), None)
    """
    text = text[:200]
    if found := _ISO_DATE.search(text):
        return _day(found[1], found[2], found[3])
    if found := _NUMERIC_DATE.search(text):
        return _day(found[3], found[2], found[1])
    words = plain(text)
    for found in _WRITTEN_DATE.finditer(words):
        if found[2] in MONTHS:
            return _day(found[3], MONTHS[found[2]], found[1])
    for found in _ENGLISH_DATE.finditer(words):
        if found[1] in MONTHS:
            return _day(found[3], MONTHS[found[1]], found[2])
    return None


def _day(year: str, month: str | int, day: str) -> date | None:
    try:
        return date(int(year), int(month), int(day))
    except ValueError:
        return None


def names_a_month(text: str) -> bool:
    """Tell whether a text is a date as precise as a month: readable, and no day.

    >>> names_a_month("août 2013"), names_a_month("bientôt")
    (True, False)
    """
    found = _MONTH_ONLY.fullmatch(plain(text[:200]))
    return found is not None and (found[1] is None or found[1] in MONTHS)


def years_in(text: str) -> Years:
    """Read one year, or the first and last of a span.

    >>> years_in("Septembre 2012"), years_in("[2010/2012]"), years_in("2010-12"), years_in("s.d.")
    (Years(start=2012, end=2012), Years(start=2010, end=2012), Years(start=None, end=None), \
Years(start=None, end=None))
    >>> years_in("Lun, 01/01/2018 - 12:00")
    Years(start=2018, end=2018)
    """
    text = text[:200]
    years = [int(year) for year in _YEAR.findall(text)]
    if len(years) == 1 and not re.search(r"\d{4}\s*[-–/]\s*\d{1,2}(?![\d/:-])", text):
        return Years(years[0], years[0])
    span = _YEARS.search(text)
    if len(years) == 2 and span and [int(span[1]), int(span[2])] == sorted(years):
        return Years(years[0], years[1])
    return Years()


def pages_in(text: str) -> int | None:
    """Read a number of pages when the text says one number and nothing else.

    >>> pages_in("42 p."), pages_in("2 x 24 p."), pages_in("n.c.")
    (42, None, None)
    """
    found = _PAGES.fullmatch(text[:60].strip())
    count = int(found[1].replace(" ", "")) if found else 0
    return count or None


def people_in(text: str) -> tuple[Agent, ...]:
    """Split a list of people and bodies, as it was typed, into each of them.

    On semicolons if there is one, else on commas outside brackets; "et" joins words inside names
    as often as names, so it never splits. ``Name (Body)`` gives an affiliation.

    >>> [agent.name for agent in people_in("Caisse des dépôts et consignations, Mairie-conseils")]
    ['Caisse des dépôts et consignations', 'Mairie-conseils']
    >>> people_in("Vincent Chassagne (Marie-Conseils)")
    (Agent(name='Vincent Chassagne', affiliation='Marie-Conseils'),)
    """
    text = mended(text)
    separator = ";" if ";" in text else ","
    agents = [_agent(without_contacts(part)) for part in _split_outside(text, separator)]
    return tuple(dict.fromkeys(agent for agent in agents if agent.name and is_given(agent.name)))


def _split_outside(text: str, separator: str) -> list[str]:
    parts, depth = [""], 0
    unclosed = text.count("(") != text.count(")")
    for char in text:
        depth = max(0, depth + (char == "(") - (char == ")"))
        # A bracket that never closes must not swallow the rest of the list.
        if char == separator and (depth == 0 or unclosed):
            parts.append("")
        else:
            parts[-1] += char
    return parts


def _agent(text: str) -> Agent:
    name = cleaned(text).strip(" .:;,-–•*").strip()
    if found := _PARENTHESIS.search(name):
        return Agent(name=name[: found.start()], affiliation=found[1].strip())
    return Agent(name=name)
