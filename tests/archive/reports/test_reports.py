"""The report of a run says what happened, how polite it was, and what to do next."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from archive.evidence.recording import Answer, record_answer
from archive.queries.runs import NoSuchRunError
from archive.reports.run_report import report_run
from archive.runs.certificate import certify
from archive.runs.failures import CLASSES, RUN_CLASSES, classify
from archive.runs.frontier import enter_robots
from archive.runs.ledger import Discovery, Outcome, discover
from archive.runs.lifecycle import RunKind, begin_run, newest_crawl, newest_run, resumable_run
from tests.archive.building import AGENT, BEGINNING, SITE, START, make_run, record

if TYPE_CHECKING:
    from sqlalchemy import Connection

FORTY = [record(number) for number in range(1, 41)]
HOSTILE = "<script>alert(1)</script>"


def test_a_refused_run_names_its_findings_and_the_next_commands(connection: Connection) -> None:
    make_run(connection, FORTY)
    silent = [record(number, authors=(), authors_raw="") for number in range(1, 41)]
    run_id, _ = make_run(connection, silent)

    report = report_run(connection, run_id)

    assert report.verdict == "refused"
    assert f"pnr run accept {run_id}" in report.next_steps
    assert "REFUSED  fill: document.authors" in report.as_text()
    assert report.changes == {"changed (content)": 40}


def test_every_format_tells_the_same_run(connection: Connection) -> None:
    run_id, _ = make_run(connection, FORTY)

    report = report_run(connection, run_id)

    assert json.loads(json.dumps(report.as_data(), default=str))["records"]["all"] == 40
    assert "<h1>Run 1: complete" in report.as_html()
    assert report.as_text().startswith("Run 1: complete, good, current")


def test_a_rereading_asked_nothing_and_is_no_crawl(connection: Connection) -> None:
    make_run(connection, FORTY)
    reread = begin_run(
        connection,
        scope={"reread": {}},
        limited=False,
        software="0",
        reader_version="reader-2",
        kind=RunKind.REREAD,
    )

    report = report_run(connection, reread)

    assert report.as_text().startswith("Run 2 (reread): running")
    assert "Politeness" not in report.as_text() + report.as_html()
    assert report.next_steps == ["pnr reread"]
    assert resumable_run(connection, {"start": [START]}) is None
    assert (newest_run(connection).id, newest_crawl(connection).id) == (2, 1)


def test_what_comes_from_the_site_is_escaped(connection: Connection) -> None:
    lost = {f"{SITE}/{HOSTILE}": (Outcome.FAILED, HOSTILE)}
    run_id, _ = make_run(connection, FORTY, outcomes=lost)

    page = report_run(connection, run_id).as_html()

    assert "<script" not in page
    assert "&lt;script&gt;" in page


def test_failures_are_grouped_by_class_with_the_next_command(connection: Connection) -> None:
    broken = {f"{SITE}/broken-{n}": (Outcome.FAILED, "HTTP 503") for n in range(3)}
    run_id, _ = make_run(connection, FORTY, outcomes=broken)

    [failure] = report_run(connection, run_id).failures

    assert (failure.name, failure.count) == ("server-error", 3)
    assert failure.next_step == "pnr crawl"


def test_a_run_that_is_not_there_is_one_sentence(connection: Connection) -> None:
    with pytest.raises(NoSuchRunError, match="There is no run 7"):
        report_run(connection, 7)


@pytest.mark.parametrize(
    ("outcome", "reason", "name"),
    [
        ("failed", "HTTP 503", "server-error"),
        ("failed", "HTTP 429", "too-many-requests"),
        ("failed", "HTTP 418", "odd-status"),
        ("failed", "DownloadTimeoutError: took longer than 60 seconds", "timed-out"),
        ("failed", "ResponseDataLossError: ", "cut-short"),
        ("failed", "DownloadConnectionRefusedError: refused", "no-answer"),
        ("failed", "too many redirects in a row", "redirects"),
        ("failed", "an empty answer", "empty-answer"),
        ("failed", "fault of the program: KeyError: 'x'", "program"),
        ("blocked", "403", "refused"),
        ("too-large", "11 MB", "too-large"),
        ("layout-not-recognised", "", "layout"),
    ],
)
def test_every_failure_has_its_class(outcome: str, reason: str, name: str) -> None:
    found = classify(outcome, reason)

    assert found is not None
    assert found.name == name


@pytest.mark.parametrize("outcome", ["stored", "gone", "alias", "excluded", "pending"])
def test_an_outcome_that_is_no_failure_has_none(outcome: str) -> None:
    assert classify(outcome, "404") is None


def test_the_certificate_counts_what_the_site_saw(connection: Connection) -> None:
    run_id, _ = make_run(connection, FORTY)
    moment = BEGINNING + timedelta(days=400)
    for seconds, status in ((0.0, 304), (2.5, None)):
        answer = Answer(
            url=f"{SITE}/late",
            requested_at=moment + timedelta(seconds=seconds),
            fetched_at=moment + timedelta(seconds=seconds),
            status=status,
        )
        record_answer(connection, run_id, answer, visit_id=None, settles=False)

    certificate = certify(connection, run_id)

    assert (certificate.requests, certificate.answers, certificate.not_modified) == (42, 41, 1)
    assert certificate.bytes == 40_000
    assert certificate.smallest_interval == 1.0
    assert certificate.user_agent == AGENT


def test_the_certificate_shows_the_rules_that_applied(connection: Connection) -> None:
    run_id, _ = make_run(connection, FORTY)
    url = f"{SITE}/robots.txt"
    answer = Answer(
        url=url,
        requested_at=BEGINNING,
        fetched_at=BEGINNING,
        status=200,
        body=b"# ours\nUser-agent: *\nCrawl-delay: 10\n\nDisallow: /admin/ # no\n",
    )
    recorded = record_answer(connection, run_id, answer, visit_id=None, settles=False)
    enter_robots(connection, run_id, url, recorded)

    [robots] = certify(connection, run_id).robots

    assert robots.rules == ("User-agent: *", "Crawl-delay: 10", "Disallow: /admin/")
    assert robots.sha256 == recorded.sha256


def test_a_run_that_is_not_finished_can_be_reported(connection: Connection) -> None:
    run_id, _ = make_run(connection, FORTY)
    discover(connection, run_id, [Discovery(url=f"{SITE}/new", kind="record", found_in="listing")])

    assert report_run(connection, run_id).outcomes["pending"] == 1


def test_every_class_is_described_in_the_docs() -> None:

    text = Path("docs/failures.md").read_text(encoding="utf-8")

    assert [name for name in (*CLASSES, *RUN_CLASSES) if f"\n## {name}\n" not in text] == []
