"""Hold a live page against the archived record: what differs, and what that makes of it. Pure."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final

from archive.catalogue.versions import record_data
from archive.comparing.fields import Cause, FieldChange, field_changes
from archive.records import PageKind
from archive.spot_checks.outcomes import FileOutcome, ItemOutcome

if TYPE_CHECKING:
    from archive.records import FetchedPage, PageReading
    from archive.spot_checks.archived import ArchivedRecord

#: What a difference is called that is in the bytes of a file, and not in what its page says.
FILE: Final = "file"

_STANDS_IN_ITS_PLACE: Final = {
    PageKind.BLOCK: "a captcha or a refusal stands in its place",
    PageKind.LOGIN: "a login stands in its place",
    PageKind.MAINTENANCE: "the site is under maintenance",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class FileCheck:
    """What became of a held file."""

    url: str
    outcome: FileOutcome
    reason: str = ""
    change: FieldChange | None = None

    def as_data(self) -> dict[str, str]:
        """Return it without the change, which is kept among the record's differences."""
        return {"url": self.url, "outcome": self.outcome, "reason": self.reason}


@dataclass(frozen=True, slots=True, kw_only=True)
class Judgement:
    """What a record's live page turned out to be, and everything that differs."""

    outcome: ItemOutcome
    reason: str = ""
    version_id: int | None = None
    snapshot_id: int | None = None
    url: str = ""
    status: int | None = None
    layout: str = ""
    fingerprint: str = ""
    page: bytes = b""
    content_type: str = ""
    differences: tuple[FieldChange, ...] = ()
    files: tuple[FileCheck, ...] = ()


def not_had(archived: ArchivedRecord, reason: str) -> Judgement:
    """Return the judgement of a page that could not be had."""
    return Judgement(
        outcome=ItemOutcome.UNREACHABLE,
        reason=reason,
        version_id=archived.version_id,
        snapshot_id=archived.snapshot_id,
        url=archived.url,
    )


def judge_page(
    archived: ArchivedRecord,
    live: FetchedPage,
    reading: PageReading,
    *,
    earlier: PageReading | None,
    words: str,
) -> Judgement:
    """Return what a live page is to the archived record.

    *earlier* is the archived page as today's reader reads it, given when the reader has changed;
    *words* is the text of the live page.
    """
    judged = Judgement(
        outcome=ItemOutcome.SAME,
        version_id=archived.version_id,
        snapshot_id=archived.snapshot_id,
        url=live.url,
        status=live.status,
        layout=reading.layout,
        fingerprint=reading.fingerprint,
        page=live.body,
        content_type=live.content_type,
    )
    if reading.kind in _STANDS_IN_ITS_PLACE:
        reason = _STANDS_IN_ITS_PLACE[reading.kind]
        return replace(judged, outcome=ItemOutcome.BLOCKED, reason=reason)
    if reading.kind is PageKind.NOT_FOUND:
        said = f"answers {live.status}" if live.status >= 400 else "says that it is not there"
        return _whole_page(judged, archived, ItemOutcome.GONE, said)
    if reading.kind is PageKind.UNRECOGNISED:
        reason = "its layout is not recognised"
        return _whole_page(judged, archived, ItemOutcome.UNREADABLE, reason)
    if reading.record is None:
        return _no_record(judged, archived, live, reading)
    return _record(judged, archived, reading, earlier, words)


def with_files(judged: Judgement, files: tuple[FileCheck, ...]) -> Judgement:
    """Add what became of the record's files; a file that changed is a change of its record."""
    changes = tuple(file.change for file in files if file.change is not None)
    outcome = judged.outcome
    if changes and outcome in {ItemOutcome.SAME, ItemOutcome.READER}:
        outcome = ItemOutcome.CONTENT
    differences = (*judged.differences, *changes)
    return replace(judged, outcome=outcome, differences=differences, files=files)


