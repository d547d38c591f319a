"""What a PDF says of itself: metadata, outline, attachments, claims. Read through pdfium."""

from __future__ import annotations

import ctypes
import mmap
import re
from collections import Counter
from datetime import date, datetime, time, timedelta, timezone
from typing import TYPE_CHECKING

import pypdfium2.raw as pdfium

from archive.extraction.cleaning import clean
from archive.extraction.results import OutlineEntry, PdfFacts

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from archive.extraction.engines.pdfium import PdfiumDocument

_OUTLINE_ENTRIES = 5000
_OUTLINE_LEVELS = 20
_ATTACHMENTS = 200
_SIZED_PAGES = 500
"""Sizes of more pages than this would cost more than they tell."""

_MAX_TEXT = 4000

_DATE = re.compile(
    r"(?:D:)?\s*(?P<y>\d{4})(?P<m>\d\d)?(?P<d>\d\d)?(?P<H>\d\d)?(?P<M>\d\d)?(?P<S>\d\d)?"
    r"(?:(?P<sign>[-+Z])(?P<oh>\d\d)?'?(?P<om>\d\d)?)?"
)
_SCRIPT = re.compile(rb"/JavaScript(?![A-Za-z])")
_PDFA_PART = re.compile(rb"""pdfaid:part(?:=["']|[^<>]{0,100}>)\s*(\d)""")
_PDFA_LEVEL = re.compile(rb"""pdfaid:conformance(?:=["']|[^<>]{0,100}>)\s*([A-Za-z])""")


def read_facts(document: PdfiumDocument, path: Path) -> PdfFacts:
    """Return what the file at *path*, open as *document*, says of itself; bounded."""
    handle = document.handle
    created, modified = _meta(handle, "CreationDate"), _meta(handle, "ModDate")
    has_script, pdfa = _seen_in_bytes(path)
    return PdfFacts(
        title=_meta(handle, "Title"),
        author=_meta(handle, "Author"),
        subject=_meta(handle, "Subject"),
        keywords=_meta(handle, "Keywords"),
        creator=_meta(handle, "Creator"),
        producer=_meta(handle, "Producer"),
        created_raw=created,
        created=parse_pdf_date(created),
        modified_raw=modified,
        modified=parse_pdf_date(modified),
        page_count=len(document),
        page_sizes=_page_sizes(document),
        pdf_version=_version(handle),
        language=_language(handle),
        outline=tuple(_outline(handle)),
        attachments=tuple(_attachments(handle)),
        has_javascript=has_script or pdfium.FPDFDoc_GetJavaScriptActionCount(handle) > 0,
        is_tagged=bool(pdfium.FPDFCatalog_IsTagged(handle)),
        pdfa=pdfa,
        encrypted=pdfium.FPDF_GetSecurityHandlerRevision(handle) >= 0,
    )


def parse_pdf_date(raw: str) -> str:
    """Return a PDF date as ISO 8601, as precise as it is; ``""`` where it is none.

    >>> parse_pdf_date("D:20121018093000+02'00'"), parse_pdf_date("D:2012"), parse_pdf_date("hier")
    ('2012-10-18T09:30:00+02:00', '2012', '')
    """
    match = _DATE.match(raw)
    if match is None:
        return ""
    if match["d"] is None:
        return "-".join(part for part in (match["y"], match["m"]) if part)
    hour, minute, second = (int(match[part] or 0) for part in "HMS")
    try:
        day = date(int(match["y"]), int(match["m"]), int(match["d"]))
        moment = datetime.combine(day, time(hour, minute, second), tzinfo=_zone(match))
    except ValueError:
        return ""
    return moment.isoformat() if match["H"] else day.isoformat()


def _zone(match: re.Match[str]) -> timezone | None:
    if match["sign"] is None:
        return None
    offset = timedelta(hours=int(match["oh"] or 0), minutes=int(match["om"] or 0))
    return timezone(-offset if match["sign"] == "-" else offset)


def _meta(handle: pdfium.FPDF_DOCUMENT, key: str) -> str:
    size = pdfium.FPDF_GetMetaText(handle, key.encode(), None, 0)
    if size <= 2:
        return ""
    buffer = ctypes.create_string_buffer(size)
    pdfium.FPDF_GetMetaText(handle, key.encode(), buffer, size)
    return _text(buffer.raw)


