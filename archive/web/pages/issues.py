"""What a person should look at: every open issue of the archive, kind by kind."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from archive.issue_words import as_it_was_said
from archive.queries.issues import NoSuchIssueError, count_issues, open_issues_after
from archive.web.answering import page
from archive.web.asked import address
from archive.web.refusals import NotHereError

if TYPE_CHECKING:
    from starlette.responses import Response

    from archive.web.asked import Asked

#: Issues that are shown at a time.
_MOST: Final = 200


def issues_page(asked: Asked) -> Response:
    """Show the open issues by address, all of them or those of one code."""
    code, after = asked.text("code"), asked.number("after") or 0
    try:
        found = open_issues_after(asked.connection, code=code, after=after, limit=_MOST + 1)
    except NoSuchIssueError as error:
        raise NotHereError from error
    rest = found[_MOST:]
    return asked.page(
        "issues.html",
        issues=found[:_MOST],
        said=as_it_was_said,
        counts=count_issues(asked.connection),
        code=code,
        following=address("/issues", code=code, after=found[_MOST - 1].id) if rest else "",
    )


ROUTES: Final = (page("/issues", issues_page),)