def judge_withdrawn(archived: ArchivedRecord, judged: Judgement) -> Judgement:
    """Return what a page's judgement is to a record that the archive knows to be withdrawn."""
    if judged.outcome is ItemOutcome.GONE:
        reason = f"withdrawn, and still gone: {judged.reason}"
        return replace(judged, outcome=ItemOutcome.SAME, reason=reason, differences=(), page=b"")
    if judged.outcome in {ItemOutcome.UNREACHABLE, ItemOutcome.BLOCKED}:
        return judged
    back = FieldChange(field="", before=None, after=archived.title, cause=Cause.CONTENT)
    return replace(
        judged,
        outcome=ItemOutcome.CONTENT,
        reason="it was withdrawn, and is back",
        differences=(back, *judged.differences),
    )


def without_page(judged: Judgement) -> Judgement:
    """Leave out the body where there is nothing to look at: the archive has it already."""
    return judged if judged.differences else replace(judged, page=b"")


def _no_record(
    judged: Judgement, archived: ArchivedRecord, live: FetchedPage, reading: PageReading
) -> Judgement:
    if live.url != archived.url:
        reason = f"leads to {live.url}, which is no record"
        return _whole_page(judged, archived, ItemOutcome.GONE, reason)
    reason = f"reads as {reading.kind}, and not as a record"
    return _whole_page(judged, archived, ItemOutcome.UNREADABLE, reason)


def _whole_page(
    judged: Judgement, archived: ArchivedRecord, outcome: ItemOutcome, reason: str
) -> Judgement:
    cause = Cause.CONTENT if outcome is ItemOutcome.GONE else Cause.LAYOUT
    change = FieldChange(field="", before=archived.title, after=None, cause=cause)
    return replace(judged, outcome=outcome, reason=reason, differences=(change,))


def _record(
    judged: Judgement,
    archived: ArchivedRecord,
    reading: PageReading,
    earlier: PageReading | None,
    words: str,
) -> Judgement:
    assert reading.record is not None  # noqa: S101  # the caller has looked
    was = (archived.layout, archived.fingerprint)
    if earlier is not None:
        was = (earlier.layout, earlier.fingerprint)
    data = record_data(reading.record)
    changes = field_changes(
        archived.data,
        data,
        same_layout=reading.fingerprint == was[1],
        reread=record_data(earlier.record) if earlier and earlier.record else None,
        page_text=words,
    )
    outcome = _outcome_of({change.cause for change in changes}, reading, was)
    reasons = []
    if outcome is ItemOutcome.LAYOUT:
        reasons.append(_layout_in_words(was[0], reading.layout, same=not changes))
    if _is_another(archived.data, data):
        reasons.append(f"{data['id']} answers, and not {archived.data['id']}")
    return replace(judged, outcome=outcome, reason="; ".join(reasons), differences=tuple(changes))


def says_less_of_files(before: Any, after: Any) -> bool:
    """Tell whether only what a theme prints beside a file (its size, its type) is no longer there.

    >>> says_less_of_files([{"url": "a.pdf", "declared_size": 9}], [{"url": "a.pdf"}])
    True
    """
    if not (isinstance(before, list) and isinstance(after, list)):
        return False
    return [_without_extras(file) for file in before] == [_without_extras(file) for file in after]


def _without_extras(file: dict[str, Any]) -> dict[str, Any]:
    return {name: file[name] for name in file if name not in {"declared_size", "media_type"}}


def _outcome_of(causes: set[Cause], reading: PageReading, was: tuple[str, str]) -> ItemOutcome:
    if Cause.LAYOUT in causes or reading.layout != was[0]:
        return ItemOutcome.LAYOUT
    if Cause.CONTENT in causes:
        # An edit that adds a field may add a landmark; the family of markup is still the same.
        return ItemOutcome.CONTENT
    if reading.fingerprint != was[1]:
        return ItemOutcome.LAYOUT
    return ItemOutcome.READER if causes else ItemOutcome.SAME


def _layout_in_words(before: str, after: str, *, same: bool) -> str:
    built = "built otherwise" if before == after else f"built as {after}, before as {before}"
    return f"{built}; every field reads the same" if same else built


def _is_another(before: dict[str, Any], after: dict[str, Any]) -> bool:
    """Tell whether the site itself numbers the page otherwise than before."""
    ids = (str(before["id"]), str(after["id"]))
    return ids[0] != ids[1] and all(each.startswith(("node-", "media-")) for each in ids)
