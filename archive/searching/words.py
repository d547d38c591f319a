"""French text as the index holds it: surface words for phrases, stems for everything else.

Text and question go through the same door, so that both come to the same words. Each spelling is
worked out once and remembered; a page then costs one regular expression and two look-ups a word.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import Stemmer

from archive.folding import fold

if TYPE_CHECKING:
    from collections.abc import Iterable

#: Changes whenever the same text would be prepared otherwise; an index says which it was made by.
PREPARATION: Final = f"6-{Stemmer.version()}"

#: Stands in the index before a stem that a page has three times or more.
OFTEN: Final = "_"

#: Letters of one word that are kept; more is no word.
_LONGEST: Final = 40
#: Spellings that are remembered; beyond it memory would grow with the archive.
_REMEMBERED: Final = 300_000

_JOINER: Final = r"(?:['’ʼ‐‑-]|[-‐\u00ad][ \t]*\r?\n[ \t]*)"


#: A word or a compound, as it is written.
WORD: Final = re.compile(
    r"[A-Z]\.(?:[A-Z]\.)+[A-Z]?|"
    rf"[\w\u0300-\u036f\u00ad]+(?:{_JOINER}[\w\u0300-\u036f\u00ad]+)*"
)
#: The same in readable text, whose accents stand on their letters: in half the time.
_READABLE_WORD: Final = re.compile(rf"\w+(?:{_JOINER}\w+)*")
# Glyphs without a name, private use: a font's own signs, which no one can look for.
_PRIVATE: Final = re.compile(r"[\ue000-\uf8ff\U000f0000-\U0010ffff]")
_NO_LETTER: Final = re.compile(rf"\(cid:\d+\)|{_PRIVATE.pattern}+")
_HYPHEN_AT_END: Final = re.compile(r"[-‐][ \t]*\r?\n|\u00ad")
_DIVIDED: Final = re.compile(r"(?<=\w)[-‐\u00ad][ \t]*\r?\n[ \t]*(?=\w)|\u00ad")
_POINTS: Final = re.compile(r"[A-Z]\.[A-Z]")
_POINTED: Final = re.compile(r"\b[A-Z]\.(?:[A-Z]\.)+[A-Z]?")
_LIGATURES: Final = (("œ", "oe"), ("Œ", "OE"), ("æ", "ae"), ("Æ", "AE"))
_LINE_END: Final = re.compile(r"[-‐\u00ad][ \t]*\r?\n[ \t]*")
_ELIDED: Final = re.compile(r"(?:[ldjmtsnc]|qu|jusqu|lorsqu|puisqu|quoiqu)'(?=\w{2})")
_PARTS: Final = re.compile(r"[\W_]+")
_SPELLING: Final = str.maketrans(
    {"œ": "oe", "æ": "ae", "’": "'", "ʼ": "'", "‐": "-", "‑": "-", "\u00ad": None}
)

#: Words that say nothing by themselves; the file says which are not among them, and why.
STOP_WORDS: Final = frozenset(
    line
    for line in Path(__file__).with_name("stop_words.txt").read_text(encoding="utf-8").splitlines()
    if not line.startswith("#")
)

_ACCENTS: Final = str.maketrans("àâäáãåéèêëïîíìôöóòõùûüúÿçñ", "aaaaaaeeeeiiiiooooouuuuycn")

#: Plurals that the stemmer leaves apart from their singular.
_IRREGULAR: Final = {
    "lieux": "lieu",
    "milieux": "milieu",
    "enjeux": "enjeu",
    "jeux": "jeu",
    "feux": "feu",
    "voeux": "voeu",
    "cheveux": "cheveu",
    "travaux": "travail",
    "vitraux": "vitrail",
    "baux": "bail",
    "coraux": "corail",
    "yeux": "oeil",
    "cieux": "ciel",
    "pneus": "pneu",
}

#: What the stemmer takes for another word's form: marais for one of mare, plus and PACA for the
#: acronyms PLU and PAC.
_WHOLE: Final = frozenset({"marais", "relais", "palais", "francais", "anglais", "plus", "paca"})

_stem = Stemmer.Stemmer("french", 0).stemWord


@dataclass(frozen=True, slots=True)
class Spelling:
    """What one spelling comes to: *words* as they stand, *stems* of those that say something.

    *joined* are stems of a compound written in one word (``eco-tourisme`` -> ``ecotour``); they
    are among *stems*, behind those of its parts. *elided* is how many characters of the spelling
    are an article that lost its vowel. *stemmed* are the stems with spaces between them.
    """

    words: tuple[str, ...]
    stems: tuple[str, ...]
    joined: tuple[str, ...]
    elided: int
    stemmed: str


class _Spellings(dict[str, Spelling]):
    """Remembers what each spelling comes to."""

    def __missing__(self, raw: str) -> Spelling:
        if len(self) >= _REMEMBERED:
            self.clear()
        self[raw] = spelling = _read(raw)
        return spelling


_spellings = _Spellings()


class _Stemmed(dict[str, str]):
    """Remembers the stems of each spelling apart: a page is a matter of look-ups alone."""

    def __missing__(self, raw: str) -> str:
        if len(self) >= _REMEMBERED:
            self.clear()
        self[raw] = stemmed = _spellings[raw].stemmed
        return stemmed


_stemmed = _Stemmed()


def spelling(raw: str) -> Spelling:
    """Return what one word or compound of a text comes to.

    >>> spelling("l’Été").words, spelling("l’Été").stems
    (('l', 'ete'), ('ete',))
    >>> spelling("éco-tourisme").stems
    ('eco', 'tourism', 'ecotour')
    """
    return _spellings[raw]


def forms_of(raw: str) -> tuple[list[tuple[str, ...]], tuple[str, ...]]:
    """Return the stems of each part of a word that says something, and those of the compound.

    >>> forms_of("l'éco-tourisme")
    ([('eco',), ('tourism',)], ('ecotour',))
    """
    text = unicodedata.normalize("NFKC", raw).lower()
    if "." in text:
        return [_spellings[raw].stems], ()
    _, rest = _elided(_plain(_LINE_END.sub("", text)))
    return [stems for part in _parts(rest) if (stems := _stems(part))], _spellings[raw].joined


def raw_words(text: str) -> list[str]:
    """Return the words and compounds of a text as they are written."""
    return WORD.findall(text)


def readable_words(text: str) -> list[str]:
    """Return the words and compounds of a readable text."""
    return (WORD if "\u00ad" in text else _READABLE_WORD).findall(text)


def readable(text: str) -> str:
    """Return a text as it is prepared: one spelling of each letter, nothing that is none.

    Points within acronyms go: they would make words of their letters. Each rule is looked for
    before it is applied, which on most pages it need not be.

    >>> readable("le P.N.R. : efﬁcacité (cid:12)")
    'le PNR : efficacité  '
    """
    if not unicodedata.is_normalized("NFKC", text):
        text = unicodedata.normalize("NFKC", text)
    if "(cid:" in text or _PRIVATE.search(text):
        text = _NO_LETTER.sub(" ", text)
    if _POINTS.search(text):
        text = _POINTED.sub(lambda match: match.group().replace(".", ""), text)
    return text


def surface_text(text: str) -> str:
    r"""Return a readable text for SQLite's own tokenizer, which folds capitals and accents itself.

    It splits at what it takes for no letter; so words that a line's end or a soft hyphen divides
    are put together here, and ligatures apart.

    >>> surface_text("L'œuvre : un pay-\nsage")
    "L'oeuvre : un paysage"
    """
    if _HYPHEN_AT_END.search(text):
        text = _DIVIDED.sub("", text)
    for ligature, letters in _LIGATURES:
        text = text.replace(ligature, letters)
    return text


def stemmed_words(raws: Iterable[str]) -> list[str]:
    """Return the stems of each of the words that say something; of some words, two in one.

    >>> stemmed_words(raw_words("L'été des solidarités"))
    ['ete', 'solidar solidarit']
    """
    return list(filter(None, map(_stemmed.__getitem__, raws)))


def placed_words(text: str) -> list[tuple[int, int, Spelling]]:
    """Return start, end and spelling of each word or compound of a text."""
    known = _spellings
    return [(match.start(), match.end(), known[match.group()]) for match in WORD.finditer(text)]


def surface_words(text: str) -> list[str]:
    """Return the words of a text in order, folded, each part of a compound for itself.

    >>> surface_words("Aujourd'hui, l'Œuvre de Scarpe-Escaut")
    ['aujourd', 'hui', 'l', 'oeuvre', 'de', 'scarpe', 'escaut']
    """
    return [word for raw in raw_words(text) for word in _spellings[raw].words]


def stems_of(text: str) -> list[str]:
    """Return the stems of what says something in a text, in order.

    >>> stems_of("les forêts anciennes du Parc")
    ['foret', 'ancien', 'parc']
    """
    return [stem for raw in raw_words(text) for stem in _spellings[raw].stems]


def _read(raw: str) -> Spelling:
    text = unicodedata.normalize("NFKC", raw).lower()
    if "." in text:
        acronym = _folded(text.replace(".", ""))
        return _spelling((acronym,), _stems(acronym) or (acronym,))
    halves = _LINE_END.split(text)
    plain = _plain("".join(halves))
    elided, rest = _elided(plain)
    parts = _parts(rest)
    # A hyphen at the end of a line may be the word's own or the line's: found either way.
    apart = [part for half in halves for part in _parts(_plain(half))] if len(halves) > 1 else []
    return _spelling(
        (_folded(part) for part in _parts(plain)),
        (stem for part in (*parts, *apart) for stem in _stems(part)),
        joined=_joined(parts),
        elided=elided,
    )


def _spelling(
    words: Iterable[str], stems: Iterable[str], *, joined: tuple[str, ...] = (), elided: int = 0
) -> Spelling:
    cut = tuple(word[:_LONGEST] for word in words)
    each = tuple(dict.fromkeys((*stems, *joined)))
    return Spelling(cut, each, joined, elided, " ".join(each))


def _parts(text: str) -> list[str]:
    return [part for part in _PARTS.split(text) if part]


def _folded(word: str) -> str:
    """Return a word in lower case without accents; most words need no more than a table."""
    plain = word.translate(_ACCENTS)
    return plain if plain.isascii() else fold(plain)


def _plain(text: str) -> str:
    return text.translate(_SPELLING)


def _elided(text: str) -> tuple[int, str]:
    start = 0
    while match := _ELIDED.match(text, start):
        start = match.end()
    return start, text[start:]


def _joined(parts: list[str]) -> tuple[str, ...]:
    whole = "".join(parts)
    if len(parts) < 2 or len(whole) > _LONGEST or whole.isdigit():
        return ()
    return _stems(whole)


def _stems(word: str) -> tuple[str, ...]:
    """Return the stem of the word as accented and as folded: one, where both are the same."""
    folded = _folded(word)[:_LONGEST]
    if folded in STOP_WORDS or not folded:
        return ()
    if not folded.isalpha() or len(folded) < 3 or folded in _WHOLE:
        return (folded,)
    if folded in _IRREGULAR:
        return (_trimmed(_stem(_IRREGULAR[folded])),)
    accented = _trimmed(_folded(_stem(word[:_LONGEST])))
    bare = _trimmed(_stem(folded))
    return (accented,) if accented == bare else (accented, bare)


def _trimmed(stem: str) -> str:
    """Drop what the stemmer leaves: the s of ``velos``, the feminine of ``protegee``."""
    if len(stem) > 3 and stem.endswith(("as", "is", "os", "us")):
        stem = stem[:-1]
    while len(stem) > 3 and stem.endswith("e"):
        stem = stem[:-1]
    return stem
