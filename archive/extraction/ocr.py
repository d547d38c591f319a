"""Text of scanned pages, by the ``tesseract`` program where it is installed.

pdfium draws the page, tesseract reads the picture, both inside the contained worker; the text is
marked as what it is, with the program's own confidence.
"""

from __future__ import annotations

import csv
import math
import os
import shutil
import subprocess
from dataclasses import dataclass
from functools import cache
from importlib.util import find_spec
from itertools import groupby
from statistics import fmean
from typing import TYPE_CHECKING

from archive.extraction.cleaning import clean
from archive.extraction.joining import join_lines
from archive.extraction.results import PageStatus, PageText, TextSource, page_to_json
from archive.extraction.scoring import score_text

if TYPE_CHECKING:
    from pathlib import Path

    from archive.extraction.engines.pdfium import PdfiumDocument
    from archive.extraction.telling import ReadingRequest, Teller

_WANTED = ("fra", "eng")
_DPI = 300
_MOST_PIXELS = 25_000_000
"""An A3 page at 300 dpi has 17 million; a gigantic one is drawn smaller."""

_HOW_TO = "install Debian's tesseract-ocr and tesseract-ocr-fra"


@dataclass(frozen=True, slots=True, kw_only=True)
class OcrAvailability:
    """Whether scanned pages can be read here, and in one sentence what is missing if not."""

    available: bool
    version: str = ""
    languages: tuple[str, ...] = ()
    detail: str = ""


@cache
def ocr_available() -> OcrAvailability:
    """Look for Pillow, ``tesseract`` and its French; with English where that is there too."""
    if find_spec("PIL") is None:
        return OcrAvailability(
            available=False,
            detail="Pillow is not installed: install it with `pip install 'pnr-archive[ocr]'`",
        )
    program = shutil.which("tesseract")
    if program is None:
        return OcrAvailability(available=False, detail=f"tesseract is not installed: {_HOW_TO}")
    version = _said_by(program, "--version").splitlines()[0]
    known = _said_by(program, "--list-langs").split()
    languages = tuple(language for language in _WANTED if language in known)
    if "fra" not in languages:
        return OcrAvailability(
            available=False, version=version, detail=f"tesseract knows no French: {_HOW_TO}"
        )
    return OcrAvailability(available=True, version=version, languages=languages)


def read_pictures(request: ReadingRequest, document: PdfiumDocument, tell: Teller) -> None:
    """Tell the text that tesseract finds on each page asked for."""
    available = ocr_available()
    count = len(document)
    numbers = [number for number in request.pages if 1 <= number <= count]
    tell.event("opened", pages=len(numbers), facts={})
    for number in numbers:
        page = _read_picture(request.scratch, document, number, available)
        tell.event("page", page=page_to_json(page), top=(), bottom=())


def _said_by(program: str, option: str) -> str:
    answer = subprocess.run(  # noqa: S603 - a program found on the PATH, with our own arguments
        [program, option], capture_output=True, text=True, check=False, timeout=30
    )
    return answer.stdout or answer.stderr or "?"


def _read_picture(
    scratch: Path, document: PdfiumDocument, number: int, available: OcrAvailability
) -> PageText:
    picture = scratch / "page.pgm"
    dpi, width, height = _draw(document, number, picture)
    command = ("tesseract", picture.name, "page", "-l", "+".join(available.languages))
    subprocess.run(  # noqa: S603 - our own arguments; the file's name is ours too
        [*command, "--dpi", str(dpi), "tsv"],
        cwd=scratch,
        env={**os.environ, "OMP_THREAD_LIMIT": "1"},
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=True,
    )
    raw, confidence = parse_tsv((scratch / "page.tsv").read_text("utf-8"))
    text, joins = join_lines(clean(raw))
    return PageText(
        number=number,
        text=text,
        joins=joins,
        status=PageStatus.READ if text else PageStatus.EMPTY,
        source=TextSource.OCR,
        engine="tesseract",
        engine_version=available.version,
        score=score_text(text).value if text else 0.0,
        confidence=confidence,
        width=round(width, 2),
        height=round(height, 2),
    )


def parse_tsv(tsv: str) -> tuple[str, float]:
    """Return the text of tesseract's table of words, and their mean confidence from 0 to 1."""
    rows = csv.DictReader(tsv.splitlines(), delimiter="\t", quoting=csv.QUOTE_NONE)
    words = [row for row in rows if row["level"] == "5" and row["text"].strip()]
    lines = groupby(words, key=lambda row: (row["block_num"], row["par_num"], row["line_num"]))
    text = "\n".join(" ".join(word["text"] for word in line) for _, line in lines)
    sure = [float(word["conf"]) for word in words]
    return text, round(fmean(sure) / 100, 3) if sure else 0.0


def _draw(document: PdfiumDocument, number: int, picture: Path) -> tuple[int, float, float]:
    """Draw the page in grey into *picture*; return its resolution and its size in points."""
    import pypdfium2  # noqa: PLC0415 - its drawing half wants Pillow, which readers of text do not

    with pypdfium2.PdfDocument(document.path) as drawn:
        page = drawn[number - 1]
        width, height = page.get_size()
        scale = min(_DPI / 72, math.sqrt(_MOST_PIXELS / max(1.0, width * height)))
        page.render(scale=scale, grayscale=True).to_pil().save(picture)
    return max(70, round(72 * scale)), width, height
