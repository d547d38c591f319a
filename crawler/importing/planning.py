"""What is to be imported: the captures in the files that were given, in the order of time."""

from __future__ import annotations

from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Final

from sqlalchemy import select

from archive.models import RecordFile
from crawler.errors import UsageError
from crawler.importing.captures import Capture, LeftOut, Refused, UnusableCaptureError
from crawler.importing.saved import (
    Given,
    add_name,
    looks_saved,
    names_of_files,
    page_capture,
    pdf_capture,
)
from crawler.importing.site import largest_file
from crawler.importing.waczs import warcs_in

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from sqlalchemy import Connection

    from archive.records import PageReading
    from crawler.config import Config
    from crawler.importing.site import Site
    from crawler.importing.warcs import WarcShelf

_WARC: Final = (".warc", ".warc.gz")
_WACZ: Final = ".wacz"
#: Examples of what was left out that are kept, of each reason.
_EXAMPLES: Final = 3


@dataclass(slots=True)
class Plan:
    """The captures to be filed, and what of the files is left out, and why."""

    captures: list[Capture] = field(default_factory=list)
    left_out: Counter[LeftOut] = field(default_factory=Counter)
    examples: dict[LeftOut, list[str]] = field(default_factory=dict)

    def take(self, met: Iterable[Capture | Refused]) -> None:
        """Take in what was met in a file."""
        for one in met:
            if isinstance(one, Capture):
                self.captures.append(one)
            else:
                self.leave_out(one.what, one.why)

    def leave_out(self, what: str, why: LeftOut) -> None:
        """Count something that is not filed."""
        self.left_out[why] += 1
        examples = self.examples.setdefault(why, [])
        if len(examples) < _EXAMPLES:
            examples.append(what)


@dataclass(frozen=True, slots=True)
class _File:
    """A file that was given, by itself or with its folder."""

    path: Path
    root: Path


def plan_import(
    connection: Connection,
    paths: Sequence[Path],
    site: Site,
    given: Given,
    *,
    folder: Path,
    told: Callable[[], None] = lambda: None,
) -> Plan:
    """Look through files and folders; return what is to be filed, in the order of time.

    WARC files of a WACZ are unpacked into *folder*, which has to stay until they are filed.
    *told* is called after each file.

    :raises UsageError: a path is missing, or a file needs what is not installed.
    """
    files = files_in(paths)
    if given.url and len(files) != 1:
        raise UsageError(f"--url is the address of one file; {len(files)} were given.")
    planning = _Planning(site, given, _shelf(site, files), folder)
    for file in files:
        planning.look_at(file)
        told()
    return planning.plan(connection)


def addresses_met(paths: Sequence[Path], given: Given, config: Config) -> Iterator[str]:
    """Yield the addresses of what the given WARC and WACZ files hold, whose ever they are."""
    if given.url:
        yield given.url
    warcs = [file.path for file in files_in(paths) if _is_of_warcs(file.path)]
    if warcs:
        _require_warcio()
        from crawler.importing.warcs import targets_in  # noqa: PLC0415  # it is an extra
    for path in warcs:
        with TemporaryDirectory(prefix="pnr-import-") as folder, suppress(UnusableCaptureError):
            for warc in _warcs_of(path, Path(folder)):
                yield from targets_in(warc, most=largest_file(config))


class _Planning:
    """Looks at one file after the other, and takes what is to be filed of it."""

    def __init__(self, site: Site, given: Given, shelf: WarcShelf | None, folder: Path) -> None:
        self.site = site
        self.given = given
        self.shelf = shelf
        self.folder = folder
        self.found = Plan()
        self._pdfs: list[_File] = []
        self._readings: list[PageReading] = []
        self._unpacked = 0

    def look_at(self, file: _File) -> None:
        """Look at one file."""
        try:
            self._look_at(file)
        except UnusableCaptureError as error:
            self.found.leave_out(str(file.path), error.why)

    def _look_at(self, file: _File) -> None:
        if self.shelf is not None and _is_of_warcs(file.path):
            for warc in self._warcs(file.path):
                self.found.take(self.shelf.look_through(warc, file.path.name))
            return
        kind = looks_saved(file.path)
        if kind == "page":
            _require_page_size(file.path, self.site)
            capture, reading = page_capture(file.path, file.root, self.site, self.given)
            self.found.captures.append(capture)
            self._readings.append(reading)
        elif kind == "pdf":
            self._pdfs.append(file)
        else:
            self.found.leave_out(str(file.path), LeftOut.OTHER)

    def _warcs(self, path: Path) -> Iterable[Path]:
        self._unpacked += 1
        own = self.folder / str(self._unpacked)
        own.mkdir()
        return _warcs_of(path, own)

    def plan(self, connection: Connection) -> Plan:
        """Return all that was found, when every file was looked at."""
        self._take_pdfs(connection)
        if self.shelf is not None:
            self.found.take(self.shelf.revisits())
        self.found.captures.sort(key=lambda one: (one.captured_at, one.kind == "file", one.url))
        return self.found

    def _take_pdfs(self, connection: Connection) -> None:
        """Take in saved PDFs; one that does not say its address has it from who offers it."""
        names = names_of_files(self._readings)
        if self._pdfs:
            for url in connection.scalars(select(RecordFile.url).distinct()):
                add_name(names, url)
        for file in self._pdfs:
            try:
                capture = pdf_capture(file.path, file.root, self.site, self.given, names)
                self.found.captures.append(capture)
            except UnusableCaptureError as error:
                self.found.leave_out(str(file.path), error.why)


def files_in(paths: Sequence[Path]) -> list[_File]:
    """Return the files that were given, those in folders included, hidden ones left out.

    :raises UsageError: one is missing or cannot be read.
    """
    found: list[_File] = []
    for path in paths:
        try:
            if path.is_dir():
                found += [_File(each, path) for each in sorted(_below(path))]
            else:
                with path.open("rb"):
                    found.append(_File(path, path.parent))
        except FileNotFoundError:
            raise UsageError(f"There is no file or folder {path}.") from None
        except OSError as error:
            raise UsageError(f"{path} cannot be read: {error.strerror}.") from None
    return list(dict.fromkeys(found))


def _below(folder: Path) -> Iterator[Path]:
    for path in folder.iterdir():
        if path.name.startswith(".") or path.is_symlink():
            continue
        if path.is_dir():
            yield from _below(path)
        elif path.is_file():
            yield path


def _shelf(site: Site, files: Sequence[_File]) -> WarcShelf | None:
    if not any(_is_of_warcs(file.path) for file in files):
        return None
    _require_warcio()
    # Imported here: it is an extra.
    from crawler.importing.warcs import WarcShelf  # noqa: PLC0415

    return WarcShelf(site)


def _is_of_warcs(path: Path) -> bool:
    return path.name.lower().endswith((*_WARC, _WACZ))


def _warcs_of(path: Path, folder: Path) -> Iterable[Path]:
    """Return the WARC files that a file is or holds, these unpacked into *folder*."""
    return warcs_in(path, folder) if path.name.lower().endswith(_WACZ) else [path]


def _require_warcio() -> None:
    if find_spec("warcio") is None:
        raise UsageError(
            "WARC and WACZ files need warcio: install the extra with "
            "`pip install 'pnr-archive[warc]'`."
        )


def _require_page_size(path: Path, site: Site) -> None:
    # Headers and what a browser noted may come on top.
    if path.stat().st_size > site.page_bytes + 100_000:
        raise UnusableCaptureError(LeftOut.TOO_LARGE)
