"""What a record's live page turned out to be, and how it is told. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import Final


class ItemOutcome(StrEnum):
    """What came of holding one record against the live site."""

    PENDING = "pending"
    """Not asked yet."""
    SAME = "same"
    CONTENT = "content"
    """The page or a file of it says something else."""
    LAYOUT = "layout"
    """The page is built differently; its differences say whether it still reads the same."""
    READER = "reader"
    """The page is the same, and today's reader reads it otherwise than the archive has it."""
    UNREADABLE = "unreadable"
    """Something answers, and nobody can tell what record it is."""
    GONE = "gone"
    BLOCKED = "blocked"
    """A captcha, a login or maintenance stands in its place."""
    UNREACHABLE = "unreachable"
    """Nothing answers, an error does, or robots.txt does not allow it."""


class FileOutcome(StrEnum):
    """What came of holding one file against its address."""

    SAME = "same"
    REPLACED = "replaced"
    GONE = "gone"
    BLOCKED = "blocked"
    UNREACHABLE = "unreachable"
    UNCHECKED = "unchecked"
    """Too large to be read, and its server gives nothing to tell it by."""


#: The words of a table, in its order.
OUTCOME_WORDS: Final = {
    ItemOutcome.SAME: "same",
    ItemOutcome.CONTENT: "content changed",
    ItemOutcome.LAYOUT: "layout changed",
    ItemOutcome.READER: "reader changed",
    ItemOutcome.UNREADABLE: "unreadable",
    ItemOutcome.GONE: "gone",
    ItemOutcome.BLOCKED: "blocked",
    ItemOutcome.UNREACHABLE: "unreachable",
    ItemOutcome.PENDING: "not asked",
}
#: Outcomes that a table names though nothing came to them.
ALWAYS_TOLD: Final = frozenset(OUTCOME_WORDS) - {
    ItemOutcome.READER,
    ItemOutcome.UNREACHABLE,
    ItemOutcome.PENDING,
}
#: Outcomes of pages that were there to be read.
READ: Final = frozenset({"same", "content", "layout", "reader", "unreadable"})
#: Outcomes that say how the record stands today.
CHECKED: Final = READ | {"gone"}
