"""Mending a file that pdfium refuses, with pikepdf (qpdf)."""

from __future__ import annotations

from itertools import islice
from mmap import ACCESS_READ, mmap
from typing import TYPE_CHECKING

import pikepdf

from archive.extraction.salvaging import PAGE, gather_pages

if TYPE_CHECKING:
    from pathlib import Path

_GATHERED = "rebuilt with qpdf from the pages that are left"


class NotRepairableError(Exception):
    """Raised when qpdf cannot make a readable file of it either."""


class PasswordNeededError(NotRepairableError):
    """Raised when qpdf says that only a password is missing."""


def repair(path: Path, scratch: Path, why: str = "") -> tuple[Path, str]:
    """Write a mended copy of *path* into *scratch*; return it and what was wrong.

    That is *why*, where it is known, else what qpdf says.

    Where not even qpdf finds the way from the catalogue to the pages, those that are left are
    gathered. Raises :class:`NotRepairableError` where no page can be recovered.
    """
    mended = scratch / "repaired.pdf"
    try:
        return mended, _mend(path, mended, why)
    except PasswordNeededError:
        raise
    except NotRepairableError as error:
        gathered = scratch / "gathered.pdf"
        try:
            if not gather_pages(path, gathered):
                raise
            _mend(gathered, mended, why)
        except (NotRepairableError, OSError):
            # A full scratch folder is no news of the file; what qpdf said of it is.
            raise error from None
        return mended, f"{_GATHERED}: {error}"


def _mend(path: Path, mended: Path, why: str) -> str:
    try:
        with pikepdf.open(path, suppress_warnings=True) as pdf:
            pages = len(pdf.pages)
            pdf.Root.Pages.Count = pages
            pdf.save(mended, object_stream_mode=pikepdf.ObjectStreamMode.disable)
            said = why or next((_plain(str(warning), path) for warning in pdf.get_warnings()), "")
    except pikepdf.PasswordError as error:
        raise PasswordNeededError("a password is needed") from error
    except MemoryError:
        raise
    except Exception as error:  # qpdf's binding raises whatever its layers raised
        raise NotRepairableError(_plain(str(error), path) or type(error).__name__) from error
    if not pages:
        raise NotRepairableError("qpdf recovers no page")
    return "rebuilt with qpdf" + (f": {said}" if said else "")


def leaves_pages_out(path: Path, count: int) -> bool:
    """Whether a file that says to have *count* pages has more; pdfium takes its word for it."""
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        # Pages of an earlier state of the file count here too; qpdf tells them from its own.
        if sum(1 for _ in islice(PAGE.finditer(data), count + 1)) <= count:
            return False
    try:
        with pikepdf.open(path, suppress_warnings=True) as pdf:
            return len(pdf.pages) > count
    except Exception:  # noqa: BLE001 - whatever this raises, pdfium has opened the file
        return False


def _plain(message: str, path: Path) -> str:
    """One short line without the path."""
    return " ".join(message.replace(str(path), "").strip(" :()").split())[:200]
