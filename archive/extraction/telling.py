"""What a reader is asked, and how it tells what it finds. Runs inside the contained worker."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from archive.extraction.composing import compose
from archive.extraction.engines import EngineName
from archive.extraction.engines.pdfium import VERSION
from archive.extraction.results import PageStatus, PageText, page_to_json

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from archive.extraction.composing import ComposedPage
    from archive.extraction.engines import RawPage
    from archive.extraction.limits import ExtractionLimits


@dataclass(frozen=True, slots=True, kw_only=True)
class ReadingRequest:
    """What is to be read.

    *pages* are numbers from 1, empty for all. *repaired* asks for mending before opening; *width*,
    in pixels, is that of a picture.
    """

    path: Path
    scratch: Path
    limits: ExtractionLimits
    engine: EngineName = EngineName.AUTO
    pages: tuple[int, ...] = ()
    repaired: bool = False
    width: int = 0


@dataclass(frozen=True, slots=True)
class Teller:
    """Tells events as plain data to whoever listens."""

    emit: Callable[[dict[str, Any]], None]

    def event(self, kind: str, **fields: Any) -> None:
        """Tell an event of this *kind*."""
        self.emit({"event": kind, **fields})

    def busy(self, number: int) -> None:
        """Tell which page is being worked on, where it is told later or not at all."""
        self.event("busy", number=number)

    def page(self, composed: ComposedPage) -> None:
        """Tell the text of a page; said again, it takes the place of what was said before."""
        edges = composed.edges
        page = page_to_json(composed.page)
        self.event("page", page=page, top=edges.top, bottom=edges.bottom)

    def judged(self, first: ComposedPage, *others: ComposedPage, kept: ComposedPage) -> None:
        """Tell that a page was read in several ways, and which reading was *kept*."""
        readings = [{**_reading(one), "kept": one is kept} for one in (first, *others)]
        self.event("judged", readings=readings)

    def unread(self, first: ComposedPage, engine: str, *, kept: bool) -> None:
        """Tell that *engine* could not read a page; *kept* says whether the *first* reading is."""
        failed = {"page": first.page.number, "engine": engine, "how": "unreadable", "score": None}
        readings = [{**_reading(first), "kept": kept}, {**failed, "kept": False}]
        self.event("judged", readings=readings)

    def damaged(self, number: int, detail: str) -> None:
        """Tell that nothing can be made of a page, and why."""
        page = PageText(number=number, status=PageStatus.DAMAGED)
        self.event("page", page=page_to_json(page), top=(), bottom=())
        self.note(f"page {number}: {detail}")

    def cut(self, number: int, detail: str) -> None:
        """Tell that the text of a page is not all that it should be, and why."""
        self.event("cut", page=number, detail=f"page {number}: {detail}")

    def note(self, detail: str) -> None:
        """Tell something that a person should know."""
        self.event("note", detail=detail)


def _reading(composed: ComposedPage) -> dict[str, Any]:
    page = composed.page
    return {
        "page": page.number,
        "engine": page.engine,
        "how": composed.how,
        "score": composed.score.value if page.text else 0.0,
    }


def composed_page(raw: RawPage, number: int, flag: str = "") -> ComposedPage:
    """Return the page that pdfium read as *raw*, with a *flag* for what was done to it."""
    composed = compose(raw, number=number, engine="pdfium", version=VERSION)
    if not flag:
        return composed
    page = replace(composed.page, flags=(*composed.page.flags, flag))
    return replace(composed, page=page, how=flag)
