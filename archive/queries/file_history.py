"""The history of a file: what its address gave, from one answer to the next."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Final, Literal

from archive.comparing.pdfs import compare_pdfs
from archive.queries.files import file_text
from archive.queries.states import states_of_file
from archive.sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from sqlalchemy import Connection

    from archive.queries.states import FileState, RecordState

#: What became of a file's address between one answer and the next.
FileFate = Literal["first", "replaced", "same-text", "gone", "back", "offered", "not-offered"]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileEntry:
    """One moment at which a file's address gave something else than before."""

    at: datetime
    run: int
    snapshot_id: int | None
    fate: FileFate
    words: str
    sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class FileHistory:
    """What became of a file; *answers* counts all, also those that brought the same bytes."""

    url: str
    filename: str
    answers: int
    entries: tuple[FileEntry, ...]


def history_of_file(
    connection: Connection, url: str, *, filename: str = "", offered: Sequence[FileEntry] = ()
) -> FileHistory:
    """Return what became of a file's address, the newest first."""
    states = states_of_file(connection, url)
    entries = [*_fates(connection, states), *offered]
    entries.sort(key=lambda entry: (entry.at, entry.run), reverse=True)
    return FileHistory(
        url=url,
        filename=filename or url.rpartition("/")[2],
        answers=len(states),
        entries=tuple(entries),
    )


#: What is said where a record itself has let a file go, and has taken it back.
_OFFERED: Final = sentence("offered-again", "offered again")
_NOT_OFFERED: Final = sentence("not-offered", "no longer offered by the record")


def offered_in(states: Sequence[RecordState], url: str) -> Iterator[FileEntry]:
    """Yield when the record no longer offered the file, and when it did again."""
    was_offered: bool | None = None
    for state in states:
        is_offered = any(file["url"] == url for file in state.data["files"])
        if was_offered is not None and is_offered != was_offered:
            yield FileEntry(
                at=state.at,
                run=state.run,
                snapshot_id=state.snapshot_id,
                fate="offered" if is_offered else "not-offered",
                words=_OFFERED if is_offered else _NOT_OFFERED,
                sha256="",
            )
        if is_offered or was_offered is not None:
            was_offered = is_offered


def _fates(connection: Connection, states: Sequence[FileState]) -> Iterator[FileEntry]:
    """Yield what was new with each answer: other bytes, none any more, bytes again."""
    held, is_gone = "", False
    for state in states:
        fate = _fate(connection, state, held, is_gone=is_gone)
        is_gone = state.status in _GONE or (is_gone and not state.sha256)
        held = state.sha256 or held
        if fate is not None:
            yield FileEntry(
                at=state.at,
                run=state.run,
                snapshot_id=state.snapshot_id,
                fate=fate[0],
                words=fate[1],
                sha256=state.sha256,
            )


_GONE: Final = frozenset({404, 410})


def _fate(
    connection: Connection, state: FileState, held: str, *, is_gone: bool
) -> tuple[FileFate, str] | None:
    if state.status in _GONE:
        return (
            None
            if is_gone
            else ("gone", sentence("answered", "answered {status}", status=state.status))
        )
    if not state.sha256:
        return None
    if not held:
        return "first", _pages_in_words(connection, state.sha256)
    if state.sha256 == held:
        return ("back", sentence("same-file", "the same file")) if is_gone else None
    found = compare_pdfs(file_text(connection, held), file_text(connection, state.sha256))
    if is_gone:
        return "back", found.in_words()
    return "same-text" if found.same_text else "replaced", found.in_words()


def _pages_in_words(connection: Connection, sha256: str) -> str:
    count = len(file_text(connection, sha256).pages)
    if not count:
        return sentence("archived", "archived")
    unit = "page" if count == 1 else "pages"
    return sentence("first-archived", "first archived, {n} {unit} read", n=count, unit=unit)
