"""What an HTTP status means, and how long it asks to wait."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from email.utils import format_datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from crawler.statuses import GONE, REDIRECTS, REFUSALS, is_retryable, retry_after

_NOW = datetime(2034, 1, 2, 10, tzinfo=UTC)


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504, 522])
def test_not_now_is_no_disappearance(status: int) -> None:
    assert is_retryable(status)
    assert status not in GONE | REDIRECTS | REFUSALS


@pytest.mark.parametrize("status", [200, 206, 304, 301, 401, 403, 404, 410, 418, 451])
def test_an_answer_that_is_one_is_not_asked_for_again(status: int) -> None:
    assert not is_retryable(status)


@given(st.integers(0, 10**8))
def test_a_number_is_seconds(seconds: int) -> None:
    assert retry_after(f" {seconds} ") == seconds


@given(st.integers(-(10**6), 10**6))
def test_a_date_is_the_time_until_it_and_never_less_than_none(seconds: int) -> None:
    date = format_datetime(_NOW + timedelta(seconds=seconds), usegmt=True)

    assert retry_after(date, _NOW) == max(0, seconds)


@given(st.text(max_size=40))
def test_anything_else_is_no_time(value: str) -> None:
    found = retry_after(value, _NOW)

    assert found is None or found >= 0
