"""What a file is that does not look like a PDF."""

from __future__ import annotations

HEAD_BYTES = 65_536
"""How much of a file is looked at: what stands in front of a PDF is seldom more."""

_HEADER_WITHIN = 1024
"""Readers look for ``%PDF-`` in the first 1,024 bytes."""

_KNOWN = (
    (b"PK\x03\x04", "a ZIP archive (or .docx, .odt)"),
    (b"\xd0\xcf\x11\xe0", "an old Microsoft Office file"),
    (b"{\\rtf", "an RTF text"),
    (b"\x89PNG", "a PNG picture"),
    (b"\xff\xd8\xff", "a JPEG picture"),
    (b"%!PS", "a PostScript file"),
    (b"%FDF", "the answers to a form (FDF)"),
    (b"\x1f\x8b", "a gzip file"),
)
_MARKUP = (b"<!doctype html", b"<html", b"<head", b"<body", b"<?xml")


def what_is_it(head: bytes, size: int) -> str:
    """Return what the file whose first bytes are *head* is, ``""`` where it may be a PDF.

    >>> what_is_it(b"%PDF-1.4", 900), what_is_it(b"<!DOCTYPE html>", 900), what_is_it(b"", 0)
    ('', 'an HTML page', 'an empty file')
    """
    if size == 0:
        return "an empty file"
    begin = head[:_HEADER_WITHIN]
    is_markup = any(mark in begin.lower() for mark in _MARKUP)
    # A page may speak of PDFs; a PDF with something in front of it has objects behind.
    if b"%PDF-" in begin and not (is_markup and b" obj" not in head):
        return ""
    for magic, name in _KNOWN:
        if head.startswith(magic):
            return name
    if is_markup:
        return "an HTML page"
    # A file that lost its first line, or has it late, still tells its objects.
    if b"%PDF-" in head or b" obj" in head:
        return ""
    return "a file without the mark of a PDF (%PDF-)"
