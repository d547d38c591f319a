"""French words: is this one, and how is it spelled where the list spells it otherwise."""

from __future__ import annotations

import gzip
import re
import unicodedata
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from archive.errors import ArchiveError

WORD = re.compile(r"[^\W\d_]+")
"""A run of letters; elided articles are words of their own."""

_OUR_WORDS = """
    paysager paysagère paysagers paysagères biodiversité métadonnées géomatique géomatiques
    intercommunalité intercommunalités inondable inondables agroécologie écotourisme éolien
    préconisations internet covoiturage bocager bocagère bocagères sylvopastoral périurbain
    périurbaine périurbains périurbaines écosystémique écosystémiques naturaliste éco
    co the of and to in for with is are on by as from be that this
""".split()  # noqa: SIM905 - as many quoted words would be harder to read
"""Words of the parks' trade that the list lacks, and enough English to know an abstract in it."""


class WordListMissingError(ArchiveError):
    """Raised when the French word list that pyspellchecker ships cannot be found."""


@cache
def french_words() -> frozenset[str]:
    """About 140,000 French word forms in lower case, œ spelled ``oe``; some 50 ms, once.

    Read straight from pyspellchecker's data (``{"word": count, …}``): importing the package and
    parsing the JSON would take three times as long.
    """
    spec = find_spec("spellchecker")
    if spec is None or spec.origin is None:
        raise WordListMissingError(
            "The French word list is missing: install pyspellchecker, a dependency of pnr-archive."
        )
    data = Path(spec.origin).with_name("resources") / "fr.json.gz"
    words = gzip.decompress(data.read_bytes()).decode().split('"')[1::2]
    return frozenset(words).union(_OUR_WORDS)


def is_known(word: str) -> bool:
    """Whether *word* (letters only, any case) is a known French word.

    >>> is_known("Œuvre"), is_known("paysage"), is_known("pays age")
    (True, True, False)
    """
    folded = word.lower()
    words = french_words()
    return folded in words or ("œ" in folded and folded.replace("œ", "oe") in words)


def is_known_without_accents(word: str) -> bool:
    """Whether *word* is a known French word but for its accents, which capitals often lack.

    >>> is_known_without_accents("ACTIVITES"), is_known_without_accents("ACTIVITÉS")
    (True, True)
    """
    return is_known(word) or _plain(word.lower().replace("œ", "oe")) in _words_less_accents()


@cache
def _words_less_accents() -> frozenset[str]:
    """Return the words that have accents without them; some 40 ms, where a page asks."""
    accented = [word for word in french_words() if not word.isascii()]
    return frozenset(_plain("\n".join(accented)).split("\n"))


def _plain(text: str) -> str:
    return unicodedata.normalize("NFD", text).encode("ascii", "ignore").decode()
