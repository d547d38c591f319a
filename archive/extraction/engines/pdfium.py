"""pdfium: fast, and right on nearly every page. Called through its C interface, line by line.

pypdfium2's own helpers would do, but the height of each line (running heads, text outside the
page) costs next to nothing here and a second pass anywhere else.
"""

from __future__ import annotations

import ctypes
import re
from typing import TYPE_CHECKING, Self

import pypdfium2.raw as pdfium
from pypdfium2.version import PDFIUM_INFO, PYPDFIUM_INFO

from archive.extraction.cleaning import PDFIUM_HYPHEN
from archive.extraction.engines import PageUnreadableError, RawPage

if TYPE_CHECKING:
    from types import TracebackType

VERSION = f"pypdfium2 {PYPDFIUM_INFO.version}, pdfium {PDFIUM_INFO.build}"

_LINE = re.compile(f"[^\r\n{PDFIUM_HYPHEN}]*(?:\r\n|[\r\n{PDFIUM_HYPHEN}])?")
_THIN = 100
"""Fewer characters than this, and the page's pictures are looked at."""

_MARGIN = 2.0
"""Points a glyph may stick out of the page before it counts as outside."""


class PdfiumError(Exception):
    """Raised when pdfium refuses a file; *code* is pdfium's own."""

    def __init__(self, code: int) -> None:
        super().__init__(_REASONS.get(code, f"pdfium error {code}"))
        self.code = code

    @property
    def wants_password(self) -> bool:
        """Whether the file opens only with a password."""
        return bool(self.code == pdfium.FPDF_ERR_PASSWORD)


_REASONS = {
    pdfium.FPDF_ERR_FILE: "the file cannot be opened",
    pdfium.FPDF_ERR_FORMAT: "the structure of the file is broken",
    pdfium.FPDF_ERR_PASSWORD: "a password is needed",
    pdfium.FPDF_ERR_SECURITY: "the file is encrypted in an unknown way",
    pdfium.FPDF_ERR_PAGE: "the page is broken",
}


class PdfiumDocument:
    """An open document. Close it, or use it in a ``with`` statement."""

    def __init__(self, path: str) -> None:
        self.path = path
        self.handle = pdfium.FPDF_LoadDocument(path.encode(), None)
        if not self.handle:
            raise PdfiumError(pdfium.FPDF_GetLastError())

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def __len__(self) -> int:
        return max(0, int(pdfium.FPDF_GetPageCount(self.handle)))

    def close(self) -> None:
        """Let go of the document."""
        if self.handle:
            pdfium.FPDF_CloseDocument(self.handle)
            self.handle = None

    def read_page(self, index: int, max_chars: int) -> RawPage:
        """Read the page at *index* (from 0), at most *max_chars* of it.

        Raises :class:`PageUnreadableError` where pdfium cannot load it.
        """
        page = pdfium.FPDF_LoadPage(self.handle, index)
        if not page:
            raise PageUnreadableError(str(PdfiumError(pdfium.FPDF_GetLastError())))
        try:
            text_page = pdfium.FPDFText_LoadPage(page)
            if not text_page:
                raise PageUnreadableError("pdfium finds no text layer")
            try:
                return _read(page, text_page, max_chars)
            finally:
                pdfium.FPDFText_ClosePage(text_page)
        finally:
            pdfium.FPDF_ClosePage(page)


def page_text(text_page: pdfium.FPDF_TEXTPAGE, count: int) -> str:
    """Return the first *count* characters as pdfium orders them, half surrogate pairs replaced."""
    # Two code units a character: pdfium counts characters and writes UTF-16.
    buffer = (ctypes.c_ushort * (2 * count + 2))()
    written = pdfium.FPDFText_GetText(text_page, 0, count, buffer)
    return bytes(memoryview(buffer).cast("B")[: 2 * max(0, written - 1)]).decode(
        "utf-16-le", errors="replace"
    )


