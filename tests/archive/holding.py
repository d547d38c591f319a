"""Give an archive that `tests.archive.building` makes a file, with the text of its pages."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from archive.catalogue.promoting import promote_files
from archive.evidence.recording import Answer, record_answer
from archive.evidence.resources import resolve_resource
from archive.extraction.results import Extraction, ExtractionStatus, PageText, PdfFacts
from archive.runs import frontier, ledger
from archive.runs.ledger import Discovery, Outcome
from archive.texts.storing import keep_text
from tests.archive.building import BEGINNING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sqlalchemy import Connection


def fetch_file(
    connection: Connection, run_id: int, url: str, body: bytes, *, pages: Sequence[str] = ()
) -> str:
    """Let a run fetch a PDF, make it current and read it; return its digest."""
    sha256 = hold_file(connection, run_id, url, body)
    read_file(connection, sha256, pages)
    return sha256


def read_file(connection: Connection, sha256: str, pages: Sequence[str]) -> None:
    """Let the text of a file be read."""
    texts = tuple(PageText(number=at, text=text) for at, text in enumerate(pages, start=1))
    keep_text(connection, sha256, _extracted(texts))


def hold_file(connection: Connection, run_id: int, url: str, body: bytes) -> str:
    """Let a run fetch a PDF and make it current, its text still to be read; return its digest."""
    moment = BEGINNING + timedelta(days=run_id)
    ledger.discover(connection, run_id, [Discovery(url=url, kind="file", found_in="record")])
    visit = next(
        each.id for each in frontier.pending(connection, run_id, limit=999) if each.url == url
    )
    answer = Answer(
        url=url,
        requested_at=moment,
        fetched_at=moment,
        status=200,
        headers=(("Content-Type", "application/pdf"),),
        body=body,
        received=len(body),
    )
    recorded = record_answer(
        connection,
        run_id,
        answer,
        visit_id=visit,
        settles=True,
        filename=Path(url).name,
    )
    resource_id = resolve_resource(
        connection, asked=url, canonical=url, kind="file", seen_at=moment
    )
    ledger.settle(connection, visit, Outcome.STORED, resource_id=resource_id)
    promote_files(connection, run_id)
    return recorded.sha256


def _extracted(pages: tuple[PageText, ...]) -> Extraction:
    facts = PdfFacts(page_count=len(pages))
    return Extraction(status=ExtractionStatus.READ, pages=pages, facts=facts)
