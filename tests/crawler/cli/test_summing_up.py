"""What is said when a run has ended: why it is in doubt, and what helps."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from typing import TYPE_CHECKING

import pytest

from crawler.cli.summary import next_steps, say_summary, summary_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.crawler.cli.conftest import Ended

_FINDING = (
    "INSERT INTO findings (run_id, gate, subject, severity, figure, bound, source, examples) "
    "VALUES (1, 'count', 'document', ?, '34 records', 'at least 35', 'the last good run', '[]')"
)


def _change(archive: Path, sql: str, *values: str) -> None:
    with closing(sqlite3.connect(archive)) as connection, connection:
        connection.execute(sql, values)


@pytest.mark.parametrize("verdict", ["suspect", "refused"])
def test_a_run_in_doubt_names_the_gate_and_its_report(
    pnr: Callable[..., Ended], own_archive: Path, capsys: pytest.CaptureFixture[str], verdict: str
) -> None:
    _change(own_archive, "UPDATE runs SET verdict = ?", verdict)
    _change(own_archive, _FINDING, verdict)
    _change(own_archive, _FINDING, "note")
    status = pnr("status", "--archive", own_archive)

    summary = summary_of(own_archive, 1, 0)
    say_summary(summary, as_json=False)

    said = [line for line in capsys.readouterr().out.splitlines() if "count (document)" in line]
    why = "count (document): 34 records; expected at least 35 (the last good run)."
    assert said == [f"{verdict.capitalize()}: {why}"]
    report = f"run report 1 --archive {own_archive}"
    assert next_steps(summary, own_archive)[0] == report
    assert f"`pnr {report}` says why." in status.lines[-1]


@pytest.mark.parametrize(
    ("outcome", "step"),
    [
        ("pending", "run show 1 --outcome pending"),
        ("blocked", "run show 1 --outcome blocked"),
        ("stored", "run show 1 --outcome failed"),
    ],
)
def test_a_run_that_stopped_leads_to_addresses_it_has(
    own_archive: Path, capsys: pytest.CaptureFixture[str], outcome: str, step: str
) -> None:
    _change(
        own_archive,
        "UPDATE runs SET status = 'blocked', verdict = NULL, status_reason = ?",
        "It asks to come back in 7200 s; run the same command then.",
    )
    _change(own_archive, "UPDATE visits SET outcome = ? WHERE outcome = 'gone'", outcome)

    summary = summary_of(own_archive, 1, 7)
    say_summary(summary, as_json=False)

    assert next_steps(summary, own_archive) == [f"{step} --archive {own_archive}"]
    assert capsys.readouterr().out.count("same command") == 1
