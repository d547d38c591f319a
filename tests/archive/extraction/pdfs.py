"""Makers of small PDFs, one for each oddity the extraction has to cope with."""

from __future__ import annotations

import io
from typing import TYPE_CHECKING

from reportlab.lib.pagesizes import A4
from reportlab.pdfgen.canvas import Canvas

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

WIDTH, HEIGHT = A4


def drawn(*pages: Callable[[Canvas], None], size: tuple[float, float] = A4) -> bytes:
    """Return a PDF whose pages are drawn one after the other."""
    buffer = io.BytesIO()
    canvas = Canvas(buffer, pagesize=size, invariant=1)
    for draw in pages:
        canvas.setFont("Helvetica", 11)
        draw(canvas)
        canvas.showPage()
    canvas.save()
    return buffer.getvalue()


def with_lines(*pages: Sequence[str], **options: tuple[float, float]) -> bytes:
    """Return a PDF with one line of text under the other on each page."""
    return drawn(*(lines_at(72, HEIGHT - 72, page) for page in pages), **options)


def lines_at(x: float, y: float, lines: Iterable[str]) -> Callable[[Canvas], None]:
    """Draw *lines* under each other from (*x*, *y*)."""

    def draw(canvas: Canvas) -> None:
        for number, line in enumerate(lines):
            canvas.drawString(x, y - 14 * number, line)

    return draw
