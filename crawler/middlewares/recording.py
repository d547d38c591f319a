"""Writes down every answer before anyone reads it.

It should only record, and hand on what is recorded already: it stands nearest to the engine, where
an answer is decoded and nobody has looked at it yet.
"""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

from scrapy.exceptions import IgnoreRequest
from scrapy.http import Response

from archive.evidence.recording import Answer, record_answer
from crawler.answers import kept_name
from crawler.archiving import desk_of
from crawler.desk import FATAL
from crawler.middlewares.decoding import comes_as_file
from crawler.middlewares.redirects import other_spelling
from crawler.statuses import is_retryable

if TYPE_CHECKING:
    from typing import Self

    from scrapy import Request
    from scrapy.crawler import Crawler

    from archive.runs.frontier import PendingVisit
    from crawler.desk import Desk


class RecordingMiddleware:
    """Keeps answers; serves from the archive what this run was answered before it was stopped."""

    def __init__(self, desk: Desk) -> None:
        self.desk = desk

    @classmethod
    def from_crawler(cls, crawler: Crawler) -> Self:
        """Record into the archive of the crawl's desk."""
        return cls(desk_of(crawler))

    def process_request(self, request: Request) -> Response | None:
        """Answer from the archive what was answered in this run and not read to its end."""
        visit: PendingVisit | None = request.meta.get("visit")
        if visit is None or visit.snapshot_id is None:
            return None
        self.desk.asked.add(visit.id)
        answer, headers = self.desk.recorded(visit.snapshot_id)
        request.meta["answer"] = answer
        return Response(request.url, status=answer.status or 0, headers=dict(headers))

    def process_response(self, request: Request, response: Response) -> Response:
        """Keep the answer and its bytes."""
        if "answer" in request.meta:
            return response
        flaw = request.meta.get("flaw", "")
        spool = request.meta.pop("spool", None)
        answer = Answer(
            url=self._filed_under(request),
            requested_at=request.meta["requested_at"],
            fetched_at=datetime.now(UTC),
            status=response.status,
            error=flaw,
            headers=_headers(response),
            body=response.body,
            spool=spool,
            received=request.meta["received"],
        )
        as_file = comes_as_file(request.meta.get("visit"), response)
        try:
            self._keep(
                request,
                answer,
                filename=kept_name(answer.url, answer.body) if as_file else "",
                settles=not (
                    flaw or is_retryable(response.status) or other_spelling(request, response)
                ),
            )
        finally:
            if spool is not None:
                spool.close()
        return response

    def process_exception(self, request: Request, exception: Exception) -> None:
        """Keep that nothing answered, and why."""
        if isinstance(exception, (IgnoreRequest, *FATAL)) or "requested_at" not in request.meta:
            return
        self._keep(
            request,
            Answer(
                url=self._filed_under(request),
                requested_at=request.meta["requested_at"],
                fetched_at=datetime.now(UTC),
                status=None,
                error=f"{type(exception).__name__}: {exception}"[:500],
            ),
            settles=False,
        )

    @staticmethod
    def _filed_under(request: Request) -> str:
        visit: PendingVisit | None = request.meta.get("visit")
        return visit.url if visit else request.url

    def _keep(self, request: Request, answer: Answer, *, settles: bool, filename: str = "") -> None:
        visit: PendingVisit | None = request.meta.get("visit")
        without_noise = None
        if answer.body and not filename:
            without_noise = self.desk.reader.without_noise(answer.body)
        with self.desk.transaction() as connection:
            request.meta["answer"] = record_answer(
                connection,
                self.desk.run_id,
                answer,
                visit_id=visit.id if visit else None,
                settles=settles,
                filename=filename,
                without_noise=without_noise,
                confirms=request.meta.get("validators") if answer.status == 304 else None,
            )


def _headers(response: Response) -> tuple[tuple[str, str], ...]:
    # Header bytes that are no ASCII are kept as Latin-1, as HTTP has them.
    return tuple(
        (name.decode("latin-1"), value.decode("latin-1"))
        for name, values in response.headers.items()
        for value in values
    )
