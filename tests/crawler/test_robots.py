"""robots.txt as RFC 9309 has it, and its Crawl-delay, on hosts that are not loopback.

A server on loopback answers as a proxy for all of them: no network is needed.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest

from archive.runs.ledger import Outcome
from archive.runs.lifecycle import RunStatus
from crawler.errors import ExitCode
from tests.crawler.crawling import Crawled, crawl
from tests.crawler.misbehaving import (
    LISTING,
    Asked,
    MisbehavingSite,
    Reply,
    document,
    listing,
    message,
    record,
)
from tests.crawler.misbehaving.resources import always, moved
from tests.crawler.sharing import made_once

if TYPE_CHECKING:
    from pathlib import Path

    from tests.crawler.misbehaving import Resource

_SITE = "http://parc.example"
_ROWS = [document("libre"), document("secret/x"), document("secret/permis")]


def _rules(text: str) -> Resource:
    return always(Reply(body=text.encode(), media_type="text/plain"))


_SECRET = f"User-agent: *\nDisallow: {document('secret')}\n"
#: Too long to be read to its end; the last line that is, cut off, would close the whole site.
_HUGE = _SECRET + "".join(f"Disallow: /x{number:06d}\n" for number in range(30_000))
_HUGE = _HUGE[: 512_000 - len("Disallow: /")].rpartition("\n")[0] + "\n"
_HUGE += " " * (512_000 - len("Disallow: /") - len(_HUGE)) + "Disallow: /rien-que-cela\n"

#: By host: its robots.txt, and whether it is then asked for "secret/x" and "secret/permis".
_HOSTS: dict[str, tuple[Resource, bool, bool]] = {
    "absent": (always(Reply(status=404)), True, True),
    "interdit": (always(Reply(status=403, body=b"Non")), True, True),
    "page": (message("Bienvenue", "Disallow: /"), True, True),
    "vide": (_rules(""), True, True),
    "etoile": (_rules(_SECRET), False, False),
    "permis": (_rules(_SECRET + f"Allow: {document('secret/permis')}\n"), False, True),
    "nomme": (_rules(f"{_SECRET}\nUser-agent: pnr-archive\nDisallow: /rien\n"), True, True),
    "bom": (_rules("\ufeff" + _SECRET.replace("\n", "\r\n")), False, False),
    "enorme": (_rules(_HUGE), False, False),
    "deplace": (moved("/robots-2.txt"), False, False),
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Story:
    """One crawl of many hosts, and what they were asked."""

    crawled: Crawled
    asked: list[Asked]


@pytest.fixture(scope="module")
def story(tmp_path_factory: pytest.TempPathFactory) -> Story:
    """Crawl one small site on each host."""
    return made_once(tmp_path_factory, "robots", _crawled)


def _crawled(folder: Path) -> Story:
    resources: dict[str, Resource] = {
        f"{host}.example/robots.txt": rules for host, (rules, _, _) in _HOSTS.items()
    }
    resources |= {"/robots-2.txt": _rules(_SECRET), LISTING: listing(_ROWS)}
    resources["*"] = lambda asked: Reply(body=record(f"{asked.host}{asked.path}"))
    with MisbehavingSite(resources) as site:
        crawled = crawl(
            folder / "archive.sqlite",
            start=[f"http://{host}.example{LISTING}" for host in _HOSTS],
            proxy=site.base,
            delay=0.0,
        )
        return Story(crawled=crawled, asked=site.asked)


@pytest.mark.parametrize("host", _HOSTS)
def test_each_robots_txt_is_obeyed_as_the_rfc_has_it(story: Story, host: str) -> None:
    _, secret, allowed = _HOSTS[host]
    outcomes = dict(
        story.crawled.query(
            "SELECT url, outcome FROM visits WHERE url LIKE ?", f"http://{host}.example/%"
        )
    )

    expected = zip(_ROWS, (True, secret, allowed), strict=True)
    assert {path: outcomes[f"http://{host}.example{path}"] for path in _ROWS} == {
        path: Outcome.STORED if may else Outcome.ROBOTS for path, may in expected
    }


def test_each_robots_txt_is_asked_first_and_once(story: Story) -> None:
    for host in _HOSTS:
        paths = [one.path for one in story.asked if one.host == f"{host}.example"]
        assert paths[0] == "/robots.txt"
        assert paths.count("/robots.txt") == 1


def test_what_robots_txt_forbids_is_never_asked(story: Story) -> None:
    asked = {(one.host, one.path) for one in story.asked}

    for host, (_, secret, _) in _HOSTS.items():
        assert ((f"{host}.example", document("secret/x")) in asked) is secret


@pytest.mark.parametrize(
    ("rules", "words"),
    [
        (_rules("User-agent: *\nDisallow: /\n"), "robots.txt closes every start address"),
        (always(Reply(status=500, body=b"x")), "robots.txt answers 500"),
        (always(Reply(drops_at=-1)), "robots.txt does not answer"),
    ],
    ids=["disallow-all", "error-500", "dropped"],
)
def test_a_site_that_robots_txt_closes_is_asked_nothing(
    tmp_path: Path, rules: Resource, words: str
) -> None:
    resources: dict[str, Resource] = {"/robots.txt": rules, LISTING: listing(_ROWS)}

    with MisbehavingSite(resources) as site:
        crawled = crawl(tmp_path / "archive.sqlite", start=[site.base + LISTING])

    assert crawled.status is RunStatus.UNREACHABLE
    assert crawled.exit_code is ExitCode.UNREACHABLE
    assert words in crawled.reason
    assert set(site.paths()) == {"/robots.txt"}
    assert "Traceback" not in crawled.log


def test_a_robots_txt_that_changed_between_runs_is_obeyed_and_withdraws_nothing(
    tmp_path: Path,
) -> None:
    resources: dict[str, Resource] = {"/robots.txt": _rules(""), LISTING: listing(_ROWS)}
    resources |= {path: record(path) for path in _ROWS}
    with MisbehavingSite(resources) as site:
        start = [site.base + LISTING]
        crawl(tmp_path / "archive.sqlite", start=start)
        site.resources["/robots.txt"] = _rules(_SECRET)
        before = len(site.asked)

        crawled = crawl(tmp_path / "archive.sqlite", start=start)

    assert crawled.outcomes()[document("secret/x")] is Outcome.ROBOTS
    assert document("secret/x") not in site.paths()[before:]
    withdrawn = crawled.query("SELECT id FROM records WHERE withdrawn_at IS NOT NULL")
    assert (crawled.status, withdrawn) == (RunStatus.COMPLETE, [])


def _gaps_as_sent(crawled: Crawled) -> list[float]:
    """Return the seconds between requests, as the archive says they were sent."""
    sql = "SELECT (julianday(requested_at) - 2461000) * 86400 FROM snapshots ORDER BY requested_at"
    sent = [row[0] for row in crawled.query(sql)]
    return [round(later - earlier, 2) for earlier, later in pairwise(sent)]


def test_crawl_delay_is_kept_between_any_two_requests_files_and_retries_included(
    tmp_path: Path,
) -> None:
    rules = "User-agent: *\nCrawl-delay: 0.4\n"
    file = "/sites/federationpnr/files/charte.pdf"
    resources: dict[str, Resource] = {
        "/robots.txt": _rules(rules),
        LISTING: listing([document("a"), document("b")]),
        document("a"): record("A", files=[file]),
        document("b"): always(Reply(status=500)),
        file: always(Reply(status=404)),
    }

    with MisbehavingSite(resources) as site:
        crawled = crawl(
            tmp_path / "archive.sqlite", start=[_SITE + LISTING], proxy=site.base, delay=0.1
        )

    gaps = [later.at - earlier.at for earlier, later in pairwise(site.asked)]
    assert crawled.status is RunStatus.COMPLETE
    assert len(gaps) == 5
    # A request is noted before it is answered, and the delay counts from the answer: however busy
    # the machine is, no interval in the site's log is shorter.
    assert min(gaps) >= 0.4
    assert min(_gaps_as_sent(crawled)) >= 0.4


def test_crawl_delay_only_lengthens_and_does_not_apply_on_loopback(tmp_path: Path) -> None:
    rules = _rules("User-agent: *\nCrawl-delay: 30\n")
    resources: dict[str, Resource] = {"/robots.txt": rules, LISTING: listing([document("a")])}
    resources[document("a")] = record("A")

    with MisbehavingSite(resources) as site:
        crawled = crawl(tmp_path / "archive.sqlite", start=[site.base + LISTING], delay=0.3)

    gaps = [later.at - earlier.at for earlier, later in pairwise(site.asked)]
    assert crawled.status is RunStatus.COMPLETE
    assert min(gaps) >= 0.3
    # Well below the 30 s that robots.txt names.
    assert max(gaps) < 15
    assert min(_gaps_as_sent(crawled)) >= 0.3


def test_the_user_agent_is_honest_and_robots_txt_is_told_it_too(tmp_path: Path) -> None:
    with MisbehavingSite({LISTING: listing([document("a")])}) as site:
        crawl(
            tmp_path / "archive.sqlite", start=[site.base + LISTING], contact="veille@parc.example"
        )

    agents = {one.headers["User-Agent"] for one in site.asked}
    assert len(agents) == 1
    assert agents.pop().endswith(" (+veille@parc.example)")
