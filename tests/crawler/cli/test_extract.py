"""`pnr extract`, `pnr ocr`, `pnr tables` and `pnr read-pdf`, as a user types them."""

from __future__ import annotations

import csv
import os
import signal
import sqlite3
import time
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from sqlalchemy import select, update

from archive.database import open_archive
from archive.extraction import extract, ocr_available
from archive.locking import writer_lock
from archive.models import Extraction, FilePage
from archive.texts.storing import count_waiting
from crawler.cli.read_pdf import readings_of
from tests.archive.extraction import hostile, pdfs
from tests.crawler.cli.conftest import pnr_process

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tests.crawler.cli.conftest import Ended

    Command = Callable[..., Ended]

needs_tesseract = pytest.mark.skipif(
    not ocr_available().available, reason=ocr_available().detail or "tesseract reads here"
)
_WAITING = "SELECT count(*) FROM extractions WHERE status = 'pending'"
SCAN = "eolien_paysages_scan.pdf"


def let_wait(archive: Path, count: int) -> None:
    """Have so many files of an archive wait to be read again."""
    with open_archive(archive, access="write") as opened, opened.transaction() as connection:
        read = select(Extraction.sha256).where(
            Extraction.status == "read", Extraction.page_count > 1
        )
        some = connection.scalars(read.limit(count)).all()
        waiting = update(Extraction).where(Extraction.sha256.in_(some))
        connection.execute(waiting.values(status="pending"))


def test_nothing_to_read_says_how_to_read_again(pnr: Command, own_archive: Path) -> None:
    ended = pnr("extract", "--archive", own_archive)

    assert ended.code == 0
    assert ended.out == "No file waits to be read; --all, --redo and --older-than read again.\n"


def test_files_of_a_status_are_read_again(pnr: Command, own_archive: Path) -> None:
    told = pnr(
        "extract", "--redo", "empty", "--redo", "damaged", "--archive", own_archive, "--json"
    )

    assert told.json["read"] == 2
    assert told.json["statuses"] == {"empty": 1, "damaged": 1}
    assert told.json["searched_for_tables"] is None


def test_files_that_an_older_program_read_are_read_again(pnr: Command, own_archive: Path) -> None:
    with open_archive(own_archive, access="write") as opened, opened.transaction() as connection:
        newest = connection.scalar(select(Extraction.sha256).limit(1))
        others = update(Extraction).where(Extraction.sha256 != newest)
        connection.execute(others.values(software="9.0.0"))

    told = pnr("extract", "--older-than", "1", "--archive", own_archive, "--json").json

    assert told["read"] == 1
    assert "is no version" in pnr("extract", "--older-than", "soon").err


def test_the_limits_of_the_settings_hold(
    pnr: Command, own_archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    let_wait(own_archive, 3)
    monkeypatch.setenv("PNR_EXTRACTION__MAX_PAGES", "1")

    told = pnr("extract", "--archive", own_archive, "--workers", "1", "--json")

    assert told.json["statuses"] == {"partial": 3}


def waiting_in(archive: Path) -> int:
    with open_archive(archive) as opened, opened.connect() as connection:
        return count_waiting(connection)


@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL], ids=["Ctrl-C", "kill -9"])
def test_a_reading_that_is_stopped_goes_on_with_the_same_command(
    pnr: Command, own_archive: Path, tmp_path: Path, how: signal.Signals
) -> None:
    let_wait(own_archive, 40)
    command = ("extract", "--workers", "1", "--archive", str(own_archive))
    process = pnr_process(*command, cwd=tmp_path)
    deadline = time.monotonic() + 120
    # Looked at through one connection, so that one text is seen before the last is read.
    with closing(sqlite3.connect(own_archive)) as connection:
        while connection.execute(_WAITING).fetchone() == (40,):
            assert time.monotonic() < deadline
            time.sleep(0.005)
    process.send_signal(how)
    _, said = process.communicate(timeout=30)
    waiting = waiting_in(own_archive)

    told = pnr(*command, "--json").json

    assert told["read"] == waiting > 0
    assert waiting_in(own_archive) == 0
    if how is signal.SIGINT:
        assert process.returncode == 130
        assert said == (
            "pnr: Reading was stopped; what is done is kept, and the same command goes on.\n"
        )


