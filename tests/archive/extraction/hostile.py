"""Makers of PDFs that mean harm, or do it by being broken."""

from __future__ import annotations

import io
import zlib
from typing import TYPE_CHECKING

import pikepdf

from tests.archive.extraction import pdfs

if TYPE_CHECKING:
    from collections.abc import Callable


def truncated(source: bytes, share: float = 0.6) -> bytes:
    """Return the first *share* of *source*."""
    return source[: int(len(source) * share)]


def without_xref(source: bytes) -> bytes:
    """Return *source* with every pointer to its objects wrong."""
    start = source.rindex(b"startxref")
    return source[:start] + b"startxref\n999999\n%%EOF\n"


def without_header(source: bytes) -> bytes:
    """Return *source* behind two kilobytes of something else."""
    return b"\n" * 2048 + source


def without_its_catalogue(source: bytes, *, packed: bool = False) -> bytes:
    """Return *source* with its pages written first and cut off before the catalogue.

    *packed* has its objects deflated in streams, as most files since 2005 have them.
    """
    mode = pikepdf.ObjectStreamMode.generate if packed else pikepdf.ObjectStreamMode.disable
    buffer = io.BytesIO()
    with pikepdf.open(io.BytesIO(source)) as pdf:
        pdf.save(buffer, object_stream_mode=mode, linearize=not packed)
    data = buffer.getvalue()
    return data[: data.rindex(b"/Type /XRef") if packed else int(len(data) * 0.75)]


def with_content_cut_off(source: bytes) -> bytes:
    """Return *source* with its pages written first, and cut off before what stands on them."""
    with pikepdf.open(io.BytesIO(source)) as pdf:
        pages = [page.obj for page in pdf.pages]
        kids = b" ".join(b"%d 0 R" % (n + 3) for n in range(len(pages)))
        sheet = b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents %d 0 R >>"
        whole = raw_objects(
            b"<< /Type /Catalog /Pages 2 0 R >>",
            b"<< /Type /Pages /Kids [%s] /Count %d >>" % (kids, len(pages)),
            *(sheet % (n + 3 + len(pages)) for n in range(len(pages))),
            *(_stream(page.Contents.read_bytes()) for page in pages),
        )
    return whole[: whole.index(b"stream") - 30]


def with_spoilt_content(page: int, spoil: Callable[[bytes], bytes]) -> bytes:
    """Return a PDF of three pages of text; *spoil* has the deflated content of one, from 1."""
    lines = [f"Ligne {line} : la charte du parc et ses paysages" for line in range(40)]
    with pikepdf.open(io.BytesIO(pdfs.with_lines(lines, lines, lines))) as pdf:
        content = pdf.pages[page - 1].obj.Contents
        spoilt = spoil(zlib.compress(content.read_bytes(), 9))
        content.write(spoilt, filter=pikepdf.Name.FlateDecode)
        return _saved_as_it_is(pdf)


def with_spoilt_letters() -> bytes:
    """Return a page of reportlab's, deflated, in letters of which some in the middle differ."""
    source = pdfs.with_lines([f"Ligne {line} : la charte du parc" for line in range(40)])
    start, end = source.index(b"stream\n") + 7, source.index(b"endstream")
    middle = (start + end) // 2
    return source[:middle] + bytes(reversed(source[middle : middle + 20])) + source[middle + 20 :]


def _stream(content: bytes) -> bytes:
    return b"<< /Length %d >>\nstream\n%s\nendstream" % (len(content), content)


def counting(source: bytes, count: int) -> bytes:
    """Return *source*, a file of four pages, saying that it has *count*."""
    return source.replace(b"/Count 4", b"/Count %d" % count)


