"""Mending a file that pdfium refuses, with pikepdf (qpdf)."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


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
