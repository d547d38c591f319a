"""`pnr savepage`: a page becomes a test case."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Final

import typer

from archive.measures import size
from crawler.capturing import Captured, captured
from crawler.cli.options import ArchiveOption, JsonOption, settings
from crawler.cli.output import counted, say, say_json
from crawler.cli.pages_given import SnapshotOption, given_page
from crawler.cli.publishing import unwritable
from crawler.errors import UsageError
from crawler.reading import page_reader

if TYPE_CHECKING:
    from archive.records import FetchedPage
    from crawler.config import ReaderConfig

app = typer.Typer(add_completion=False)

#: Where the tests look for pages, in a checkout.
PAGES: Final = Path("tests/fixtures/pages")
_CASE: Final = re.compile(r"[\w-]+(?:/[\w-]+){0,3}")
_SUFFIXES: Final = {"text/plain": ".txt", "text/markdown": ".md", "application/xml": ".xml"}


@app.command("savepage")
def savepage(
    page: Annotated[
        str, typer.Argument(metavar="URL|FILE|ID", help="An address, or a page saved in a file.")
    ],
    case: Annotated[
        str, typer.Argument(metavar="CASE", help="The case's name, such as drupal11/cards.")
    ],
    url: Annotated[
        str, typer.Option("--url", metavar="URL", help="The address of the page in the file.")
    ] = "",
    archived: Annotated[
        bool, typer.Option("--archived", help="Take the archived page; ask the site nothing.")
    ] = False,
    snapshot: SnapshotOption = None,
    folder: Annotated[
        Path | None,
        typer.Option("--folder", metavar="DIR", help=f"Where cases are; else {PAGES}."),
    ] = None,
    force: Annotated[
        bool,
        typer.Option("--force", help="Replace the case; what it expects must be read anew."),
    ] = False,
    about: Annotated[
        str, typer.Option("--about", metavar="TEXT", help="What is special about this page.")
    ] = "",
    archive: ArchiveOption = None,
    as_json: JsonOption = False,
) -> None:
    """Capture a page as a golden test case.

    What the reader has no use for (scripts, styles, comments, drawings) is taken out as long as
    the page reads the same; e-mail addresses and telephone numbers are blanked. What `pnr.toml`
    teaches the reader goes with the case. The suite fails until what it then writes as
    `expected.json` was read and committed.

    Example: pnr savepage node-1408 printed/circuits-courts --archived
    """
    place = _place(case, folder, force=force)
    config = settings(archive)
    given = given_page(page, config, url=url, archived=archived, snapshot=snapshot)
    result = captured(given.page, page_reader(config))
    _write(place, result.page, about, config.reader)
    if as_json:
        say_json(_facts(place, given.page, result))
    else:
        _say(place, given.page, result, is_tested=folder is None)


def _place(case: str, folder: Path | None, *, force: bool) -> Path:
    if not _CASE.fullmatch(case):
        raise UsageError(
            f"{case!r} names no case; write letters, digits and dashes, such as drupal11/cards."
        )
    if folder is None and not PAGES.is_dir():
        raise UsageError(f"There is no {PAGES} here; --folder names another place for the case.")
    place = (folder or PAGES) / case
    if (place / "meta.json").exists() and not force:
        raise UsageError(f"{place} is there already; take another name, or replace it by --force.")
    return place


def _write(place: Path, page: FetchedPage, about: str, taught: ReaderConfig) -> None:
    kind = page.content_type.partition(";")[0].strip().lower()
    meta: dict[str, Any] = {"about": about} if about else {}
    meta |= {"url": page.url, "status": page.status, "content_type": page.content_type}
    if rules := taught.model_dump(exclude_defaults=True):
        meta["reader"] = rules
    try:
        place.mkdir(parents=True, exist_ok=True)
        for old in (*place.glob("page.*"), place / "expected.json"):
            old.unlink(missing_ok=True)
        (place / f"page{_SUFFIXES.get(kind, '.html')}").write_bytes(page.body)
        words = json.dumps(meta, ensure_ascii=False, indent=2)
        (place / "meta.json").write_text(f"{words}\n", encoding="utf-8")
    except OSError as error:
        raise unwritable(place, error) from error


def _facts(place: Path, page: FetchedPage, result: Captured) -> dict[str, Any]:
    return {
        "case": str(place),
        "url": page.url,
        "size": len(page.body),
        "saved": len(result.page.body),
        "taken_out": result.taken_out,
        "kept": result.kept,
        "emails": result.emails,
        "phones": result.phones,
        "altered": result.altered,
    }


def _say(place: Path, page: FetchedPage, result: Captured, *, is_tested: bool) -> None:
    out = f", without {', '.join(result.taken_out)}" if result.taken_out else ""
    say(f"{place}: {size(len(result.page.body))} of {size(len(page.body))}{out}.")
    if result.kept:
        say(f"Kept whole in its {', '.join(result.kept)}: without them it reads otherwise.")
    emails, phones = counted(result.emails, "e-mail address", "e-mail addresses"), result.phones
    say(f"Blanked: {emails}, {counted(phones, 'telephone number')}. Look for names yourself.")
    if result.altered:
        say(f"They stood in what is read: {', '.join(result.altered)}.")
    if is_tested:
        say("\nNext, until expected.json says what a person reads on the page:")
        say(f"  pytest tests/spiders/test_golden_pages.py -k {place.name}")
