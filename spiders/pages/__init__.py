"""Reading pages: from the bytes of an answer to records, links and issues, without a framework."""

from spiders.pages.reader import PageReader

__all__ = ["PageReader"]
