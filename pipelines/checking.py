"""First stage: hold what arrived against what was promised."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from archive.evidence.blobs import read_blob
from archive.extraction.sniffing import HEAD_BYTES, what_is_it
from archive.issue_words import detail
from archive.queries.files import declared_sizes, size_of
from archive.records import Issue, PageKind
from archive.runs.ledger import Outcome
from crawler.archiving import desk_of
from crawler.items import AddressSettled, FileFetched, PageRead

if TYPE_CHECKING:
    from typing import Self

    from scrapy.crawler import Crawler

    from crawler.desk import Desk


class CheckingPipeline:
    """Adds what a person should know of a file that is not what its record says."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Check against the archive of the crawl's desk."""
        return cls(desk_of(crawler))

    def process_item(self, item: Any) -> Any:
        """Return the item, with issues where a file is wrong, missing or no file at all."""
        if isinstance(item, FileFetched):
            return replace(item, issues=(*item.issues, *self._size_issues(item)))
        visit = getattr(item, "visit", None)
        if visit is None or visit.kind != "file":
            return item
        if isinstance(item, PageRead) and item.reading.kind is not PageKind.RECORD:
            return _settled(item, "not-a-file", self._what_came(item))
        if isinstance(item, AddressSettled) and item.outcome is Outcome.GONE:
            return replace(item, issues=(Issue(code="file-missing", detail=item.reason),))
        if isinstance(item, AddressSettled) and item.outcome in {Outcome.FAILED, Outcome.BLOCKED}:
            return replace(item, issues=(Issue(code="file-not-had", detail=item.reason),))
        return item

    def _what_came(self, item: PageRead) -> str:
        """Say what was answered where a file should be: a kind of page, or something else."""
        said = detail("page-instead", kind=item.reading.kind)
        if item.reading.kind is not PageKind.UNRECOGNISED or not item.answer.sha256:
            return said
        with self.desk.transaction() as connection:
            body = read_blob(connection, item.answer.sha256)
        what = what_is_it(body[:HEAD_BYTES], len(body))
        return f"no PDF: {what}" if what else said

    def _size_issues(self, item: FileFetched) -> list[Issue]:
        with self.desk.transaction() as connection:
            size = size_of(connection, item.answer.sha256)
            declared = declared_sizes(connection, item.visit.url)
        return [
            Issue(code="size-differs", detail=detail("received-size", declared=said, found=size))
            for said in sorted(declared)
            if said != size
        ]


def _settled(item: PageRead, code: str, detail: str) -> AddressSettled:
    return AddressSettled(
        visit=item.visit,
        outcome=Outcome.NOT_A_RECORD,
        reason=detail,
        answer=item.answer,
        issues=(Issue(code=code, detail=detail),),
    )
