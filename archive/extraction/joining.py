"""Lines -> running text, with the words that a line end broke made whole. Pure functions.

A hyphen at a line end may be the printer's or the word's own. In this order: in an address or
beside a figure or a lone letter -> the word's own; the joined word is known, or stands on the page
unbroken -> printer's; before a capital, or the page has the compound in mid-line -> the word's
own; both halves are words, and the second is no mere ending -> the word's own; else -> printer's.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from archive.extraction.cleaning import PDFIUM_HYPHEN, SOFT_HYPHEN
from archive.extraction.results import Join
from archive.extraction.words import is_known

if TYPE_CHECKING:
    from collections.abc import Callable

_BROKEN = re.compile(
    f"(?P<left>[^\\W_]+)(?P<was>{PDFIUM_HYPHEN}|[-\u2010\u2011{SOFT_HYPHEN}] ?\n[ \n]*)"
    "(?P<right>[^\\W_]+)"
)
_IDLE_SOFT_HYPHEN = re.compile(f"{SOFT_HYPHEN}(?! ?\n[ \n]*[^\\W_])|(?<![^\\W_]){SOFT_HYPHEN}")
_LONE_HYPHEN = re.compile(f"(?<![^\\W_]){PDFIUM_HYPHEN}|{PDFIUM_HYPHEN}(?![^\\W_])")
_LINE_END = re.compile(f"[-\u2010\u2011{SOFT_HYPHEN}] ?\n")
_ADDRESS = re.compile(r"(?:://|www\.|@)\S*$")
_ENDINGS = frozenset(
    """
    ment ments tion tions sion sions teur teurs trice trices age ages able ables ible ibles ale
    ales aux ant ante ants antes ance ances ence ences ique iques isme ismes iste istes té tés
    ture tures tique tiques logie logique
    """.split()  # noqa: SIM905 - forty quoted words would be harder to read
)
"""What ends a word, may be a word, and hardly ever is the second half of a compound."""


def join_lines(text: str, known: Callable[[str], bool] = is_known) -> tuple[str, tuple[Join, ...]]:
    r"""Return the text with broken words made whole, and what stood at each mended place.

    >>> join_lines("le pay-\nsage, est-\nelle")
    ('le paysage, est-elle', (Join(position=6, was='-\n'), Join(position=15, was='-\n')))
    """
    text = _LONE_HYPHEN.sub("-\n", text) if PDFIUM_HYPHEN in text else text
    text = _IDLE_SOFT_HYPHEN.sub("", text) if SOFT_HYPHEN in text else text
    if PDFIUM_HYPHEN not in text and not _LINE_END.search(text):
        return text, ()
    parts: list[str] = []
    joins: list[Join] = []
    length = start = 0
    while match := _BROKEN.search(text, start):
        hyphen = "-" if _is_own(match, text, known) else ""
        parts += (text[start : match.end("left")], hyphen)
        length += match.end("left") - start
        joins.append(Join(position=length, was=match["was"].replace(PDFIUM_HYPHEN, "-\n")))
        length += len(hyphen)
        start = match.start("right")
    return "".join((*parts, text[start:])), tuple(joins)


def _is_own(match: re.Match[str], text: str, known: Callable[[str], bool]) -> bool:
    """Whether the hyphen belongs to the word; the module's docstring gives the order."""
    left, right = match["left"], match["right"]
    if SOFT_HYPHEN in match["was"]:
        return False
    if _has_figure_or_single(left, right) or _is_in_address(match, text):
        return True
    if known(left + right) or _stands(left + right, text):
        return False
    if (right[0].isupper() and not left.isupper()) or _stands(f"{left}-{right}", text):
        return True
    return known(left) and known(right) and right.lower() not in _ENDINGS


def _has_figure_or_single(left: str, right: str) -> bool:
    """Whether a figure or a lone letter stands at the break: no printer parts a word there."""
    return left[-1].isdigit() or right[0].isdigit() or 1 in (len(left), len(right))


def _stands(word: str, text: str) -> bool:
    # Most words do not, and to see that costs next to nothing.
    return (
        word.lower() in text.lower()
        and re.search(rf"\b{re.escape(word)}\b", text, re.IGNORECASE) is not None
    )


def _is_in_address(match: re.Match[str], text: str) -> bool:
    """Whether the broken word belongs to an address, where every hyphen is its own."""
    line = text[text.rfind("\n", 0, match.start()) + 1 : match.start()]
    return bool(_ADDRESS.search(line))
