"""How Scrapy behaves here.

Every value differs from Scrapy's default, and says why. What a user may choose is in
`crawler.config`; the add-on applies it.
"""

BOT_NAME = "pnr-archive"
SPIDER_MODULES = ["spiders.resource_centre"]

# Builds the desk in the archive, and applies pnr.toml and PNR_*.
ADDONS = {"crawler.archiving.ArchivingAddon": 100}

# Ours: who reads the pages.
PAGE_READER = "spiders.pages.PageReader"

# The ledger in the archive is the frontier: nothing is lost when a crawl is killed.
SCHEDULER = "crawler.scheduling.LedgerScheduler"

# A large body goes to disk while it arrives.
DOWNLOAD_HANDLERS = {
    "http": "crawler.downloading.SpoolingHandler",
    "https": "crawler.downloading.SpoolingHandler",
    # Nothing but the web is asked.
    "data": None,
    "file": None,
    "ftp": None,
    "s3": None,
}
DOWNLOADER_MIDDLEWARES = {
    # Nearest to the engine: answers arrive here decoded, and unread.
    "crawler.middlewares.redirects.SpellingMiddleware": 90,
    "crawler.middlewares.recording.RecordingMiddleware": 100,
    "crawler.middlewares.robots.RobotsMiddleware": 200,
    "crawler.middlewares.conditional.ConditionalMiddleware": 300,
    "crawler.middlewares.decoding.DecodingMiddleware": 590,
    # Nearest to the network: what it spaces out is what the site sees.
    "crawler.middlewares.politeness.PolitenessMiddleware": 900,
    # Ours tells a body that breaks off from a whole one.
    "scrapy.downloadermiddlewares.httpcompression.HttpCompressionMiddleware": None,
    # Ours does what RFC 9309 says, and knows Crawl-delay.
    "scrapy.downloadermiddlewares.robotstxt.RobotsTxtMiddleware": None,
    # The ledger counts attempts; a retry survives a restart.
    "scrapy.downloadermiddlewares.retry.RetryMiddleware": None,
    # A redirect is an outcome, and its target an address of its own in the ledger.
    "scrapy.downloadermiddlewares.redirect.RedirectMiddleware": None,
    "scrapy.downloadermiddlewares.redirect.MetaRefreshMiddleware": None,
    # The scope decides before an address enters the ledger.
    "scrapy.downloadermiddlewares.offsite.OffsiteMiddleware": None,
    # Nobody logs in.
    "scrapy.downloadermiddlewares.httpauth.HttpAuthMiddleware": None,
    # The archive counts answers and their bytes, over restarts too.
    "scrapy.downloadermiddlewares.stats.DownloaderStats": None,
}
# Requests come from the ledger and carry their depth there.
SPIDER_MIDDLEWARES = {
    "scrapy.spidermiddlewares.depth.DepthMiddleware": None,
    "scrapy.spidermiddlewares.referer.RefererMiddleware": None,
    "scrapy.spidermiddlewares.urllength.UrlLengthMiddleware": None,
    # Every answer is an outcome, errors too.
    "scrapy.spidermiddlewares.httperror.HttpErrorMiddleware": None,
}
ITEM_PIPELINES = {
    "pipelines.checking.CheckingPipeline": 100,
    "pipelines.filing.FilingPipeline": 900,
}
EXTENSIONS = {
    "crawler.extensions.run.RunExtension": 100,
    "crawler.extensions.progress.ProgressExtension": 200,
    # The ledger counts what was answered and filed.
    "scrapy.extensions.corestats.CoreStats": None,
}

# One visitor, one visit: what a session would be shown is not what the public sees.
COOKIES_ENABLED = False
DEFAULT_REQUEST_HEADERS = {
    "Accept": "text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8",
    "Accept-Language": "fr",
}
# One request at a time to a host; the politeness middleware spaces them out.
CONCURRENT_REQUESTS = 4
CONCURRENT_REQUESTS_PER_DOMAIN = 1
# Pages are filed one after the other: each is one transaction.
CONCURRENT_ITEMS = 1
# Introspects every callback's source at each response; ours are tested instead.
WARN_ON_GENERATOR_RETURN_VALUE = False
# Scrapy does not check certificates unless told to; an archive must know whom it heard.
DOWNLOAD_VERIFY_CERTIFICATES = True
# Both would open a port.
TELNETCONSOLE_ENABLED = False
REMOTE_CONTROL_ENABLED = False
LOG_LEVEL = "INFO"
# A line for every answer and every item would be made even where nobody reads it.
LOG_FORMATTER = "crawler.log_lines.FaultsOnly"
LOGSTATS_INTERVAL = 0
