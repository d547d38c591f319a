"""The demo's PDFs, made on the spot: real pages of French text, the same bytes every time."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from io import BytesIO
from threading import Lock
from typing import TYPE_CHECKING, Final

from reportlab.lib.pagesizes import A4
from reportlab.lib.pdfencrypt import StandardEncryption
from reportlab.pdfbase import pdfmetrics
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.pdfgen.canvas import Canvas

from crawler.demo.prose import headings, paragraphs
from crawler.demo.typesetting import Measure, wrapped

if TYPE_CHECKING:
    from crawler.demo.catalogue import Attachment

_WIDTH, _HEIGHT = A4
_MARGIN: Final = 62
_LEADING: Final = 14.5
_SIZE: Final = 10.5
_LINES: Final = 46
_GUTTER: Final = 22
#: Bitstream Vera comes with reportlab; unlike the standard fonts it has the ligatures ﬁ and ﬂ.
_LIGATURE_FONT: Final = "Vera"


@dataclass(frozen=True, slots=True)
class Style:
    """How a file is set: by whose program, in what font, in how many columns."""

    font: str
    bold: str
    columns: int
    ligatures: bool
    producer: str


_STYLES: Final = (
    Style("Helvetica", "Helvetica-Bold", 1, ligatures=False, producer="Microsoft® Word 2010"),
    Style("Times-Roman", "Times-Bold", 1, ligatures=False, producer="Adobe InDesign CS5"),
    Style("Helvetica", "Helvetica-Bold", 1, ligatures=False, producer="OpenOffice.org 3.2"),
    Style(_LIGATURE_FONT, _LIGATURE_FONT, 1, ligatures=True, producer="QuarkXPress 8"),
)
_COLUMNS: Final = Style(
    "Times-Roman", "Times-Bold", 2, ligatures=False, producer="Adobe InDesign CS4"
)
_REEXPORT: Final = "Ghostscript 9.27"


def make_pdf(file: Attachment) -> bytes:
    """Return the bytes of a PDF with text: *file.pages* pages, titled, signed and dated."""
    with _PRESS:
        return _printed(file)


#: reportlab reads an embedded font through one pointer that all threads share.
_PRESS: Final = Lock()


def _printed(file: Attachment) -> bytes:
    style = _style(file)
    out = BytesIO()
    canvas = Canvas(
        out,
        pagesize=A4,
        invariant=1,
        pageCompression=0 if file.export > 1 else 1,
        encrypt=_encryption(file),
    )
    _describe(canvas, file, style)
    pages = page_lines(file)
    for number, lines in enumerate(pages, start=1):
        _draw_page(canvas, file, style, lines, f"{number} / {len(pages)}")
    canvas.save()
    return out.getvalue()


def page_count(file: Attachment) -> int:
    """Return how many pages the file has; a revised text is one page longer."""
    return file.pages + (file.revision > 1)


def page_lines(file: Attachment) -> list[list[str]]:
    """Return the lines of each page as they are set, hyphens and ligatures included."""
    _register_fonts()
    per_page = _LINES * _style(file).columns
    cover = _cover(file)
    lines = cover + _lines(file, file.name, file.pages * per_page - len(cover))
    pages = [lines[start : start + per_page] for start in range(0, len(lines), per_page)]
    if file.revision > 1:
        pages = [[line.replace("quinze ans", "douze ans") for line in page] for page in pages]
        pages.insert(1, _lines(file, file.name + "revision", per_page))
    return pages


def _style(file: Attachment) -> Style:
    return _COLUMNS if file.made == "columns" else _STYLES[sum(file.name.encode()) % len(_STYLES)]


def _lines(file: Attachment, seed: str, wanted: int) -> list[str]:
    style = _style(file)
    width = (_WIDTH - 2 * _MARGIN - _GUTTER * (style.columns - 1)) / style.columns
    measure = Measure(style.font, _SIZE)
    lines: list[str] = []
    titles = headings()
    for number, paragraph in enumerate(paragraphs(seed, file.themes, file.parks)):
        if number % 4 == 0:
            lines += [f"# {titles[(number // 4) % len(titles)]}", ""]
        lines += [*wrapped(paragraph, width, measure), ""]
        if len(lines) >= wanted:
            break
    return [_ligatured(line) if style.ligatures else line for line in lines[:wanted]]


def _cover(file: Attachment) -> list[str]:
    """Return the first lines of the first page: title, authors, year."""
    style = _style(file)
    measure = Measure(style.bold, _SIZE + 2)
    width = (_WIDTH - 2 * _MARGIN) / style.columns
    title = [f"# {line}" for line in wrapped(file.title, width, measure)]
    signed = [
        line for author in file.author.split(", ") for line in wrapped(author, width, measure)
    ]
    return [*title, "", *signed, str(file.year), ""]


def _ligatured(line: str) -> str:
    return line.replace("fi", "ﬁ").replace("fl", "ﬂ")


def _describe(canvas: Canvas, file: Attachment, style: Style) -> None:
    canvas.setTitle(file.title)
    canvas.setAuthor(file.author)
    canvas.setSubject(", ".join(file.themes))
    canvas.setKeywords(", ".join((*file.themes, *file.parks)))
    canvas.setProducer(style.producer if file.export == 1 else _REEXPORT)
    canvas.setCreator(style.producer)
    # The text was written in its year; reportlab's own invariant date would be 2000.
    day = f"D:{file.year + (file.export > 1)}0917101500+00'00'"
    canvas.setDateFormatter(lambda *_moment: day)


def _encryption(file: Attachment) -> StandardEncryption | None:
    if file.made != "encrypted":
        return None
    # An empty user password: anyone may open it, no one may copy from it.
    return StandardEncryption("", ownerPassword="fédération", canCopy=0, strength=128)


def _draw_page(
    canvas: Canvas, file: Attachment, style: Style, lines: list[str], folio: str
) -> None:
    canvas.setFont(style.font, 8)
    canvas.drawString(_MARGIN, _HEIGHT - 36, _short(file.title))
    canvas.drawString(_MARGIN, 32, "Parcs naturels régionaux de France")
    canvas.drawRightString(_WIDTH - _MARGIN, 32, folio)
    step = (_WIDTH - 2 * _MARGIN + _GUTTER) / style.columns
    for column in range(style.columns):
        _draw_column(
            canvas, style, _MARGIN + column * step, lines[column * _LINES : (column + 1) * _LINES]
        )
    canvas.showPage()


def _draw_column(canvas: Canvas, style: Style, left: float, lines: list[str]) -> None:
    text = canvas.beginText(left, _HEIGHT - _MARGIN)
    text.setFont(style.font, _SIZE, _LEADING)
    for line in lines:
        if line.startswith("# "):
            text.setFont(style.bold, _SIZE + 1.5, _LEADING)
            text.textLine(line[2:])
            text.setFont(style.font, _SIZE, _LEADING)
        else:
            text.textLine(line)
    canvas.drawText(text)


def _short(title: str) -> str:
    return title if len(title) <= 90 else title[:90].rpartition(" ")[0] + "…"


@cache
def _register_fonts() -> None:
    pdfmetrics.registerFont(TTFont(_LIGATURE_FONT, "Vera.ttf"))
