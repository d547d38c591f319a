"""The queue of files to be read, and what is kept of each."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import bindparam, event, select, update

from archive.extraction import (
    Extraction,
    ExtractionStatus,
    PageStatus,
    PageText,
    PdfFacts,
    TextSource,
)
from archive.models import Extraction as StoredExtraction
from archive.models import FilePage
from archive.texts.storing import (
    count_waiting,
    keep_ocr,
    keep_text,
    pages_of,
    pages_wanting_ocr,
    queue_again,
    waiting_files,
)
from tests.archive.building import SITE, make_run, record
from tests.archive.holding import hold_file

if TYPE_CHECKING:
    from collections.abc import Iterator

    from sqlalchemy import Connection

READ = PageText(number=1, text="Le paysage du parc", engine="pdfium", score=1.0)
SCANNED = PageText(number=2, status=PageStatus.EMPTY, engine="pdfium")
STAMPED = PageText(number=2, text="12", status=PageStatus.THIN, engine="pdfium")
OF_OCR = PageText(
    number=2, text="La charte", source=TextSource.OCR, engine="tesseract", confidence=0.9
)


def extraction(*pages: PageText, status: str = "read", page_count: int = 0) -> Extraction:
    facts = PdfFacts(page_count=page_count or len(pages))
    return Extraction(status=ExtractionStatus(status), pages=pages, facts=facts)


@pytest.fixture
def run_id(connection: Connection) -> int:
    """Give a run that found three records."""
    return make_run(connection, [record(number) for number in (1, 2, 3)])[0]


@pytest.fixture
def sha256(connection: Connection, run_id: int) -> str:
    """Give a file that waits to be read."""
    return hold_file(connection, run_id, f"{SITE}/f/1.pdf", b"%PDF-1.4 one")


@pytest.fixture
def three(connection: Connection, run_id: int) -> list[str]:
    """Give three files that were read."""
    files = [
        hold_file(connection, run_id, f"{SITE}/f/{number}.pdf", b"%%PDF-1.4 %d" % number)
        for number in (1, 2, 3)
    ]
    for one in files:
        keep_text(connection, one, extraction(READ))
    return files


def status_of(connection: Connection, sha256: str) -> str:
    return connection.execute(
        select(StoredExtraction.status).where(StoredExtraction.sha256 == sha256)
    ).scalar_one()


def test_a_file_that_two_records_share_waits_once(connection: Connection, run_id: int) -> None:
    for number in (1, 2):
        hold_file(connection, run_id, f"{SITE}/f/{number}.pdf", b"%PDF-1.4 shared")

    assert count_waiting(connection) == 1


def test_pages_come_back_as_they_were_kept(connection: Connection, sha256: str) -> None:
    page = replace(READ, running_header=("Le parc",), flags=("split",), width=595.28)

    keep_text(connection, sha256, extraction(page))

    assert pages_of(connection, sha256) == [page]
    assert waiting_files(connection) == {}


@pytest.fixture
def writes(connection: Connection) -> Iterator[list[str]]:
    """Give what is written to the tables of pages and of the search index."""
    seen: list[str] = []

    def note(_connection: object, _cursor: object, statement: str, *_: object) -> None:
        if not statement.lstrip().upper().startswith(("SELECT", "UPDATE EXTRACTIONS")):
            seen.append(statement)

    event.listen(connection.engine, "before_cursor_execute", note)
    yield seen
    event.remove(connection.engine, "before_cursor_execute", note)


def test_a_reading_like_the_last_changes_nothing_but_the_version(
    connection: Connection, sha256: str, writes: list[str]
) -> None:
    keep_text(connection, sha256, extraction(replace(READ, engine_version="pdfium 1")))
    connection.execute(update(StoredExtraction).values(software="0.0.1"))
    writes.clear()

    keep_text(connection, sha256, extraction(replace(READ, engine_version="pdfium 2")))

    assert writes == []
    assert connection.scalar(select(StoredExtraction.software)) != "0.0.1"
    assert connection.scalar(select(FilePage.engine_version)) == "pdfium 1"


def test_statuses_are_data(connection: Connection, sha256: str) -> None:
    keep_text(connection, sha256, replace(extraction(status="encrypted"), detail="a password"))

    row = connection.execute(select(StoredExtraction.__table__)).mappings().one()
    assert (row["status"], row["detail"], row["page_count"]) == ("encrypted", "a password", None)
    assert pages_of(connection, sha256) == []


def test_a_page_without_text_is_tried_by_ocr_once(connection: Connection, sha256: str) -> None:
    keep_text(connection, sha256, extraction(READ, SCANNED, status="partial"))
    assert pages_wanting_ocr(connection) == {sha256: [2]}

    keep_ocr(connection, sha256, extraction(OF_OCR))

    assert pages_wanting_ocr(connection) == {}
    assert status_of(connection, sha256) == "read"
    assert pages_of(connection, sha256) == [READ, OF_OCR]


@pytest.mark.parametrize(
    ("tried", "flag"),
    [
        (replace(OF_OCR, text="", status=PageStatus.EMPTY), "ocr-nothing"),
        (PageText(number=2, status=PageStatus.TIMED_OUT), "ocr-timed-out"),
    ],
    ids=["finds nothing", "takes too long"],
)
def test_what_stands_on_a_page_outlives_an_ocr_in_vain(
    connection: Connection, sha256: str, tried: PageText, flag: str
) -> None:
    keep_text(connection, sha256, extraction(READ, STAMPED, status="partial"))

    keep_ocr(connection, sha256, extraction(tried))

    assert pages_of(connection, sha256)[1] == replace(STAMPED, flags=(flag,))
    assert pages_wanting_ocr(connection) == {}
    assert status_of(connection, sha256) == "partial"


@pytest.mark.parametrize(
    ("first", "page_count"),
    [(READ, 9), (replace(READ, flags=("cut",)), 2)],
    ids=["pages are missing", "a page is cut short"],
)
def test_a_file_read_in_part_stays_so_after_ocr(
    connection: Connection, sha256: str, first: PageText, page_count: int
) -> None:
    read = extraction(first, SCANNED, status="partial", page_count=page_count)
    keep_text(connection, sha256, read)

    keep_ocr(connection, sha256, extraction(OF_OCR))

    assert status_of(connection, sha256) == "partial"


def test_text_of_ocr_outlives_another_reading(connection: Connection, sha256: str) -> None:
    keep_text(connection, sha256, extraction(READ, SCANNED, status="partial"))
    keep_ocr(connection, sha256, extraction(OF_OCR))

    keep_text(connection, sha256, extraction(READ, SCANNED, status="partial"))

    assert pages_of(connection, sha256) == [READ, OF_OCR]
    assert status_of(connection, sha256) == "read"
    assert pages_wanting_ocr(connection) == {}


SECOND = PageText(number=2, text="La charte du parc", engine="pdfium", score=1.0)


@pytest.mark.parametrize(
    ("again", "said"),
    [
        (extraction(READ, status="partial", page_count=2), "the text of page 2"),
        (
            extraction(READ, PageText(number=2, status=PageStatus.TIMED_OUT), status="partial"),
            "the text of page 2",
        ),
        (
            extraction(READ, replace(SECOND, text="La", flags=("cut",)), status="partial"),
            "the text of page 2",
        ),
        (Extraction(status=ExtractionStatus.TIMED_OUT, detail="too slow"), "the text of 2 pages"),
        (Extraction(status=ExtractionStatus.TOO_LARGE), "the text of 2 pages"),
    ],
    ids=["stopped before", "given up", "cut", "nothing read", "not opened"],
)
def test_a_reading_that_a_limit_cut_short_loses_no_earlier_text(
    connection: Connection, sha256: str, again: Extraction, said: str
) -> None:
    keep_text(connection, sha256, extraction(READ, SECOND))

    keep_text(connection, sha256, again)

    assert pages_of(connection, sha256) == [READ, SECOND]
    row = connection.execute(select(StoredExtraction.__table__)).mappings().one()
    assert (row["status"], row["page_count"]) == ("read", 2)
    assert row["detail"].endswith(f"{said} is that of an earlier reading")


def test_a_better_reading_takes_the_place_of_one_that_was_cut_short(
    connection: Connection, sha256: str
) -> None:
    keep_text(connection, sha256, extraction(READ, status="partial", page_count=2))

    keep_text(connection, sha256, extraction(READ, SECOND))

    assert pages_of(connection, sha256) == [READ, SECOND]
    assert status_of(connection, sha256) == "read"


def test_files_are_chosen_by_status_version_and_engine(
    connection: Connection, three: list[str]
) -> None:
    first, second, third = three
    of_file = update(StoredExtraction).where(StoredExtraction.sha256 == bindparam("digest"))
    connection.execute(of_file.values(status="damaged"), {"digest": first})
    connection.execute(of_file.values(software="0.0.9"), {"digest": second})

    assert queue_again(connection, statuses=["damaged"]) == 1
    assert queue_again(connection, older_than="0.0.10") == 1
    assert set(waiting_files(connection)) == {first, second}
    assert queue_again(connection, engine="pdfplumber", read_otherwise=True) == 1
    assert waiting_files(connection) == dict.fromkeys({first, second, third}, "pdfplumber")


def test_a_pass_that_was_stopped_reads_nothing_twice(
    connection: Connection, three: list[str]
) -> None:
    queue_again(connection)
    keep_text(connection, three[0], extraction(READ))

    assert queue_again(connection) == 0
    assert set(waiting_files(connection)) == set(three[1:])

    for one in three[1:]:
        keep_text(connection, one, extraction(READ))
    assert queue_again(connection) == 3


def test_a_pass_with_another_engine_reads_what_a_stopped_one_has_read(
    connection: Connection, three: list[str]
) -> None:
    queue_again(connection)
    keep_text(connection, three[0], extraction(READ))

    queue_again(connection, engine="pdfplumber")

    assert waiting_files(connection) == dict.fromkeys(three, "pdfplumber")
