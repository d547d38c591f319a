"""What records say of their files against what the files say: issues with both values."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sqlalchemy import select

from archive.extraction import Extraction, ExtractionStatus, PageText, PdfFacts
from archive.models import ArchiveIssue, CatalogueRecord, RecordFile
from archive.records import FileLink
from archive.runs.ledger import now
from archive.texts.crosschecks import check_file, check_files
from archive.texts.storing import keep_text
from tests.archive.building import SITE, make_run, record
from tests.archive.holding import hold_file

if TYPE_CHECKING:
    from sqlalchemy import Connection

INVENTORY = "Inventaire des chauves-souris du Haut-Jura\n" + "texte du rapport " * 30


def held(
    connection: Connection,
    *,
    url: str = f"{SITE}/f/1.pdf",
    body: bytes = b"%PDF-1.4",
    facts: PdfFacts | None = None,
    text: str = "Guide 1",
    status: str = "read",
    **fields: object,
) -> tuple[int, str]:
    """File one record with its file and what was read of that; return the run and the digest."""
    run_id, _ = make_run(connection, [record(1, **fields)])
    sha256 = hold_file(connection, run_id, url, body)
    reading = Extraction(
        status=ExtractionStatus(status),
        pages=(PageText(number=1, text=text),),
        facts=facts or PdfFacts(page_count=1),
    )
    keep_text(connection, sha256, reading)
    return run_id, sha256


def issues(connection: Connection) -> dict[str, str]:
    query = select(ArchiveIssue.code, ArchiveIssue.detail).where(
        ArchiveIssue.source == "text", ArchiveIssue.closed_run.is_(None)
    )
    return {row.code: row.detail for row in connection.execute(query)}


def test_a_number_of_pages_that_differs_is_told_with_both_values(connection: Connection) -> None:
    run_id, sha256 = held(connection, facts=PdfFacts(page_count=58), declared_pages=42)

    assert check_file(connection, run_id, sha256) == 1

    assert issues(connection) == {"page-count-differs": "the record says 42 pages, the file has 58"}


def test_a_scan_has_pages_to_count_too(connection: Connection) -> None:
    facts = PdfFacts(page_count=58)
    run_id, sha256 = held(connection, facts=facts, declared_pages=42, text="", status="empty")

    check_file(connection, run_id, sha256)

    assert "page-count-differs" in issues(connection)


def test_a_year_after_the_file_and_another_title_are_told(connection: Connection) -> None:
    run_id, sha256 = held(
        connection,
        facts=PdfFacts(page_count=1, created="2009-05-01T00:00:00"),
        text=INVENTORY,
        title="Charte paysagère du plateau de Millevaches",
    )

    check_file(connection, run_id, sha256)

    found = issues(connection)
    assert found["year-after-file"] == "the record says 2012, the file was last written in 2009"
    assert "Millevaches" in found["title-not-in-file"]
    assert "chauves-souris" in found["title-not-in-file"]


def test_an_issue_closes_when_the_values_agree(connection: Connection) -> None:
    run_id, sha256 = held(connection, facts=PdfFacts(page_count=58), declared_pages=42)
    check_file(connection, run_id, sha256)

    run_id, sha256 = held(connection, facts=PdfFacts(page_count=58), declared_pages=58)
    check_files(connection, run_id, since=now())

    assert issues(connection) == {}


def test_a_file_that_two_records_offer_is_told_and_held_against_neither(
    connection: Connection,
) -> None:
    run_id, _ = make_run(connection, [record(number, declared_pages=42) for number in (1, 2)])
    for number in (1, 2):
        sha256 = hold_file(connection, run_id, f"{SITE}/f/{number}.pdf", b"%PDF-1.4 shared")
    keep_text(
        connection,
        sha256,
        Extraction(
            status=ExtractionStatus.READ,
            pages=(PageText(number=1, text="Guide"),),
            facts=PdfFacts(page_count=58),
        ),
    )

    assert check_file(connection, run_id, sha256) == 2

    assert list(issues(connection)) == ["shared-file"]
    assert "offered 2 times" in issues(connection)["shared-file"]


def test_of_several_files_none_is_the_publication_for_certain(connection: Connection) -> None:
    files = tuple(
        FileLink(label=name, url=f"{SITE}/f/{name}.pdf", filename=f"{name}.pdf") for name in "12"
    )
    run_id, _ = held(connection, facts=PdfFacts(page_count=58), declared_pages=42, files=files)
    sha256 = hold_file(connection, run_id, f"{SITE}/f/2.pdf", b"%PDF-1.4 annex")

    check_files(connection, run_id, since=now())

    assert sha256
    assert connection.scalar(select(CatalogueRecord.declared_pages)) == 42
    assert len(connection.scalars(select(RecordFile.url)).all()) == 2
    assert issues(connection) == {}


def test_what_says_nothing_new_is_left_alone(connection: Connection) -> None:
    run_id, _ = held(connection, facts=PdfFacts(page_count=58), declared_pages=42)

    assert check_files(connection, run_id + 1, since=now()) == 0
