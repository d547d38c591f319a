"""What an answer is: a page or a file, and under which name a file is kept. Pure."""

from __future__ import annotations

import re
from typing import Final

from archive.evidence.recording import is_pdf
from crawler.urls import filename_of

_PAGE: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|body)\b", re.IGNORECASE
)
_PAGE_TYPES: Final = frozenset({"", "text/html", "application/xhtml+xml", "text/plain"})


def is_file(url: str, kind: str, status: int | None, body: bytes, content_type: str) -> bool:
    """Tell a file from a page: a PDF by its content, anything else by place and media type.

    *kind* is what the address's place suggested, *body* may be its beginning only. A page that
    calls itself a file is none, nor is anything but a PDF under a PDF's name.
    """
    if status != 200 or not body:
        return False
    if is_pdf(body):
        return True
    is_page = (
        content_type.split(";", 1)[0].strip().lower() in _PAGE_TYPES
        or filename_of(url).lower().endswith(".pdf")
        or _PAGE.match(body) is not None
    )
    return kind == "file" and not is_page


def kept_name(url: str, body: bytes) -> str:
    """Return the name in the address, which for a PDF ends as the name of one."""
    name = filename_of(url) or "file"
    return name if "." in name[-6:] or not is_pdf(body) else f"{name}.pdf"
