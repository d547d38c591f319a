"""Pages that stand in place of the page asked for: errors, logins, blocks, maintenance."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from archive.records import PageKind
from spiders.folding import plain
from spiders.wording import (
    BLOCK_PHRASES,
    LOGIN_PHRASES,
    MAINTENANCE_PHRASES,
    NOT_FOUND_PHRASES,
)

if TYPE_CHECKING:
    from spiders.pages.html import Landmarks

_BLOCK_MARKS: Final = re.compile(
    r"cf-challenge|cf-browser-verification|challenge-platform|_Incapsula_Resource|datadome"
    r"|px-captcha|g-recaptcha|h-captcha|hcaptcha|captcha-delivery|sucuri_cloudproxy|ak_bmsc"
    r"|aws-waf|awswaf|awsWafCookie|TSPD_101|Request unsuccessful\. Incapsula",
    re.IGNORECASE,
)
_MAINTENANCE_CLASSES: Final = frozenset({"maintenance-page", "in-maintenance", "db-offline"})
#: A page with more text than this of its own is no refusal, whatever words it uses.
_LONGEST_REFUSAL: Final = 1_500


def refusal_by_status(status: int, text: str, marks: Landmarks | None) -> PageKind | None:
    """Return what an answer is whose status says that it is not the page, else ``None``."""
    if status < 400:
        return None
    if status in {401, 407}:
        return PageKind.LOGIN
    if status in {404, 410}:
        return PageKind.NOT_FOUND
    said = refusal_by_words(text, marks) if marks is not None else None
    if status == 503:
        return said if said is PageKind.BLOCK else PageKind.MAINTENANCE
    if status in {403, 429}:
        return PageKind.LOGIN if said is PageKind.LOGIN else PageKind.BLOCK
    return said or PageKind.NOT_FOUND


def refusal_by_words(text: str, marks: Landmarks) -> PageKind | None:
    """Return what a page is that says so only in words, else ``None``."""
    titles = [plain(marks.heading), plain(marks.head.title)]
    own = _own_text(marks)
    if _MAINTENANCE_CLASSES & marks.head.body_classes or _says(titles, MAINTENANCE_PHRASES):
        return PageKind.MAINTENANCE
    if len(own) > _LONGEST_REFUSAL:
        return None
    if _says(titles, NOT_FOUND_PHRASES):
        return PageKind.NOT_FOUND
    if _says(titles, BLOCK_PHRASES) or (_BLOCK_MARKS.search(text) and len(own) < 500):
        return PageKind.BLOCK
    if _says(titles, LOGIN_PHRASES) or (marks.asks_password and len(own) < 300):
        return PageKind.LOGIN
    return _by_body(plain(own))


def _by_body(words: str) -> PageKind | None:
    """Look for the sentences such pages consist of; single words would be too little."""
    for kind, phrases in (
        (PageKind.MAINTENANCE, MAINTENANCE_PHRASES),
        (PageKind.NOT_FOUND, NOT_FOUND_PHRASES),
        (PageKind.BLOCK, BLOCK_PHRASES),
        (PageKind.LOGIN, LOGIN_PHRASES),
    ):
        sentences = [plain(phrase) for phrase in phrases if phrase.count(" ") >= 3]
        if len(words) < 600 and any(sentence in words for sentence in sentences):
            return kind
    return None


def _says(titles: list[str], phrases: tuple[str, ...]) -> bool:
    """Tell whether a title begins with one of the phrases, or is little more than it."""
    for title in titles:
        for phrase in map(plain, phrases):
            if title == phrase or (
                (title.startswith(f"{phrase} ") or (" " in phrase and phrase in title))
                and len(title) <= len(phrase) + 45
            ):
                return True
    return False


def _own_text(marks: Landmarks) -> str:
    return " ".join(re.sub(r"<[^>]{0,2000}>", " ", marks.region).split())
