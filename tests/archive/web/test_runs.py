"""The pages of runs: the list, the report, the ledger, the series over time."""

from __future__ import annotations

import re
import shutil
from datetime import datetime, timedelta
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import insert, select

from archive.database import open_archive
from archive.models import Run, RunFigure
from archive.queries.distributions import run_series
from archive.web.wording import words_of
from tests.archive.web.serving import visitor_of

if TYPE_CHECKING:
    from pathlib import Path

    import httpx


def test_the_report_of_a_run_shows_gates_ledger_and_certificate(room: httpx.Client) -> None:
    page = room.get("/runs/1").text

    report = room.get("/api/runs/1").json()
    for outcome, count in report["outcomes"].items():
        name = re.escape(words_of("en").named("outcome", outcome))
        assert re.search(rf">{name}</th><td class=\"number\"><a [^>]*>{count:,}</a>", page)
    assert report["certificate"]["user_agent"] in page
    gates = [words_of("en").named("gate", finding["gate"]) for finding in report["findings"]]
    assert all(gate in page for gate in gates)


def test_the_ledger_shows_every_address_once_piece_by_piece(room: httpx.Client) -> None:
    seen: list[str] = []
    following: str | None = "/runs/1/addresses"
    while following:
        page = room.get(following).text
        seen += re.findall(r'<th scope="row"><code>([^<]+)</code>', page)
        found = re.search(r'<a href="([^"]+)" rel="next"', page)
        following = found[1].replace("&amp;", "&") if found else None

    assert len(seen) == len(set(seen)) == room.get("/api/runs/1").json()["addresses"]


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/runs/99", 404),
        ("/runs/one", 400),
        ("/runs/1/addresses?outcome=lost", 400),
        ("/runs/1/addresses?from=minus", 400),
        ("/runs?before=x", 400),
    ],
)
def test_what_is_no_run_is_refused(room: httpx.Client, path: str, status: int) -> None:
    assert room.get(path).status_code == status


def test_crawls_are_a_series_over_time(demo_archive: Path, tmp_path: Path) -> None:
    """Other kinds of run, limited ones and those that did not end are no points of it."""
    path = tmp_path / "runs.sqlite"
    shutil.copy(demo_archive, path)
    with open_archive(path, access="write") as archive, archive.transaction() as connection:
        first = connection.execute(select(Run.__table__).where(Run.id == 1)).mappings().one()
        later = first["started_at"] + timedelta(days=7)
        changed = {"started_at": later, "ended_at": later + timedelta(minutes=3)}
        for number, other in ((2, {}), (3, {"limited": True}), (4, {"kind": "import"})):
            connection.execute(insert(Run), {**first, **changed, **other, "id": number})
        figure = {"run_id": 2, "name": "records", "subject": "", "value": 79, "total": 79}
        connection.execute(insert(RunFigure), figure)

    with open_archive(path) as archive, archive.connect() as connection:
        points = run_series(connection)
    with visitor_of(path) as client:
        page = client.get("/runs").text

    assert [(point.run, point.records, point.seconds) for point in points[1:]] == [(2, 79, 180.0)]
    assert (points[0].run, points[0].records) == (1, 80)
    assert isinstance(points[0].started_at, datetime)
    assert 'aria-label="2: 79"' in page
    assert page.count("<svg") == 4
