"""The edge: every error becomes one sentence and an exit code here, and nowhere else."""

from __future__ import annotations

import os
import sys
import tempfile
import traceback
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Final

import typer
from platformdirs import user_state_path

from archive.errors import ArchiveError, ArchiveLockedError, UnanswerableError
from crawler.cli.app import app
from crawler.errors import CrawlError, ExitCode

if TYPE_CHECKING:
    from collections.abc import Sequence

#: Where the traceback of a fault of this program goes, in the user's state folder.
ERROR_LOG: Final = "error.log"


def run(arguments: list[str]) -> int:
    """Run one command; say what went wrong in one sentence; return the exit code."""
    for stream in (sys.stdout, sys.stderr):
        # A title must not end the program because a terminal cannot show a letter of it.
        with suppress(AttributeError, ValueError):
            stream.reconfigure(errors="backslashreplace")  # type: ignore[union-attr]  # not every stream can
    try:
        code = _run(arguments)
        sys.stdout.flush()
    except BrokenPipeError:
        _let_go_of_output()
        return ExitCode.PIPE
    return code


def _run(arguments: list[str]) -> int:
    try:
        result = typer.main.get_command(app).main(arguments, "pnr", standalone_mode=False)
    except BrokenPipeError:
        raise
    except SystemExit as error:
        # typer ends the program by itself when nobody reads the output any more.
        if isinstance(error.__context__, BrokenPipeError):
            raise error.__context__ from None
        raise
    except (Exception, KeyboardInterrupt) as error:  # noqa: BLE001  # no traceback on the screen, ever
        sentence, code = _in_words(error, arguments)
        if sentence:
            _tell(sentence)
        return code
    if result == ExitCode.CANCELLED:
        # typer makes a code of Ctrl-C without a word.
        _tell("Cancelled.")
    return result if isinstance(result, int) else ExitCode.GOOD


def _in_words(error: BaseException, arguments: Sequence[str]) -> tuple[str, int]:
    """Return what a user reads of an error, and the exit code a script sees."""
    match error:
        case KeyboardInterrupt() | typer.Abort():
            said = "Cancelled.", ExitCode.CANCELLED
        case typer.TyperException():
            said = _usage(error, arguments), ExitCode.USAGE
        case ArchiveLockedError():
            said = str(error), ExitCode.LOCKED
        case UnanswerableError():
            said = str(error), ExitCode.USAGE
        case ArchiveError():
            said = str(error), ExitCode.ARCHIVE
        case CrawlError():
            said = str(error), error.exit_code
        case _:
            said = _fault(error), ExitCode.BUG
    return said


def _usage(error: typer.TyperException, arguments: Sequence[str]) -> str:
    # What a check raised is the sentence; the name of its class is none of a user's business.
    sentence = error.format_message().strip().replace(": Value error, ", ": ")
    sentence = sentence.replace(": Input should be ", ": it must be ")
    if not sentence:
        # A group without a command has shown its help by itself.
        return ""
    context = getattr(error, "ctx", None)
    command = context.command_path if context is not None else _command_in(arguments)
    stop = "" if sentence.endswith((".", "?")) else "."
    return f"{sentence}{stop} `{command} --help` says more."


def _command_in(arguments: Sequence[str]) -> str:
    """Return the command that was called, as far as the first word says it."""
    first = arguments[0] if arguments else ""
    return "pnr" if first.startswith("-") else f"pnr {first}".rstrip()


def _tell(sentence: str) -> None:
    with suppress(OSError):
        sys.stderr.write(f"pnr: {sentence}\n")
        sys.stderr.flush()


def _fault(error: BaseException) -> str:
    words = f"{type(error).__name__}: {error}".split("\n", 1)[0][:200]
    where = write_fault("".join(traceback.format_exception(error)))
    return f"This is a fault of pnr ({words}); its traceback is in {where}, please report it."


def write_fault(text: str) -> Path:
    """Append a traceback to the log of faults, and return the log's path."""
    log = user_state_path("pnr-archive") / ERROR_LOG
    try:
        log.parent.mkdir(parents=True, exist_ok=True)
        _append(log, text)
    except OSError:
        log = Path(tempfile.gettempdir()) / f"pnr-archive-{os.getuid()}-{ERROR_LOG}"
        with suppress(OSError):
            _append(log, text)
    return log


def _append(log: Path, text: str) -> None:
    with log.open("a", encoding="utf-8", errors="backslashreplace") as file:
        file.write(f"{datetime.now(UTC).isoformat()} {' '.join(sys.argv)}\n{text}\n")


def _let_go_of_output() -> None:
    """Point standard output nowhere: its reader is gone, and Python flushes it once more."""
    with suppress(OSError, ValueError):
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
