"""The files of the demo that are no ordinary PDF: scans, damaged ones, other formats."""

from __future__ import annotations

import zipfile
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Final

from PIL import Image, ImageDraw, ImageFont
from reportlab.lib.pagesizes import A4
from reportlab.lib.utils import ImageReader
from reportlab.pdfgen.canvas import Canvas

from crawler.demo.pdfs import make_pdf, page_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from crawler.demo.catalogue import Attachment

_DOTS_PER_POINT: Final = 1.5  # 108 dpi: enough for a person or an OCR program, and small
#: The first bytes of Word's old format (OLE 2).
_OLE_MAGIC: Final = bytes.fromhex("d0cf11e0a1b11ae1")
_ODT: Final = "application/vnd.oasis.opendocument.text"

MEDIA_TYPES: Final = {
    "pdf": "application/pdf",
    "doc": "application/msword",
    "odt": _ODT,
    "zip": "application/zip",
}


def media_type(name: str) -> str:
    """Return the media type that the server, going by the ending, gives a file."""
    return MEDIA_TYPES.get(name.rpartition(".")[2].lower(), "application/octet-stream")


def make_file(file: Attachment) -> bytes:
    """Return the bytes that lie in the site's folder under the file's name."""
    return _MAKERS[file.made](file)


def _damaged(file: Attachment) -> bytes:
    """Cut short in the middle, as by a broken upload."""
    whole = make_pdf(file)
    return whole[: len(whole) * 2 // 5]


def _scan(file: Attachment) -> bytes:
    """Pages that are pictures of text and hold no text."""
    out = BytesIO()
    canvas = Canvas(out, pagesize=A4, invariant=1)
    canvas.setTitle("Numérisation")
    for lines in page_lines(file):
        canvas.drawImage(ImageReader(_photographed(lines)), 0, 0, *A4)
        canvas.showPage()
    canvas.save()
    return out.getvalue()


def _photographed(lines: list[str]) -> Image.Image:
    picture = Image.new("L", tuple(int(side * _DOTS_PER_POINT) for side in A4), 243)  # type: ignore[arg-type]  # a pair
    pen, font = ImageDraw.Draw(picture), ImageFont.load_default(16)
    for row, line in enumerate(lines):
        pen.text((90, 90 + row * 22), line, fill=40, font=font)
    return picture


def _word(file: Attachment) -> bytes:
    return _OLE_MAGIC + file.title.encode("utf-16-le").ljust(4088, b"\0")


def _open_document(file: Attachment) -> bytes:
    body = f"<office:document-content><text:p>{file.title}</text:p></office:document-content>"
    return _zipped({"mimetype": _ODT, "content.xml": body})


def _archive(file: Attachment) -> bytes:
    return _zipped({"lisez-moi.txt": file.title, "tableur.csv": "poste;tonnes\ntransport;1204\n"})


def _zipped(members: Mapping[str, str]) -> bytes:
    out = BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, text in members.items():
            # ZipInfo's own date (1980), not today's: the same bytes every time.
            archive.writestr(zipfile.ZipInfo(name), text)
    return out.getvalue()


def _web_page(_file: Attachment) -> bytes:
    return (
        b"<!DOCTYPE html><html lang='fr'><head><title>Document indisponible</title></head>"
        b"<body><h1>Document indisponible</h1><p>Ce fichier est en cours de mise \xc3\xa0 jour."
        b"</p></body></html>"
    )


_MAKERS: Final[Mapping[str, Callable[[Attachment], bytes]]] = {
    "text": make_pdf,
    "columns": make_pdf,
    "encrypted": make_pdf,
    "damaged": lambda file: _damaged(replace(file, made="text")),
    "scan": _scan,
    "doc": _word,
    "odt": _open_document,
    "zip": _archive,
    "html": _web_page,
    "empty": lambda _file: b"",
}

#: What is a PDF that opens; `missing` has no maker, for nothing lies under its name.
READABLE: Final = frozenset({"text", "columns", "encrypted", "scan"})
