"""How what is held is spread over years, types, parks, themes and quality, and over runs."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import Integer, cast, distinct, func, select
from sqlalchemy.orm import aliased

from archive.authority.meaning import meanings
from archive.models import (
    CatalogueRecord,
    Extraction,
    FilePage,
    HeldFile,
    RecordFile,
    RecordTerm,
    Run,
    RunFigure,
    Term,
)
from archive.queries.filtering import current_records

if TYPE_CHECKING:
    from sqlalchemy import Connection

#: Steps of a page's quality, from 0 to 1, that are counted apart.
STEPS = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class RunPoint:
    """What one crawl comes to in a series of them; shares are from 0 to 1."""

    run: int
    started_at: datetime
    verdict: str
    records: int
    failed: float
    filled: float
    """Of all fields of all records that are watched, how many say something."""
    seconds: float | None


def types_by_year(connection: Connection) -> dict[int, dict[str, int]]:
    """Return how many records of each type there are, by their first year."""
    query = (
        _current(CatalogueRecord.year_start, CatalogueRecord.document_type, func.count())
        .where(CatalogueRecord.year_start.is_not(None))
        .group_by(CatalogueRecord.year_start, CatalogueRecord.document_type)
        .order_by(CatalogueRecord.year_start, CatalogueRecord.document_type)
    )
    found: dict[int, dict[str, int]] = {}
    for year, label, count in connection.execute(query):
        found.setdefault(year, {})[label] = count
    return found


def themes_by_park(connection: Connection) -> dict[str, dict[str, int]]:
    """Return how many records each park has of each theme; parks by their preferred names."""
    park, theme = aliased(Term), aliased(Term)
    of_park, of_theme = aliased(RecordTerm), aliased(RecordTerm)
    query = (
        _current(park.label, theme.label, func.count(distinct(CatalogueRecord.id)))
        .join(of_park, of_park.record_id == CatalogueRecord.id)
        .join(park, (park.id == of_park.term_id) & (park.vocabulary == "park"))
        .join(of_theme, of_theme.record_id == CatalogueRecord.id)
        .join(theme, (theme.id == of_theme.term_id) & (theme.vocabulary == "theme"))
        .group_by(park.label, theme.label)
    )
    meant = meanings(connection, "park")
    found: dict[str, dict[str, int]] = {}
    for label, of, count in connection.execute(query):
        for name in meant.get(label, (label,)):
            row = found.setdefault(name, {})
            row[of] = row.get(of, 0) + count
    return found


def pages_by_year(connection: Connection) -> dict[int, int]:
    """Return how many pages the PDFs of each year's records have; a PDF counts once a year."""
    files = (
        _current(CatalogueRecord.year_start.label("year"), HeldFile.sha256)
        .join(RecordFile, RecordFile.record_id == CatalogueRecord.id)
        .join(HeldFile, HeldFile.url == RecordFile.url)
        .where(CatalogueRecord.year_start.is_not(None))
        .distinct()
        .subquery()
    )
    query = (
        select(files.c.year, func.sum(Extraction.page_count))
        .join(Extraction, Extraction.sha256 == files.c.sha256)
        .where(Extraction.page_count.is_not(None))
        .group_by(files.c.year)
        .order_by(files.c.year)
    )
    return {year: int(pages) for year, pages in connection.execute(query)}


def pages_by_quality(connection: Connection) -> dict[int, int]:
    """Return how many pages of current PDFs have a text of each quality, in tenths, 0 to 9."""
    step = func.min(cast(FilePage.score * STEPS, Integer), STEPS - 1)
    held = select(HeldFile.sha256).where(HeldFile.sha256 == FilePage.sha256).exists()
    query = (
        select(step, func.count()).where(held, FilePage.text != "").group_by(step).order_by(step)
    )
    return {int(tenth): count for tenth, count in connection.execute(query)}


def run_series(connection: Connection, *, most: int = 60) -> list[RunPoint]:
    """Return the last crawls that came to their end, the oldest first, as points of a series."""
    runs = connection.execute(
        select(Run.id, Run.started_at, Run.ended_at, Run.verdict)
        .where(Run.kind == "crawl", Run.status == "complete", Run.limited.is_(False))
        .order_by(Run.id.desc())
        .limit(most)
    ).all()
    figures = _figures(connection, [run.id for run in runs])
    return [
        RunPoint(
            run=run.id,
            started_at=run.started_at,
            verdict=run.verdict or "",
            records=int(figures.get((run.id, "records"), (0, 0))[0]),
            failed=_share(figures.get((run.id, "failed"))),
            filled=_share(figures.get((run.id, "filled"))),
            seconds=(run.ended_at - run.started_at).total_seconds() if run.ended_at else None,
        )
        for run in reversed(runs)
    ]


def _figures(connection: Connection, runs: list[int]) -> dict[tuple[int, str], tuple[int, int]]:
    sums = func.sum(RunFigure.value), func.sum(RunFigure.total)
    queries = {
        "records": select(RunFigure.run_id, *sums).where(
            RunFigure.name == "records", RunFigure.subject == ""
        ),
        "filled": select(RunFigure.run_id, *sums).where(RunFigure.name == "filled"),
        "failed": select(RunFigure.run_id, *sums).where(
            RunFigure.name == "outcome", RunFigure.subject == "failed"
        ),
    }
    return {
        (run, name): (value, total)
        for name, query in queries.items()
        for run, value, total in connection.execute(
            query.where(RunFigure.run_id.in_(runs)).group_by(RunFigure.run_id)
        )
    }


def _share(figure: tuple[int, int] | None) -> float:
    return figure[0] / figure[1] if figure and figure[1] else 0.0


def _current(*columns: Any) -> Any:
    return current_records(*columns).where(CatalogueRecord.withdrawn_at.is_(None))
