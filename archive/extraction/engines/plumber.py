"""pdfplumber, tuned: slow, and right on the few pages where pdfium is not.

Imported only when a page asks for it: importing takes as long as reading a hundred pages.
"""

from __future__ import annotations

import logging
from collections import defaultdict
from typing import TYPE_CHECKING, Any, Self

import pdfplumber
from pdfminer.converter import PDFLayoutAnalyzer

from archive.extraction.engines import PageUnreadableError, RawPage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import TracebackType

    from pdfplumber.page import Page

VERSION = f"pdfplumber {pdfplumber.__version__}"

_SETTINGS: dict[str, Any] = {"x_tolerance_ratio": 0.15, "y_tolerance": 3}
_AROUND = tuple((x, y) for x in (-1, 0, 1) for y in (-1, 0, 1))
_CELLS = {"x_tolerance_ratio": 0.15}
"""Its default, a fixed 3 points, glues the words of TeX files and splits those of others."""


class PlumberDocument:
    """An open document. *with_paths* keeps ruling lines, which only tables want.

    Raises :class:`PageUnreadableError` where pdfminer finds no page to read.
    """

    def __init__(self, path: str, *, with_paths: bool = False) -> None:
        logging.getLogger("pdfminer").setLevel(logging.CRITICAL)
        # Drawing 20,000 rectangles into objects nobody reads takes a third of the time and 1.3 GB.
        # This process reads one file and ends, so nothing is to be put back.
        if not with_paths:
            PDFLayoutAnalyzer.paint_path = _paint_nothing  # type: ignore[method-assign]  # the point
        try:
            self._pdf = pdfplumber.open(path, unicode_norm="NFC")
            self._count = len(self._pdf.pages)
        except MemoryError:
            raise
        except Exception as error:
            raise PageUnreadableError(f"pdfplumber: {type(error).__name__}") from error

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self._pdf.close()

    def __len__(self) -> int:
        return self._count

    def find_tables(
        self, index: int
    ) -> list[tuple[list[list[str | None]], tuple[float, float, float, float]]]:
        """Find the tables of the page at *index*: rows of cells, and the box around them.

        Raises :class:`PageUnreadableError` whatever pdfminer raises.
        """
        try:
            page = self._pdf.pages[index]
            try:
                return [(_rows(page, table), table.bbox) for table in page.find_tables()]
            finally:
                page.close()
        except MemoryError:
            raise
        except Exception as error:
            raise PageUnreadableError(f"pdfplumber: {type(error).__name__}") from error

    def read_page(self, index: int, max_chars: int) -> tuple[RawPage, ...]:
        """Return the page at *index* read in each way that may be the right one, to be judged.

        Raises :class:`PageUnreadableError` whatever pdfminer raises: its parsers raise anything.
        """
        try:
            page = self._pdf.pages[index]
            try:
                return _readings(page, max_chars)
            finally:
                page.close()
        except MemoryError:
            raise
        except Exception as error:
            raise PageUnreadableError(f"pdfplumber: {type(error).__name__}") from error


def _readings(page: Page, max_chars: int) -> tuple[RawPage, ...]:
    chars = page.chars
    if len(chars) > max_chars:
        raise PageUnreadableError("pdfplumber: more glyphs than the limit allows")
    settings = dict(_SETTINGS)
    if _is_turned(chars):
        settings |= _directions(chars)
    # Turned text stands close enough for its neighbours to be taken for doubles.
    deduplicated = page if _is_turned(chars) else _deduplicated(page, chars)
    return tuple(
        _raw_page(page, deduplicated.extract_text(use_text_flow=flow, **settings) or "")
        for flow in (False, True)
    )


def _deduplicated(page: Page, chars: list[dict[str, Any]]) -> Page:
    """Return the page with glyphs that were set twice, a point apart at most, once.

    pdfplumber's own ``dedupe_chars`` takes time by the square of the glyphs: most of a page's.
    """
    doubles = set(_doubles(chars))
    return page.filter(lambda each: id(each) not in doubles) if doubles else page


def _doubles(chars: list[dict[str, Any]]) -> Iterator[int]:
    places: defaultdict[tuple[Any, ...], list[tuple[float, float]]] = defaultdict(list)
    for char in chars:
        glyph = (char["text"], char["fontname"], char["size"])
        across, down = char["x0"], char["doctop"]
        column, row = int(across), int(down)
        near = (place for x, y in _AROUND for place in places.get((glyph, column + x, row + y), ()))
        if any(abs(across - x) <= 1 and abs(down - y) <= 1 for x, y in near):
            yield id(char)
        else:
            places[glyph, column, row].append((across, down))


def _rows(page: Page, table: Any) -> list[list[str | None]]:
    """Return the rows of *table* as they are read, whichever way the page is turned."""
    chars = page.chars
    if not _is_turned(chars):
        return list(table.extract(**_CELLS))
    rows = list(table.extract(**_CELLS, **_directions(chars)))
    columns = [list(column) for column in zip(*rows, strict=True)]
    return [column[::-1] for column in columns] if _turn(chars) == "btt" else columns[::-1]


def _is_turned(chars: list[dict[str, Any]]) -> bool:
    return sum(1 for char in chars if not char["upright"]) > len(chars) / 2


def _directions(chars: list[dict[str, Any]]) -> dict[str, str]:
    turn = _turn(chars)
    lines = "ltr" if turn == "btt" else "rtl"
    return {
        "char_dir": turn,
        "line_dir": lines,
        "char_dir_rotated": turn,
        "line_dir_rotated": lines,
        "char_dir_render": "ltr",
        "line_dir_render": "ttb",
    }


def _turn(chars: list[dict[str, Any]]) -> str:
    """Which way the glyphs of turned text follow each other: bottom to top, or top to bottom."""
    up = sum(1 for char in chars if char["matrix"][1] > 0)
    return "btt" if up > len(chars) / 2 else "ttb"


def _raw_page(page: Page, text: str) -> RawPage:
    return RawPage(
        text=text,
        width=float(page.width),
        height=float(page.height),
        rotation=int(page.rotation or 0) % 360,
    )


def _paint_nothing(*_: object, **__: object) -> None:
    """Draw no path."""
