"""Which records a spot-check asks for: drawn at random, named by a person, left from the last."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Final

import typer

from archive.database import open_archive
from archive.queries.filtering import EVERYTHING
from archive.queries.records import count_records
from archive.spot_checks.keeping import (
    STRATIFIERS,
    begin_spot_check,
    records_by_stratum,
    unfinished_spot_check,
)
from archive.spot_checks.sampling import draw
from crawler.cli.files_given import given_file
from crawler.cli.options import the_record
from crawler.errors import UsageError
from crawler.identity import user_agent
from crawler.reading import page_reader

if TYPE_CHECKING:
    from sqlalchemy import Connection

    from archive.spot_checks.sampling import Stratum
    from crawler.config import Config

#: The smallest sample of which "none wrong" says "below 5 % with 95 % confidence".
SAMPLE: Final = 59
#: Seeds that a person can write down are enough of them.
_SEEDS: Final = 10**9


@dataclass(frozen=True, kw_only=True)
class Drawing:
    """Which records are to be asked for; nothing said means a sample of the usual size."""

    sample: Annotated[
        int | None,
        typer.Option("--sample", min=1, metavar="N", help=f"Draw so many records; else {SAMPLE}."),
    ] = None
    url: Annotated[
        list[str] | None,
        typer.Option(
            "--url", metavar="URL|ID", help="Check this record; may be given several times."
        ),
    ] = None
    file: Annotated[
        Path | None,
        typer.Option("--file", metavar="FILE", help="Check the records it names, one a line."),
    ] = None
    by: Annotated[
        str | None,
        typer.Option("--by", metavar="NAMES", help="Stratify by these; else type,year,layout."),
    ] = None
    seed: Annotated[
        int | None,
        typer.Option(
            "--seed", min=0, max=2**63 - 1, metavar="S", help="Draw the sample of this seed again."
        ),
    ] = None
    resume: Annotated[
        bool,
        typer.Option("--resume", help="Go on with the last one; ask again what was in vain."),
    ] = False

    def number(self, config: Config) -> int:
        """Enter the spot-check that the options ask for, or find the last; return its number.

        :raises UsageError: the options contradict each other, or there is nothing to check.
        """
        is_drawn = (self.sample, self.by, self.seed) != (None, None, None)
        is_named = bool(self.url) or self.file is not None
        if self.resume and (is_drawn or is_named):
            raise UsageError("--resume goes on with what was drawn; it takes no other selection.")
        if is_named and is_drawn:
            raise UsageError(
                "--url and --file name the records; --sample, --by and --seed draw them."
            )
        if self.resume:
            return _unfinished(config)
        return self._named(config) if is_named else self._drawn(config)

    def _named(self, config: Config) -> int:
        names = [*(self.url or []), *(_lines(self.file) if self.file is not None else [])]
        with open_archive(config.archive) as opened, opened.connect() as connection:
            records: dict[str, Stratum] = {the_record(connection, name): () for name in names}
            strata: dict[Stratum, int] = {(): count_records(connection, EVERYTHING)}
        return _entered(config, _Drawn(records=records, strata=strata))

    def _drawn(self, config: Config) -> int:
        names = _stratifiers(self.by)
        seed = secrets.randbelow(_SEEDS) if self.seed is None else self.seed
        with open_archive(config.archive) as opened, opened.connect() as connection:
            drawn = _sample(connection, self.sample or SAMPLE, names, seed)
        return _entered(config, replace(drawn, by=tuple(names), seed=seed))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Drawn:
    """Records with their strata, and how many the archive has of each; no *seed* where chosen."""

    records: dict[str, Stratum]
    strata: dict[Stratum, int]
    by: tuple[str, ...] = ()
    seed: int | None = None


def _sample(connection: Connection, size: int, by: list[str], seed: int) -> _Drawn:
    strata = records_by_stratum(connection, by)
    stratum_of = {record: key for key, records in strata.items() for record in records}
    records = {record: stratum_of[record] for record in draw(strata, size, seed)}
    return _Drawn(records=records, strata={key: len(strata[key]) for key in strata})


def _entered(config: Config, drawn: _Drawn) -> int:
    if not drawn.records:
        raise UsageError("There is no record to check; `pnr list` shows what the archive has.")
    reader = page_reader(config)
    with open_archive(config.archive, access="write") as opened, opened.transaction() as connection:
        return begin_spot_check(
            connection,
            records=drawn.records,
            strata=drawn.strata,
            stratified_by=drawn.by,
            seed=drawn.seed,
            reader_version=reader.version,
            user_agent=user_agent(config),
        )


def _unfinished(config: Config) -> int:
    with open_archive(config.archive) as opened, opened.connect() as connection:
        number = unfinished_spot_check(connection)
    if number is None:
        raise UsageError("The last spot-check was done to its end; begin another without --resume.")
    return number


def _stratifiers(by: str | None) -> list[str]:
    names = list(STRATIFIERS) if by is None else [name.strip() for name in by.split(",")]
    for name in names:
        if name not in STRATIFIERS:
            raise UsageError(f"--by {name!r} is none of {', '.join(STRATIFIERS)}.")
    return list(dict.fromkeys(names))


def _lines(file: Path) -> list[str]:
    """Return the records that a file names: one a line, empty lines and # comments left out."""
    try:
        text = given_file(file).read_text(encoding="utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError(f"{file} is no text; write one address or id a line.") from None
    lines = (line.partition(" #")[0].strip() for line in text.splitlines())
    return [line for line in lines if line and not line.startswith("#")]
