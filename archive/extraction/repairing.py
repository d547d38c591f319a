"""Mending a file that pdfium refuses, with pikepdf (qpdf)."""

from __future__ import annotations

import re
import zlib
from base64 import a85decode
from itertools import islice
from mmap import ACCESS_READ, mmap
from typing import TYPE_CHECKING, Any

from archive.extraction.salvaging import PAGE, gather_pages

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path


_BLANK_BYTES = 64
"""A content stream so short draws nothing worth reading, whatever it says."""

_CHECKED_PAGES = 200
_SMALL_STREAM = 1_000_000
"""Bytes of a stream that is not deflated, and may be decoded whole: it does not grow by much."""

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
    import pikepdf  # noqa: PLC0415 - 80 ms that only broken files should pay

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
    import pikepdf  # noqa: PLC0415 - 80 ms that only files with more pages than said should pay

    try:
        with pikepdf.open(path, suppress_warnings=True) as pdf:
            return len(pdf.pages) > count
    except Exception:  # noqa: BLE001 - whatever this raises, pdfium has opened the file
        return False


def _plain(message: str, path: Path) -> str:
    """One short line without the path."""
    return " ".join(message.replace(str(path), "").strip(" :()").split())[:200]


def unreadable_pages(
    path: Path, numbers: Sequence[int], *, is_mended: bool
) -> Iterator[tuple[int, str]]:
    """Yield those of the page *numbers* whose content is lost or cannot be decoded, and why.

    pdfium shows such a page as blank and says nothing. Only what an empty page may cost is spent.
    """
    import pikepdf  # noqa: PLC0415 - 80 ms that only files with blank pages should pay

    try:
        with pikepdf.open(path, suppress_warnings=True) as pdf:
            for number in numbers[:_CHECKED_PAGES]:
                page = pdf.pages[number - 1].obj
                contents: Any = page.get("/Contents")
                if contents is None:
                    # A mended copy, and qpdf's view of a file, leave out what leads nowhere.
                    if is_mended or _names_content(path, page.objgen):
                        yield number, "its content is lost"
                    continue
                streams = [contents] if isinstance(contents, pikepdf.Stream) else list(contents)
                fewest = 1 if is_mended else _BLANK_BYTES
                if any(_is_broken(stream, fewest) for stream in streams):
                    yield number, "its content cannot be decompressed"
    except MemoryError:
        raise
    except Exception:  # noqa: BLE001 - qpdf's binding raises whatever its layers raised
        return


def _names_content(path: Path, place: tuple[int, int]) -> bool:
    """Whether the page with this object number says, in the file's own bytes, to have a content."""
    own = rb"(?<!\d)%d\s+%d\s+obj\b(?:(?!endobj).)*?/Contents\s+\d" % place
    return re.search(own, path.read_bytes(), re.DOTALL) is not None


def _is_broken(stream: Any, fewest: int) -> bool:
    """Whether a stream of *fewest* bytes or more gives no first byte."""
    raw = bytes(stream.read_raw_bytes())
    filters = re.findall(r"/(\w+)", str(stream.get("/Filter", "")))
    if len(raw) < fewest or not filters:
        return False
    if "FlateDecode" in filters:
        return not _inflates(raw, filters[: filters.index("FlateDecode")])
    return len(raw) <= _SMALL_STREAM and not _decodes(stream)


def _inflates(raw: bytes, written_in: Sequence[str]) -> bool:
    """Whether deflated bytes, which other filters have *written_in* letters, give a first byte."""
    try:
        for name in written_in:
            if name == "ASCII85Decode":
                raw = a85decode(raw.strip().removeprefix(b"<~").removesuffix(b"~>"))
            elif name == "ASCIIHexDecode":
                raw = bytes.fromhex(raw.decode("ascii").strip().removesuffix(">"))
            else:
                return True
        return bool(zlib.decompressobj().decompress(raw, 64))
    except (ValueError, zlib.error):
        return False


def _decodes(stream: Any) -> bool:
    import pikepdf  # noqa: PLC0415 - see above

    try:
        return bool(stream.read_bytes())
    except (pikepdf.PdfError, pikepdf.DataDecodingError):
        return False