def _read(page: pdfium.FPDF_PAGE, text_page: pdfium.FPDF_TEXTPAGE, max_chars: int) -> RawPage:
    count = max(0, int(pdfium.FPDFText_CountChars(text_page)))
    raw = page_text(text_page, min(count, max_chars))
    visible = _Frame(page)
    lines: list[str] = []
    heights: list[float] = []
    outside: list[str] = []
    for match in _LINE.finditer(raw):
        line = match[0]
        if not line or line.isspace():
            continue
        height = visible.height_of(text_page, match.start(), match.end())
        if height is None:
            outside.append(line)
        else:
            lines.append(line)
            heights.append(height)
    thin = len(raw) < _THIN
    return RawPage(
        text="".join(lines).replace("\r\n", "\n").replace("\r", "\n"),
        heights=tuple(heights),
        outside="".join(outside).replace("\r\n", "\n").strip(),
        width=round(pdfium.FPDF_GetPageWidthF(page), 2),
        height=round(pdfium.FPDF_GetPageHeightF(page), 2),
        rotation=90 * visible.turns,
        picture_share=_picture_share(page, visible) if thin else 0.0,
        is_blank=thin and pdfium.FPDFPage_CountObjects(page) == 0,
        is_cut=count > max_chars,
    )


class _Frame:
    """The visible part of a page, and where a line stands in it."""

    def __init__(self, page: pdfium.FPDF_PAGE) -> None:
        box = pdfium.FS_RECTF()
        pdfium.FPDF_GetPageBoundingBox(page, box)
        self.left, self.bottom = float(box.left), float(box.bottom)
        self.right, self.top = float(box.right), float(box.top)
        self.turns = int(pdfium.FPDFPage_GetRotation(page)) % 4
        self._box = [ctypes.c_double() for _ in range(4)]

    @property
    def area(self) -> float:
        return max(1.0, (self.right - self.left) * (self.top - self.bottom))

    def height_of(self, text_page: pdfium.FPDF_TEXTPAGE, start: int, end: int) -> float | None:
        """How high the line stands, 0 to 1; None where it is outside from its start to its end."""
        place = self._place(text_page, start)
        if place is None:
            return 0.5
        if not self._is_inside(*place):
            last = self._place(text_page, max(start, end - 3))
            if last is not None and not self._is_inside(*last):
                return None
        return self._height(*place)

    def _place(self, text_page: pdfium.FPDF_TEXTPAGE, offset: int) -> tuple[float, float] | None:
        index = pdfium.FPDFText_GetCharIndexFromTextIndex(text_page, offset)
        left, right, bottom, top = self._box
        if index < 0 or not pdfium.FPDFText_GetCharBox(text_page, index, left, right, bottom, top):
            return None
        return (left.value + right.value) / 2, (bottom.value + top.value) / 2

    def _is_inside(self, x: float, y: float) -> bool:
        return (
            self.left - _MARGIN <= x <= self.right + _MARGIN
            and self.bottom - _MARGIN <= y <= self.top + _MARGIN
        )

    def _height(self, x: float, y: float) -> float:
        across = (x - self.left) / max(1.0, self.right - self.left)
        up = (y - self.bottom) / max(1.0, self.top - self.bottom)
        return (up, 1 - across, 1 - up, across)[self.turns]


def _picture_share(page: pdfium.FPDF_PAGE, visible: _Frame) -> float:
    """Return the part of the page that pictures cover, at most 1; forms count as pictures."""
    covered = 0.0
    sides = [ctypes.c_float() for _ in range(4)]
    left, bottom, right, top = sides
    for index in range(min(2000, pdfium.FPDFPage_CountObjects(page))):
        item = pdfium.FPDFPage_GetObject(page, index)
        if pdfium.FPDFPageObj_GetType(item) not in _PICTURES:
            continue
        if pdfium.FPDFPageObj_GetBounds(item, left, bottom, right, top):
            wide = min(right.value, visible.right) - max(left.value, visible.left)
            high = min(top.value, visible.top) - max(bottom.value, visible.bottom)
            covered += max(0.0, wide) * max(0.0, high)
    return round(min(1.0, covered / visible.area), 3)


_PICTURES = frozenset(
    (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_SHADING, pdfium.FPDF_PAGEOBJ_FORM)
)
