"""What Scrapy's log says of each request and each item: nothing, the ledger has it all."""

from __future__ import annotations

import logging
from typing import TYPE_CHECKING, Any

from scrapy.logformatter import LogFormatter

if TYPE_CHECKING:
    from scrapy import Spider
    from scrapy.http import Response
    from scrapy.logformatter import LogFormatterResult
    from twisted.python.failure import Failure


class FaultsOnly(LogFormatter):
    """Leaves out the lines for what went well, and from a fault all that was read of a page."""

    def crawled(self, *_: Any, **__: Any) -> LogFormatterResult | None:  # type: ignore[override]  # Scrapy logs nothing for None
        """Say nothing of an answer."""
        return None

    def scraped(self, *_: Any, **__: Any) -> LogFormatterResult | None:  # type: ignore[override]  # Scrapy logs nothing for None
        """Say nothing of an item."""
        return None

    def item_error(
        self,
        item: object,  # noqa: ARG002  # all that was read of a page: pages of text on the screen
        exception: BaseException,
        response: Response | Failure | None,
        spider: Spider,  # noqa: ARG002  # there is one
    ) -> LogFormatterResult:
        """Say which answer could not be kept, and why in a sentence."""
        return {
            "level": logging.ERROR,
            "msg": "What %(url)s answered could not be kept: %(why)s",
            "args": {
                "url": getattr(response, "url", "an address"),
                "why": f"{exception}".split("\n", 1)[0] or type(exception).__name__,
            },
        }
