"""Makers of small PDFs, one for each oddity the extraction has to cope with."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

import pikepdf
from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

WIDTH, HEIGHT = A4
FONT = "Helvetica"
SIZE = 11


def drawn(*pages: Callable[[Canvas], None], size: tuple[float, float] = A4) -> bytes:
    """Return a PDF whose pages are drawn one after the other."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=size, invariant=1)
    for draw in pages:
        canvas.setFont(FONT, SIZE)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def with_lines(*pages: Sequence[str]) -> bytes:
    """Return a PDF with one line of text under the other on each page."""
    return drawn(*(lines_at(72, HEIGHT - 72, page) for page in pages))


def lines_at(x: float, y: float, lines: Iterable[str]) -> Callable[[Canvas], None]:
    """Draw *lines* under each other from (*x*, *y*)."""

    def draw(canvas: Canvas) -> None:
        for number, line in enumerate(lines):
            canvas.drawString(x, y - 14 * number, line)

    return draw


def together(*drawings: Callable[[Canvas], None]) -> Callable[[Canvas], None]:
    """Draw several things on one page, in this order."""

    def draw(canvas: Canvas) -> None:
        for each in drawings:
            each(canvas)

    return draw


def fake_bold(text: str) -> bytes:
    """Return a PDF that sets *text* twice, a third of a point apart, to look bold."""
    return drawn(together(lines_at(72, 700, [text]), lines_at(72.3, 700, [text])))


def invisible(text: str) -> bytes:
    """Return a PDF with *text* in render mode 3 over a grey picture, as an OCR layer has it."""

    def draw(canvas: Canvas) -> None:
        canvas.setFillGray(0.8)
        canvas.rect(0, 0, WIDTH, HEIGHT, fill=1, stroke=0)
        words = canvas.beginText(72, 700)
        words.setTextRenderMode(3)
        words.textLine(text)
        canvas.drawText(words)

    return drawn(draw)


def white_on_white(text: str) -> bytes:
    """Return a PDF with *text* in white on the white page."""

    def draw(canvas: Canvas) -> None:
        canvas.setFillGray(1)
        canvas.drawString(72, 700, text)

    return drawn(draw)


def turned(text: Sequence[str], degrees: int) -> bytes:
    """Return a PDF whose page is stored turned, its text upright as shown."""

    def draw(canvas: Canvas) -> None:
        if degrees == 90:
            canvas.translate(WIDTH, 0)
        elif degrees == 180:
            canvas.translate(WIDTH, HEIGHT)
        elif degrees == 270:
            canvas.translate(0, HEIGHT)
        canvas.rotate(degrees)
        lines_at(72, 400, text)(canvas)

    with pikepdf.open(io.BytesIO(drawn(draw))) as pdf:
        pdf.pages[0].Rotate = degrees
        return saved(pdf)


def cropped(inside: str, outside: str) -> bytes:
    """Return a PDF whose crop box leaves *outside* invisible at the sheet's edge."""
    source = drawn(together(lines_at(150, 500, [inside]), lines_at(10, 820, [outside])))
    with pikepdf.open(io.BytesIO(source)) as pdf:
        pdf.pages[0].CropBox = pikepdf.Array([100, 100, 500, 700])
        return saved(pdf)


def cropped_away(text: str) -> bytes:
    """Return a PDF whose crop box lies beside the sheet."""
    with pikepdf.open(io.BytesIO(with_lines([text]))) as pdf:
        pdf.pages[0].CropBox = pikepdf.Array([5000, 5000, 5600, 5800])
        return saved(pdf)


def off_the_page(inside: str, *outside: str) -> bytes:
    """Return a PDF with the lines *outside* drawn beyond the sheet."""
    return drawn(together(lines_at(72, 500, [inside]), lines_at(72, 2000, outside)))


