"""Text as it is compared, when spelling is not what matters."""

from __future__ import annotations

import re
import unicodedata
from typing import Final

_LIGATURES: Final = str.maketrans({"œ": "oe", "æ": "ae", "’": "'", "ʼ": "'", "‑": "-", "–": "-"})
_SPACES: Final = re.compile(r"[\s\u00ad]+")


def fold(text: str) -> str:
    """Return *text* without case, accents and typographic differences.

    >>> fold("Études  de l’Œuvre")
    "etudes de l'oeuvre"
    """
    plain = unicodedata.normalize("NFKD", text.casefold().translate(_LIGATURES))
    letters = "".join(c for c in plain if not unicodedata.combining(c))
    return _SPACES.sub(" ", letters).strip()
