"""The engines that read a page, each behind the same form: :class:`RawPage`."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class EngineName(StrEnum):
    """Which engine a reader asks for."""

    AUTO = "auto"
    """pdfium, and pdfplumber where the judge doubts."""
    PDFIUM = "pdfium"
    PDFPLUMBER = "pdfplumber"


@dataclass(frozen=True, slots=True, kw_only=True)
class RawPage:
    r"""What an engine makes of one page before any cleaning.

    *text* has ``\n`` between lines. *heights* gives for each line of it how high it stands on the
    page as shown, from 0 (bottom) to 1 (top), or is empty where the engine was not asked.
    *outside* is text that stands wholly outside the visible page. Sizes are in points as shown.
    *is_blank* says that nothing at all stands on the page.
    """

    text: str
    heights: tuple[float, ...] = ()
    outside: str = ""
    width: float = 0.0
    height: float = 0.0
    rotation: int = 0
    picture_share: float = 0.0
    is_blank: bool = False
    is_cut: bool = False
    """Whether the page has more text than the limit lets through."""


class PageUnreadableError(Exception):
    """Raised when an engine cannot make anything of a page."""
