"""pdfium: fast, and right on nearly every page. Called through its C interface, line by line.

pypdfium2's own helpers would do, but the height of each line (running heads, text outside the
page) costs next to nothing here and a second pass anywhere else.
"""

from __future__ import annotations

import ctypes
from contextlib import contextmanager
from typing import TYPE_CHECKING, Self

import pypdfium2.raw as pdfium
from pypdfium2.version import PDFIUM_INFO, PYPDFIUM_INFO

from archive.extraction.cleaning import PDFIUM_HYPHEN
from archive.extraction.engines import PageUnreadableError, RawPage
from archive.extraction.engines.gaps import in_columns
from archive.extraction.engines.places import read_by_place
from archive.extraction.engines.spaced import close_up

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

VERSION = f"pypdfium2 {PYPDFIUM_INFO.version}, pdfium {PDFIUM_INFO.build}"

_THIN = 100
"""Fewer characters than this, and the page's pictures are looked at."""

_FEWEST_LINES = 12
"""Fewer lines than this, and nothing can be said of columns."""

_BLANKS = 200
"""More objects than these are no empty page."""

_NOTES = 1000
"""More links and notes than these are not looked through."""

_WRITTEN = frozenset(
    (pdfium.FPDF_ANNOT_WIDGET, pdfium.FPDF_ANNOT_FREETEXT, pdfium.FPDF_ANNOT_STAMP)
)

_SLIT = 1.0
"""Points; a visible part narrower than this is a mistake of the file, and all of it is shown."""

_MARGIN = 2.0
"""Points a glyph may stick out of the page before it counts as outside."""


class PdfiumError(Exception):
    """Raised when pdfium refuses a file; *code* is pdfium's own."""

    def __init__(self, code: int) -> None:
        super().__init__(_REASONS.get(code, f"pdfium error {code}"))
        self.code = code

    @property
    def is_locked(self) -> bool:
        """Whether the file opens only with a password, or with what its owner alone knows."""
        return self.code in {pdfium.FPDF_ERR_PASSWORD, pdfium.FPDF_ERR_SECURITY}


