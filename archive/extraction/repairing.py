"""Mending a file that pdfium refuses, with pikepdf (qpdf)."""

from __future__ import annotations

import zlib
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


_BLANK_BYTES = 64
"""A content stream so short draws nothing worth reading, whatever it says."""

_CHECKED_PAGES = 200


class NotRepairableError(Exception):
    """Raised when qpdf cannot make a readable file of it either."""


class PasswordNeededError(NotRepairableError):
    """Raised when qpdf says that only a password is missing."""


def repair(path: Path, scratch: Path) -> tuple[Path, str]:
    """Write a mended copy of *path* into *scratch*; return it and what was wrong, in qpdf's words.

    Raises :class:`NotRepairableError` where no page can be recovered.
    """
    import pikepdf  # noqa: PLC0415 - 80 ms that only broken files should pay

    mended = scratch / "repaired.pdf"
    try:
        with pikepdf.open(path, suppress_warnings=True) as pdf:
            pages = len(pdf.pages)
            pdf.save(mended, object_stream_mode=pikepdf.ObjectStreamMode.disable)
            warnings = [_plain(str(warning), path) for warning in pdf.get_warnings()]
    except pikepdf.PasswordError as error:
        raise PasswordNeededError("a password is needed") from error
    except MemoryError:
        raise
    except Exception as error:  # qpdf's binding raises whatever its layers raised
        raise NotRepairableError(_plain(str(error), path) or type(error).__name__) from error
    if not pages:
        raise NotRepairableError("qpdf recovers no page")
    return mended, "rebuilt with qpdf" + (f": {warnings[0]}" if warnings else "")


def _plain(message: str, path: Path) -> str:
    """One short line without the path."""
    return " ".join(message.replace(str(path), "").strip(" :()").split())[:200]


def unreadable_pages(path: Path, numbers: Sequence[int]) -> Iterator[int]:
    """Yield those of the page *numbers* whose content cannot be inflated.

    pdfium shows such a page as blank and says nothing. Only what an empty page may cost is spent.
    """
    import pikepdf  # noqa: PLC0415 - 80 ms that only files with blank pages should pay

    try:
        with pikepdf.open(path, suppress_warnings=True) as pdf:
            for number in numbers[:_CHECKED_PAGES]:
                contents: Any = pdf.pages[number - 1].obj.get("/Contents", [])
                streams = [contents] if isinstance(contents, pikepdf.Stream) else list(contents)
                if any(map(_is_broken, streams)):
                    yield number
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - qpdf's binding raises whatever its layers raised
        return


def _is_broken(stream: Any) -> bool:
    """Whether a deflated stream of any length gives no first byte."""
    raw = bytes(stream.read_raw_bytes())
    if str(stream.get("/Filter", "")) != "/FlateDecode" or len(raw) < _BLANK_BYTES:
        return False
    try:
        return not zlib.decompressobj().decompress(raw, 64)
    except zlib.error:
        return True
