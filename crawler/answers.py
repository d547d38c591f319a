"""What an answer is: a page or a file, and under which name a file is kept. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from archive.recording import is_pdf
from crawler.urls import filename_of

if TYPE_CHECKING:
    from archive.recording import Answer

_PAGE: Final = re.compile(
    rb"(?:\xef\xbb\xbf)?\s*<(?:!doctype html|html|head|body)\b", re.IGNORECASE
)


def is_file(answer: Answer, kind: str) -> bool:
    """Tell a file from a page: a PDF by its content, anything else by place and media type.

    *kind* is what the address's place suggested. A page that calls itself a file is none, nor is
    anything but a PDF under a PDF's name.
    """
    if answer.status != 200 or not answer.body:
        return False
    if is_pdf(answer.body):
        return True
    media_type = answer.header("Content-Type").split(";", 1)[0].strip().lower()
    is_page = (
        media_type in {"", "text/html", "application/xhtml+xml", "text/plain"}
        or filename_of(answer.url).lower().endswith(".pdf")
        or _PAGE.match(answer.body) is not None
    )
    return kind == "file" and not is_page


def kept_name(answer: Answer) -> str:
    """Return the name in the address, which for a PDF ends as the name of one."""
    name = filename_of(answer.url) or "file"
    return name if "." in name[-6:] or not is_pdf(answer.body) else f"{name}.pdf"