def hungry_font() -> bytes:
    """Return a PDF whose font has a table of letters that inflates to 800 MB."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * 1_000_000) for _ in range(800)) + packer.flush()
    with pikepdf.open(io.BytesIO(pdfs.with_private_letters("Le parc", ""))) as pdf:
        table = pikepdf.Stream(pdf, b"")
        table.write(packed, filter=pikepdf.Name.FlateDecode)
        pdf.pages[0].obj.Resources.Font.F1.ToUnicode = pdf.make_indirect(table)
        return _saved_as_it_is(pdf)


def inflating_bomb(megabytes: int = 400) -> bytes:
    """Return a PDF whose content stream inflates to so many megabytes of spaces."""
    packer = zlib.compressobj(9)
    packed = b"".join(packer.compress(b" " * 1_000_000) for _ in range(megabytes)) + packer.flush()
    return _with_raw_stream(packed)


def nested_bomb(megabytes: int = 300) -> bytes:
    """Return a PDF whose content stream is deflated twice."""
    inner = zlib.compress(zlib.compress(b"0 0 m " * (megabytes * 160_000), 9), 9)
    pdf = pikepdf.new()
    page = pdf.add_blank_page()
    stream = pikepdf.Stream(pdf, b"")
    stream.write(inner, filter=pikepdf.Array([pikepdf.Name.FlateDecode] * 2))
    page.obj.Contents = stream
    return _saved_as_it_is(pdf)


def _with_raw_stream(packed: bytes) -> bytes:
    pdf = pikepdf.new()
    page = pdf.add_blank_page()
    stream = pikepdf.Stream(pdf, b"")
    stream.write(packed, filter=pikepdf.Name.FlateDecode)
    page.obj.Contents = stream
    return _saved_as_it_is(pdf)


def _saved_as_it_is(pdf: pikepdf.Pdf) -> bytes:
    buffer = io.BytesIO()
    pdf.save(buffer, stream_decode_level=pikepdf.StreamDecodeLevel.none, compress_streams=False)
    return buffer.getvalue()


def form_bomb(depth: int = 12, width: int = 10) -> bytes:
    """Return a PDF whose page draws a form that draws *width* forms, and so on."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page()
    inner: pikepdf.Object = pdf.make_stream(
        b"BT /F1 9 Tf 10 10 Td (parc) Tj ET",
        Type=pikepdf.Name.XObject,
        Subtype=pikepdf.Name.Form,
        BBox=[0, 0, 100, 100],
    )
    for _ in range(depth):
        inner = pdf.make_stream(
            b"/X Do " * width,
            Type=pikepdf.Name.XObject,
            Subtype=pikepdf.Name.Form,
            BBox=[0, 0, 100, 100],
            Resources=pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=inner)),
        )
    page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=inner))
    page.obj.Contents = pdf.make_stream(b"/X Do")
    return pdfs.saved(pdf)


def form_loop() -> bytes:
    """Return a PDF whose page draws a form that draws itself."""
    pdf = pikepdf.new()
    page = pdf.add_blank_page()
    form = pdf.make_stream(
        b"/X Do", Type=pikepdf.Name.XObject, Subtype=pikepdf.Name.Form, BBox=[0, 0, 100, 100]
    )
    form.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=form))
    page.obj.Resources = pikepdf.Dictionary(XObject=pikepdf.Dictionary(X=form))
    page.obj.Contents = pdf.make_stream(b"/X Do")
    return pdfs.saved(pdf)


def page_tree_loop() -> bytes:
    """Return a PDF whose page tree is its own child."""
    return raw_objects(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 1000000 >>",
    )


def deep_page_tree(depth: int = 20_000) -> bytes:
    """Return a PDF with its one page at the end of a long chain of nodes."""
    nodes = [
        b"<< /Type /Pages /Count 1 /Kids [%d 0 R] %s >>"
        % (n + 3, b"/Parent %d 0 R" % (n + 1) if n else b"")
        for n in range(depth)
    ]
    page = b"<< /Type /Page /Parent %d 0 R /MediaBox [0 0 200 200] >>" % (depth + 1)
    return raw_objects(b"<< /Type /Catalog /Pages 2 0 R >>", *nodes, page)


def deep_arrays(depth: int = 200_000) -> bytes:
    """Return a PDF with arrays in each other, very deep."""
    return raw_objects(
        b"<< /Type /Catalog /Pages 2 0 R /X " + b"[" * depth + b"]" * depth + b" >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
    )


