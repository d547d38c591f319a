"""A PDF -> the text of its pages, in a limited worker process. See docs/extraction.md."""

from archive.extraction.containing import can_leave_network
from archive.extraction.engines import EngineName
from archive.extraction.extractor import (
    OCR_LIMITS,
    TABLE_LIMITS,
    Containment,
    OcrUnavailableError,
    PoolClosedError,
)
from archive.extraction.found_tables import PageTable, TableExtraction
from archive.extraction.limits import ExtractionLimits
from archive.extraction.ocr import OcrAvailability, ocr_available
from archive.extraction.pictures import PagePicture
from archive.extraction.pool import (
    ExtractionPool,
    containment,
    draw_page,
    extract,
    find_tables,
    read_pictures,
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
    "OCR_LIMITS",
    "TABLE_LIMITS",
    "Containment",
    "EngineName",
    "Extraction",
    "ExtractionLimits",
    "ExtractionPool",
    "ExtractionStatus",
    "Join",
    "OcrAvailability",
    "OcrUnavailableError",
    "OutlineEntry",
    "PagePicture",
    "PageStatus",
    "PageTable",
    "PageText",
    "PdfFacts",
    "PoolClosedError",
    "TableExtraction",
    "TextSource",
    "can_leave_network",
    "containment",
    "draw_page",
    "extract",
    "extraction_from_json",
    "extraction_to_json",
    "find_tables",
    "ocr_available",
    "read_pictures",
]
