"""What is worth a mail to the site's owner: things only they can put right, by their kind."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from archive.authority.entries import EntryKind
from archive.authority.storing import stored_authority
from archive.authority.suggesting import suggest
from archive.queries.issues import open_issues

if TYPE_CHECKING:
    from datetime import datetime

    from sqlalchemy import Connection

    from archive.queries.issues import IssueLine

#: Codes of issues that the site's owner can put right, and what to tell them; the gravest first.
FOR_OWNER: Final = {
    "file-missing": "Links to files that are not there",
    "file-not-had": "Files that do not come",
    "title-not-in-file": "Files that seem to be another document",
    "page-count-differs": "Page counts that are not the file's",
    "year-after-file": "Years later than the file itself",
    "size-differs": "Sizes that are not the file's",
    "shared-file": "One file under several records",
    "missing-title": "Records without a title",
    "unreadable-date": "Dates that are none",
    "unreadable-year": "Years that are none",
    "unreadable-page-count": "Page counts that are no number",
    "repeated-label": "Fields that stand twice",
    "mended-text": "Text with broken accents",
    "canonical-of-another": "Pages that claim another page's address",
}
_PARKS: Final = "park-misspelt"
_PARKS_SAID: Final = "Parks that are spelled in another way than on the Federation's list"


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerLine:
    """One thing to put right: where, and what."""

    url: str
    detail: str
    is_new: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class OwnerIssue:
    """Things of one kind; *new* counts those found in these days, which stand first."""

    code: str
    words: str
    count: int
    new: int
    lines: tuple[OwnerLine, ...]


def issues_for_owner(
    connection: Connection, *, since: datetime | None = None, since_run: int | None = None
) -> list[OwnerIssue]:
    """Return what is open and the owner's to put right, by kind; new is what came up since."""
    by_code: dict[str, list[OwnerLine]] = {code: [] for code in FOR_OWNER}
    for issue in open_issues(connection):
        if issue.code in by_code:
            line = OwnerLine(
                url=issue.url, detail=issue.detail, is_new=_is_new(issue, since, since_run)
            )
            by_code[issue.code].append(line)
    found = [_of_code(code, FOR_OWNER[code], lines) for code, lines in by_code.items() if lines]
    parks = _misspelt_parks(connection)
    return found + ([_of_code(_PARKS, _PARKS_SAID, parks)] if parks else [])


def _of_code(code: str, words: str, lines: list[OwnerLine]) -> OwnerIssue:
    return OwnerIssue(
        code=code,
        words=words,
        count=len(lines),
        new=sum(line.is_new for line in lines),
        lines=tuple(sorted(lines, key=lambda line: (not line.is_new, line.url))),
    )


def _is_new(issue: IssueLine, since: datetime | None, since_run: int | None) -> bool:
    if since_run is not None:
        return issue.opened_run > since_run
    return since is not None and issue.opened_at >= since


def _misspelt_parks(connection: Connection) -> list[OwnerLine]:
    return [
        OwnerLine(
            url="",
            detail=f"“{one.variant}” on {one.count} record{'s' * (one.count > 1)}: "
            f"perhaps “{one.name}”",
            is_new=False,
        )
        for one in suggest(connection, stored_authority(connection))
        if one.kind is EntryKind.PARK
    ]
