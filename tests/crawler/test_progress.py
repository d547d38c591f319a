"""What a crawl says while it goes on."""

from __future__ import annotations

import io
import json
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import pytest

from crawler.cli.displays import JsonDisplay, LineDisplay
from crawler.extensions.progress import Progress, in_a_line, longest_delay

if TYPE_CHECKING:
    from collections.abc import Callable

_HALF_WAY = Progress(
    run_id=3,
    found=200,
    fetched=100,
    unchanged=40,
    failed=2,
    pending=90,
    texts_waiting=7,
    records=60,
    rate=0.5,
    seconds_left=180,
    closing=False,
)


def test_a_line_has_every_figure() -> None:
    assert in_a_line(_HALF_WAY) == (
        "run 3: 200 found, 100 fetched, 40 unchanged, 2 failed, 90 to ask, "
        "7 PDFs waiting for text, 0.5/s, about 3 min left"
    )


@pytest.mark.parametrize("display", [LineDisplay, JsonDisplay])
def test_a_log_gets_a_line_and_no_terminal_codes(
    display: Callable[[], LineDisplay], monkeypatch: pytest.MonkeyPatch
) -> None:
    screen = io.StringIO()
    monkeypatch.setattr("sys.stderr", screen)

    display().show(_HALF_WAY)

    assert screen.getvalue().count("\n") == 1
    assert "\x1b" not in screen.getvalue()


def test_json_has_the_figures_by_name(capsys: pytest.CaptureFixture[str]) -> None:
    JsonDisplay().show(_HALF_WAY)

    told = json.loads(capsys.readouterr().err)
    assert (told["event"], told["found"], told["seconds_left"]) == ("progress", 200, 180)


@pytest.mark.parametrize(
    ("start", "delay", "crawl_delay", "expected"),
    [
        ("http://127.0.0.1/", None, 10.0, 0.0),
        ("http://127.0.0.1/", 0.5, 10.0, 0.5),
        ("https://example.org/", None, 0.0, 1.0),
        ("https://example.org/", 2.0, 10.0, 10.0),
        ("https://example.org/", 20.0, 10.0, 20.0),
    ],
)
def test_the_time_left_goes_by_the_longest_delay(
    start: str, delay: float | None, crawl_delay: float, expected: float
) -> None:
    desk: Any = SimpleNamespace(
        start=(start,), config=SimpleNamespace(delay=delay), crawl_delays={"x": crawl_delay}
    )

    assert longest_delay(desk) == expected
