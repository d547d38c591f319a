"""A capture: an answer of the site that somebody else kept, and why one may be left out."""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from archive.evidence.recording import Answer


class LeftOut(StrEnum):
    """Why something that was given was not filed."""

    OFF_SITE = "off-site"
    """Of a host that is not the archive's site."""
    EXCLUDED = "excluded"
    """A rule says never to ask it: style sheets, accounts, what was forgotten."""
    TOO_LARGE = "too-large"
    """Larger than a setting allows."""
    DAMAGED = "damaged"
    """Truncated, or not readable as what it says it is."""
    NO_ORIGINAL = "no-original"
    """Says that an earlier answer still stands, and that one is neither here nor archived."""
    NO_ADDRESS = "no-address"
    """A saved file that does not say which page it was."""
    OTHER = "other"
    """Not an answer of a site, or not a kind of file that is imported."""


#: What each reason means, for a person.
IN_WORDS = {
    LeftOut.OFF_SITE: "of other sites (the setting `hosts`, or --host, names yours)",
    LeftOut.EXCLUDED: "never archived, by a rule of the crawl or because it was forgotten",
    LeftOut.TOO_LARGE: "larger than max_page_mb or max_file_mb allow",
    LeftOut.DAMAGED: "truncated or damaged",
    LeftOut.NO_ORIGINAL: "confirm an answer that is neither in these files nor archived",
    LeftOut.NO_ADDRESS: "without an address (--url names that of one file)",
    LeftOut.OTHER: "neither pages nor PDFs nor archives of the web",
}


class UnusableCaptureError(Exception):
    """Raised when a capture cannot be filed; *why* it is left out is counted."""

    def __init__(self, why: LeftOut, detail: str = "") -> None:
        super().__init__(detail or IN_WORDS[why])
        self.why = why


@dataclass(frozen=True, slots=True, kw_only=True)
class Capture:
    """An answer that somebody kept: its canonical address, its date, and how to read it.

    *read* gives the answer, its body decoded, or raises `UnusableCaptureError`. *confirms* names
    the capture (address and moment) that this one says still stands, where its body is not here.
    *dated* is false where the date is only the file's own.
    """

    url: str
    captured_at: datetime
    source: str
    size: int
    read: Callable[[], Answer] = field(compare=False)
    confirms: tuple[str, datetime] | None = None
    dated: bool = True
    kind: str = "page"


@dataclass(frozen=True, slots=True, kw_only=True)
class Refused:
    """Something that was met and is left out: what, and why."""

    what: str
    why: LeftOut