_REASONS = {
    pdfium.FPDF_ERR_SUCCESS: "pdfium cannot load it",
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

    @property
    def is_dynamic_form(self) -> bool:
        """Whether its pages stand in a form (XFA) that only Adobe's reader shows."""
        return bool(pdfium.FPDF_GetFormType(self.handle) == pdfium.FORMTYPE_XFA_FULL)

    def close(self) -> None:
        """Let go of the document."""
        if self.handle:
            pdfium.FPDF_CloseDocument(self.handle)
            self.handle = None

    def read_page(self, index: int, max_chars: int) -> RawPage:
        """Read the page at *index* (from 0), at most *max_chars* of it.

        Raises :class:`PageUnreadableError` where pdfium cannot load it.
        """
        with self._open_page(index) as (page, text_page):
            return _read(page, text_page, max_chars)

    def read_page_by_place(self, index: int, max_chars: int) -> str:
        """Return the text of the page at *index* by the places of its glyphs; ``""`` if it is long.

        Raises :class:`PageUnreadableError` where pdfium cannot load it.
        """
        with self._open_page(index) as (_, text_page):
            count = int(pdfium.FPDFText_CountChars(text_page))
            text = page_text(text_page, count) if 0 < count <= max_chars else ""
            return read_by_place(text_page, text) if len(text) == count else ""

    @contextmanager
    def _open_page(self, index: int) -> Iterator[tuple[pdfium.FPDF_PAGE, pdfium.FPDF_TEXTPAGE]]:
        page = self._loaded(index)
        if _has_written_notes(page) and pdfium.FPDFPage_Flatten(page, pdfium.FLAT_NORMALDISPLAY):
            pdfium.FPDF_ClosePage(page)
            page = self._loaded(index)
        try:
            text_page = pdfium.FPDFText_LoadPage(page)
            if not text_page:
                raise PageUnreadableError("pdfium finds no text layer")
            try:
                yield page, text_page
            finally:
                pdfium.FPDFText_ClosePage(text_page)
        finally:
            pdfium.FPDF_ClosePage(page)

    def _loaded(self, index: int) -> pdfium.FPDF_PAGE:
        page = pdfium.FPDF_LoadPage(self.handle, index)
        if not page:
            raise PageUnreadableError(str(PdfiumError(pdfium.FPDF_GetLastError())))
        return page


def _has_written_notes(page: pdfium.FPDF_PAGE) -> bool:
    """Whether the page has text in fields of a form, in frames or stamps laid over its content."""
    for index in range(min(_NOTES, pdfium.FPDFPage_GetAnnotCount(page))):
        note = pdfium.FPDFPage_GetAnnot(page, index)
        kind = pdfium.FPDFAnnot_GetSubtype(note)
        pdfium.FPDFPage_CloseAnnot(note)
        if kind in _WRITTEN:
            return True
    return False


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
    # Where each glyph has its one character, glyphs and text count alike.
    counts_alike = count == len(raw)
    if counts_alike:
        raw = close_up(text_page, raw)
    lines, outside = _placed_lines(text_page, raw, visible, counts_alike=counts_alike)
    placed = [(line, height) for _, line, height in lines]
    if counts_alike and len(lines) >= _FEWEST_LINES:
        placed = in_columns(text_page, lines) or placed
    thin = len(raw) < _THIN
    return RawPage(
        text="\n".join(line for line, _ in placed)
        .replace(f"{PDFIUM_HYPHEN}\n", PDFIUM_HYPHEN)
        .replace("\r", "\n"),
        heights=tuple([height for _, height in placed]),
        outside="\n".join(outside).replace("\r", "\n"),
        width=round(visible.shown_width, 2),
        height=round(visible.shown_height, 2),
        rotation=90 * visible.turns,
        picture_share=_picture_share(page, visible) if thin else 0.0,
        is_blank=thin and _shows_nothing(page, raw),
        is_cut=count > max_chars,
    )


def _placed_lines(
    text_page: pdfium.FPDF_TEXTPAGE, raw: str, visible: _Frame, *, counts_alike: bool
) -> tuple[list[tuple[int, str, float]], list[str]]:
    """Return the lines of the page, with first glyph and height, and the lines outside it.

    This loop runs for every line of every page; it is written for speed.
    """
    lines: list[tuple[int, str, float]] = []
    outside: list[str] = []
    x, y = ctypes.c_double(), ctypes.c_double()
    x_out, y_out = ctypes.byref(x), ctypes.byref(y)
    origin_of, has, height_of = pdfium.FPDFText_GetCharOrigin, visible.has, visible.height_of
    index = start = 0
    for line in raw.replace(PDFIUM_HYPHEN, f"{PDFIUM_HYPHEN}\r\n").split("\r\n"):
        if line and not line.isspace():
            index = start if counts_alike else _glyph_at(text_page, start)
            origin_of(text_page, index, x_out, y_out)
            across, up = x.value, y.value
            if has(across, up) or _ends_inside(text_page, index + len(line) - 1, visible):
                lines.append((index, line, height_of(across, up)))
            else:
                outside.append(line)
        start += len(line) if line.endswith(PDFIUM_HYPHEN) else len(line) + 2
    return lines, outside


def _ends_inside(text_page: pdfium.FPDF_TEXTPAGE, index: int, visible: _Frame) -> bool:
    x, y = ctypes.c_double(), ctypes.c_double()
    pdfium.FPDFText_GetCharOrigin(text_page, index, x, y)
    return visible.has(x.value, y.value)


class _Frame:
    """The visible part of a page, and where a point stands in it."""

    def __init__(self, page: pdfium.FPDF_PAGE) -> None:
        box = pdfium.FS_RECTF()
        pdfium.FPDF_GetPageBoundingBox(page, box)
        self.left, self.bottom = float(box.left), float(box.bottom)
        self.right, self.top = float(box.right), float(box.top)
        if min(self.right - self.left, self.top - self.bottom) < _SLIT:
            self._take_sheet(page)
        self.wide = max(1.0, self.right - self.left)
        self.high = max(1.0, self.top - self.bottom)
        self.turns = int(pdfium.FPDFPage_GetRotation(page)) % 4
        self._edges = (
            self.left - _MARGIN,
            self.bottom - _MARGIN,
            self.right + _MARGIN,
            self.top + _MARGIN,
        )

    def _take_sheet(self, page: pdfium.FPDF_PAGE) -> None:
        """Have the whole sheet visible where the crop box lies beside it, or has no area."""
        sides = [ctypes.c_float() for _ in range(4)]
        if pdfium.FPDFPage_GetMediaBox(page, *sides):
            left, bottom, right, top = (side.value for side in sides)
            self.left, self.right = sorted((left, right))
            self.bottom, self.top = sorted((bottom, top))

    @property
    def shown_width(self) -> float:
        return self.high if self.turns % 2 else self.wide

    @property
    def shown_height(self) -> float:
        return self.wide if self.turns % 2 else self.high

    def has(self, x: float, y: float) -> bool:
        left, bottom, right, top = self._edges
        return left <= x <= right and bottom <= y <= top

    def height_of(self, x: float, y: float) -> float:
        """How high the point stands on the page as it is shown, from 0 to 1."""
        if self.turns == 0:
            return (y - self.bottom) / self.high
        if self.turns == 2:
            return 1 - (y - self.bottom) / self.high
        across = (x - self.left) / self.wide
        return 1 - across if self.turns == 1 else across


def _glyph_at(text_page: pdfium.FPDF_TEXTPAGE, offset: int) -> int:
    return int(pdfium.FPDFText_GetCharIndexFromTextIndex(text_page, offset))


def _shows_nothing(page: pdfium.FPDF_PAGE, raw: str) -> bool:
    """Whether the page draws nothing, or blanks alone, as word processors do on an empty page."""
    count = pdfium.FPDFPage_CountObjects(page)
    if count and (not raw or not raw.isspace()):
        return False
    kinds = (
        pdfium.FPDFPageObj_GetType(pdfium.FPDFPage_GetObject(page, index))
        for index in range(min(_BLANKS, count))
    )
    return count <= _BLANKS and all(kind == pdfium.FPDF_PAGEOBJ_TEXT for kind in kinds)


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
    return round(min(1.0, covered / (visible.wide * visible.high)), 3)


_PICTURES = frozenset(
    (pdfium.FPDF_PAGEOBJ_IMAGE, pdfium.FPDF_PAGEOBJ_SHADING, pdfium.FPDF_PAGEOBJ_FORM)
)
