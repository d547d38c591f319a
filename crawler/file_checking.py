"""Hold a file that the archive has against its address, asking for as little of it as possible.

A server that says "not modified", or names the same validators, need not send the file; one that
names another length has another file. Only what is left is read, and compared byte for byte.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archive.comparing.fields import Cause, FieldChange
from archive.evidence.blobs import digest
from archive.evidence.recording import is_pdf
from archive.records import FetchedPage, PageKind
from archive.spot_checks.judging import FILE, FileCheck
from archive.spot_checks.outcomes import FileOutcome
from crawler.fetching import TooLargeError, UnreachableError
from crawler.statuses import GONE, REFUSALS

if TYPE_CHECKING:
    from archive.evidence.recording import Answer
    from archive.spot_checks.archived import OfferedFile
    from crawler.fetching import PoliteSession
    from crawler.reading import PageReader

_NOT_NOW: Final = frozenset({429, 503})
_IN_ITS_PLACE: Final = {
    PageKind.BLOCK: FileOutcome.BLOCKED,
    PageKind.LOGIN: FileOutcome.BLOCKED,
    PageKind.MAINTENANCE: FileOutcome.BLOCKED,
    PageKind.NOT_FOUND: FileOutcome.GONE,
}


def check_file(session: PoliteSession, held: OfferedFile, reader: PageReader) -> FileCheck:
    """Ask for a held file on condition that it changed, and say what became of it."""
    headers = {"If-None-Match": held.etag, "If-Modified-Since": held.last_modified}
    try:
        answer = session.ask(
            held.url,
            limit=session.file_limit,
            headers={name: value for name, value in headers.items() if value},
            wants_body=lambda head: head.status == 200 and _by_head(head, held) is None,
        )
    except TooLargeError as error:
        return FileCheck(url=held.url, outcome=FileOutcome.UNCHECKED, reason=str(error))
    except UnreachableError as error:
        return FileCheck(url=held.url, outcome=FileOutcome.UNREACHABLE, reason=str(error))
    if answer.status == 304:
        return FileCheck(url=held.url, outcome=FileOutcome.SAME, reason="not modified")
    if answer.status != 200:
        return _by_status(answer.status or 0, held)
    return _by_head(answer, held) or _by_body(answer, held, reader)


def _by_status(status: int, held: OfferedFile) -> FileCheck:
    reason = f"answers {status}"
    if status in GONE:
        return _changed(held, FileOutcome.GONE, reason, None)
    blocked = status in REFUSALS | _NOT_NOW
    outcome = FileOutcome.BLOCKED if blocked else FileOutcome.UNREACHABLE
    return FileCheck(url=held.url, outcome=outcome, reason=reason)


def _by_head(head: Answer, held: OfferedFile) -> FileCheck | None:
    """Return what the answer says before its body, ``None`` where the body must be looked at."""
    length = _length(head)
    if length not in {None, held.size}:
        # A page in place of a file has another length too, and must say itself what it is.
        if "html" in head.header("Content-Type").lower():
            return None
        reason = f"{length} bytes, before {held.size}"
        return _changed(
            held, FileOutcome.REPLACED, reason, {"url": held.url, "sha256": "", "size": length}
        )
    pairs = [
        (head.header("ETag"), held.etag),
        (head.header("Last-Modified"), held.last_modified),
    ]
    both = [now == before for now, before in pairs if now and before]
    if both and all(both):
        return FileCheck(url=held.url, outcome=FileOutcome.SAME, reason="the same validators")
    return None


def _by_body(answer: Answer, held: OfferedFile, reader: PageReader) -> FileCheck:
    sha256 = digest(answer.body)
    if sha256 == held.sha256:
        return FileCheck(url=held.url, outcome=FileOutcome.SAME, reason="the same bytes")
    after = {"url": held.url, "sha256": sha256, "size": len(answer.body)}
    if held.media_type != "application/pdf" or is_pdf(answer.body):
        return _changed(held, FileOutcome.REPLACED, "other bytes", after)
    page = FetchedPage(url=answer.url, body=answer.body, content_type=answer.header("Content-Type"))
    match _IN_ITS_PLACE.get(reader.read(page).kind):
        case FileOutcome.BLOCKED:
            reason = "a captcha, a login or maintenance stands in its place"
            return FileCheck(url=held.url, outcome=FileOutcome.BLOCKED, reason=reason)
        case FileOutcome.GONE:
            return _changed(held, FileOutcome.GONE, "a page says that it is not there", None)
        case _:
            return _changed(held, FileOutcome.REPLACED, "no PDF any more", after)


def _changed(
    held: OfferedFile, outcome: FileOutcome, reason: str, after: dict[str, object] | None
) -> FileCheck:
    before = {"url": held.url, "sha256": held.sha256, "size": held.size}
    change = FieldChange(field=FILE, before=before, after=after, cause=Cause.CONTENT)
    return FileCheck(url=held.url, outcome=outcome, reason=reason, change=change)


def _length(head: Answer) -> int | None:
    """Return the length of the file that an answer names; that of a packed one says nothing."""
    said = head.header("Content-Length").strip()
    packed = head.header("Content-Encoding").strip().lower() not in {"", "identity"}
    return int(said) if said.isascii() and said.isdigit() and not packed else None
