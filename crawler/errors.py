"""What can go wrong in a crawl, and the exit code a script sees of it."""

from __future__ import annotations

from enum import IntEnum


class ExitCode(IntEnum):
    """How a command ended. An interface: scripts and timers act on it."""

    GOOD = 0
    """Done."""
    BUG = 1
    """A fault of this program; its traceback is in the log."""
    USAGE = 2
    """The command, a setting or an address is wrong."""
    ARCHIVE = 3
    """The archive is missing, damaged, of another version, or cannot be written; or there is no
    room for what a command writes."""
    INCOMPLETE = 4
    """Stopped before the end; the same command goes on where it stopped."""
    REFUSED = 5
    """The run read so differently that it was not made current; with `--dry-run`, would not be."""
    UNREACHABLE = 6
    """The site did not answer, or robots.txt closes it."""
    BLOCKED = 7
    """The site turned us away (captcha, login, maintenance); try again later."""
    LOCKED = 8
    """Another process is writing to this archive."""
    SUSPECT = 9
    """With `--strict`: the run is current, but something in it wants a look. With `--overdue`: no
    run was completed in time."""
    CHANGED = 10
    """A spot-check found that the site says something else than the archive: pages or files were
    edited or taken away."""
    READING = 11
    """A spot-check found the reading in doubt: pages are built differently, or cannot be read."""
    CANCELLED = 130
    """Ended by Ctrl-C; nothing is lost."""
    PIPE = 141
    """Whoever read the output read no further, as `head` does."""
    TERMINATED = 143
    """Ended by SIGTERM; nothing is lost. A crawl that was at work ends with 4."""


class CrawlError(Exception):
    """Base class for what a user can act on; the message is one sentence that says how."""

    exit_code = ExitCode.USAGE


class ConfigError(CrawlError):
    """Raised when a setting is unknown, of the wrong type, or out of bounds."""


class UsageError(CrawlError):
    """Raised when a command asks for something that is not there or makes no sense."""


class NoRoomError(CrawlError):
    """Raised when what a command writes has no room: the disk is full, or fails."""

    exit_code = ExitCode.ARCHIVE


class IncompleteError(CrawlError):
    """Raised when long work ends before its end; the same command goes on with it."""

    exit_code = ExitCode.INCOMPLETE


class StoppedError(CrawlError):
    """Raised when a user stops long work; the message says what is kept and how to go on."""

    exit_code = ExitCode.CANCELLED
