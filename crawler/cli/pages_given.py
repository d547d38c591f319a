"""Pages that a user names on the command line: on the site, in a file, or archived."""

from __future__ import annotations

import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final, Literal, TypeAlias

import typer

from archive.database import open_archive
from archive.evidence.blobs import digest
from archive.evidence.recording import archived_page, is_pdf, recorded
from archive.queries.snapshots import SnapshotLine, find_page
from archive.records import FetchedPage
from crawler.cli.files_given import given_file
from crawler.cli.options import names_of
from crawler.cli.output import moment
from crawler.errors import UsageError
from crawler.fetching import UnreachableError, ask_for_page
from crawler.urls import UnusableUrlError, canonical_url

if TYPE_CHECKING:
    from crawler.config import Config

SnapshotOption: TypeAlias = Annotated[
    int | None,
    typer.Option("--snapshot", min=1, metavar="N", help="Read this archived answer of the page."),
]

_MB: Final = 1_000_000
_TEXT: Final = {".txt": "text/plain", ".md": "text/markdown", ".xml": "application/xml"}


@dataclass(frozen=True, slots=True, kw_only=True)
class GivenPage:
    """A page to be read, and where it comes from; *snapshot* is its answer in the archive."""

    page: FetchedPage
    source: Literal["site", "file", "archive"]
    snapshot: SnapshotLine | None = None

    @property
    def sha256(self) -> str:
        """The digest of what is read."""
        return digest(self.page.body)

    @property
    def in_words(self) -> str:
        """Which archived answer it is."""
        if self.snapshot is None:
            return ""
        when = moment(self.snapshot.fetched_at)
        return f"{self.snapshot.id}, answered {when} UTC in run {self.snapshot.run_id}"


def given_page(
    name: str,
    config: Config,
    *,
    url: str = "",
    archived: bool = False,
    snapshot: int | None = None,
) -> GivenPage:
    """Return the page that goes by an address, a file's name or a record's id.

    *url* is the address of a page in a file. A live address is asked once; where nothing answers,
    the archived page is taken. With *archived*, or a *snapshot*, the site is asked nothing.

    :raises UsageError: there is none, or it is a PDF.
    """
    given = _given(name, config, url, archived=archived, snapshot=snapshot)
    if is_pdf(given.page.body):
        raise UsageError(f"{name} is a PDF; `pnr read-pdf` shows what is read of one.")
    return given


def _given(
    name: str, config: Config, url: str, *, archived: bool, snapshot: int | None
) -> GivenPage:
    if archived or snapshot is not None:
        found = _from_archive(name, config, snapshot)
        if found is None:
            which = f"snapshot {snapshot}" if snapshot is not None else "page"
            raise UsageError(f"The archive holds no {which} of {name}.")
        return found
    if "://" not in name and not Path(name).exists():
        name = _address_of_record(name, config) or name
    if "://" not in name:
        return GivenPage(page=_from_file(Path(name), url, config), source="file")
    try:
        return GivenPage(page=ask_for_page(_asked(name), config), source="site")
    except UnreachableError as error:
        found = _from_archive(name, config) if config.archive.exists() else None
        if found is None:
            raise
        sys.stderr.write(f"{error} This is the archived page.\n")
        return found


def _address_of_record(name: str, config: Config) -> str:
    """Return the address of the page of a record that is named by its id, or nothing."""
    if not config.archive.exists():
        return ""
    with open_archive(config.archive) as opened, opened.connect() as connection:
        found = find_page(connection, [name])
    return found.url if found is not None else ""


def _asked(url: str) -> str:
    try:
        canonical_url(url)
    except UnusableUrlError as error:
        raise UsageError(f"{error}.") from error
    return url.partition("#")[0]


def _from_file(path: Path, url: str, config: Config) -> FetchedPage:
    if path.exists() or not url:
        given_file(path)
    if path.stat().st_size > config.max_page_mb * _MB:
        raise UsageError(f"{path} is larger than the setting max_page_mb allows.")
    try:
        address = canonical_url(url or canonical_url("/saved-page", base=config.start[0]))
    except UnusableUrlError as error:
        raise UsageError(f"{error}.") from error
    return FetchedPage(
        url=address,
        body=path.read_bytes(),
        content_type=_TEXT.get(path.suffix.lower(), "text/html"),
    )


def _from_archive(name: str, config: Config, snapshot: int | None = None) -> GivenPage | None:
    with open_archive(config.archive) as opened, opened.connect() as connection:
        found = find_page(connection, names_of(connection, name), snapshot=snapshot)
        if found is None:
            return None
        page = archived_page(connection, recorded(connection, found.id))
        return GivenPage(page=page, source="archive", snapshot=found)
