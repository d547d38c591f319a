"""Tell how a run ended: a report file always, a message to whoever wants one.

A run that went wrong and nobody heard of is the worst failure there is; a message that cannot be
sent is one sentence in the log and never fails the run.
"""

from __future__ import annotations

import logging
import shlex
from importlib.util import find_spec
from typing import TYPE_CHECKING, Literal

from archive.runs.gating import Verdict
from archive.runs.lifecycle import RunStatus

if TYPE_CHECKING:
    from pathlib import Path

    from archive.reports.run_report import RunReport
    from archive.reports.spot_check_report import SpotCheckReport
    from crawler.config import Config

logger = logging.getLogger(__name__)


def publish_report(config: Config, report: RunReport) -> None:
    """Write a run's report beside the archive, and send it to whom the settings name.

    Sending takes its time: the caller is in no transaction.
    """
    files = write_report(report, config.reports_folder)
    if config.notify.urls and ending_of(report) in config.notify.on:
        notify(config, report, files)


def ending_of(report: RunReport) -> str:
    """Return how a run ended, in the word that settings use: its verdict, or why it has none."""
    return report.verdict if report.status == RunStatus.COMPLETE else report.status


def write_report(report: RunReport, folder: Path) -> list[Path]:
    """Write the report as text and as a page; return the files, none where there is no room."""
    written = []
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for suffix, text in ((".txt", report.as_text()), (".html", report.as_html())):
            path = folder / f"run-{report.run:05d}{suffix}"
            path.write_text(text, encoding="utf-8")
            written.append(path)
    except OSError as error:
        logger.warning("The report of run %s could not be written: %s", report.run, error)
    return written


def write_spot_check(report: SpotCheckReport, folder: Path) -> Path | None:
    """Write the report of a spot-check as a page; return the file, none where there is no room."""
    path = folder / f"spot-check-{report.check.id:05d}.html"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        path.write_text(report.as_html(), encoding="utf-8", errors="replace")
    except OSError as error:
        logger.warning("The report %s could not be written: %s", path, error)
        return None
    return path


def notify(config: Config, report: RunReport, files: list[Path]) -> None:
    """Send the report's gist to every address of the setting ``notify.urls``."""
    if find_spec("apprise") is None:
        logger.warning(
            "The setting notify.urls needs apprise: install the extra with "
            "`pip install 'pnr-archive[notify]'`."
        )
        return
    # Imported here: it is an extra, and loads a hundred services.
    from apprise import Apprise, NotifyType  # noqa: PLC0415

    messenger = Apprise()
    for url in config.notify.urls:
        if not messenger.add(url):
            logger.warning("The setting notify.urls has an address that apprise does not know.")
    title = f"pnr run {report.run}: {ending_of(report)} ({config.archive})"
    kind = NotifyType(kind_of(report))
    body = gist_of(report, files, config.archive)
    if not messenger.notify(title=title, body=body, notify_type=kind):
        logger.warning("The message about run %s could not be sent to everybody.", report.run)


def kind_of(report: RunReport) -> Literal["success", "warning", "failure"]:
    """Return apprise's word for how bad it is; what may be current, or goes on, is a warning."""
    match ending_of(report):
        case Verdict.GOOD | Verdict.ACCEPTED:
            return "success"
        case Verdict.SUSPECT | RunStatus.INTERRUPTED:
            return "warning"
        case _:
            return "failure"


def gist_of(report: RunReport, files: list[Path], archive: Path) -> str:
    """Return what a person needs to read on a telephone: what, why, and the next command.

    Whoever reads it is in no folder: the command names the *archive*, from the root.
    """
    option = f"--archive {shlex.quote(str(archive.absolute()))}"
    lines = [f"Run {report.run}: {report.status} {report.verdict}".strip()]
    if report.status_reason:
        lines.append(report.status_reason)
    lines += [
        f"{finding['severity']}: {finding['gate']} {finding['subject']}: {finding['figure']}, "
        f"expected {finding['bound']}"
        for finding in report.findings[:5]
        if finding["severity"] != "note"
    ]
    lines += [f"{count} {kind}" for kind, count in report.changes.items()]
    lines += [f"Next: {step} {option}" for step in report.next_steps[:3]]
    lines += [f"Report: {path}" for path in files[-1:]]
    return "\n".join(lines)