def _text(raw: bytes) -> str:
    decoded = raw.decode("utf-16-le", errors="replace").split("\x00", 1)[0]
    return clean(" ".join(decoded[:_MAX_TEXT].split()))


def _page_sizes(document: PdfiumDocument) -> tuple[tuple[float, float, int], ...]:
    size = pdfium.FS_SIZEF()
    sizes: Counter[tuple[float, float]] = Counter()
    for index in range(min(len(document), _SIZED_PAGES)):
        if pdfium.FPDF_GetPageSizeByIndexF(document.handle, index, size):
            sizes[round(size.width, 1), round(size.height, 1)] += 1
    return tuple((width, height, count) for (width, height), count in sizes.most_common(20))


def _version(handle: pdfium.FPDF_DOCUMENT) -> str:
    version = ctypes.c_int()
    if not pdfium.FPDF_GetFileVersion(handle, version):
        return ""
    return f"{version.value // 10}.{version.value % 10}"


def _language(handle: pdfium.FPDF_DOCUMENT) -> str:
    size = pdfium.FPDFCatalog_GetLanguage(handle, None, 0)
    if size <= 2:
        return ""
    buffer = (ctypes.c_ushort * (size // 2 + 1))()
    pdfium.FPDFCatalog_GetLanguage(handle, buffer, size)
    return _text(bytes(buffer))[:40]


def _outline(handle: pdfium.FPDF_DOCUMENT) -> Iterator[OutlineEntry]:
    """Return the bookmarks in reading order. A file may tie them in a ring: each is met once."""
    met: set[int] = set()
    waiting = [(1, pdfium.FPDFBookmark_GetFirstChild(handle, None))]
    while waiting and len(met) < _OUTLINE_ENTRIES:
        level, bookmark = waiting.pop()
        address = ctypes.cast(bookmark, ctypes.c_void_p).value
        if not address or address in met:
            continue
        met.add(address)
        yield OutlineEntry(level=level, title=_title(bookmark), page=_target(handle, bookmark))
        waiting.append((level, pdfium.FPDFBookmark_GetNextSibling(handle, bookmark)))
        if level < _OUTLINE_LEVELS:
            waiting.append((level + 1, pdfium.FPDFBookmark_GetFirstChild(handle, bookmark)))


def _title(bookmark: pdfium.FPDF_BOOKMARK) -> str:
    size = pdfium.FPDFBookmark_GetTitle(bookmark, None, 0)
    buffer = ctypes.create_string_buffer(max(2, size))
    pdfium.FPDFBookmark_GetTitle(bookmark, buffer, size)
    return _text(buffer.raw)


def _target(handle: pdfium.FPDF_DOCUMENT, bookmark: pdfium.FPDF_BOOKMARK) -> int:
    target = pdfium.FPDFBookmark_GetDest(handle, bookmark)
    return int(pdfium.FPDFDest_GetDestPageIndex(handle, target)) + 1 if target else 0


def _attachments(handle: pdfium.FPDF_DOCUMENT) -> Iterator[str]:
    for index in range(min(_ATTACHMENTS, pdfium.FPDFDoc_GetAttachmentCount(handle))):
        attachment = pdfium.FPDFDoc_GetAttachment(handle, index)
        size = pdfium.FPDFAttachment_GetName(attachment, None, 0) if attachment else 0
        if size > 2:
            buffer = (ctypes.c_ushort * (size // 2 + 1))()
            pdfium.FPDFAttachment_GetName(attachment, buffer, size)
            yield _text(bytes(buffer))


def _seen_in_bytes(path: Path) -> tuple[bool, str]:
    """Return whether an action of the file is a script, and its claim to be PDF/A.

    pdfium counts the scripts that have a name, and not those that run when a file or a page opens.
    """
    with (
        path.open("rb") as file,
        mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ) as data,
    ):
        has_script = _SCRIPT.search(data) is not None
        # PDF/A keeps its XMP packet uncompressed.
        start = data.rfind(b"pdfaid:part")
        packet = data[max(0, start - 500) : start + 500] if start >= 0 else b""
    part, level = _PDFA_PART.search(packet), _PDFA_LEVEL.search(packet)
    claim = (part[1] + (level[1] if level else b"")).decode().lower() if part else ""
    return has_script, claim
