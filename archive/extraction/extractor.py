"""One worker and what it can be asked: texts, tables, scanned pages."""

from __future__ import annotations

import shutil
import tempfile
from dataclasses import asdict, dataclass
from pathlib import Path
from time import monotonic
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from archive.errors import ArchiveError
from archive.extraction.assembling import Assembly
from archive.extraction.found_tables import TableAssembly
from archive.extraction.limits import ExtractionLimits
from archive.extraction.ocr import ocr_available
from archive.extraction.pictures import PictureAssembly
from archive.extraction.processes import WorkerLostError, WorkerProcess
from archive.extraction.scratch import Scratch

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from archive.extraction.found_tables import TableExtraction
    from archive.extraction.pictures import PagePicture
    from archive.extraction.results import Extraction

_TRIES = 2
"""A file whose worker process is lost from under it is tried once more."""


TABLE_LIMITS = ExtractionLimits(seconds=120, seconds_per_page=2, page_seconds=30)
OCR_LIMITS = ExtractionLimits(seconds=120, seconds_per_page=40, page_seconds=120)
"""A page is given up before its file is, even one that is read alone: it is not tried again."""

PICTURE_LIMITS = ExtractionLimits(
    seconds=20, seconds_per_page=0, page_seconds=15, memory_mb=1000, crashes=1
)
"""Somebody waits for a picture: a page that takes longer has none."""

Result_co = TypeVar("Result_co", covariant=True)


class _Assembly(Protocol[Result_co]):
    """Takes a worker's events and makes a result of them."""

    def take(self, event: Mapping[str, Any]) -> bool: ...

    def finish(self, seconds: float, *, how: str = "", detail: str = "") -> Result_co: ...


class OcrUnavailableError(ArchiveError):
    """Raised when scanned pages are to be read and the programs for it are not installed."""


class PoolClosedError(ArchiveError):
    """Raised when a file is given to a pool that has been closed."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Containment:
    """What holds a worker on this machine, for ``pnr status``. See docs/extraction.md."""

    network_taken_away: bool


class Extractor:
    """One worker and its scratch folder, for one caller at a time."""

    def __init__(self, base: Path | None = None) -> None:
        self._own = Scratch() if base is None else None
        self._scratch = self._own.path if self._own else Path(tempfile.mkdtemp(dir=base))
        self._worker = WorkerProcess(self._scratch, base)
        self._stopped = False

    @property
    def pid(self) -> int | None:
        """The process id of the worker, None while it has none."""
        return self._worker.pid

    def extract(
        self,
        source: bytes | Path,
        *,
        engine: str = "auto",
        pages: Iterable[int] = (),
        limits: ExtractionLimits | None = None,
    ) -> Extraction:
        """Read one PDF. Never raises for what is in the file: that is what the status says.

        Raises :class:`OSError` where *source* is a path that cannot be opened.
        """
        request = {"task": "texts", "engine": engine, "pages": sorted(set(pages))}
        return self._ask(Assembly, source, request, limits or ExtractionLimits())

    def find_tables(
        self,
        source: bytes | Path,
        *,
        pages: Iterable[int] = (),
        limits: ExtractionLimits | None = None,
    ) -> TableExtraction:
        """Find the tables of one PDF, in a pass of its own."""
        request = {"task": "tables", "pages": sorted(set(pages))}
        return self._ask(TableAssembly, source, request, limits or TABLE_LIMITS)

    def read_pictures(
        self, source: bytes | Path, pages: Iterable[int], *, limits: ExtractionLimits | None = None
    ) -> Extraction:
        """Read the *pages* of one PDF by OCR; the result has these pages only.

        Raises :class:`OcrUnavailableError` where the programs for it are not installed.
        """
        available = ocr_available()
        if not available.available:
            raise OcrUnavailableError(f"Scanned pages cannot be read: {available.detail}.")
        request = {"task": "ocr", "pages": sorted(set(pages))}
        return self._ask(Assembly, source, request, limits or OCR_LIMITS)

    def draw_page(self, source: bytes | Path, number: int, *, width: int) -> PagePicture:
        """Draw a page of one PDF, *width* pixels wide. Never raises for what is in the file."""
        request = {"task": "picture", "pages": [number], "width": width}
        return self._ask(PictureAssembly, source, request, PICTURE_LIMITS)

    def containment(self) -> Containment:
        """Return what this machine lets the worker be held by; starts it if need be."""
        if self._worker.pid is None:
            self._worker.start()
        return Containment(network_taken_away=self._worker.has_no_network)

    def close(self) -> None:
        """End the worker and remove its scratch folder."""
        self._worker.close()
        shutil.rmtree(self._scratch, ignore_errors=True)
        if self._own is not None:
            self._own.remove()

    def stop(self) -> None:
        """End the worker in the middle of whatever it does; may be called by another thread."""
        self._stopped = True
        self._worker.interrupt()

    def _ask(
        self,
        assembly_type: Callable[[], _Assembly[Result_co]],
        source: bytes | Path,
        request: dict[str, Any],
        limits: ExtractionLimits,
    ) -> Result_co:
        own = Path(tempfile.mkdtemp(dir=self._scratch))
        try:
            path = source if isinstance(source, Path) else _spooled(source, own)
            # A path that cannot be opened is the caller's mistake, not the file's: OSError, here.
            path.open("rb").close()
            request |= {"path": str(path.absolute()), "scratch": str(own), "limits": asdict(limits)}
            return self._try(assembly_type, request, limits)
        finally:
            shutil.rmtree(own, ignore_errors=True)

    def _try(
        self,
        assembly_type: Callable[[], _Assembly[Result_co]],
        request: dict[str, Any],
        limits: ExtractionLimits,
    ) -> Result_co:
        started = monotonic()
        longest = limits.wall_seconds(limits.max_pages)
        for _ in range(_TRIES):
            assembly = assembly_type()
            try:
                self._worker.ask(request, assembly.take, longest)
            except WorkerLostError as error:
                if self._stopped:
                    raise PoolClosedError("The extraction was cancelled.") from error
                lost = str(error)
            else:
                return assembly.finish(monotonic() - started)
        return assembly.finish(monotonic() - started, how="damaged", detail=f"{lost}, twice")


def _spooled(data: bytes, folder: Path) -> Path:
    path = folder / "source.pdf"
    path.write_bytes(data)
    return path
