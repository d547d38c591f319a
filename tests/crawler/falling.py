"""A page reader with a fault, to see what a fault costs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from spiders.pages import PageReader

if TYPE_CHECKING:
    from archive.records import FetchedPage, PageReading


class FallingReader(PageReader):
    """Reads as the real one does, but for one page."""

    def read(self, page: FetchedPage) -> PageReading:
        """Raise where the page says so."""
        if b"Ici le lecteur tombe" in page.body:
            raise RuntimeError("the reader fell over a page")
        return super().read(page)
