"""What differs between two states of a record or a file, part by part."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Literal

from sqlalchemy import or_, select

from archive.comparing.fields import Cause, field_changes
from archive.comparing.pages import compare_pages
from archive.comparing.pdfs import compare_pdfs
from archive.comparing.texts import compare_texts
from archive.evidence.blobs import read_blob
from archive.models import Change, Run
from archive.queries.files import file_text
from archive.queries.states import states_of_file
from archive.safe_html import decoded, marked, safe_body

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
    from datetime import datetime

    from sqlalchemy import Connection

    from archive.comparing.pdfs import FileText, PdfDiff
    from archive.comparing.texts import TextDiff
    from archive.queries.states import FileState, RecordState

    WithoutNoise = Callable[[bytes], bytes]

#: What of two states can be held against each other.
Part = Literal["fields", "text", "html", "pdf"]
PARTS: Final[tuple[Part, ...]] = ("fields", "text", "html", "pdf")

#: The text of a record is a part of its own.
_TEXT: Final = "body_text"


@dataclass(frozen=True, slots=True, kw_only=True)
class Side:
    """One of the two states: what a heading calls it, and what it was read from."""

    name: str
    at: datetime | None = None
    run: int | None = None
    snapshot_id: int | None = None
    layout: str = ""
    fingerprint: str = ""
    reader_version: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class FieldDiff:
    """A field that differs, and every cause it has changed for between the two states."""

    field: str
    before: Any
    after: Any
    causes: tuple[Cause, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class FileDiff:
    """A file that gave other bytes, and what differs in its text."""

    url: str
    filename: str
    before: str
    after: str
    pdf: PdfDiff


@dataclass(frozen=True, slots=True, kw_only=True)
class PageDiff:
    """Two pages: their sources without noise, and as they looked, safe, differences marked."""

    source: TextDiff
    before: str
    after: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Difference:
    """What differs between two states of one thing; a part nobody asked for is ``None``."""

    record_id: str
    url: str
    title: str
    before: Side
    after: Side
    fields: tuple[FieldDiff, ...] | None = None
    text: TextDiff | None = None
    page: PageDiff | None = None
    files: tuple[FileDiff, ...] | None = None

    @property
    def differs(self) -> bool:
        """Whether anything that was asked for differs."""
        text, page = self.text, self.page
        return bool(
            self.fields
            or (text and text.differs)
            or (page and page.source.differs)
            or any(not file.pdf.same_bytes for file in self.files or ())
        )


def difference(
    connection: Connection,
    before: RecordState,
    after: RecordState,
    *,
    parts: Collection[Part],
    without_noise: WithoutNoise,
) -> Difference:
    """Return what differs between two archived states of a record."""
    causes = causes_between(connection, before.record_id, before.run, after.run)
    return Difference(
        record_id=before.record_id,
        url=after.data["url"],
        title=after.data["title"],
        before=side_of(before),
        after=side_of(after),
        fields=_fields(before, after, causes) if "fields" in parts else None,
        text=_text(before.data, after.data) if "text" in parts else None,
        page=_page(connection, before, after, without_noise) if "html" in parts else None,
        files=tuple(_files(connection, before, after)) if "pdf" in parts else None,
    )


def difference_of_file(connection: Connection, before: FileState, after: FileState) -> Difference:
    """Return what differs between two states of a file."""
    name = after.url.rpartition("/")[2]
    old, new = ((one.sha256, file_text(connection, one.sha256)) for one in (before, after))
    return Difference(
        record_id="",
        url=after.url,
        title=name,
        before=Side(name=before.name, at=before.at, run=before.run, snapshot_id=before.snapshot_id),
        after=Side(name=after.name, at=after.at, run=after.run, snapshot_id=after.snapshot_id),
        files=(file_diff(after.url, name, old, new),),
    )


def side_of(state: RecordState) -> Side:
    """Return an archived state as one of two sides."""
    return Side(
        name=state.name,
        at=state.at,
        run=state.run,
        snapshot_id=state.snapshot_id,
        layout=state.layout,
        fingerprint=state.fingerprint,
        reader_version=state.reader_version,
    )


def file_diff(
    url: str, filename: str, before: tuple[str, FileText], after: tuple[str, FileText]
) -> FileDiff:
    """Return what differs between two files, each given by digest and text."""
    pdf = compare_pdfs(before[1], after[1], same_bytes=before[0] == after[0])
    return FileDiff(url=url, filename=filename, before=before[0], after=after[0], pdf=pdf)


def page_diff(
    before: tuple[bytes, str], after: tuple[bytes, str], without_noise: WithoutNoise
) -> PageDiff:
    """Return what differs between two pages, given as body and Content-Type."""
    bodies = [(without_noise(body), content_type) for body, content_type in (before, after)]
    old, new = (decoded(body, content_type) for body, content_type in bodies)
    shown = marked(*(safe_body(body, content_type) for body, content_type in bodies))
    return PageDiff(source=compare_pages(old, new), before=shown[0], after=shown[1])


def causes_between(
    connection: Connection, record_id: str, one: int, other: int
) -> dict[str, tuple[Cause, ...]]:
    """Return for which causes each field of a record changed between two runs."""
    earlier, later = sorted((one, other))
    query = (
        select(Change.field, Change.cause)
        .join(Run, Run.id == Change.run_id)
        .where(
            Change.record_id == record_id,
            Change.kind == "changed",
            Change.run_id > earlier,
            Change.run_id <= later,
            or_(Run.promoted_at.is_not(None), Run.id == later),
        )
        .distinct()
        .order_by(Change.field, Change.cause)
    )
    found: dict[str, tuple[Cause, ...]] = {}
    for field, cause in connection.execute(query):
        found[field] = (*found.get(field, ()), Cause(cause))
    return found


def _fields(
    before: RecordState, after: RecordState, causes: Mapping[str, tuple[Cause, ...]]
) -> tuple[FieldDiff, ...]:
    same_layout = before.fingerprint == after.fingerprint
    return tuple(
        FieldDiff(
            field=change.field,
            before=change.before,
            after=change.after,
            causes=causes.get(change.field, (change.cause,)),
        )
        for change in field_changes(before.data, after.data, same_layout=same_layout)
        if change.field != _TEXT
    )


def _text(before: Mapping[str, Any], after: Mapping[str, Any]) -> TextDiff:
    return compare_texts(before[_TEXT], after[_TEXT])


def _page(
    connection: Connection, before: RecordState, after: RecordState, without_noise: WithoutNoise
) -> PageDiff:
    old, new = (
        (read_blob(connection, state.sha256) if state.sha256 else b"", state.content_type)
        for state in (before, after)
    )
    return page_diff(old, new, without_noise)


def _files(connection: Connection, before: RecordState, after: RecordState) -> Iterator[FileDiff]:
    """Yield the files that both states offer and that gave other bytes; one renamed is one."""
    olds, news = (
        {file["url"]: file["filename"] for file in state.data["files"]} for state in (before, after)
    )
    pairs = [(url, url) for url in olds if url in news]
    gone, come = (
        [url for url in one if url not in other] for one, other in ((olds, news), (news, olds))
    )
    # A file uploaded anew often gets another name: guide.pdf, then guide_0.pdf.
    pairs += [(gone[0], come[0])] if len(gone) == len(come) == 1 else []
    for old, new in pairs:
        one = _held(states_of_file(connection, old), before.run)
        other = _held(states_of_file(connection, new), after.run)
        if one and other and one != other:
            texts = file_text(connection, one), file_text(connection, other)
            yield file_diff(new, news[new], (one, texts[0]), (other, texts[1]))


def _held(states: Sequence[FileState], run: int) -> str:
    """Return the digest of the bytes that a file's address gave as of a run."""
    held = [state.sha256 for state in states if state.sha256 and state.run <= run]
    return held[-1] if held else ""