def many_pages(count: int = 100_000) -> bytes:
    """Return a PDF that lists one page *count* times."""
    return raw_objects(
        b"<< /Type /Catalog /Pages 2 0 R >>",
        b"<< /Type /Pages /Kids [" + b"3 0 R " * count + b"] /Count %d >>" % count,
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
    )


def many_glyphs(count: int = 1_000_000) -> bytes:
    """Return a PDF with *count* glyphs on one page; pdfium drops lines that are the same."""
    lines = b"".join(
        b"1 0 0 1 %d %d Tm (%s) Tj\n"
        % (10 + 110 * (n % 5), 830 - n // 5 % 800, b"parc %d naturel " % (n * 7919) * 5)
        for n in range(count // 100)
    )
    return pdfs.with_content(b"BT /F1 2 Tf\n" + lines + b"ET")


def gigantic_page() -> bytes:
    """Return a PDF with a page of two hundred thousand kilometres."""
    source = pdfs.with_lines(["Le parc est grand comme la France entière, ou presque."])
    with pikepdf.open(io.BytesIO(source)) as pdf:
        pdf.pages[0].MediaBox = pikepdf.Array([0, 0, 10**12, 10**12])
        return pdfs.saved(pdf)


def outline_loop() -> bytes:
    """Return a PDF whose table of contents runs in a ring."""
    return raw_objects(
        b"<< /Type /Catalog /Pages 2 0 R /Outlines 4 0 R >>",
        b"<< /Type /Pages /Kids [3 0 R] /Count 1 >>",
        b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 200 200] >>",
        b"<< /First 5 0 R /Last 6 0 R >>",
        b"<< /Title (un) /Parent 4 0 R /Next 6 0 R /First 6 0 R /Last 6 0 R >>",
        b"<< /Title (deux) /Parent 4 0 R /Next 5 0 R /First 5 0 R /Last 5 0 R >>",
    )


def corrupt_flate() -> bytes:
    """Return a PDF whose content stream is no deflated data."""
    return _with_raw_stream(b"\x78\x9c" + b"\xff\x00\xab" * 500)


def corrupt_letters() -> bytes:
    """Return a PDF of reportlab's whose content, deflated and written in letters, is spoilt."""
    source = pdfs.with_lines(["Le guide du paysage"] * 9)
    start = source.index(b"stream\n") + 7
    return source[:start] + b"zzz%%%" + source[start + 6 :]


def many_cells(count: int = 20_000) -> bytes:
    """Return a PDF with a text and *count* ruled cells on one page."""
    cells = b"".join(b"%d %d 3 3 re S\n" % (n % 140 * 4, n // 140 * 4) for n in range(count))
    return pdfs.with_content(cells + b"BT /F1 11 Tf 72 400 Td (Le parc naturel) Tj ET")


def raw_objects(*objects: bytes) -> bytes:
    """Return a PDF of these objects, numbered from 1, the first of them its catalogue."""
    out = io.BytesIO()
    out.write(b"%PDF-1.4\n")
    places = []
    for number, body in enumerate(objects, start=1):
        places.append(out.tell())
        out.write(b"%d 0 obj\n%s\nendobj\n" % (number, body))
    start = out.tell()
    out.write(b"xref\n0 %d\n0000000000 65535 f \n" % (len(objects) + 1))
    out.write(b"".join(b"%010d 00000 n \n" % place for place in places))
    out.write(b"trailer\n<< /Size %d /Root 1 0 R >>\n" % (len(objects) + 1))
    out.write(b"startxref\n%d\n%%%%EOF\n" % start)
    return out.getvalue()


def between_good_pages(source: bytes) -> bytes:
    """Return the first page of *source* between two harmless ones."""
    with pikepdf.open(io.BytesIO(source)) as harm, pikepdf.new() as pdf:
        for text in ("Avant la bombe", "Après la bombe"):
            with pikepdf.open(io.BytesIO(pdfs.with_lines([text]))) as good:
                pdf.pages.append(good.pages[0])
        pdf.pages.insert(1, harm.pages[0])
        return pdfs.saved(pdf)