def scan(pages: int = 1, stamp: str = "") -> bytes:
    """Return a PDF whose pages are one picture each, perhaps with a *stamp* in text."""

    def draw(canvas: Canvas) -> None:
        canvas.drawInlineImage(_grey_picture(), 0, 0, WIDTH, HEIGHT)
        canvas.drawString(40, 20, stamp)

    return drawn(*[draw] * pages)


def ruled_table(rows: Sequence[Sequence[str]], *, turned: int = 0) -> bytes:
    """Return a PDF with a table in ruled cells, perhaps turned by a quarter."""

    def draw(canvas: Canvas) -> None:
        if turned:
            canvas.translate(400, 100)
            canvas.rotate(turned)
        else:
            canvas.translate(72, 500)
        for row, cells in enumerate(reversed(rows)):
            for column, text in enumerate(cells):
                canvas.rect(150 * column, 30 * row, 150, 30)
                canvas.drawString(150 * column + 5, 30 * row + 10, text)

    return drawn(draw)


def scanned_text(text: str) -> bytes:
    """Return a PDF with a picture of *text* and no text."""
    from PIL import Image, ImageDraw, ImageFont  # noqa: PLC0415 - only this maker wants them

    picture = Image.new("L", (1240, 300), 255)
    font = ImageFont.load_default(size=60)
    ImageDraw.Draw(picture).text((60, 100), text, fill=0, font=font)

    def draw(canvas: Canvas) -> None:
        canvas.drawInlineImage(picture, 0, 500, WIDTH, 144)

    return drawn(draw)


def columns(texts: Sequence[Sequence[str]], *, row_by_row: bool = False) -> bytes:
    """Return a page with columns of lines, drawn column after column or line after line."""
    wide = (WIDTH - 80) / len(texts)
    places = [
        (40 + wide * column, HEIGHT - 72 - 12 * row, line)
        for column, lines in enumerate(texts)
        for row, line in enumerate(lines)
    ]
    if row_by_row:
        places.sort(key=lambda place: (-place[1], place[0]))

    def draw(canvas: Canvas) -> None:
        canvas.setFont(FONT, 8)
        for x, y, line in places:
            canvas.drawString(x, y, line)

    return drawn(draw)


def with_content(content: bytes, *, pages: int = 1) -> bytes:
    """Return a PDF whose pages have *content* as it is for content, with Helvetica as F1."""
    pdf = pikepdf.new()
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.Type1,
        BaseFont=pikepdf.Name.Helvetica,
        Encoding=pikepdf.Name.WinAnsiEncoding,
    )
    stream = pdf.make_stream(content)
    for _ in range(pages):
        page = pdf.add_blank_page(page_size=A4)
        page.obj.Contents = stream
        page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    return saved(pdf)


def with_notes(content: str, **notes: str) -> bytes:
    """Return a page of *content* with texts laid over it, by kind (Widget, FreeText)."""
    with pikepdf.open(io.BytesIO(with_lines([content]))) as pdf:
        font = pikepdf.Dictionary(
            Type=pikepdf.Name.Font, Subtype=pikepdf.Name.Type1, BaseFont=pikepdf.Name.Helvetica
        )
        page = pdf.pages[0].obj
        page.Annots = pikepdf.Array()
        for row, (kind, text) in enumerate(notes.items()):
            shown = pdf.make_stream(
                b"BT /F1 12 Tf 5 5 Td (%s) Tj ET" % text.encode("cp1252"),
                Type=pikepdf.Name.XObject,
                Subtype=pikepdf.Name.Form,
                BBox=[0, 0, 300, 20],
                Resources=pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font)),
            )
            note = pikepdf.Dictionary(
                Type=pikepdf.Name.Annot,
                Subtype=pikepdf.Name(f"/{kind}"),
                Rect=[72, 300 - 30 * row, 372, 320 - 30 * row],
                AP=pikepdf.Dictionary(N=shown),
                F=4,
                FT=pikepdf.Name.Tx,
                T=kind,
            )
            page.Annots.append(pdf.make_indirect(note))
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=page.Annots)
        return saved(pdf)


