"""What went wrong with an address or a run, in classes; each with what to do next.

The classes are described, one by one, in docs/failures.md.
"""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from archive.runs.ledger import Outcome

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable


@dataclass(frozen=True, slots=True, kw_only=True)
class FailureClass:
    """A kind of failure: its name (an anchor in docs/failures.md), its meaning, what to do next.

    *next_step* may name the address as ``{url}``, or the run as ``{run}``.
    """

    name: str
    meaning: str
    next_step: str

    def next_for(self, url: str) -> str:
        """Return the next command for one address."""
        return self.next_step.format(url=shlex.quote(url))


CLASSES: Final = {
    one.name: one
    for one in (
        FailureClass(
            name="no-answer",
            meaning="nothing answered: the host is unknown, down, or dropped the connection",
            next_step="pnr crawl",
        ),
        FailureClass(
            name="timed-out",
            meaning="the answer did not come within the setting timeout",
            next_step="pnr crawl",
        ),
        FailureClass(
            name="cut-short",
            meaning="the answer broke off, or was not as long as it said",
            next_step="pnr crawl",
        ),
        FailureClass(
            name="too-many-requests",
            meaning="the site asked for fewer requests (429)",
            next_step="pnr crawl --delay 10",
        ),
        FailureClass(
            name="server-error",
            meaning="the site failed on this address (5xx)",
            next_step="pnr crawl",
        ),
        FailureClass(
            name="refused",
            meaning="the site does not let us in: login, captcha, maintenance, 403",
            next_step="pnr inspect {url}",
        ),
        FailureClass(
            name="layout",
            meaning="neither a title nor a known label was found on the page",
            next_step="pnr inspect {url}",
        ),
        FailureClass(
            name="redirects",
            meaning="the address redirects in a circle, too often, or to nothing",
            next_step="pnr inspect {url}",
        ),
        FailureClass(
            name="too-large",
            meaning="the answer is larger than the settings max_page_mb or max_file_mb allow",
            next_step="PNR_MAX_FILE_MB=500 pnr crawl",
        ),
        FailureClass(
            name="empty-answer",
            meaning="the site answered with nothing",
            next_step="pnr inspect {url}",
        ),
        FailureClass(
            name="odd-status",
            meaning="the site answered with a status that brings no content",
            next_step="pnr inspect {url}",
        ),
        FailureClass(
            name="program",
            meaning="a fault of this program; the answer is archived, and the log has the rest",
            next_step="pnr inspect {url}",
        ),
    )
}


#: Why a run did not become current: the gate that refused it, or how it ended.
RUN_CLASSES: Final = {
    one.name: one
    for one in (
        FailureClass(
            name="gate-count",
            meaning="there are far fewer records than in the last good runs",
            next_step="pnr run show {run} --outcome gone",
        ),
        FailureClass(
            name="gate-fill",
            meaning="a field that pages used to fill has fallen silent",
            next_step="pnr run report {run}",
        ),
        FailureClass(
            name="gate-layout",
            meaning="many pages are built in a way that is not recognised",
            next_step="pnr run show {run} --outcome layout-not-recognised",
        ),
        FailureClass(
            name="gate-errors",
            meaning="many addresses failed or were refused",
            next_step="pnr run report {run}",
        ),
        FailureClass(
            name="gate-reread",
            meaning="today's reader loses much of what archived pages gave",
            next_step="pnr run report {run}",
        ),
        FailureClass(
            name="run-interrupted",
            meaning="it was stopped before its end, and nothing is lost",
            next_step="pnr crawl",
        ),
        FailureClass(
            name="run-blocked",
            meaning="the site turned one request after the other away",
            next_step="pnr crawl",
        ),
        FailureClass(
            name="run-unreachable",
            meaning="the site did not answer, or robots.txt closes it",
            next_step="pnr crawl",
        ),
        FailureClass(
            name="run-failed",
            meaning="a fault of this program ended it; the log has the rest",
            next_step="pnr crawl",
        ),
    )
}


def classify_run(status: str, verdict: str, gates: Iterable[str]) -> FailureClass | None:
    """Return why a run did not become current; *gates* are those that refused it, gravest first.

    >>> classify_run("complete", "refused", ["fill"]).name, classify_run("complete", "good", [])
    ('gate-fill', None)
    """
    if verdict == "refused":
        known = (RUN_CLASSES.get(f"gate-{gate}") for gate in gates)
        return next((one for one in known if one is not None), None)
    return RUN_CLASSES.get(f"run-{status}")


def classify(outcome: str, reason: str) -> FailureClass | None:
    """Return the class of a failed visit, ``None`` for an outcome that is no failure.

    >>> classify("failed", "HTTP 503").name
    'server-error'
    """
    by_outcome = {
        Outcome.BLOCKED: "refused",
        Outcome.NOT_RECOGNISED: "layout",
        Outcome.TOO_LARGE: "too-large",
    }
    if outcome in by_outcome:
        return CLASSES[by_outcome[Outcome(outcome)]]
    if outcome != Outcome.FAILED:
        return None
    return CLASSES[next((name for name, fits in _REASONS if fits(reason)), "no-answer")]


def _says(*words: str) -> Callable[[str], bool]:
    return lambda reason: any(word in reason for word in words)


_REASONS: Final[tuple[tuple[str, Callable[[str], bool]], ...]] = (
    ("program", _says("fault of the program")),
    ("redirects", _says("redirect")),
    ("empty-answer", _says("an empty answer")),
    ("too-many-requests", _says("HTTP 429")),
    ("server-error", _says("HTTP 5", "HTTP 408", "HTTP 425", "answers 5")),
    ("odd-status", _says("HTTP ")),
    ("timed-out", _says("Timeout", "timed out", "took longer")),
    (
        "cut-short",
        _says("DataLoss", "PartialDownload", "broke off", "breaks off", "truncated", "damaged"),
    ),
)
