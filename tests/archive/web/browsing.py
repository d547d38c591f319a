"""A real browser on a real `pnr serve`: what it shows, what it asks, what it complains about."""

from __future__ import annotations

import re
import shutil
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final
from urllib.parse import urlsplit

import pytest
from axe_playwright_python.sync_playwright import Axe

from tests.crawler.cli.conftest import ROOT, pnr_process

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from playwright.sync_api import Browser, Page, Response

CHROMIUM: Final = shutil.which("chromium") or shutil.which("chromium-browser") or ""
#: Pictures of the pages, to be looked at; git does not know them.
SCREENSHOTS: Final = ROOT / "screenshots"

ARGUMENTS: Final = (
    "--headless",
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
)
DESKTOP: Final[dict[str, Any]] = {"viewport": {"width": 1280, "height": 900}, "locale": "en-GB"}
PHONE: Final[dict[str, Any]] = {
    "viewport": {"width": 390, "height": 844},
    "device_scale_factor": 2,
    "is_mobile": True,
    "has_touch": True,
    "locale": "fr-FR",
}
DARK: Final[dict[str, Any]] = DESKTOP | {"color_scheme": "dark"}
NO_SCRIPT: Final[dict[str, Any]] = DESKTOP | {"java_script_enabled": False}
#: What every page is looked at with.
KINDS: Final = {"desktop": DESKTOP, "dark": DARK, "phone": PHONE}
NEEDS_CHROMIUM: Final = pytest.mark.skipif(not CHROMIUM, reason="chromium is not installed")

#: Milliseconds a step may take: the machine may be busy.
PATIENCE: Final = 30_000

# What tests bring along (axe-core, the script below) may not run in a frame without rights either.
_KEPT_OUT: Final = "Blocked script execution in"
# What moved on the page without being asked to.
_SHIFTS: Final = """
  window.shifted = 0;
  new PerformanceObserver((list) => {
    for (const entry of list.getEntries()) if (!entry.hadRecentInput) window.shifted += entry.value;
  }).observe({ type: "layout-shift", buffered: true });
"""


@dataclass
class Visit:
    """One window of a browser, and what happened in it."""

    page: Page
    base: str
    asked: list[str] = field(default_factory=list)
    complaints: list[str] = field(default_factory=list)

    def open(self, path: str) -> Page:
        """Go to a page, and wait until it is all there."""
        self.page.goto(f"{self.base}{path}")
        self.page.wait_for_load_state("networkidle")
        return self.page

    def is_at(self, pattern: str) -> None:
        """Wait for an address."""
        self.page.wait_for_url(re.compile(pattern))

    @property
    def shifted(self) -> float:
        """How much moved without being asked to (Cumulative Layout Shift)."""
        return float(self.page.evaluate("window.shifted"))

    def keep_picture(self, name: str, *, full: bool = False) -> None:
        """Keep a picture of the page, to be looked at."""
        SCREENSHOTS.mkdir(exist_ok=True)
        self.page.screenshot(path=SCREENSHOTS / f"{name}.png", full_page=full)

    def barriers(self) -> list[str]:
        """Return what axe-core finds against WCAG 2.2 AA and its own best practices."""
        answer = Axe().run(self.page).response
        assert len(answer["passes"]) > 15, "axe-core looked"
        return [
            f"{each['impact']} {each['id']}: {each['nodes'][0]['html'][:200]}"
            for each in answer["violations"]
        ]


@contextmanager
def pnr_serve(archive: Path, folder: Path, *options: str) -> Iterator[str]:
    """Run `pnr serve` on any free port; give its address, without a slash at its end."""
    process = pnr_process("serve", "--archive", str(archive), "--port", "0", *options, cwd=folder)
    try:
        assert process.stdout is not None
        said = process.stdout.readline()
        found = re.search(r"http://[\d.]+:\d+", said)
        assert found, said
        yield found.group()
    finally:
        process.terminate()
        process.communicate(timeout=60)


@contextmanager
def visiting(browser: Browser, base: str, **options: Any) -> Iterator[Visit]:
    """Open a fresh window; at its end nothing was asked elsewhere, and nothing complained of."""
    context = browser.new_context(**options)
    context.set_default_timeout(PATIENCE)
    context.add_init_script(_SHIFTS)
    visit = Visit(context.new_page(), base)
    page = visit.page
    page.on("request", lambda request: visit.asked.append(request.url))
    page.on("response", lambda response: _note_failure(visit, response))
    page.on("pageerror", lambda error: visit.complaints.append(str(error)))
    page.on(
        "console",
        lambda said: (
            visit.complaints.append(said.text)
            if said.type == "error" and not said.text.startswith(_KEPT_OUT)
            else None
        ),
    )
    try:
        yield visit
        assert {urlsplit(url).netloc for url in visit.asked} <= {urlsplit(base).netloc, ""}
        assert not visit.complaints, visit.complaints
    finally:
        context.close()


def _note_failure(visit: Visit, response: Response) -> None:
    if response.status >= 500:
        visit.complaints.append(f"{response.status} {response.url}")
