"""The pages, a module for each subject; here they are listed, and what the navigation leads to.

A module has ``ROUTES``. Adding a page: docs/reading-room.md.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from archive.web.pages import (
    changes,
    citing,
    files,
    history,
    issues,
    overview,
    programs,
    reading,
    records,
    reviewing,
    runs,
    searching,
    surroundings,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

    from starlette.routing import BaseRoute


@dataclass(frozen=True, slots=True)
class Entry:
    """An entry of the navigation: the message that names it, and its address.

    It is marked as the place where one is on every address that begins with it, or with one of
    *also*.
    """

    message: str
    address: str
    also: tuple[str, ...] = ()

    def leads_to(self, path: str) -> bool:
        """Whether a path belongs to this entry."""
        places = (self.address, *self.also)
        return any(path == place or path.startswith(f"{place}/") for place in places)


SUBJECTS: Final[tuple[Sequence[BaseRoute], ...]] = (
    searching.ROUTES,
    overview.ROUTES,
    issues.ROUTES,
    changes.ROUTES,
    runs.ROUTES,
    reviewing.ROUTES,
    history.ROUTES,
    programs.ROUTES,
    records.ROUTES,
    citing.ROUTES,
    reading.ROUTES,
    files.ROUTES,
    surroundings.ROUTES,
)

NAVIGATION: Final = (
    Entry("navigation.search", "/search", ("/records",)),
    Entry("navigation.overview", "/overview", ("/issues",)),
    Entry("navigation.changes", "/changes"),
    Entry("navigation.runs", "/runs"),
    Entry("navigation.checks", "/spot-checks"),
    Entry("navigation.api", "/api"),
)