def dynamic_form(text: str) -> bytes:
    """Return a form (XFA) whose one page only says *text* to whoever cannot show it."""
    with pikepdf.open(io.BytesIO(with_lines([text]))) as pdf:
        template = pdf.make_stream(b'<xdp:xdp xmlns:xdp="http://ns.adobe.com/xdp/"/>')
        pdf.Root.AcroForm = pikepdf.Dictionary(Fields=pikepdf.Array(), XFA=template)
        pdf.Root.NeedsRendering = True
        return saved(pdf)


def with_private_letters(text: str, letters: str, first: int = 0xE056) -> bytes:
    """Return a PDF that shows *text* and names each of *letters* with a private-use character."""
    names = {letter: chr(first + n) for n, letter in enumerate(letters)}
    codes = {char: code for code, char in enumerate(dict.fromkeys(text.replace("\n", "")), start=1)}
    to_unicode = "".join(
        f"<{code:02x}> <{names.get(char, char).encode('utf-16-be').hex()}>\n"
        for char, code in codes.items()
    )
    cmap = (
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def\n"
        "1 begincodespacerange <00> <ff> endcodespacerange\n"
        f"{len(codes)} beginbfchar\n{to_unicode}endbfchar\nendcmap end end"
    )
    lines = "".join(
        f"<{''.join(f'{codes[char]:02x}' for char in line)}> Tj T*\n" for line in text.split("\n")
    )
    pdf = pikepdf.new()
    page = pdf.add_blank_page(page_size=A4)
    font = pikepdf.Dictionary(
        Type=pikepdf.Name.Font,
        Subtype=pikepdf.Name.TrueType,
        BaseFont=pikepdf.Name("/ABCDEF+Odd"),
        FirstChar=0,
        LastChar=255,
        Widths=pikepdf.Array([500] * 256),
        ToUnicode=pdf.make_stream(cmap.encode()),
    )
    page.obj.Resources = pikepdf.Dictionary(Font=pikepdf.Dictionary(F1=font))
    page.obj.Contents = pdf.make_stream(f"BT /F1 11 Tf 14 TL 72 700 Td {lines} ET".encode())
    return saved(pdf)


def with_extras() -> bytes:
    """Return a PDF with a language, an attachment, a script and a claim to be PDF/A-2b."""
    with pikepdf.open(io.BytesIO(with_lines(["Le parc"]))) as pdf:
        pdf.Root.Lang = "fr-FR"
        pdf.attachments["données.csv"] = b"a;b"
        script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        names = pikepdf.Dictionary(Names=pikepdf.Array(["un", script]))
        pdf.Root.Names.JavaScript = names
        with pdf.open_metadata() as metadata:
            metadata["pdfaid:part"] = "2"
            metadata["pdfaid:conformance"] = "B"
        return saved(pdf)


def opening_with_a_script() -> bytes:
    """Return a PDF that runs a script when it opens."""
    with pikepdf.open(io.BytesIO(with_lines(["Le parc"]))) as pdf:
        pdf.Root.OpenAction = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert(1)")
        return saved(pdf)


def encrypted(source: bytes, *, user: str, owner: str = "owner") -> bytes:
    """Return *source* encrypted; an empty *user* password opens without asking."""
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(source)) as pdf:
        pdf.save(buffer, encryption=pikepdf.Encryption(user=user, owner=owner))
    return buffer.getvalue()


def saved(pdf: pikepdf.Pdf) -> bytes:
    """Return *pdf* as bytes, the same every time."""
    buffer = io.BytesIO()
    pdf.save(buffer, deterministic_id=True)
    return buffer.getvalue()


def _grey_picture() -> object:
    from PIL import Image  # noqa: PLC0415 - only this maker wants it

    return Image.effect_noise((60, 80), 40).convert("L")
