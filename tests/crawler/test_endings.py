"""How a run ends: complete, or stopped with a reason and without losing anything."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from archive.runs.ledger import Outcome
from archive.runs.lifecycle import RunStatus
from crawler.errors import ExitCode
from tests.crawler.crawling import crawl
from tests.crawler.misbehaving import (
    LISTING,
    PDF,
    Asked,
    MisbehavingSite,
    Reply,
    document,
    listing,
    page,
    record,
)
from tests.crawler.misbehaving.resources import always

if TYPE_CHECKING:
    from pathlib import Path

    from tests.crawler.misbehaving import Resource

_ROWS = [document(f"n-{number}") for number in range(12)]
_CAPTCHA = page("Vérification", '<div class="g-recaptcha"></div>')


class Gate:
    """Lets so many requests through to the records, then does something else with them."""

    def __init__(self, *, open_for: int, then: Reply) -> None:
        self.open_for = open_for
        self.then = then
        self.count = 0

    def __call__(self, asked: Asked) -> Reply:
        """Answer with a record, or with what stands in place of everything."""
        self.count += 1
        return self.then if self.count > self.open_for else Reply(body=_body(asked))

    def lift(self) -> None:
        """Let everything through again."""
        self.open_for = 1_000_000


def _body(asked: Asked) -> bytes:
    return listing(_ROWS) if asked.path == LISTING else record(asked.path)


def _site(gate: Resource) -> MisbehavingSite:
    return MisbehavingSite(
        {"/robots.txt": always(Reply(status=404))} | dict.fromkeys([LISTING, *_ROWS], gate)
    )


@pytest.mark.parametrize(
    ("then", "status", "exit_code"),
    [
        (Reply(body=_CAPTCHA), RunStatus.BLOCKED, ExitCode.BLOCKED),
        (Reply(status=403, body=_CAPTCHA), RunStatus.BLOCKED, ExitCode.BLOCKED),
        (Reply(status=503, body=b"Maintenance"), RunStatus.UNREACHABLE, ExitCode.UNREACHABLE),
        (Reply(drops_at=-1), RunStatus.UNREACHABLE, ExitCode.UNREACHABLE),
        (
            Reply(status=429, headers={"Retry-After": "7200"}),
            RunStatus.INTERRUPTED,
            ExitCode.INCOMPLETE,
        ),
    ],
    ids=["captcha-200", "captcha-403", "maintenance-503", "dropped", "come-back-in-two-hours"],
)
def test_a_site_that_turns_away_stops_the_run_and_the_same_command_finishes_it(
    tmp_path: Path, then: Reply, status: RunStatus, exit_code: ExitCode
) -> None:
    gate = Gate(open_for=4, then=then)
    with _site(gate) as site:
        start = [site.base + LISTING]
        stopped = crawl(tmp_path / "archive.sqlite", start=start)
        asked = len(site.asked)
        gate.lift()

        resumed = crawl(tmp_path / "archive.sqlite", start=start)

    assert (stopped.status, stopped.exit_code) == (status, exit_code)
    assert stopped.reason.endswith(".")
    # One after the other was tried a few times; nobody hammered at a closed door.
    assert asked <= 1 + 4 + 5 + 3 + 1
    assert Outcome.GONE not in stopped.outcomes().values()
    assert (resumed.status, resumed.exit_code) == (RunStatus.COMPLETE, ExitCode.GOOD)
    assert {resumed.outcomes(1)[path] for path in _ROWS} == {Outcome.STORED}
    assert resumed.query("SELECT count(*) FROM runs") == [(1,)]
    # What was settled before the stop was not asked again.
    again = site.paths()[asked:]
    assert not set(again) & {path for path in _ROWS[:3] if path not in site.paths()[5:asked]}


def test_a_start_address_that_is_gone_is_reported_and_no_failure_while_another_works(
    tmp_path: Path,
) -> None:
    with _site(_reply) as site:
        crawled = crawl(
            tmp_path / "archive.sqlite", start=[site.base + "/ancienne-liste", site.base + LISTING]
        )

    assert crawled.status is RunStatus.COMPLETE
    assert crawled.ledger()["/ancienne-liste"] == (Outcome.GONE, "404")
    assert crawled.outcomes()[_ROWS[-1]] is Outcome.STORED


def _reply(asked: Asked) -> Reply:
    return Reply(body=_body(asked))


def test_start_addresses_that_are_all_gone_make_the_site_unreachable_until_one_is_back(
    tmp_path: Path,
) -> None:
    with _site(_reply) as site:
        start = [site.base + "/liste-1", site.base + "/liste-2"]
        nothing = crawl(tmp_path / "archive.sqlite", start=start)
        site.resources["/liste-2"] = listing(_ROWS)

        back = crawl(tmp_path / "archive.sqlite", start=start)

    assert (nothing.status, nothing.exit_code) == (RunStatus.UNREACHABLE, ExitCode.UNREACHABLE)
    assert "None of the start addresses leads anywhere" in nothing.reason
    assert back.status is RunStatus.COMPLETE
    assert back.query("SELECT count(*) FROM records WHERE title <> ''") == [(len(_ROWS),)]


def test_a_start_address_may_have_moved(tmp_path: Path) -> None:
    resources: dict[str, Resource] = {
        "/centre": lambda asked: Reply(status=301, headers={"Location": asked.base + LISTING}),
        LISTING: listing(_ROWS),
    }
    with MisbehavingSite(resources | dict.fromkeys(_ROWS, _reply)) as site:
        crawled = crawl(tmp_path / "archive.sqlite", start=[site.base + "/centre"])

    assert crawled.status is RunStatus.COMPLETE
    assert crawled.outcomes()[_ROWS[0]] is Outcome.STORED


def test_a_host_that_does_not_answer_is_unreachable(tmp_path: Path) -> None:
    with _site(_reply) as site:
        nowhere = site.base

    crawled = crawl(tmp_path / "archive.sqlite", start=[nowhere + LISTING])

    assert crawled.exit_code is ExitCode.UNREACHABLE
    assert "does not answer" in crawled.reason
    assert "Traceback" not in crawled.log


def test_a_limit_is_met_exactly_and_the_rest_is_not_reached(tmp_path: Path) -> None:
    file = "/sites/federationpnr/files/a.pdf"
    with _site(_reply) as site:
        site.resources[_ROWS[1]] = record("Avec un fichier", files=[file])
        site.resources[file] = always(Reply(body=PDF, media_type="application/pdf"))

        crawled = crawl(tmp_path / "archive.sqlite", start=[site.base + LISTING], limit=3)

    outcomes = crawled.outcomes()
    assert crawled.status is RunStatus.COMPLETE
    assert crawled.query("SELECT count(*) FROM run_records") == [(3,)]
    assert outcomes[file] is Outcome.STORED
    assert [outcomes[path] for path in _ROWS[3:]] == [Outcome.NOT_REACHED] * 9
    assert not set(site.paths()) & set(_ROWS[4:])


def test_a_trap_of_ever_new_addresses_ends_at_the_setting_and_says_so(tmp_path: Path) -> None:
    def trap(asked: Asked) -> Reply:
        links = [document(f"x{asked.path[-6:]}-{number}")[:60] for number in range(3)]
        return Reply(body=record(asked.path, related=links))

    with MisbehavingSite({LISTING: listing([document("x")]), "*": trap}) as site:
        crawled = crawl(tmp_path / "archive.sqlite", start=[site.base + LISTING], max_addresses=40)

    assert crawled.status is RunStatus.COMPLETE
    assert 40 <= len(crawled.outcomes()) <= 45
    assert "links were left out: the run met the setting max_addresses (40)" in crawled.reason


def test_a_list_that_shuffles_itself_for_ever_ends(tmp_path: Path) -> None:
    def shuffled(asked: Asked) -> Reply:
        number = int(asked.path.partition("page=")[2] or 0)
        rows = [_ROWS[(number * step) % 12] for step in (1, 5, 7, 11)]
        return Reply(body=listing(rows, pager=[f"{LISTING}?page={number + 1}"]))

    with MisbehavingSite({LISTING: shuffled} | dict.fromkeys(_ROWS, _reply)) as site:
        crawled = crawl(tmp_path / "archive.sqlite", start=[site.base + LISTING])

    assert crawled.status is RunStatus.COMPLETE
    assert 190 <= len(site.asked) <= 230


def test_a_fault_of_ours_in_one_page_costs_that_page_only(tmp_path: Path) -> None:
    with _site(_reply) as site:
        site.resources[_ROWS[4]] = record("Ici le lecteur tombe")

        crawled = crawl(
            tmp_path / "archive.sqlite",
            start=[site.base + LISTING],
            scrapy={"PAGE_READER": "tests.crawler.falling.FallingReader"},
        )

    outcomes = crawled.ledger()
    assert crawled.status is RunStatus.COMPLETE
    assert outcomes[_ROWS[4]][0] is Outcome.FAILED
    assert "fault of the program: RuntimeError" in outcomes[_ROWS[4]][1]
    assert [outcomes[path][0] for path in _ROWS].count(Outcome.STORED) == 11
    kept = "SELECT count(*) FROM snapshots WHERE url LIKE '%/n-4' AND sha256 IS NOT NULL"
    assert crawled.query(kept) == [(1,)]


def test_a_run_is_resumed_by_a_reader_that_has_changed(tmp_path: Path) -> None:
    gate = Gate(open_for=6, then=Reply(body=_CAPTCHA))
    with _site(gate) as site:
        start = [site.base + LISTING]
        crawl(tmp_path / "archive.sqlite", start=start)
        gate.lift()

        resumed = crawl(
            tmp_path / "archive.sqlite", start=start, reader={"labels": {"Intitulé": "title"}}
        )

    assert resumed.status is RunStatus.COMPLETE
    assert {resumed.outcomes(1)[path] for path in _ROWS} == {Outcome.STORED}
    assert resumed.query("SELECT count(*) FROM runs") == [(1,)]
    assert len(resumed.query("SELECT DISTINCT reader_version FROM readings")) == 2


def test_a_damaged_body_that_a_new_reader_needs_is_asked_for_anew(tmp_path: Path) -> None:
    def cached(asked: Asked) -> Reply:
        if asked.headers.get("If-None-Match") == '"1"':
            return Reply(status=304, headers={"ETag": '"1"'})
        return Reply(body=_body(asked), headers={"ETag": '"1"'})

    with _site(cached) as site:
        start = [site.base + LISTING]
        first = crawl(tmp_path / "archive.sqlite", start=start)
        first.write(
            "UPDATE blobs SET data = x'00' WHERE sha256 IN "
            "(SELECT sha256 FROM snapshots WHERE url LIKE '%/n-4')"
        )

        second = crawl(
            tmp_path / "archive.sqlite", start=start, reader={"labels": {"Intitulé": "title"}}
        )

    outcomes = second.outcomes()
    assert second.status is RunStatus.COMPLETE
    assert outcomes.pop(_ROWS[4]) is Outcome.SAME_READING
    assert {outcomes[path] for path in _ROWS if path in outcomes} == {Outcome.NOT_MODIFIED}
