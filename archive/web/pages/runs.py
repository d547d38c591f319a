"""The runs: how each went, what gates found, what became of each address, how polite it was."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from archive.queries.distributions import run_series
from archive.queries.runs import count_changes, find_run, list_runs, visits_of
from archive.reports.run_report import report_run
from archive.runs.finding_words import as_it_was_said
from archive.runs.ledger import Outcome
from archive.web.answering import page
from archive.web.asked import address, whole_number
from archive.web.charts import Piece, bars
from archive.web.refusals import NotHereError, UnusableRequestError

if TYPE_CHECKING:
    from collections.abc import Callable

    from starlette.responses import Response

    from archive.queries.distributions import RunPoint
    from archive.web.asked import Asked
    from archive.web.charts import Chart
    from archive.web.wording import Words

#: Gates that look at a code, and the table with its names.
_SUBJECTS: Final = {"layout": "outcome", "errors": "outcome", "count": "kind", "terms": "narrow"}
_RUNS: Final = 50
_ADDRESSES: Final = 200
#: The width of a small plot, in its own units.
_SMALL: Final = 340.0


def runs_page(asked: Asked) -> Response:
    """List the runs, the newest first, and show how crawls went over time."""
    before = asked.number("before")
    runs = list_runs(asked.connection, limit=_RUNS + 1, before=before)
    return asked.page(
        "runs.html",
        runs=runs[:_RUNS],
        older=address("/runs", before=runs[_RUNS - 1].id) if len(runs) > _RUNS else "",
        plots=_plots(asked) if before is None else [],
    )


def run_page(asked: Asked) -> Response:
    """Show the report of a run."""
    number = _number(asked)
    report = report_run(asked.connection, number)
    return asked.page(
        "run.html",
        report=report,
        findings=[_finding(asked.words, finding) for finding in report.findings],
        changes=count_changes(asked.connection, number),
    )


def addresses_page(asked: Asked) -> Response:
    """Show the ledger of a run: each address with its one outcome, page by page."""
    number, outcome = _number(asked), asked.text("outcome")
    if outcome and outcome not in set(Outcome):
        raise UnusableRequestError
    start = asked.number("from") or 0
    found = list(
        visits_of(asked.connection, number, outcome=outcome, offset=start, limit=_ADDRESSES + 1)
    )
    here = f"/runs/{number}/addresses"
    return asked.page(
        "addresses.html",
        run=find_run(asked.connection, number),
        visits=found[:_ADDRESSES],
        outcome=outcome,
        start=start,
        previous=_piece_at(here, outcome, start - _ADDRESSES) if start else "",
        following=_piece_at(here, outcome, start + _ADDRESSES) if len(found) > _ADDRESSES else "",
    )


def _finding(words: Words, kept: dict[str, Any]) -> dict[str, Any]:
    """Return what a gate found, as the sentences it was before it was kept."""
    said = {name: as_it_was_said(kept[name]) for name in ("figure", "bound", "source")}
    return {**kept, **said, "subject": _subject(words, kept["gate"], kept["subject"])}


def _subject(words: Words, gate: str, subject: str) -> str:
    """Return what a gate looked at: an outcome, a vocabulary, a kind, fields, or a label."""
    if gate in _SUBJECTS:
        subject = words.named(_SUBJECTS[gate], subject)
    if gate not in {"fill", "reread"}:
        return words.named("subject", subject)
    names = [each.rpartition(".") for each in subject.split(" or ")]
    return " / ".join(
        f"{words.named('kind', kind)}, {words.field(name)}" if kind else words.field(name)
        for kind, _, name in names
    )


def _piece_at(path: str, outcome: str, start: int) -> str:
    return address(path, {"outcome": outcome, "from": max(start, 0) or ""})


def _number(asked: Asked) -> int:
    number = whole_number(asked.path("number"))
    if number is None or find_run(asked.connection, number) is None:
        raise NotHereError
    return number


def _plots(asked: Asked) -> list[tuple[str, Chart, list[tuple[RunPoint, str]]]]:
    """Return the series of the last crawls, where there are enough to be one."""
    points = run_series(asked.connection)
    if len(points) < 2:
        return []
    words = asked.words
    series: dict[str, tuple[Callable[[RunPoint], float], Callable[[float], str]]] = {
        "records": (lambda point: point.records, lambda value: words.number(int(value))),
        "filled": (lambda point: 100 * point.filled, lambda value: f"{words.number(value)} %"),
        "failed": (lambda point: 100 * point.failed, lambda value: f"{words.number(value)} %"),
        "minutes": (lambda point: (point.seconds or 0) / 60, words.number),
    }
    return [
        (
            name,
            bars(
                {
                    str(point.run): [_mark(point, value(point), said(value(point)))]
                    for point in points
                },
                width=_SMALL,
            ),
            [(point, said(value(point))) for point in points],
        )
        for name, (value, said) in series.items()
    ]


def _mark(point: RunPoint, value: float, said: str) -> Piece:
    return Piece(value=value, series=1, label=f"{point.run}: {said}", href=f"/runs/{point.run}")


ROUTES: Final = (
    page("/runs", runs_page),
    page("/runs/{number}", run_page),
    page("/runs/{number}/addresses", addresses_page),
)
