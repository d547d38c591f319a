"""How the pages of PDFs are spread over years and quality, and what runs came to, in series."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from archive.models import (
    CatalogueRecord,
    Extraction,
    FilePage,
    HeldFile,
    RecordFile,
    Run,
    RunFigure,
)
from archive.models.texts import HAS_TEXT
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
    """Return how many pages of PDFs have a text of each quality, in tenths, 0 to 9."""
    query = select(FilePage.score, func.count()).where(HAS_TEXT).group_by(FilePage.score)
    found = Counter[int]()
    for score, count in connection.execute(query).all():
        found[min(int(score * STEPS), STEPS - 1)] += count
    return dict(sorted(found.items()))


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
