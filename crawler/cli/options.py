"""What the commands share: options, the settings behind them, the archive they name.

What opens an archive is imported where that is done: SQLAlchemy is half of what a command costs
that needs none, as `pnr schedule`, `pnr config` and every `--help`.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Literal, TypeAlias

import typer

from archive.records import RecordKind
from crawler.config import Config, load_config
from crawler.errors import UsageError
from crawler.urls import UnusableUrlError, canonical_url

if TYPE_CHECKING:
    from collections.abc import Iterator
    from datetime import datetime

    from sqlalchemy import Connection

    from archive.queries.filtering import RecordFilter

ArchiveOption: TypeAlias = Annotated[
    Path | None,
    typer.Option(
        "--archive",
        metavar="FILE",
        help="The archive's file; else the setting `archive`, else ./pnr-archive.sqlite.",
    ),
]
JsonOption: TypeAlias = Annotated[
    bool, typer.Option("--json", help="Print JSON; its keys are documented and stable.")
]
WorkersOption: TypeAlias = Annotated[
    int | None,
    typer.Option("--workers", min=0, max=64, help="Processes; 0: one per processor."),
]
KindOption: TypeAlias = Annotated[
    RecordKind | None,
    typer.Option("--kind", help="Only this kind: document, experience or resource."),
]
RecordKindOption: TypeAlias = Annotated[
    RecordKind | None,
    typer.Option(
        "--record-kind", help="Only records of this kind: document, experience, resource."
    ),
]
TypeOption: TypeAlias = Annotated[
    str, typer.Option("--type", metavar="TEXT", help="Only this type, such as étude.")
]
YearOption: TypeAlias = Annotated[
    str,
    typer.Option("--year", "--annee", metavar="YEARS", help="2012, 2010..2015, 2010.. or ..2015."),
]
ParkOption: TypeAlias = Annotated[
    str,
    typer.Option(
        "--park", "--parc", metavar="TEXT", help="Only this park; case and accents are free."
    ),
]
ThemeOption: TypeAlias = Annotated[
    str, typer.Option("--theme", metavar="TEXT", help="Only this theme.")
]
TagOption: TypeAlias = Annotated[
    str, typer.Option("--tag", "--etiquette", metavar="TEXT", help="Only this tag.")
]
AuthorOption: TypeAlias = Annotated[
    str, typer.Option("--author", "--auteur", metavar="TEXT", help="Only this author.")
]
WithdrawnOption: TypeAlias = Annotated[
    bool, typer.Option("--withdrawn", help="With the records that the site has withdrawn.")
]
AsOfOption: TypeAlias = Annotated[
    str | None,
    typer.Option(
        "--as-of", metavar="DATE", help="As the archive stood then: 2026-03-31, at its end; in UTC."
    ),
]
TitleOption: TypeAlias = Annotated[
    str,
    typer.Option("--title", "--titre", metavar="WORDS", help="Only with these words in the title."),
]
PlaceOption: TypeAlias = Annotated[
    Literal["pdf", "page"] | None,
    typer.Option(
        "--in", "--dans", help="Look only in the text of PDFs, or only on the record's own page."
    ),
]
DerivedOption: TypeAlias = Annotated[
    bool, typer.Option("--derived", help="Find words of the same family too: forêt, forestier.")
]


def settings(archive: Path | None = None) -> Config:
    """Return the settings; what the command line says comes first."""
    return load_config(archive=archive).config


@contextmanager
def reading(archive: Path | None, as_of: str | None = None) -> Iterator[Connection]:
    """Open the archive to be read, for as long as one command takes; *as_of*, as it stood then."""
    from archive.database import open_archive  # noqa: PLC0415 - see above

    with open_archive(settings(archive).archive) as opened, opened.connect() as connection:
        if as_of is not None:
            _stand_at(connection, as_of)
        yield connection


def moment(words: str) -> datetime:
    """Return the moment that ``--as-of`` means, in UTC.

    :raises UsageError: it is none.
    """
    from archive.catalogue.as_of import moment_of  # noqa: PLC0415 - see above

    try:
        return moment_of(words)
    except ValueError:
        raise UsageError(f"--as-of {words!r} is no date; write it like 2026-03-31.") from None


def _stand_at(connection: Connection, words: str) -> None:
    from archive.catalogue.as_of import NothingThenError, stand_at  # noqa: PLC0415 - see above

    try:
        stand_at(connection, moment(words))
    except NothingThenError as error:
        raise UsageError(str(error)) from error


def record_filter(
    *,
    kind: RecordKind | None,
    type_: str,
    year: str,
    park: str,
    theme: str,
    tag: str,
    author: str,
    withdrawn: bool,
) -> RecordFilter:
    """Return the filter that the options ask for; `crawler.cli.filters` has them as a whole."""
    from archive.queries.filtering import RecordFilter  # noqa: PLC0415 - see above

    return RecordFilter(
        kind=kind,
        years=years(year),
        document_type=type_,
        park=park,
        theme=theme,
        tag=tag,
        author=author,
        withdrawn=withdrawn,
    )


def years(text: str) -> tuple[int | None, int | None]:
    """Return the first and the last year meant.

    >>> years("2010..2015"), years("2012"), years("..2015")
    ((2010, 2015), (2012, 2012), (None, 2015))

    :raises UsageError: these are no years.
    """
    from archive.queries.filtering import years_between  # noqa: PLC0415 - see above

    try:
        start, end = years_between(text)
    except ValueError:
        raise UsageError(
            f"--year {text!r} is no year; write 2012, 2010..2015, 2010.. or ..2015."
        ) from None
    if start is not None and end is not None and start > end:
        raise UsageError(f"--year {text} ends before it begins; write {end}..{start}.")
    return start, end


def names_of(connection: Connection, text: str) -> list[str]:
    """Return the names that *text* may be meant to be: itself, and the addresses it stands for."""
    from archive.queries.records import known_hosts  # noqa: PLC0415 - see above

    hosts = known_hosts(connection)
    names = [text]
    for host in hosts:
        try:
            # A path alone is on the archive's site; www or not, http or https, it is one host.
            names.append(canonical_url(text, base=f"{host}/"))
        except UnusableUrlError:
            continue
    return list(dict.fromkeys(names))


def the_record(connection: Connection, text: str) -> str:
    """Return the id of the record that *text* names.

    :raises UsageError: there is none.
    """
    from archive.queries.records import find_record  # noqa: PLC0415 - see above

    names = names_of(connection, text)
    found = find_record(connection, names)
    if found is None:
        _tell_if_forgotten(connection, text, names)
        raise UsageError(
            f"No record goes by {text!r}; `pnr list` shows their ids, and any address works too."
        )
    return found


def _tell_if_forgotten(connection: Connection, text: str, names: list[str]) -> None:
    from archive.evidence.forgetting import earlier_tombstone  # noqa: PLC0415 - see above

    stone = earlier_tombstone(connection, names, None)
    if stone is not None:
        why = f"{stone['forgotten_at']:%Y-%m-%d}: {stone['reason']}"
        raise UsageError(f"{text!r} was forgotten on {why.rstrip('.')}.")
