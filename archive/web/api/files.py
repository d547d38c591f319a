"""Files for programs: which there are, and what stands on their pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from archive.queries.files import FileLine, PageLine, files_after, list_files, pages_of
from archive.web.api.endpoints import Endpoint
from archive.web.api.paging import Page, paged, position_after
from archive.web.api.parameters import FileList, Paging, Parameters
from archive.web.refusals import NotHereError

if TYPE_CHECKING:
    from archive.web.asked import Asked

_DIGEST: Final = re.compile(r"[0-9a-f]{64}")


def _files(asked: Asked, given: FileList) -> Page[FileLine]:
    after = position_after(given.cursor, "")
    found = files_after(asked.connection, earlier=given.earlier, after=after, limit=given.limit + 1)
    return paged(asked, found, given.limit, lambda file: file.sha256)


def _file(asked: Asked, _given: Parameters) -> FileLine:
    return _named(asked)


def _pages(asked: Asked, given: Paging) -> Page[PageLine]:
    after = position_after(given.cursor, 0)
    found = pages_of(asked.connection, _named(asked).sha256, after=after, limit=given.limit + 1)
    return paged(asked, found, given.limit, lambda page: page.number)


def _named(asked: Asked) -> FileLine:
    digest = asked.path("sha256")
    found = list_files(asked.connection, sha256=digest) if _DIGEST.fullmatch(digest) else []
    if not found:
        raise NotHereError
    return found[0]


ENDPOINTS = (
    Endpoint(
        name="files", path="/files", parameters=FileList, answer=_files, returns=Page[FileLine]
    ),
    Endpoint(
        name="file", path="/files/{sha256}", parameters=Parameters, answer=_file, returns=FileLine
    ),
    Endpoint(
        name="pages",
        path="/files/{sha256}/pages",
        parameters=Paging,
        answer=_pages,
        returns=Page[PageLine],
    ),
)
