"""The history of a record, and any two of its states held against each other."""

from __future__ import annotations

import html
import re
from typing import TYPE_CHECKING

import pytest

from tests.archive.web.changing import SPITE, make_past
from tests.archive.web.serving import visitor_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    import httpx


@pytest.fixture(scope="module")
def past(tmp_path_factory: pytest.TempPathFactory) -> Iterator[httpx.Client]:
    """Give a visitor of an archive with a past."""
    path = tmp_path_factory.mktemp("history") / "archive.sqlite"
    make_past(path)
    with visitor_of(path) as client:
        yield client


def test_a_record_shows_the_end_of_its_history_and_leads_to_the_whole(past: httpx.Client) -> None:
    page = past.get("/records/node-1").text

    assert 'href="/records/node-1/history"' in page
    assert "the whole history, 2 entries" in page
    assert "Title: Guide 1 → Guide 1, revu" in page


def test_a_history_names_run_version_and_cause_of_every_entry(past: httpx.Client) -> None:
    page = past.get("/records/node-1/history").text

    assert re.findall(r'href="/runs/(\d)"', page)[:2] == ["2", "1"]
    assert page.index("version 2") < page.index("first read")
    assert 'class="cause content"' in page


def test_a_difference_shows_fields_and_text_word_by_word(past: httpx.Client) -> None:
    page = past.get("/records/node-1/diff").text

    assert "<ins>, revu</ins>" in page
    assert SPITE not in page
    assert html.escape("<script>") in page


def test_states_are_chosen_by_date_run_or_answer(past: httpx.Client) -> None:
    same = past.get("/records/node-1/diff", params={"from": "run:2", "to": "run:2"})
    turned = past.get("/records/node-1/diff", params={"from": "2", "to": "1"}).text

    assert "No difference" in same.text
    assert "<del>, revu</del>" in turned


def test_a_page_as_it_was_has_no_right_in_its_frame(past: httpx.Client) -> None:
    page = past.get("/records/node-1/diff", params={"what": "page"}).text
    (frame, *_) = re.findall(r'<iframe sandbox="" [^>]*src="([^"]+)"', page)

    answer = past.get(html.unescape(frame))

    policy = answer.headers["content-security-policy"]
    assert "default-src 'none'" in policy
    assert "; sandbox;" in policy
    assert "script-src" not in policy
    assert answer.headers["x-frame-options"] == "SAMEORIGIN"
    assert "<script" not in answer.text


@pytest.mark.parametrize(
    ("path", "status"),
    [
        ("/records/node-1/diff?from=1999-01-01", 404),
        ("/records/node-1/diff?from=yesterday", 404),
        ("/records/node-1/diff?what=soul", 400),
        ("/records/node-1/diff/above", 404),
        ("/records/node-77/history", 404),
    ],
)
def test_what_was_never_seen_is_refused(past: httpx.Client, path: str, status: int) -> None:
    assert past.get(path).status_code == status
