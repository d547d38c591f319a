"""The page of what wants checking: where the overview's figure leads."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    import httpx


def test_the_figure_of_the_overview_leads_to_what_it_counts(room: httpx.Client) -> None:
    counts = room.get("/api/overview").json()["issues"]

    assert '<a href="/issues">' in room.get("/overview").text
    assert room.get("/issues").text.count("<tr><td>") == sum(counts.values()) > 0


def test_issues_are_narrowed_to_one_kind(french_room: httpx.Client) -> None:
    counts = french_room.get("/api/overview").json()["issues"]
    code = next(iter(counts))

    page = french_room.get("/issues", params={"code": code}).text

    assert page.count("<tr><td>") == counts[code]
    assert "Points à vérifier" in page
    assert "/records/" in page


@pytest.mark.parametrize(
    ("path", "status"), [("/issues?after=999999", 404), ("/issues?after=x", 400)]
)
def test_what_follows_no_issue_is_refused(room: httpx.Client, path: str, status: int) -> None:
    assert room.get(path).status_code == status
