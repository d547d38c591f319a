"""What came of asking an address: one item per visit, from the spider through the pipelines."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from archive.catalogue.writing import StoredReading
    from archive.evidence.recording import Recorded
    from archive.records import FoundLink, Issue, PageReading
    from archive.runs.frontier import PendingVisit
    from archive.runs.ledger import Outcome


@dataclass(frozen=True, slots=True, kw_only=True)
class PageRead:
    """A page, read now or (*stored*) found to be one that was read before.

    *links* are those of the reading that lead on.
    """

    visit: PendingVisit
    answer: Recorded
    reading: PageReading
    links: tuple[FoundLink, ...]
    stored: StoredReading | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class FileFetched:
    """A file whose bytes are in the archive."""

    visit: PendingVisit
    answer: Recorded
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressMoved:
    """A redirect: the address asked, and where it points."""

    visit: PendingVisit
    answer: Recorded
    target: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AddressSettled:
    """An address that brought nothing to file: gone, refused, or answered in vain."""

    visit: PendingVisit
    outcome: Outcome
    reason: str
    answer: Recorded | None = None
    issues: tuple[Issue, ...] = ()


@dataclass(frozen=True, slots=True, kw_only=True)
class AskAgain:
    """An address that did not answer this time, and may the next."""

    visit: PendingVisit
    reason: str


Item = PageRead | FileFetched | AddressMoved | AddressSettled | AskAgain
