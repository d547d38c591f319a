"""The words of schedulers: systemd, cron, GitHub Actions. Pure."""

from __future__ import annotations

import shlex
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True, kw_only=True)
class Job:
    """What is to be run: absolute paths, the folders it writes, and how often."""

    command: str
    archive: Path
    folder: Path
    settings: Path | None
    written: tuple[Path, ...]
    every: str
    """daily, weekly or monthly"""


#: When a crawl begins: at night, on an odd minute, as few others do.
_CRON: Final = {"daily": "17 3 * * *", "weekly": "17 3 * * 1", "monthly": "17 3 1 * *"}

_SERVICE: Final = """\
[Unit]
Description=Crawl the resource centre into {archive}
Wants=network-online.target
After=network-online.target

[Service]
Type=oneshot
WorkingDirectory={folder}
{environment}ExecStart={command} crawl --archive {archive} --log-json
# Stopped before its end (4), or in its first moments (130, 143): the next run goes on.
# A run that wants a look (suspect) ends with 0; add --strict to have it fail with 9.
SuccessExitStatus=4 130 143
# Ctrl-C's signal: what is in flight is finished and kept.
KillSignal=SIGINT
TimeoutStopSec=120
Nice=10
IOSchedulingClass=idle
# The crawl writes its archive and its reports, and nothing else.
ProtectSystem=strict
ProtectHome=read-only
ReadWritePaths={writable}
StateDirectory=pnr-archive
Environment=XDG_STATE_HOME=%S
PrivateTmp=yes
PrivateDevices=yes
NoNewPrivileges=yes
ProtectKernelTunables=yes
ProtectKernelModules=yes
ProtectKernelLogs=yes
ProtectControlGroups=yes
ProtectClock=yes
ProtectHostname=yes
RestrictAddressFamilies=AF_INET AF_INET6 AF_UNIX
RestrictRealtime=yes
RestrictSUIDSGID=yes
LockPersonality=yes
SystemCallArchitectures=native
CapabilityBoundingSet=
UMask=0027
"""

_TIMER: Final = """\
[Unit]
Description=Crawl the resource centre {every}

[Timer]
OnCalendar={every}
# Not all archives of the world at the same minute.
RandomizedDelaySec=2h
# A crawl that was missed while the machine was off is made up for.
Persistent=true

[Install]
WantedBy=timers.target
"""

_WORKFLOW: Final = """\
# .github/workflows/crawl.yml, in a repository that holds this project{and_settings}.
# The archive is kept as an asset of the release `archive`.
name: crawl
on:
  schedule:
    - cron: "{cron}"
  workflow_dispatch:
concurrency:
  group: crawl
  cancel-in-progress: false
permissions:
  contents: write
jobs:
  crawl:
    runs-on: ubuntu-latest
    timeout-minutes: 350
    env:
      GH_TOKEN: ${{{{ github.token }}}}
      PNR_ARCHIVE: archive.sqlite
    steps:
      - uses: actions/checkout@v4
      - uses: actions/setup-python@v5
        with:
          python-version: "3.12"
      - run: make setup
      - name: Fetch the archive
        run: gh release download archive --pattern archive.sqlite || echo "no archive yet"
      - name: Crawl
        id: crawl
        # 4: stopped before the end; what was read is kept, and the next run goes on.
        run: .venv/bin/pnr crawl --log-json || [ $? -eq 4 ]
      - name: Keep the archive
        if: always() && hashFiles('archive.sqlite') != ''
        run: |
          .venv/bin/pnr verify
          gh release view archive || gh release create archive --notes "The archive."
          mkdir -p upload
          .venv/bin/pnr backup upload/archive.sqlite
          gh release upload archive upload/archive.sqlite --clobber
"""


def systemd_units(job: Job) -> dict[str, str]:
    """Return the service and the timer, by the names of their files."""
    environment = f"Environment=PNR_CONFIG={_quoted(job.settings)}\n" if job.settings else ""
    service = _SERVICE.format(
        command=job.command,
        archive=_quoted(job.archive),
        folder=_escaped(job.folder),
        environment=environment,
        writable=" ".join(_quoted(folder) for folder in job.written),
    )
    return {
        "pnr-crawl.service": service,
        "pnr-crawl.timer": _TIMER.format(every=job.every),
    }


def cron_line(job: Job) -> str:
    """Return a line for a user's crontab; cron mails what it says when something is wrong."""
    settings = f"PNR_CONFIG={shlex.quote(str(job.settings))} " if job.settings else ""
    command = (
        f"{_CRON[job.every]} cd {shlex.quote(str(job.folder))} && {settings}{job.command} crawl "
        f"--archive {shlex.quote(str(job.archive))} --quiet"
    )
    # For cron a percent sign ends the command.
    return command.replace("%", "\\%") + "\n"


def github_workflow(job: Job) -> str:
    """Return a workflow file."""
    and_settings = f" and {job.settings.name}" if job.settings else ""
    return _WORKFLOW.format(cron=_CRON[job.every], and_settings=and_settings)


def _quoted(path: Path | None) -> str:
    """Return a path as one word of a unit file; its percent signs are no specifiers."""
    text = _escaped(path)
    return f'"{text}"' if any(c in text for c in " \t'") else text


def _escaped(path: Path | None) -> str:
    return str(path).replace("%", "%%").replace("\\", "\\\\").replace('"', '\\"')
