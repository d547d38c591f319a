"""A PDF -> the text of its pages, in a limited worker process. See docs/extraction.md."""

from archive.extraction.engines import EngineName
from archive.extraction.limits import ExtractionLimits
from archive.extraction.pool import (
    Containment,
    ExtractionPool,
    PoolClosedError,
    containment,
    extract,
)
from archive.extraction.results import (
    Extraction,
    ExtractionStatus,
    Join,
    OutlineEntry,
    PageStatus,
    PageText,
    PdfFacts,
    TextSource,
    extraction_from_json,
    extraction_to_json,
)

__all__ = [
    "Containment",
    "EngineName",
    "Extraction",
    "ExtractionLimits",
    "ExtractionPool",
    "ExtractionStatus",
    "Join",
    "OutlineEntry",
    "PageStatus",
    "PageText",
    "PdfFacts",
    "PoolClosedError",
    "TextSource",
    "containment",
    "extract",
    "extraction_from_json",
    "extraction_to_json",
]
