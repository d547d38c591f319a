"""What Scrapy's log says of each request and each item: nothing, the ledger has it all."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy.logformatter import LogFormatter

if TYPE_CHECKING:
    from scrapy.logformatter import LogFormatterResult


class FaultsOnly(LogFormatter):
    """Leaves out the lines for what went well; they are made for every answer, told or not."""

    def crawled(self, *_: Any, **__: Any) -> LogFormatterResult | None:  # type: ignore[override]  # Scrapy logs nothing for None
        """Say nothing of an answer."""
        return None

    def scraped(self, *_: Any, **__: Any) -> LogFormatterResult | None:  # type: ignore[override]  # Scrapy logs nothing for None
        """Say nothing of an item."""
        return None
