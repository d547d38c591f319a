"""Makers of PDFs by other producers than reportlab: fpdf2, LibreOffice where it is installed."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from typing import TYPE_CHECKING

import reportlab
from fpdf import FPDF

if TYPE_CHECKING:
    from collections.abc import Sequence

VERA = Path(reportlab.__file__).parent / "fonts" / "Vera.ttf"
"""A font with the letters and ligatures of French, which fpdf2 embeds in part."""

SOFT_HYPHEN = "\u00ad"


class Guide(FPDF):
    """A guide with a running header and footer, in an embedded font."""

    heading = ""

    def __init__(self) -> None:
        super().__init__(format="A4")
        self.add_font("Vera", fname=VERA)
        self.set_font("Vera", size=10)

    def header(self) -> None:
        """Draw the running header."""
        self.cell(w=0, text=self.heading, align="C")
        self.ln(20)

    def footer(self) -> None:
        """Draw the running footer."""
        self.set_y(-15)
        self.cell(w=0, text=f"page {self.page_no()}" if self.heading else "", align="R")


def with_fpdf2(*pages: Sequence[str], heading: str = "", font: str = "Vera") -> bytes:
    """Return a PDF with one line of text under the other on each page."""
    pdf = Guide()
    pdf.heading = heading
    pdf.set_font(font, size=10)
    for lines in pages:
        pdf.add_page()
        for line in lines:
            pdf.cell(w=0, h=6, text=line, new_x="LMARGIN", new_y="NEXT")
    return bytes(pdf.output())


def flowing(text: str, *, columns: int = 1, language: str = "fr-FR") -> bytes:
    """Return a PDF of fpdf2's with *text* set by itself, in columns, parted at its soft hyphens."""
    pdf = Guide()
    pdf.set_lang(language)
    pdf.set_title("Le guide du paysage")
    pdf.add_page()
    pdf.start_section("Première partie")
    with pdf.text_columns(ncols=columns, gutter=8, text_align="J") as flow:
        flow.write(text)
    return bytes(pdf.output())


def parted(words: Sequence[str], every: int = 3) -> str:
    """Return *words* as a text, a soft hyphen behind so many letters of each long one."""
    return " ".join(
        f"{word[:every]}{SOFT_HYPHEN}{word[every:]}" if len(word) > every + 3 else word
        for word in words
    )


def has_libreoffice() -> bool:
    """Whether LibreOffice is installed."""
    return shutil.which("soffice") is not None


def with_libreoffice(html: str, folder: Path) -> bytes:
    """Return the PDF that LibreOffice Writer makes of *html*, in a profile of its own."""
    source = folder / "guide.html"
    source.write_text(html, encoding="utf-8")
    subprocess.run(
        [
            *("soffice", f"-env:UserInstallation={(folder / 'profile').as_uri()}", "--headless"),
            *("--convert-to", "pdf:writer_web_pdf_Export", "--outdir", str(folder), str(source)),
        ],
        check=True,
        capture_output=True,
        timeout=180,
    )
    return source.with_suffix(".pdf").read_bytes()