def test_while_a_crawl_writes_one_sentence_says_so(pnr: Command, own_archive: Path) -> None:
    with writer_lock(own_archive, "a crawl"):
        ended = pnr("extract", "--all", "--archive", own_archive)

    assert ended.code == 8
    assert "is being written by a crawl" in ended.err
    assert ended.err.count("\n") == 1


def test_a_cluster_that_does_not_answer_leaves_all_as_it_is(
    pnr: Command, own_archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("distributed", reason="the extra dask is not installed")
    monkeypatch.setattr("archive.texts.dask_cluster._PATIENCE", "1s")

    ended = pnr("extract", "--all", "--dask", "tcp://127.0.0.1:9", "--archive", own_archive)

    assert ended.code == 2
    assert ended.err == "pnr: No Dask scheduler answers at tcp://127.0.0.1:9.\n"
    assert waiting_in(own_archive) == 0


def test_a_cluster_reads_what_waits(pnr: Command, own_archive: Path) -> None:
    distributed = pytest.importorskip("distributed", reason="the extra dask is not installed")
    let_wait(own_archive, 3)
    with distributed.LocalCluster(
        n_workers=2,
        threads_per_worker=1,
        processes=True,
        host="127.0.0.1",
        dashboard_address="127.0.0.1:0",
    ) as cluster:
        address = cluster.scheduler_address
        told = pnr("extract", "--dask", address, "--archive", own_archive, "--json").json

    assert told["statuses"] == {"read": 3}


def test_tables_of_an_archived_file_are_found_and_kept(pnr: Command, own_archive: Path) -> None:
    name = "memento_juridique.pdf"
    found = pnr("tables", name, "--archive", own_archive, "--json").json

    told = pnr("extract", "--tables", "--archive", own_archive, "--json").json

    assert told["searched_for_tables"] >= 60
    assert pnr("tables", name, "--archive", own_archive, "--json").json == found
    assert (
        pnr("extract", "--tables", "--archive", own_archive, "--json").json["searched_for_tables"]
        == 0
    )


def test_tables_are_written_as_csv(pnr: Command, tmp_path: Path) -> None:
    rows = [["Parc", "Communes"], ["Morvan", "117"], ["Pilat; Forez", "48"]]
    file = tmp_path / "rapport.pdf"
    file.write_bytes(pdfs.ruled_table(rows))

    told = pnr("tables", file, "--csv", tmp_path / "csv", "--json").json

    assert told == [
        {
            "page": 1,
            "number": 1,
            "rows": rows,
            "csv": str(tmp_path / "csv" / "rapport-p001-1.csv"),
        }
    ]
    with (tmp_path / "csv" / "rapport-p001-1.csv").open(encoding="utf-8", newline="") as written:
        assert list(csv.reader(written)) == rows
    assert "  Morvan       | 117" in pnr("tables", file).out


def test_a_file_that_is_nowhere_is_one_sentence(ask: Command) -> None:
    ended = ask("tables", "nothing.pdf")

    assert ended.code == 2
    assert ended.err == "pnr: No file goes by 'nothing.pdf'; `pnr files` lists them.\n"


def test_ocr_says_first_how_much_there_is(ask: Command) -> None:
    ended = ask("ocr", "--dry-run")

    assert ended.code == 0
    assert ended.out.startswith("4 pages in 1 file want OCR.\n")
    told = ask("ocr", "--dry-run", "--json").json
    assert (told["pages"], told["files"], told["read"]) == (4, 1, 0)


def test_without_tesseract_ocr_is_one_sentence_and_no_failure(
    ask: Command, monkeypatch: pytest.MonkeyPatch
) -> None:
    absent = replace(ocr_available(), available=False, detail="tesseract is not installed")
    monkeypatch.setattr("crawler.cli.ocr.ocr_available", lambda: absent)

    ended = ask("ocr")

    assert ended.code == 0
    assert ended.lines[1] == "OCR is not possible here: tesseract is not installed."


@needs_tesseract
def test_a_scanned_page_is_read_by_ocr_once(pnr: Command, own_archive: Path) -> None:
    with open_archive(own_archive, access="write") as opened, opened.transaction() as connection:
        scans = update(FilePage).where(FilePage.status == "empty", FilePage.number > 1)
        connection.execute(scans.values(flags=["ocr-nothing"]))

    assert pnr("ocr", "--archive", own_archive, "--json").json["read"] == 1

    pages = pnr("text", SCAN, "--archive", own_archive, "--json").json["pages"]
    assert [page["source"] for page in pages] == ["ocr", "text", "text", "text"]
    assert "Parc naturel" in pages[0]["text"]
    assert pnr("ocr", "--archive", own_archive).out == "0 pages in 0 files want OCR.\n"


def test_read_pdf_tells_every_reading_and_which_was_kept(pnr: Command, tmp_path: Path) -> None:
    file = tmp_path / "odd.pdf"
    text = "\n".join(["l’été au marché, la liberté du café", "une vallée préservée, la forêt"] * 3)
    file.write_bytes(pdfs.with_private_letters(text, "éê"))

    said = pnr("read-pdf", file)
    told = pnr("read-pdf", file, "--json").json

    assert "— page 1: read; pdfium (letters-named) 1.00 kept, pdfium 0." in said.out
    kept, *others = sorted(told["pages"][0]["readings"], key=lambda one: not one["kept"])
    assert (kept["engine"], kept["how"], kept["kept"]) == ("pdfium", "letters-named", True)
    assert all(other["score"] < kept["score"] and not other["kept"] for other in others)


def test_read_pdf_with_pdfplumber_shows_what_pdfium_read_too(pnr: Command, tmp_path: Path) -> None:
    file = tmp_path / "plain.pdf"
    file.write_bytes(pdfs.with_lines(["Le paysage du parc naturel", "et ses habitants"]))

    (page,) = pnr("read-pdf", file, "--engine", "pdfplumber", "--json").json["pages"]

    assert page["engine"] == "pdfplumber"
    assert {one["engine"] for one in page["readings"]} == {"pdfium", "pdfplumber"}
    assert [one["how"] for one in page["readings"] if one["kept"]] == ["by place"]


def test_pages_that_a_file_does_not_have_are_one_sentence(pnr: Command, tmp_path: Path) -> None:
    file = tmp_path / "short.pdf"
    file.write_bytes(pdfs.with_lines(["Le parc"], ["Le paysage"]))

    ended = pnr("read-pdf", file, "--pages", "3-5")

    assert ended.code == 2
    assert ended.err == f"pnr: {file} has 2 pages; --pages '3-5' names none of them.\n"


def test_pages_that_are_lost_do_not_count_as_read(pnr: Command, tmp_path: Path) -> None:
    file = tmp_path / "torn.pdf"
    file.write_bytes(hostile.truncated(pdfs.with_lines(*[["Le guide du paysage"] * 8] * 4)))

    assert "pages    1 of 4 read" in pnr("read-pdf", file).out


def test_a_pipe_is_no_file(pnr: Command, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe.pdf")

    ended = pnr("read-pdf", tmp_path / "pipe.pdf")

    assert ended.code == 2
    assert ended.err.endswith("pipe.pdf is no file; write what it gives to one first.\n")


def test_a_page_read_in_one_way_has_that_reading() -> None:
    result = extract(pdfs.with_lines(["Le paysage du parc naturel"]))

    (reading,) = readings_of(result, result.pages[0])

    assert (reading.engine, reading.score, reading.kept) == ("pdfium", 1.0, True)


def test_read_pdf_keeps_to_the_limits_of_the_settings(
    pnr: Command, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "long.pdf"
    file.write_bytes(pdfs.with_lines(["Le parc"], ["Le paysage"]))
    monkeypatch.setenv("PNR_EXTRACTION__MAX_PAGES", "1")

    assert "status  " in pnr("read-pdf", file).out
    assert "only the first 1 of 2 pages were read" in pnr("read-pdf", file).out


def test_status_says_where_the_network_stays(ask: Command, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("crawler.cli.status.can_leave_network", lambda: False)

    assert "the network cannot be taken away" in ask("status").out
    assert ask("status", "--json").json["archive"]["network_taken_from_pdfs"] is False
