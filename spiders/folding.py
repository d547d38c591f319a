"""How words are compared: as a reader hears them, whatever their case, accents and punctuation."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import Final

_OPTIONAL_ENDING: Final = re.compile(r"\([a-z·./-]{1,6}\)|(?<=[a-z])[·•.][a-z]{1,5}(?![a-z])")
_LETTERS_LIKE: Final = str.maketrans({"’": "'", "‘": "'", "ʼ": "'", "`": "'", "œ": "oe", "æ": "ae"})
_NO_LETTERS: Final = re.compile(r"[^0-9a-z']+")
_PLURAL: Final = re.compile(r"(?<=[a-z]{3})[sx]\b")


@lru_cache(maxsize=4096)
def fold(text: str) -> str:
    """Reduce a text to what a reader hears: no case, accents, punctuation, plural.

    >>> fold("Auteur(s)\u00a0:") == fold("AUTEURS") == "auteur"
    True
    >>> fold("Document(s) lié(s) :")
    'document lie'
    """
    return _PLURAL.sub("", plain(_OPTIONAL_ENDING.sub("", _unaccented(text))))


@lru_cache(maxsize=8192)
def plain(text: str) -> str:
    """Reduce a text to its words in lower case without accents; plurals stay.

    >>> plain("Mots-clés")
    'mots cles'
    """
    return " ".join(_NO_LETTERS.sub(" ", _unaccented(text)).split())


def _unaccented(text: str) -> str:
    if text.isascii():
        return text.lower().replace("`", "'")
    decomposed = unicodedata.normalize("NFKD", text).casefold().translate(_LETTERS_LIKE)
    return "".join(char for char in decomposed if not unicodedata.combining(char))
