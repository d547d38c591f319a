"""An engine's raw text -> characters a person and an index can use. Pure functions.

What goes: control characters, those that steer the direction of writing with them, zero-width
spaces, byte-order marks, noncharacters, ``(cid:NN)``. What is
rewritten: ligatures, no-break and other exotic spaces, decomposed accents, letters of the
mathematical alphabets, bullets of symbol fonts. A glyph nobody can name becomes U+FFFD inside a
word, where its loss must show, and nothing elsewhere.
"""

from __future__ import annotations

import re
import unicodedata
from functools import cache

UNKNOWN = "\ufffd"
SOFT_HYPHEN = "\u00ad"
PDFIUM_HYPHEN = "\ufffe"
"""What pdfium writes for a hyphen and the line end behind it."""

_SPACES = dict.fromkeys(
    (0x09, 0x0B, 0x0C, 0x1680, *range(0x2000, 0x200B), 0x2028, 0x2029, 0x205F, 0x3000), " "
)
_NOTHING = dict.fromkeys(
    (
        *(0x034F, 0x061C, 0xFEFF, 0xFFFF),
        *range(0x200B, 0x2010),
        *range(0x202A, 0x202F),
        *range(0x2060, 0x2070),
        *range(0xFDD0, 0xFDF0),
        *range(0xFFF9, 0xFFFC),
        *range(0xE0000, 0xE0080),
        *(plane | end for plane in range(0x10000, 0x110000, 0x10000) for end in (0xFFFE, 0xFFFF)),
    ),
    "",
)
_LIGATURES = {code: unicodedata.normalize("NFKC", chr(code)) for code in range(0xFB00, 0xFB07)}
_MATHS = {
    code: unicodedata.normalize("NFKC", chr(code))
    for code in range(0x1D400, 0x1D800)
    if unicodedata.normalize("NFKC", chr(code)) != chr(code)
}
_BULLETS = dict.fromkeys(
    map(
        ord,
        "\uf06c\uf06e\uf06f\uf070\uf071\uf072\uf073\uf075\uf076\uf07f\uf0a0\uf0a7\uf0a8\uf0b7"
        "\uf0d8\uf0dc\uf0e0\uf0e8\uf0f0\uf0fc\uf0fe",
    ),
    "•",
)
"""Glyphs of Symbol and Wingdings, at the places Word gives them, that set off list items."""

_TABLE = {**_SPACES, **_NOTHING, **_LIGATURES, **_MATHS}

_USUAL_CHARS = (
    "\n -~\u00a1-\u00ac\u00ae-\u02ff\u0370-\u061b\u061d-\u0fff\u2010-\u2027\u2030-\u205e"
    "\u20a0-\u20bf\u2100-\u2bff\ufffe"
)
_USUAL, _UNUSUAL = re.compile(f"[{_USUAL_CHARS}]*"), re.compile(f"[^{_USUAL_CHARS}]")
"""Pages of nothing else need no cleaning; one run over a class beats a search ten times."""

FOREIGN = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x9f\ue000-\uf8ff\U000f0000-\U0010ffff\ud800-\udfff]")
"""Characters that stand for a glyph whose letter the file does not tell."""

_BULLET = re.compile("[\ue000-\uf8ff](?=\\s|$)")
_CID = re.compile(r"\(cid:\d+\)")
_IN_WORD = re.compile(f"(?<=[^\\W\\d_]){UNKNOWN}+|{UNKNOWN}+(?=[^\\W\\d_])")
_BLANKS = re.compile(" {2,}")
_SPACING_ACCENT = re.compile("([´`ˆ¨]) ?([aeiouAEIOU])(?=[a-z])|([a-z]) ?¸(?=[a-z])")
_COMBINING = {"´": "\u0301", "`": "\u0300", "ˆ": "\u0302", "¨": "\u0308"}


def clean(text: str) -> str:
    r"""*Text* with every character either usable or U+FFFD; lines, soft hyphens and U+FFFE stay.

    >>> clean("l’e\u0301tude\u00a0: \x07 efﬁcace")
    'l’étude : efficace'
    """
    # The spaces of nearly every French page first; `translate` would be slow on all of a page.
    text = text.replace("\xa0", " ").replace("\u202f", " ")
    if not _is_usual(text):
        text = _UNUSUAL.sub(_written_out, _CID.sub(UNKNOWN, text))
    if UNKNOWN in text:
        text = _unknown_only_in_words(text)
    if not text.isascii():
        text = _compose(text)
    return _BLANKS.sub(" ", text) if "  " in text else text


def undouble(text: str) -> str:
    """*Text* with the lines that are set twice, to look bold, with each glyph once.

    >>> undouble("LLaa  cchhaarrttee"), undouble("1000000 habitants")
    ('La charte', '1000000 habitants')
    """
    return "\n".join(
        re.sub(r"(\S)\1|( )\2?", _once, line) if _is_doubled(line) else line
        for line in text.split("\n")
    )


def count_foreign(text: str) -> int:
    """How many glyphs of *text* nobody can name: private-use, control, U+FFFD, ``(cid:NN)``."""
    if _is_usual(text):
        return 0
    foreign = sum(ord(char) not in _BULLETS for char in FOREIGN.findall(text))
    return foreign + text.count(UNKNOWN) + len(_CID.findall(text))


def _is_usual(text: str) -> bool:
    return _USUAL.fullmatch(text) is not None and "(cid:" not in text


def _written_out(match: re.Match[str]) -> str:
    return _written(match[0])


@cache
def _written(char: str) -> str:
    """Return what a character that is not usual is written as."""
    code = ord(char)
    if code in _TABLE:
        return _TABLE[code]
    return _BULLETS.get(code, UNKNOWN) if FOREIGN.match(char) else char


def _unknown_only_in_words(text: str) -> str:
    marked = _IN_WORD.sub("\x00", text)
    return marked.replace(UNKNOWN, "").replace("\x00", UNKNOWN)


def _compose(text: str) -> str:
    """NFC, and TeX's accents that stand before their letter joined to it."""
    if any(accent in text for accent in "´`ˆ¨¸"):
        text = _SPACING_ACCENT.sub(_accent, text)
    return unicodedata.normalize("NFC", text)


def _accent(match: re.Match[str]) -> str:
    if match[3]:
        return match[3] + "\u0327"
    return match[2] + _COMBINING[match[1]]


def _is_doubled(line: str) -> bool:
    glyphs = line.replace(" ", "")
    pairs = [glyphs[i : i + 2] for i in range(0, len(glyphs), 2)]
    if not pairs or glyphs[0] != glyphs[1:2]:
        return False
    same = sum(1 for pair in pairs if len(pair) == 2 and pair[0] == pair[1])
    letters = {pair[0] for pair in pairs if pair[0].isalpha()}
    return same >= 0.95 * len(pairs) and len(letters) >= 3


def _once(match: re.Match[str]) -> str:
    return match[1] or " "
