"""The add-on that turns a Scrapy crawl into an archiving one.

It should only build the desk from the settings and hand it to the parts that need it; what a
crawl does with the archive is in `crawler.desk`.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from scrapy.utils.misc import load_object

from crawler.config import Config, load_config
from crawler.desk import Desk
from crawler.identity import user_agent
from crawler.reading import rules_of

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler
    from scrapy.settings import BaseSettings

_MB = 1_000_000


class ArchivingAddon:
    """Applies `pnr`'s settings to Scrapy's, and keeps the crawl's desk."""

    def __init__(self, crawler: Crawler) -> None:
        given: Config | None = crawler.settings.get("PNR_SETTINGS")
        self.config = given or load_config().config
        self.user_agent = user_agent(self.config)
        reader_class: Any = load_object(crawler.settings["PAGE_READER"])
        self.desk = Desk(self.config, reader_class(rules_of(self.config)), self.user_agent)

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Take the settings the command line read, or read them."""
        return cls(crawler)

    def update_settings(self, settings: BaseSettings) -> None:
        """Set what follows from `pnr`'s settings; Scrapy's command line still overrules it."""
        settings.set("USER_AGENT", self.user_agent, "addon")
        settings.set("DOWNLOAD_TIMEOUT", self.config.timeout, "addon")
        settings.set("DOWNLOAD_MAXSIZE", int(self.config.max_file_mb * _MB), "addon")
        settings.set("DOWNLOAD_WARNSIZE", 0, "addon")


def desk_of(crawler: Crawler) -> Desk:
    """Return the desk of a crawl."""
    addon = crawler.get_addon(ArchivingAddon)
    if addon is None:
        raise RuntimeError("the setting ADDONS does not name crawler.archiving.ArchivingAddon")
    return addon.desk
