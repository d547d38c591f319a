"""Spot-checks in the reading room: what was found, and the one place that writes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest

from archive.database import open_archive
from archive.spot_checks.reviewing import differences_of
from tests.archive.web.changing import SPITE, make_past
from tests.archive.web.serving import visitor_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    import httpx

#: What a browser sends of a form on a page of ours.
OURS = {"sec-fetch-site": "same-origin"}


@pytest.fixture
def path(tmp_path: Path) -> Path:
    """Give an archive with a spot-check that found two differences in one record."""
    path = tmp_path / "archive.sqlite"
    make_past(path)
    return path


@pytest.fixture
def reviewer(path: Path) -> Iterator[httpx.Client]:
    """Give a visitor who may give verdicts."""
    with visitor_of(path, reviews=True) as client:
        yield client


def verdicts(path: Path) -> list[tuple[str, str]]:
    """Return the verdicts that count, and their notes."""
    with open_archive(path) as archive, archive.connect() as connection:
        return [
            (each.verdict.verdict, each.verdict.note)
            for each in differences_of(connection, 1)
            if each.verdict
        ]


def test_a_spot_check_shows_outcomes_bounds_and_differences(reviewer: httpx.Client) -> None:
    page = reviewer.get("/spot-checks/1").text

    assert "1 of 13" in page
    assert "every record was checked" in page
    assert page.count('href="/spot-checks/1/review?difference=') == 2
    assert SPITE not in page


def test_a_reviewer_goes_through_the_differences_one_by_one(
    reviewer: httpx.Client, path: Path
) -> None:
    shown = reviewer.get("/spot-checks/1/review")
    first = re.findall(r'name="difference" value="(\d+)"', shown.text)[0]

    given = {"difference": first, "verdict": "wrong", "note": "l’« ancien » titre"}
    answer = reviewer.post("/spot-checks/1/review", data=given, headers=OURS)

    assert answer.status_code == 303
    second = re.findall(r"difference=(\d+)", answer.headers["location"])[0]
    assert second != first
    assert verdicts(path) == [("wrong", "l’« ancien » titre")]

    last = {"difference": second, "verdict": "right"}
    end = reviewer.post("/spot-checks/1/review", data=last, headers=OURS)
    assert end.headers["location"] == "/spot-checks/1"
    assert "2 of 2 decided" in reviewer.get("/spot-checks/1").text


def test_a_later_verdict_counts(reviewer: httpx.Client, path: Path) -> None:
    for verdict in ("wrong", "unsure"):
        given = {"difference": "1", "verdict": verdict}
        reviewer.post("/spot-checks/1/review", data=given, headers=OURS)

    assert verdicts(path) == [("unsure", "")]


def test_without_reviews_nothing_is_written(path: Path) -> None:
    with visitor_of(path) as reader:
        page = reader.get("/spot-checks/1/review").text
        given = {"difference": "1", "verdict": "wrong"}
        answer = reader.post("/spot-checks/1/review", data=given, headers=OURS)

    assert answer.status_code == 403
    assert "<form" not in page[page.index("<main") :]
    assert verdicts(path) == []


@pytest.mark.parametrize(
    ("given", "headers", "status"),
    [
        ({"difference": "1", "verdict": "wrong"}, {}, 403),
        ({"difference": "1", "verdict": "wrong"}, {"sec-fetch-site": "cross-site"}, 403),
        ({"difference": "1", "verdict": "splendid"}, OURS, 400),
        ({"difference": "99", "verdict": "right"}, OURS, 400),
        ({"difference": "x", "verdict": "right"}, OURS, 400),
        ({"difference": "1", "verdict": "right", "note": "x" * 20_000}, OURS, 400),
    ],
)
def test_what_is_no_verdict_of_ours_is_refused(
    reviewer: httpx.Client, path: Path, given: dict[str, str], headers: dict[str, str], status: int
) -> None:
    answer = reviewer.post("/spot-checks/1/review", data=given, headers=headers)

    assert answer.status_code == status
    assert verdicts(path) == []


def test_the_live_page_is_words_and_nothing_else(reviewer: httpx.Client) -> None:
    page = reviewer.get("/spot-checks/1/review").text
    frame = re.findall(r'src="(/spot-checks/1/pages/[^"]+/live)"', page)[0]

    answer = reviewer.get(frame)

    assert "Texte lu en ligne" in answer.text
    for act in ("<script", "onload", "src=", "href=", "<form", "refresh", "<svg"):
        assert act not in answer.text
    assert "sandbox" in answer.headers["content-security-policy"]


def test_a_framed_page_that_is_asked_for_again_keeps_its_policy(reviewer: httpx.Client) -> None:
    frame = "/spot-checks/1/pages/node-1/live"
    first = reviewer.get(frame)

    again = reviewer.get(frame, headers={"if-none-match": first.headers["etag"]})

    # A browser takes over what a 304 says: ours would forbid the frame.
    assert again.status_code == 304
    assert not {"x-frame-options", "content-security-policy"} & again.headers.keys()


@pytest.mark.parametrize(
    "where", ["/spot-checks/9", "/spot-checks/1/review?difference=9", "/spot-checks/1/pages/x/live"]
)
def test_what_is_not_there_is_said_to_be_none(reviewer: httpx.Client, where: str) -> None:
    assert reviewer.get(where).status_code == 404
